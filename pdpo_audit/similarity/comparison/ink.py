"""The ink of two aligned pictures: what stands out in one of them and is not found in the other."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pdpo_audit.similarity.comparison.reliefs import Relief, strongest, tones_of
from pdpo_audit.similarity.cuts import cut

_Grey = NDArray[np.float32]
_Mask = NDArray[np.bool_]

_INK, _STRONG = cut("ink"), cut("strong_places")
#: Grey levels that noise and compression stand out by.
_FAINT = 5.0
_FOUND, _CLEAN = cut("ink_again"), cut("clean")
#: Where half the size is looked at, it is softened by this much more (a Gaussian of 1.5 pixels in all).
_SOFTER = 1.33
#: Below this mean change (levels) tones explain nothing.
TONES_EXPLAIN = cut("tones_explain")


@dataclass(frozen=True, slots=True)
class Missing:
    """The ink of one picture that is not found in the other (flat indices of pixels of ``shape``), and how much ink
    there was."""

    ink: NDArray[np.intp]
    shape: tuple[int, ...]
    of: int

    @property
    def share(self) -> float:
        return len(self.ink) / max(1, self.of)


#: For both directions.
Unmatched = tuple[Missing, Missing]


def after_tones(one: Relief, other: Relief, raw: Unmatched) -> Unmatched:
    """What is still unmatched once one picture was given the tones of the other, whichever way leaves less."""
    if max(raw[0].share, raw[1].share) < _CLEAN:
        return raw
    ahead, backwards = tones_of(one.grey, other.grey, one.inside), tones_of(other.grey, one.grey, one.inside)
    if max(_strength(one.grey, ahead), _strength(other.grey, backwards)) < TONES_EXPLAIN:
        return raw
    there = unmatched(one.toned(ahead), other)
    if max(there[0].share, there[1].share) < _CLEAN:
        return there
    back = unmatched(one, other.toned(backwards))
    return min((raw, there, back), key=lambda found: max(found[0].share, found[1].share))


def unmatched(one: Relief, other: Relief) -> Unmatched:
    """The ink of either picture that the other lacks.

    Ink is measured in units of the strongest 2 % that both pictures share. The unit of the second picture is that of
    the first times the gain of contrast between them, so that a caption's lettering on one of them does not make the
    rest of it look faint.
    """
    core = one.core
    (first, first_limits), (second, second_limits) = (
        side.outstanding if side.inside is None else _outstanding(side, core) for side in (one, other)
    )
    gain = _gain(first, second, (first_limits[0], second_limits[0]))
    unit = min(first_limits[1], second_limits[1] / gain)
    units = unit + _FAINT / min(1.0, gain), unit * gain + _FAINT * max(1.0, gain)
    return _missing(one, other, units, core), _missing(other, one, units[::-1], core)


def _outstanding(side: Relief, core: _Mask) -> tuple[_Grey, tuple[float, float]]:
    values = side.sampled(core)
    return values, strongest(values)


def _missing(side: Relief, there: Relief, units: tuple[float, float], core: _Mask) -> Missing:
    """The ink of one ``side`` that is not ``there``, with the unit of ink in either."""
    detail, least = side.detail.ravel(), np.float32(_INK * units[0])
    ink = np.flatnonzero((np.abs(side.detail) > least) & core)
    wanted, bright = detail[ink] * np.float32(_FOUND * units[1] / units[0]), detail[ink] > 0
    lost = np.where(bright, there.highest.ravel()[ink] <= wanted, there.lowest.ravel()[ink] >= wanted)
    return Missing(ink[lost], side.detail.shape, len(ink))


def _gain(one: _Grey, other: _Grey, limits: tuple[float, float]) -> float:
    """How much more contrast the second picture has, by the places that are strong (over the ``limits``) in both.

    Places that are strong in one alone may be lettering laid over it.
    """
    strong = (one >= limits[0]) & (other >= limits[1])
    if np.count_nonzero(strong) < _STRONG:
        strong = (one >= limits[0]) | (other >= limits[1])
    return float(np.clip(np.median(other[strong] / one[strong]), 0.1, 10.0))


def exchanged_coarsely(found: Unmatched, one: Relief, other: Relief) -> float:
    """Exchanged ink at half the size and softened: there a blurred copy looks like its source."""
    if min(found[0].share, found[1].share) < _CLEAN or min(one.grey.shape) < 64:
        return 1.0
    size = (one.grey.shape[1] // 2, one.grey.shape[0] // 2)
    inside = None if one.inside is None else cv2.resize(one.inside.view(np.uint8), size) > 0
    softer = [
        Relief(
            grey=np.asarray(
                cv2.GaussianBlur(cv2.resize(side.grey, size, interpolation=cv2.INTER_AREA), (0, 0), _SOFTER), np.uint8
            ),
            inside=inside,
        )
        for side in (one, other)
    ]
    lost, added = unmatched(*softer)
    return min(lost.share, added.share)


def around(missing: Missing) -> NDArray[np.float32]:
    """Pixels of ink in the 24 x 24 around each place."""
    if not len(missing.ink):
        return np.zeros((1, 1), np.float32)
    ink = np.zeros(missing.shape, np.uint8)
    ink.ravel()[missing.ink] = 1
    return np.asarray(cv2.boxFilter(ink, cv2.CV_32F, (24, 24), normalize=False), np.float32)


def _strength(image: NDArray[np.uint8], tones: NDArray[np.uint8]) -> float:
    """By how many levels giving a picture other tones changes it on average."""
    some = image[::4, ::4]
    return float(np.abs(tones[some].astype(np.int16) - some).mean())
