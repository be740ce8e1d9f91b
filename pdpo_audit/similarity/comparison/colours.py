"""Colours of pictures: channel by channel, as luma, and reduced."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray


def most_of_channels(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The most of the three channels at each pixel."""
    first, second, third = cv2.split(pixels)
    return np.asarray(cv2.max(cv2.max(first, second), third), np.uint8)


def luma(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The luma (ITU-R 601) of RGB pixels."""
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)


def reduced(image: NDArray[np.uint8], factor: float) -> NDArray[np.uint8]:
    """The image with its sides times ``factor`` (below 1), a pixel at least, each pixel the mean of what it covers."""
    size = max(1, round(image.shape[1] * factor)), max(1, round(image.shape[0] * factor))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def colourfulness(image: NDArray[np.uint8]) -> float:
    """Mean distance (levels) of colours from the line of one tint: what the luma does not already say."""
    small = cv2.resize(image, (48, 48), interpolation=cv2.INTER_AREA).reshape(-1, 3).astype(np.float64)
    grey = small @ (0.299, 0.587, 0.114)
    red, blue = small[:, 0] - grey, small[:, 2] - grey
    powers = np.stack([np.ones(len(grey)), grey, grey**2, grey**3], axis=1) / (1, 255, 255**2, 255**3)
    square = powers.T @ powers + 1e-6 * np.eye(4)  # a picture of one tone has no line
    rest = [values - powers @ np.linalg.solve(square, powers.T @ values) for values in (red, blue)]
    return float(np.hypot(rest[0], rest[1]).mean())
