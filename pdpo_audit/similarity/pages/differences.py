"""Whether anything that can be read differs between two pages that were taken from each other."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pdpo_audit.similarity.cuts import cut
from pdpo_audit.similarity.pages.subtraction import Rest, subtract

_Grey = NDArray[np.uint8]
_Mask = NDArray[np.bool_]

#: What is left is softened by this (pixels): seams of edges that lie a little off cancel, a missing stroke stays.
_SOFTENED = 1.3
#: What is left is measured by the contrast of strokes within so many pixels, of so many levels at least.
_AROUND, _LEAST_CONTRAST = 15, 30
#: Times the noise (its median) that are forgiven.
_NOISE = 6.0
#: Where every so many pixels differ by no more levels in the mean, the two may be alike as they are; they are, where
#: less is left than differs on any page, and noise (levels) hides nothing.
_SOME, _MUCH_ALIKE, _CLEARLY, _NO_NOISE = 4, 4.0, cut("other_strokes_small"), 1.0
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


def differing(one: _Grey, other: _Grey, inside: _Mask) -> Differing | None:
    """How strongly two registered pages of one size differ at the place where they differ most; ``None`` where too
    little of them counts."""
    as_they_are = _as_they_are(one, other, inside)
    if as_they_are is not None:
        return as_they_are
    rest = subtract(one, other, inside)
    return None if rest is None else _worst(rest)


def _as_they_are(one: _Grey, other: _Grey, inside: _Mask) -> Differing | None:
    """The same without focus, tone and light made alike, where next to nothing is left even so."""
    if float(cv2.absdiff(one, other)[::_SOME, ::_SOME].mean()) > _MUCH_ALIKE:
        return None
    rest = cv2.subtract(one, other, dtype=cv2.CV_32F)
    rest[~inside] = 0
    found = _worst(Rest(rest=np.asarray(rest, np.float32), model=other, seen=one))
    return found if found.strength < _CLEARLY and found.noise <= _NO_NOISE else None


def _worst(rest: Rest) -> Differing:
    left = np.abs(cv2.GaussianBlur(rest.rest, (0, 0), _SOFTENED))
    noise = min(
        cut("most_noise"), 1.4826 * float(np.median(left[::3, ::3]))
    )  # where half of it differs, it is no noise
    shares = cv2.divide(np.maximum(left - np.float32(_NOISE * noise), 0), _contrast(rest), dtype=cv2.CV_32F)
    _, most, _, place = cv2.minMaxLoc(shares)
    some = shares[shares > most / 8]
    strength = float(np.partition(some, -_PIXELS)[-_PIXELS]) if len(some) > _PIXELS else 0.0
    return Differing(
        strength=strength, levels=float(left[place[1], place[0]]), noise=noise, place=(int(place[0]), int(place[1]))
    )


def _contrast(rest: Rest) -> _Grey:
    """By how many levels strokes stand out around each pixel, in the picture in which they do more."""
    window = np.ones((_AROUND, _AROUND), np.uint8)
    contrast: cv2.typing.MatLike = np.full(rest.rest.shape, _LEAST_CONTRAST, np.uint8)
    for image in (rest.model, rest.seen):
        soft = cv2.GaussianBlur(cv2.convertScaleAbs(image), (0, 0), _SOFTENED)
        contrast = cv2.max(contrast, cv2.subtract(cv2.dilate(soft, window), cv2.erode(soft, window)))
    return np.asarray(contrast, np.uint8)
