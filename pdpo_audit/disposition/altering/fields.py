"""Where a picture is filled: faces with their margin, as fields of an upright picture and of the stored one."""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil

import numpy as np
from numpy.typing import NDArray

from pdpo_audit.model.people import Face, Grade
from pdpo_audit.people.detectors.graded import LIKELY

#: True where a picture is filled: height x width.
Field = NDArray[np.bool_]

#: How far a fill reaches beyond the box of a face, as a share of the box: hair, ears and chin identify too. The same as
#: in the pictures of reports (``people.thumbnails``); in pixels at least.
MARGIN, LEAST = 0.3, 2


def field_of(faces: Iterable[Face], height: int, width: int) -> Field:
    """The fields of these faces in an upright picture of this size.

    What is face-like and no person for certain is filled as it was found: around an animal's face the margin would
    take the animal.
    """
    field = np.zeros((height, width), np.bool_)
    for face in faces:
        share = MARGIN if face.grade is not Grade.DOUBTFUL or face.reason == LIKELY else 0.0
        more_x, more_y = max(LEAST, share * face.width), max(LEAST, share * face.height)
        rows = slice(max(0, int(face.y - more_y)), max(0, ceil(face.y + face.height + more_y)))
        field[rows, max(0, int(face.x - more_x)) : max(0, ceil(face.x + face.width + more_x))] = True
    return field


def stored(field: Field, orientation: int) -> Field:
    """The field of the picture as it is stored, of which viewers turn the whole by this EXIF orientation (1 to 8)."""
    match orientation:
        case 2:
            turned = field[:, ::-1]
        case 3:
            turned = field[::-1, ::-1]
        case 4:
            turned = field[::-1]
        case 5:
            turned = field.T
        case 6:
            turned = field.T[::-1]
        case 7:
            turned = field.T[::-1, ::-1]
        case 8:
            turned = field.T[:, ::-1]
        case _:
            turned = field
    return np.ascontiguousarray(turned)


def in_units(field: Field, height: int, width: int) -> Field:
    """Which units of so many pixels a field touches: those of a JPEG that are coded together."""
    down, across = -field.shape[0] % height, -field.shape[1] % width
    whole = np.pad(field, ((0, down), (0, across)))
    rows = whole.reshape(whole.shape[0] // height, height, whole.shape[1] // width, width)
    return np.asarray(rows.any(axis=(1, 3)))


def of_units(units: Field, height: int, width: int, shape: tuple[int, int]) -> Field:
    """The pixels of units, in a picture of this shape."""
    return np.repeat(np.repeat(units, height, axis=0), width, axis=1)[: shape[0], : shape[1]]


def grown(field: Field, pixels: int) -> Field:
    """The field and so many pixels around it."""
    wider = field.copy()
    for _ in range(pixels):
        more = wider.copy()
        more[1:] |= wider[:-1]
        more[:-1] |= wider[1:]
        wider = more.copy()
        wider[:, 1:] |= more[:, :-1]
        wider[:, :-1] |= more[:, 1:]
    return wider


def shrunk(field: Field, pixels: int) -> Field:
    """The field without so many pixels at its edges; the picture's own edge is none."""
    return ~grown(~field, pixels)
