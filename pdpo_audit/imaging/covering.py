"""Parts of a picture covered so that nothing of them is left: a solid fill, never blocks, for digits outlive blocks."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

import numpy as np
from numpy.typing import NDArray

from pdpo_audit.imaging.thumbnails import Box, encode_thumbnail

#: How far a fill reaches beyond its box, as a share of the box's shorter side, and in pixels at least.
_MARGIN, _LEAST = 0.3, 1


def filled(image: NDArray[np.uint8], boxes: Sequence[Box], *, scale: float = 1.0) -> NDArray[np.uint8]:
    """The picture with every box (left, top, width, height, before scaling) black, margins included."""
    if not boxes:
        return image
    covered = image.copy()
    for left, top, width, height in boxes:
        more = _MARGIN * min(width, height)
        first = max(0, int(scale * (left - more)) - _LEAST), max(0, int(scale * (top - more)) - _LEAST)
        last = ceil(scale * (left + width + more)) + _LEAST, ceil(scale * (top + height + more)) + _LEAST
        covered[first[1] : last[1], first[0] : last[0]] = 0
    return covered


def is_filled(image: NDArray[np.uint8], boxes: Sequence[Box], *, scale: float) -> bool:
    """Whether every box is covered already; JPEG leaves a little grey in the black."""
    for left, top, width, height in boxes:
        part = image[
            int(scale * top) : ceil(scale * (top + height)) or 1, int(scale * left) : ceil(scale * (left + width)) or 1
        ]
        if part.size and float(part.mean()) > _GREY:
            return False
    return True


#: Levels of grey that JPEG leaves in a black field.
_GREY = 12.0


def covered_jpeg(image: NDArray[np.uint8], boxes: Sequence[Box], *, of_width: int) -> bytes:
    """A JPEG of a small copy of a picture, with the boxes of that picture (``of_width`` pixels wide) covered; empty
    where they are covered already."""
    scale = image.shape[1] / of_width
    if is_filled(image, boxes, scale=scale):
        return b""
    return encode_thumbnail(filled(image, boxes, scale=scale), max_side=max(image.shape[:2]), quality=80)
