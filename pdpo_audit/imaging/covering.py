"""Parts of a picture covered so that nothing of them is left: a solid fill, never blocks, for digits outlive blocks."""

from __future__ import annotations

from math import ceil

import numpy as np
from numpy.typing import NDArray

from pdpo_audit.imaging.thumbnails import encode_thumbnail
from pdpo_audit.model.text.marks import Covers

#: How far a fill reaches beyond its box, as a share of the box's shorter side, and in pixels at least.
_MARGIN, _LEAST = 0.3, 1
#: Levels of grey that JPEG leaves in a black field.
_GREY = 12.0


def filled(image: NDArray[np.uint8], covers: Covers) -> NDArray[np.uint8]:
    """A picture, whole or reduced, with every box black, margins included."""
    if not covers.boxes:
        return image
    covered, scale = image.copy(), image.shape[1] / covers.of_width
    for left, top, width, height in covers.boxes:
        more = _MARGIN * min(width, height)
        first = max(0, int(scale * (left - more)) - _LEAST), max(0, int(scale * (top - more)) - _LEAST)
        last = ceil(scale * (left + width + more)) + _LEAST, ceil(scale * (top + height + more)) + _LEAST
        covered[first[1] : last[1], first[0] : last[0]] = 0
    return covered


def is_filled(image: NDArray[np.uint8], covers: Covers) -> bool:
    """Whether every box of a picture is covered already."""
    scale = image.shape[1] / covers.of_width
    for left, top, width, height in covers.boxes:
        rows = slice(int(scale * top), max(1, ceil(scale * (top + height))))
        part = image[rows, int(scale * left) : max(1, ceil(scale * (left + width)))]
        if part.size and float(part.mean()) > _GREY:
            return False
    return True


def covered_jpeg(image: NDArray[np.uint8], covers: Covers) -> bytes:
    """A JPEG of a picture with its boxes covered; empty where they are covered already."""
    if is_filled(image, covers):
        return b""
    return encode_thumbnail(filled(image, covers), max_side=max(image.shape[:2]), quality=80)
