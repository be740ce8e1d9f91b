"""Whether anything that can be read differs between two pages that were taken from each other."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pdpo_audit.similarity.cuts import cut
from pdpo_audit.similarity.pages.subtraction import Rest

_Values = NDArray[np.float32]

#: What is left is softened by this (pixels): seams of edges that lie a little off cancel, a missing stroke stays.
_SOFTENED = 1.3
#: What is left is measured by the contrast of strokes within so many pixels, of so many levels at least.
_AROUND, _LEAST_CONTRAST = 15, 30.0
#: Times the noise (its median) that are forgiven.
_NOISE = 6.0
#: A difference is at least so many pixels.
_PIXELS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Differing:
    """``strength``: how strongly the worst place differs, as a share of the contrast of strokes there, and by how many
    ``levels``; ``noise``: levels of what is left where nothing differs; ``place``: where the worst place is (x, y,
    pixels of the first picture)."""

    strength: float
    levels: float
    noise: float
    place: tuple[int, int]


def differing(rest: Rest) -> Differing:
    """How strongly two pages differ at the place where they differ most."""
    left = np.abs(cv2.GaussianBlur(rest.rest, (0, 0), _SOFTENED))
    noise = min(
        cut("most_noise"), 1.4826 * float(np.median(left[::3, ::3]))
    )  # where half of it differs, it is no noise
    window = np.ones((_AROUND, _AROUND), np.uint8)
    contrast = np.full(left.shape, _LEAST_CONTRAST, np.float32)
    for image in (rest.model, rest.seen):
        soft = cv2.GaussianBlur(image, (0, 0), _SOFTENED)
        contrast = np.maximum(contrast, cv2.dilate(soft, window) - cv2.erode(soft, window))
    shares = np.maximum(0.0, left - _NOISE * noise) / contrast
    _, most, _, place = cv2.minMaxLoc(shares)
    some = shares[shares > most / 8]
    strength = float(np.partition(some, -_PIXELS)[-_PIXELS]) if len(some) > _PIXELS else 0.0
    return Differing(
        strength=strength, levels=float(left[place[1], place[0]]), noise=noise, place=(int(place[0]), int(place[1]))
    )
