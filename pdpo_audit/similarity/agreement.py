"""Whether two aligned pictures show the same thing, and in what they differ."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

_Grey = NDArray[np.float32]
_Mask = NDArray[np.bool_]
#: For both directions: the ink that is not found in the other picture, and how much ink there is.
_Unmatched = tuple[tuple[_Mask, int], tuple[_Mask, int]]

#: Ink is what stands out from its surroundings (a Gaussian of 3 pixels) by half of what the strongest 2 % do.
_SURROUNDINGS, _INK = 3.0, 0.5
#: Ink counts as found again where the other picture has half as much of it, of the same sign, one pixel away at most.
_FOUND, _TOLERANCE = 0.5, 3
#: With less unmatched ink than this there is nothing that a change of tones could explain.
_CLEAN = 0.004
#: Blocks for the overall agreement: so many along the short side.
_BLOCKS = 20
#: Variance (grey levels squared) that compression and noise put into a flat block.
_NOISE = 9.0
#: A sticker or caption bar covers at most this share of a picture.
_PATCH = 0.125
#: The overlap must be this large to be judged at all, in pixels.
_LEAST_OVERLAP = 900


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How two aligned pictures compare where they overlap.

    ``explained``: share (0 to 1) of the structure of one picture that the other has too, the higher of both
    directions. ``lost`` and ``added``: share of the first picture's ink that the second lacks, and the reverse.
    ``lost_toned``, ``added_toned``: the same after one picture was given the other's tones. ``exchanged``: the
    most pixels of ink that one place (24 x 24 pixels) lost and gained alike, as a changed word does. ``compact``: the
    differing ink lies in one strip or patch whose ground differs too, as a sticker or caption bar does; ``patch_sign``
    is then -1 if it was laid over the first picture, 1 over the second, 0 if unclear.
    ``plain``: share of the picture that has one even tone, as paper does. ``correlation``: of the block means.
    """

    explained: float
    lost: float
    added: float
    lost_toned: float
    added_toned: float
    exchanged: int
    compact: bool
    patch_sign: int
    plain: float
    correlation: float


def compare(one: NDArray[np.uint8], other: NDArray[np.uint8], inside: _Mask | None = None) -> Agreement | None:
    """Compare two aligned grey pictures of one size where ``inside`` is set; ``None`` without enough overlap."""
    mask = np.ones(one.shape, bool) if inside is None else inside
    if int(mask.sum()) < min(_LEAST_OVERLAP, mask.size):
        return None
    a, b = _smooth(one), _smooth(other)
    core = cv2.erode(mask.astype(np.uint8), np.ones((7, 7), np.uint8), borderValue=0) > 0
    if not core.any():
        core = mask
    raw = _unmatched(a, b, core)
    toned = _after_tones(one, other, mask, core, raw)
    explained, correlation = _block_agreement(a, b, mask)
    patch = _patch(raw[0][0] | raw[1][0], one, other)
    return Agreement(
        explained=explained,
        lost=_share(raw[0]),
        added=_share(raw[1]),
        lost_toned=_share(toned[0]),
        added_toned=_share(toned[1]),
        exchanged=_exchanged(raw[0][0], raw[1][0]),
        compact=patch is not None,
        patch_sign=patch or 0,
        plain=max(_plain_share(one, mask), _plain_share(other, mask)),
        correlation=correlation,
    )


def _after_tones(
    one: NDArray[np.uint8], other: NDArray[np.uint8], mask: _Mask, core: _Mask, raw: _Unmatched
) -> _Unmatched:
    """What is still unmatched once one picture was given the tones of the other, whichever way leaves less."""
    if max(_share(raw[0]), _share(raw[1])) < _CLEAN:
        return raw
    there = _unmatched(_smooth(_give_tones(one, other, mask)), _smooth(other), core)
    back = _unmatched(_smooth(one), _smooth(_give_tones(other, one, mask)), core)
    return min((raw, there, back), key=lambda found: max(_share(found[0]), _share(found[1])))


def _smooth(image: NDArray[np.uint8]) -> _Grey:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), 0.7), np.float32)


def _unmatched(a: _Grey, b: _Grey, core: _Mask) -> _Unmatched:
    first, second = _stand_out(a, core), _stand_out(b, core)
    kernel = np.ones((_TOLERANCE, _TOLERANCE), np.uint8)

    def missing(ink: _Grey, there: _Grey) -> tuple[_Mask, int]:
        present = (np.abs(ink) > _INK) & core
        bright = cv2.dilate(there, kernel) > ink * _FOUND
        dark = cv2.erode(there, kernel) < ink * _FOUND
        return present & ~np.where(ink > 0, bright, dark), int(present.sum())

    return missing(first, second), missing(second, first)


def _stand_out(image: _Grey, core: _Mask) -> _Grey:
    """How far each pixel stands out from its surroundings, in units of the strongest 2 %."""
    detail = image - cv2.GaussianBlur(image, (0, 0), _SURROUNDINGS)
    some, inside = np.abs(detail[::3, ::3]), core[::3, ::3]  # every ninth pixel tells as much
    strongest = float(np.percentile(some[inside] if inside.any() else some, 98))
    return np.asarray(detail / (strongest + 5.0), np.float32)


def _share(unmatched: tuple[_Mask, int]) -> float:
    return float(unmatched[0].sum() / max(1, unmatched[1]))


def _exchanged(lost: _Mask, added: _Mask) -> int:
    around = [cv2.boxFilter(ink.astype(np.float32), -1, (24, 24), normalize=False) for ink in (lost, added)]
    return int(np.minimum(around[0], around[1]).max() + 0.5)


def _give_tones(one: NDArray[np.uint8], other: NDArray[np.uint8], mask: _Mask) -> NDArray[np.uint8]:
    """``one`` with each grey level replaced by the mean of what ``other`` shows there, smoothed over the levels."""
    source, target = one[mask], other[mask]
    count = np.bincount(source, minlength=256).astype(np.float64)
    total = np.bincount(source, weights=target, minlength=256)
    window = np.hanning(19)[1:-1]
    weight = np.convolve(count, window, "same")
    known = weight > 0
    means = np.convolve(total, window, "same")[known] / weight[known]
    table = np.interp(np.arange(256), np.nonzero(known)[0], means)
    return np.asarray(table.round().clip(0, 255).astype(np.uint8)[one], np.uint8)


def _block_agreement(a: _Grey, b: _Grey, mask: _Mask) -> tuple[float, float]:
    side = min(max(6, min(a.shape) // _BLOCKS), *a.shape)
    grid = (a.shape[1] // side, a.shape[0] // side)

    def mean(values: NDArray[np.float32]) -> NDArray[np.float64]:
        whole = values[: grid[1] * side, : grid[0] * side]  # whole blocks: OpenCV is quick at whole factors only
        return np.asarray(cv2.resize(whole, grid, interpolation=cv2.INTER_AREA), np.float64)

    valid = mean(mask.astype(np.float32)) > 0.98
    if not valid.any():
        return 0.0, 0.0
    mean_a, mean_b = mean(a), mean(b)
    var_a, var_b = mean(a * a) - mean_a**2, mean(b * b) - mean_b**2
    shared = mean(a * b) - mean_a * mean_b
    agree = np.clip(shared / np.sqrt((var_a.clip(0) + _NOISE) * (var_b.clip(0) + _NOISE)), 0, 1)[valid] ** 2
    weights = [np.sqrt(variance.clip(0))[valid] for variance in (var_a, var_b)]
    explained = max(float((weight * agree).sum() / max(float(weight.sum()), 1e-6)) for weight in weights)
    left, right = mean_a[valid], mean_b[valid]
    if left.std() < 1 or right.std() < 1:
        return explained, 0.0
    return explained, float(np.corrcoef(left, right)[0, 1])


def _patch(differing: _Mask, one: NDArray[np.uint8], other: NDArray[np.uint8]) -> int | None:
    """Whether nearly all differing ink lies in one patch of at most an eighth of the picture, on another ground.

    -1 if the patch is even in the first picture and not in the second (it was laid over the first), 1 the reverse,
    0 if that is not clear; ``None`` if there is no such patch.
    """
    rows, columns = np.nonzero(differing)
    if len(rows) < 8:
        return None
    top, bottom = np.quantile(rows, (0.02, 0.98)).astype(int)
    left, right = np.quantile(columns, (0.02, 0.98)).astype(int)
    if (bottom - top + 1) * (right - left + 1) > _PATCH * differing.size:
        return None
    parts = [image[top : bottom + 1, left : right + 1] for image in (one, other)]
    if abs(float(np.median(parts[0])) - float(np.median(parts[1]))) <= 20:
        return None
    even = [_plain_share(part, np.ones(part.shape, bool)) for part in parts]
    return 0 if abs(even[0] - even[1]) < 0.2 else (-1 if even[0] > even[1] else 1)


def _plain_share(image: NDArray[np.uint8], mask: _Mask) -> float:
    """The share of pixels within six grey levels of the most frequent tone."""
    counts = np.bincount(image[::2, ::2][mask[::2, ::2]], minlength=256)
    return float(np.convolve(counts, np.ones(13), "same").max() / max(1, counts.sum()))
