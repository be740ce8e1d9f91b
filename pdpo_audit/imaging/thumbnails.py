"""Small pictures for reports: reduced, and unrecognisable where a face is."""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np
from numpy.typing import NDArray

#: x, y, width, height in pixels, origin top left.
Box = tuple[int, int, int, int]


def pixelate(image: NDArray[np.uint8], boxes: Iterable[Box], blocks: int = 6) -> NDArray[np.uint8]:
    """A copy of ``image`` (RGB) in which every box is replaced by at most ``blocks`` x ``blocks`` mean colours.

    Averages over the whole box: nothing finer than a block survives, whatever is done to the copy afterwards.
    """
    covered = image.copy()
    height, width = image.shape[:2]
    for x, y, box_width, box_height in boxes:
        left, top = max(0, x), max(0, y)
        right, bottom = min(width, x + box_width), min(height, y + box_height)
        if left >= right or top >= bottom:
            continue
        part = image[top:bottom, left:right]
        grid = (min(blocks, right - left), min(blocks, bottom - top))
        means = cv2.resize(part, grid, interpolation=cv2.INTER_AREA)
        covered[top:bottom, left:right] = cv2.resize(
            means, (right - left, bottom - top), interpolation=cv2.INTER_NEAREST
        )
    return covered


def encode_thumbnail(image: NDArray[np.uint8], *, max_side: int = 320, quality: int = 80) -> bytes:
    """``image`` (RGB) as a JPEG without metadata whose long side is at most ``max_side`` pixels."""
    height, width = image.shape[:2]
    scale = min(1.0, max_side / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA) if scale < 1 else image
    done, encoded = cv2.imencode(".jpg", cv2.cvtColor(small, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise ValueError(f"no JPEG of {width} x {height} pixels")
    return encoded.tobytes()
