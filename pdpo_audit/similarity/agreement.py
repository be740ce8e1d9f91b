"""Whether two aligned pictures show the same thing, and in what they differ."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

_Grey = NDArray[np.float32]
_Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Missing:
    """The ink of one picture that is not found in the other, how many pixels that is, and how many there were."""

    ink: _Mask
    count: int
    of: int

    @property
    def share(self) -> float:
        return self.count / max(1, self.of)


#: For both directions.
_Unmatched = tuple[_Missing, _Missing]

#: Ink is what stands out from its surroundings (a Gaussian of 3 pixels) by half of what the strongest 2 % do.
_SURROUNDINGS, _INK = 3.0, 0.5
_STRONGEST = (0.85, 0.98)
#: So many places that are strong in both pictures tell the contrast between them.
_STRONG = 30
#: Grey levels that noise and compression stand out by.
_FAINT = 5.0
#: Ink counts as found again where the other picture has half as much of it, of the same sign, one pixel away at most.
_FOUND, _TOLERANCE = 0.5, 3
#: With less unmatched ink than this there is nothing that a change of tones could explain.
_CLEAN = 0.004
#: Below this mean change (levels) tones explain nothing.
_SAME_TONES = 1.0
#: Blocks for the overall agreement: so many along the short side.
_BLOCKS = 20
#: Variance (grey levels squared) that compression and noise put into a flat block.
_NOISE = 9.0
#: Large blocks whose structure agrees less than this have nothing in common; so many with structure (variance of more
#: than this) are needed to tell.
_UNLIKE, _LEAST_BLOCKS, _FAINT_STRUCTURE = 0.15, 12, 4.0
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
    most pixels of ink that one place (24 x 24 pixels) lost and gained alike, as a changed word does. ``patch``: the
    share of the area in which all differing ink lies, if it is one strip or patch whose ground differs too, as a
    sticker or caption bar does; else 0. ``ground``: the share of that patch that has one tone, in the picture where
    it has more of it. ``replaced_coarse``: ink that was exchanged at half the size, 1 where that was not looked at.
    ``lettering``: the most pixels that one place gained or lost.
    ``plain``: share of the picture that has one even tone, as paper does.
    ``strange``: the share of places with structure in both that have nothing in common, however faint they are.
    """

    explained: float
    lost: float
    added: float
    lost_toned: float
    added_toned: float
    exchanged: int
    patch: float
    ground: float
    replaced_coarse: float
    lettering: int
    plain: float
    strange: float


def compare(one: NDArray[np.uint8], other: NDArray[np.uint8], inside: _Mask | None = None) -> Agreement | None:
    """Compare two aligned grey pictures of one size where ``inside`` is set; ``None`` without enough overlap."""
    mask = np.ones(one.shape, bool) if inside is None else inside
    if int(mask.sum()) < min(_LEAST_OVERLAP, mask.size):
        return None
    a, b = _smooth(one), _smooth(other)
    core = cv2.erode(mask.view(np.uint8), np.ones((7, 7), np.uint8), borderValue=0) > 0
    if not core.any():
        core = mask
    raw = _unmatched(a, b, core)
    toned = _after_tones(one, other, mask, core, raw)
    explained, strange = _block_agreement(a, b, mask)
    patch = _patch(raw[0], raw[1], one, other)
    return Agreement(
        explained=explained,
        lost=raw[0].share,
        added=raw[1].share,
        lost_toned=toned[0].share,
        added_toned=toned[1].share,
        exchanged=_exchanged(*toned),
        patch=patch[0],
        ground=patch[1],
        plain=min(_plain_share(one, mask), _plain_share(other, mask)),
        replaced_coarse=_coarse(toned, one, other, mask),
        lettering=_lettering(*toned),
        strange=strange,
    )


def _after_tones(
    one: NDArray[np.uint8], other: NDArray[np.uint8], mask: _Mask, core: _Mask, raw: _Unmatched
) -> _Unmatched:
    """What is still unmatched once one picture was given the tones of the other, whichever way leaves less."""
    if max(raw[0].share, raw[1].share) < _CLEAN:
        return raw
    ahead, backwards = _tones(one, other, mask), _tones(other, one, mask)
    if max(_strength(one, ahead), _strength(other, backwards)) < _SAME_TONES:
        return raw
    there = _unmatched(_smooth(ahead[one]), _smooth(other), core)
    back = _unmatched(_smooth(one), _smooth(backwards[other]), core)
    return min((raw, there, back), key=lambda found: max(found[0].share, found[1].share))


def _smooth(image: NDArray[np.uint8]) -> _Grey:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), 0.7), np.float32)


def _unmatched(a: _Grey, b: _Grey, core: _Mask) -> _Unmatched:
    first, second = _stand_out(a, b, core)
    return _missing(first, second, core), _missing(second, first, core)


def _missing(ink: _Grey, there: _Grey, core: _Mask) -> _Missing:
    kernel = np.ones((_TOLERANCE, _TOLERANCE), np.uint8)
    wanted = ink * np.float32(_FOUND)
    bright, dark = ink > _INK, ink < -_INK
    bright &= core
    dark &= core
    present = np.count_nonzero(bright) + np.count_nonzero(dark)
    bright &= cv2.dilate(there, kernel) <= wanted
    dark &= cv2.erode(there, kernel) >= wanted
    bright |= dark
    return _Missing(bright, int(np.count_nonzero(bright)), int(present))


def _stand_out(a: _Grey, b: _Grey, core: _Mask) -> tuple[_Grey, _Grey]:
    """How far each pixel stands out from its surroundings, in units of the strongest 2 % that both pictures share.

    The unit of the second picture is that of the first times the gain of contrast between them, so that a caption's
    lettering on one of them does not make the rest of it look faint.
    """
    first, second = (image - cv2.GaussianBlur(image, (0, 0), _SURROUNDINGS) for image in (a, b))
    some = core[::3, ::3] if core[::3, ::3].any() else np.ones_like(core[::3, ::3])  # every ninth pixel tells as much
    one, other = (np.abs(detail[::3, ::3][some]) + np.float32(0.5) for detail in (first, second))
    limits = _quantiles(one), _quantiles(other)
    gain = _gain(one, other, (limits[0][0], limits[1][0]))
    unit = min(limits[0][1], limits[1][1] / gain)
    return (
        np.asarray(first / np.float32(unit + _FAINT / min(1.0, gain)), np.float32),
        np.asarray(second / np.float32(unit * gain + _FAINT * max(1.0, gain)), np.float32),
    )


def _quantiles(values: _Grey) -> tuple[float, float]:
    """What the strongest 15 % and the strongest 2 % have at least."""
    places = [min(len(values) - 1, int(share * len(values))) for share in _STRONGEST]
    parted = np.partition(values, places)
    return float(parted[places[0]]), float(parted[places[1]])


def _gain(one: _Grey, other: _Grey, limits: tuple[float, float]) -> float:
    """How much more contrast the second picture has, by the places that are strong (over the ``limits``) in both.

    Places that are strong in one alone may be lettering laid over it.
    """
    strong = (one >= limits[0]) & (other >= limits[1])
    if np.count_nonzero(strong) < _STRONG:
        strong = (one >= limits[0]) | (other >= limits[1])
    return float(np.clip(np.median(other[strong] / one[strong]), 0.1, 10.0))


def _coarse(found: _Unmatched, one: NDArray[np.uint8], other: NDArray[np.uint8], mask: _Mask) -> float:
    """Exchanged ink at half the size and softened: there a blurred copy looks like its source."""
    if min(found[0].share, found[1].share) < _CLEAN or min(one.shape) < 64:
        return 1.0
    size = (one.shape[1] // 2, one.shape[0] // 2)
    a, b = (
        cv2.GaussianBlur(cv2.resize(image, size, interpolation=cv2.INTER_AREA), (0, 0), 1.5) for image in (one, other)
    )
    core = cv2.erode(cv2.resize(mask.astype(np.uint8), size), np.ones((7, 7), np.uint8), borderValue=0) > 0
    lost, added = _unmatched(a.astype(np.float32), b.astype(np.float32), core)
    return min(lost.share, added.share)


def _lettering(lost: _Missing, added: _Missing) -> int:
    """The most pixels of ink that one place (24 x 24 pixels) gained or lost."""
    return max(int(_around(part).max()) if part.count else 0 for part in (lost, added))


def _exchanged(lost: _Missing, added: _Missing) -> int:
    if not lost.count or not added.count:
        return 0
    return int(np.minimum(_around(lost), _around(added)).max())


def _around(missing: _Missing) -> NDArray[np.float32]:
    """Pixels of ink in the 24 x 24 around each place."""
    return np.asarray(cv2.boxFilter(missing.ink.view(np.uint8), cv2.CV_32F, (24, 24), normalize=False), np.float32)


def _tones(one: NDArray[np.uint8], other: NDArray[np.uint8], mask: _Mask) -> NDArray[np.uint8]:
    """For each grey level of ``one`` the mean of what ``other`` shows there, smoothed over the levels."""
    some = mask[::2, ::2]  # every fourth pixel tells as much
    source, target = one[::2, ::2][some], other[::2, ::2][some]
    count = np.bincount(source, minlength=256).astype(np.float64)
    total = np.bincount(source, weights=target, minlength=256)
    window = np.hanning(19)[1:-1]
    weight = np.convolve(count, window, "same")
    known = weight > 0
    means = np.convolve(total, window, "same")[known] / weight[known]
    return np.interp(np.arange(256), np.nonzero(known)[0], means).round().clip(0, 255).astype(np.uint8)


def _strength(image: NDArray[np.uint8], tones: NDArray[np.uint8]) -> float:
    """By how many levels giving a picture other tones changes it on average."""
    some = image[::4, ::4]
    return float(np.abs(tones[some].astype(np.int16) - some).mean())


def _block_agreement(a: _Grey, b: _Grey, mask: _Mask) -> tuple[float, float]:
    """``explained`` and ``strange`` of ``Agreement``."""
    side = min(max(6, min(a.shape) // _BLOCKS), *a.shape)
    valid, var_a, var_b, shared = _blocks(a, b, mask, side)
    if not valid.any():
        return 0.0, 0.0
    agree = np.clip(shared / np.sqrt((var_a.clip(0) + _NOISE) * (var_b.clip(0) + _NOISE)), 0, 1)[valid] ** 2
    weights = [np.sqrt(variance.clip(0))[valid] for variance in (var_a, var_b)]
    explained = max(float((weight * agree).sum() / max(float(weight.sum()), 1e-6)) for weight in weights)
    return explained, _strange(a, b, mask, 3 * side)


def _strange(a: _Grey, b: _Grey, mask: _Mask, side: int) -> float:
    """The share of blocks with structure in both that have nothing in common.

    In blocks this large even a faint picture has more structure than noise.
    """
    if min(a.shape) < side:
        return 0.0
    valid, var_a, var_b, shared = _blocks(a, b, mask, side)
    structured = (np.minimum(var_a, var_b) > _FAINT_STRUCTURE) & valid
    if int(structured.sum()) < _LEAST_BLOCKS:
        return 0.0
    common = shared[structured].clip(0) ** 2
    return float((common < _UNLIKE * var_a[structured] * var_b[structured]).mean())


def _blocks(
    a: _Grey, b: _Grey, mask: _Mask, side: int
) -> tuple[_Mask, NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Of each square block: whether it lies inside, the variance of either picture, and their covariance."""
    grid = (a.shape[1] // side, a.shape[0] // side)

    def mean(values: NDArray[np.float32]) -> NDArray[np.float64]:
        whole = values[: grid[1] * side, : grid[0] * side]  # whole blocks: OpenCV is quick at whole factors only
        return np.asarray(cv2.resize(whole, grid, interpolation=cv2.INTER_AREA), np.float64)

    mean_a, mean_b = mean(a), mean(b)
    variances = mean(a * a) - mean_a**2, mean(b * b) - mean_b**2
    return mean(mask.astype(np.float32)) > 0.98, *variances, mean(a * b) - mean_a * mean_b


def _patch(lost: _Missing, added: _Missing, one: NDArray[np.uint8], other: NDArray[np.uint8]) -> tuple[float, float]:
    """Area and evenness of the one patch, at most an eighth of the picture, in which nearly all differing ink lies.

    Two zeros where it does not, or where the ground of both pictures is alike there.
    """
    if lost.count + added.count < 8:
        return 0.0, 0.0
    rows, columns = np.nonzero(lost.ink | added.ink)
    top, bottom = np.quantile(rows, (0.04, 0.96)).astype(int)
    left, right = np.quantile(columns, (0.04, 0.96)).astype(int)
    share = float((bottom - top + 1) * (right - left + 1) / lost.ink.size)
    if share > _PATCH:
        return 0.0, 0.0
    parts = [image[top : bottom + 1, left : right + 1] for image in (one, other)]
    grounds = [float(np.median(part)) for part in parts]
    even = [_plain_share(part, np.ones(part.shape, bool)) for part in parts]
    if abs(grounds[0] - grounds[1]) <= 20 and abs(even[0] - even[1]) < 0.25:
        return 0.0, 0.0
    return share, max(even)


def _plain_share(image: NDArray[np.uint8], mask: _Mask) -> float:
    """The share of pixels within six grey levels of the most frequent tone."""
    counts = np.bincount(image[::2, ::2][mask[::2, ::2]], minlength=256)
    return float(np.convolve(counts, np.ones(13), "same").max() / max(1, counts.sum()))
