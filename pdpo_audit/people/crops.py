"""Faces cut out of their picture for a person search: nothing else of it leaves the worker that read it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from pdpo_audit.model.people import Face
from pdpo_audit.people.arrays import Floats, Pixels
from pdpo_audit.people.detectors.dlib_process import square_of

#: How much of the picture stays around the square of a face, as a share of its side: landmarks and chip need a quarter.
_MARGIN = 1.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FaceCrop:
    """One face: ``pixels`` (height x width x 3, RGB) around it; in them its ``square`` (left, top, right, bottom)."""

    face: Face
    pixels: Pixels
    square: tuple[int, ...]


def cut_out(image: Pixels, faces: Iterable[Face]) -> list[FaceCrop]:
    """Each face with its surroundings."""
    return [_cut(image, face) for face in faces]


def _cut(image: Pixels, face: Face) -> FaceCrop:
    box: Floats = np.array([face.x, face.y, face.x + face.width, face.y + face.height], np.float32)
    left, top, right, bottom = square_of(box)
    margin = int(_MARGIN * (right - left))
    x, y = max(0, left - margin), max(0, top - margin)
    part = image[y : max(y + 1, bottom + margin), x : max(x + 1, right + margin)]
    return FaceCrop(face=face, pixels=np.ascontiguousarray(part), square=(left - x, top - y, right - x, bottom - y))
