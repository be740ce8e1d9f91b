"""Embedded EXIF thumbnails that show another picture than their file: they may show what was cropped away."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image

from pdpo_audit.imaging import ImageProblem, Limits, decoder, load_grey
from pdpo_audit.imaging.hashes import ORIENTATIONS, orient, small_grey

#: An EXIF block smaller than this holds no thumbnail worth the name.
_SMALLEST = 800
#: The thumbnail of an unaltered photograph agrees at 0.97 or more; after a crop of 10 % of each side at 0.85 or less.
_AGREEMENT = 0.90
_ASPECT = 1.12
_LIMITS = Limits(max_pixels=4_000_000)


def shows_another_picture(image: Image.Image, grey: NDArray[np.uint8]) -> bool:
    """Whether the thumbnail in the EXIF data of ``image`` differs from ``grey``, its upright luma."""
    thumbnail = _thumbnail(image)
    if thumbnail is None:
        return False
    thumbnail = _without_bars(thumbnail)
    if min(thumbnail.shape) < 16 or int(thumbnail.max()) - int(thumbnail.min()) < 16:
        return False
    sides, own = sorted(thumbnail.shape), sorted(grey.shape)
    if not 1 / _ASPECT < (sides[1] / sides[0]) / (own[1] / own[0]) < _ASPECT:
        return True
    ours = _standard(small_grey(grey))
    turned = (_standard(small_grey(orient(thumbnail, orientation))) for orientation in range(ORIENTATIONS))
    return max(float((ours * other).mean()) for other in turned) < _AGREEMENT


def _thumbnail(image: Image.Image) -> NDArray[np.uint8] | None:
    block = image.info.get("exif", b"")
    if not isinstance(block, bytes) or len(block) < _SMALLEST:
        return None
    try:
        with decoder():
            second = image.getexif().get_ifd(ExifTags.IFD.IFD1)
        start, length = second.get(0x0201), second.get(0x0202)
        if not isinstance(start, int) or not isinstance(length, int) or min(start, length) <= 0:
            return None
        body = block.removeprefix(b"Exif\0\0")
        return load_grey(body[start : start + length], reduction=None, limits=_LIMITS)
    except ImageProblem:
        return None  # malformed: says nothing of the picture


def _without_bars(thumbnail: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Cameras lay a 3:2 picture into a 4:3 thumbnail with black bars."""
    rows, columns = np.nonzero(thumbnail.max(axis=1) > 24)[0], np.nonzero(thumbnail.max(axis=0) > 24)[0]
    if not len(rows) or not len(columns):
        return thumbnail
    return thumbnail[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _standard(small: bytes) -> NDArray[np.float32]:
    values = np.frombuffer(small, np.uint8).astype(np.float32)
    return np.asarray((values - values.mean()) / max(float(values.std()), 1.0), np.float32)
