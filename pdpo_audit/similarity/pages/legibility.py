"""Whether what is written on a picture can be read in it: how high its characters are, in pixels."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pdpo_audit.similarity.cuts import cut

_Grey = NDArray[np.uint8]

#: Levels by which strokes stand out of the ground around them at least, the share of what the strongest hundredth does,
#: and by how much noise is softened first (pixels).
_STROKE, _OF_STRONGEST, _SOFTENED = 24, 0.25, 0.7
#: The ground is the median of so many pixels a side, of the picture at that part of its size.
_GROUND, _PART = 13, 4
#: What one character, or characters that touch, may measure: heights (pixels), and how many times as wide.
_HEIGHTS, _WIDE = (3, 90), 12.0
#: What is filled to more than this share is a rule or a box, not written.
_SOLID = 0.92
#: So much of what is written stands in characters that are lower than the height that is taken: small print counts.
_SMALL_PRINT = 0.25
#: With fewer characters than this a picture is no page: the scale of a chart, a wordmark.
_PAGE = cut("page")
#: Characters lower than this (pixels, small letters without what rises and hangs) cannot be told apart for certain.
LEAST_HEIGHT = cut("least_characters")


@dataclass(frozen=True, slots=True, kw_only=True)
class Legibility:
    """``height``: pixels of small characters, 0 without any; ``characters``: how many there are, give or take."""

    height: float
    characters: int

    @property
    def is_page(self) -> bool:
        """Whether there is so much written on it that the picture is about that."""
        return self.characters >= _PAGE


def legibility(grey: _Grey) -> Legibility:
    """How high the characters on a picture are, and how many."""
    soft = cv2.GaussianBlur(grey, (0, 0), _SOFTENED)
    standing = cv2.absdiff(soft, _ground(grey))
    least = max(float(_STROKE), _OF_STRONGEST * float(np.quantile(standing[::2, ::2], 0.99)))
    ink = (standing > least).view(np.uint8)
    _, _, measured, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    heights, widths = measured[1:, cv2.CC_STAT_HEIGHT], measured[1:, cv2.CC_STAT_WIDTH]
    amounts = measured[1:, cv2.CC_STAT_AREA]
    written = (heights >= _HEIGHTS[0]) & (heights <= _HEIGHTS[1]) & (widths <= _WIDE * heights)
    written &= amounts < _SOLID * heights * widths
    if not written.any():
        return Legibility(height=0.0, characters=0)
    order = np.argsort(heights[written], kind="stable")
    running = np.cumsum(amounts[written][order].astype(np.float64))
    place = int(np.searchsorted(running, _SMALL_PRINT * running[-1]))
    return Legibility(height=float(heights[written][order][place]), characters=int(np.count_nonzero(written)))


def _ground(grey: _Grey) -> _Grey:
    """What is written on: the tone that is most around each pixel."""
    size = max(1, grey.shape[1] // _PART), max(1, grey.shape[0] // _PART)
    small = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_NEAREST), np.uint8)
    return np.asarray(
        cv2.resize(cv2.medianBlur(small, _GROUND), grey.shape[::-1], interpolation=cv2.INTER_NEAREST), np.uint8
    )
