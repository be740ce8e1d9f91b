"""Whether two flat graphics, laid over each other, have the same colours in the same places."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pdpo_audit.similarity.comparison.colours import most_of_channels
from pdpo_audit.similarity.cuts import cut
from pdpo_audit.similarity.graphics.tones import Toned

_Rgb = NDArray[np.uint8]
_Mask = NDArray[np.bool_]

#: A pixel is unexplained if it lies by more levels outside of what the other picture has within so many pixels; fewer
#: pixels in pictures with a shorter side below the last number.
_BEYOND, _REACH, _REACH_SMALL, _SMALL = cut("beyond_colour"), 2, 1, 200
#: The figure is what lies by more levels off the commonest colour.
_FIGURE = 28
#: With a smaller share of the figure in one unexplained piece, nothing speaks against a copy.
OTHER_AREA = cut("other_area")


@dataclass(frozen=True, slots=True, kw_only=True)
class Areas:
    """``difference``: the largest unexplained piece as a share of the figure, after the change of tone (``tone``) that
    leaves least; ``toned``: the pictures after it."""

    difference: float
    tone: str
    toned: Toned


def compare_areas(candidates: Iterable[Toned], inside: _Mask) -> Areas | None:
    """The difference of two pictures after the change of tone that explains most, the least one that explains all."""
    best: Areas | None = None
    for toned in candidates:
        difference = _difference(toned.one, toned.other, inside)
        if best is None or difference < best.difference:
            best = Areas(difference=difference, tone=toned.name, toned=toned)
        if best.difference < OTHER_AREA / 4:
            break
    return best


def _difference(one: _Rgb, other: _Rgb, inside: _Mask) -> float:
    reach = _REACH if min(one.shape[:2]) >= _SMALL else _REACH_SMALL
    counted = cv2.erode(inside.view(np.uint8), np.ones((2 * reach + 1, 2 * reach + 1), np.uint8), borderValue=0) > 0
    unexplained = (_outside(one, other, reach) | _outside(other, one, reach)) & counted
    pieces = cv2.morphologyEx(unexplained.view(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    _, _, measured, _ = cv2.connectedComponentsWithStats(pieces, connectivity=8)
    largest = int(measured[1:, cv2.CC_STAT_AREA].max(initial=0))
    if not largest:
        return 0.0
    figure = min(_figure(one, counted), _figure(other, counted))
    return largest / max(figure, 1)


def _outside(one: _Rgb, other: _Rgb, reach: int) -> _Mask:
    """Where ``one`` lies outside of what ``other`` has around."""
    window = np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)
    above = cv2.subtract(one, cv2.dilate(other, window))
    below = cv2.subtract(cv2.erode(other, window), one)
    return np.asarray(most_of_channels(np.asarray(cv2.max(above, below), np.uint8)) > _BEYOND, bool)


def _figure(image: _Rgb, counted: _Mask) -> int:
    pixels = image[::2, ::2][counted[::2, ::2]].astype(np.int16)
    if not len(pixels):
        return 0
    keys = (pixels >> 4) @ (256, 16, 1)
    ground = np.median(pixels[keys == np.bincount(keys).argmax()], axis=0)
    apart = np.abs(pixels - ground) > _FIGURE
    return 4 * int(np.count_nonzero(apart[:, 0] | apart[:, 1] | apart[:, 2]))
