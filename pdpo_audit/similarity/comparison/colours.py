"""Colours of pictures, looked at channel by channel."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray


def most_of_channels(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The most of the three channels at each pixel."""
    first, second, third = cv2.split(pixels)
    return np.asarray(cv2.max(cv2.max(first, second), third), np.uint8)
