"""The quality a JPEG was saved with, from its quantisation table."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

#: The luminance table of ITU-T T.81, annex K.1, row by row: quality 50 of the Independent JPEG Group's scale.
_STANDARD = np.array(
    [
        (16, 11, 10, 16, 24, 40, 51, 61),
        (12, 12, 14, 19, 26, 58, 60, 55),
        (14, 13, 16, 24, 40, 57, 69, 56),
        (14, 17, 22, 29, 51, 87, 80, 62),
        (18, 22, 37, 56, 68, 109, 103, 77),
        (24, 35, 55, 64, 81, 104, 113, 92),
        (49, 64, 78, 87, 103, 121, 120, 101),
        (72, 92, 95, 98, 112, 100, 103, 99),
    ],
    np.float64,
)


def luminance_steps(image: Image.Image) -> NDArray[np.float64]:
    """The 8 x 8 quantisation steps of a JPEG's luma, row by row of frequencies; zeros for anything else."""
    tables = getattr(image, "quantization", None)
    if not tables or len(tables[min(tables)]) != 64:
        return np.zeros((8, 8))
    return np.array(tables[min(tables)], np.float64).reshape(8, 8)


def jpeg_quality(image: Image.Image) -> int:
    """1 to 100 on the scale of the Independent JPEG Group, the nearest to the image's first table; 0 for no JPEG."""
    tables = getattr(image, "quantization", None)
    if not tables or len(tables[min(tables)]) != 64:
        return 0
    percent = float(np.sum(tables[min(tables)]) / _STANDARD.sum() * 100)
    quality = 5000 / percent if percent > 100 else (200 - percent) / 2
    return int(np.clip(round(quality), 1, 100))
