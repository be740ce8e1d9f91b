"""Whether two aligned pictures show the same thing, and in what they differ."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pdpo_audit.similarity.reliefs import Blocks, Grid, Relief, plain_share, strongest

_Grey = NDArray[np.float32]
_Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Missing:
    """The ink of one picture that is not found in the other (flat indices of pixels of ``shape``), and how much ink
    there was."""

    ink: NDArray[np.intp]
    shape: tuple[int, ...]
    of: int

    @property
    def share(self) -> float:
        return len(self.ink) / max(1, self.of)


#: For both directions.
_Unmatched = tuple[_Missing, _Missing]

#: Ink is what stands out by half of what the strongest 2 % do.
_INK = 0.5
#: So many places that are strong in both pictures tell the contrast between them.
_STRONG = 30
#: Grey levels that noise and compression stand out by.
_FAINT = 5.0
#: Ink counts as found again where the other picture has half as much of it, of the same sign, one pixel away at most.
_FOUND = 0.5
#: With less unmatched ink than this there is nothing that a change of tones could explain.
_CLEAN = 0.004
#: Where half the size is looked at, it is softened by this much more (a Gaussian of 1.5 pixels in all).
_SOFTER = 1.33
#: Below this mean change (levels) tones explain nothing; above the other they changed much.
_SAME_TONES, _MUCH_CHANGED = 1.0, 5.0
#: Variance (grey levels squared) that compression and noise put into a flat block.
_NOISE = 9.0
#: Variance that rounding puts into any block, and levels (standard deviation) below which a picture is flat.
_ROUNDED, _FLAT = 2.0, 3.0
#: With less missing in every block, and that much structure explained, nothing was laid over either of two
#: photographs. Measured on 48 photographs: copies 0.04 to 0.3 (strong changes of tone, blur and size more), small
#: watermarks 0.8, stickers and captions 1.1 to 3.8, other contents of one form or card 1.5 and more.
_NOTHING_MISSING, _MISSING_RECOLOURED, _EXPLAINED = 0.35, 0.6, 0.5
#: Structure that must be explained for one picture to be another one; below it no ink is looked for.
DIFFERENT = 0.40
#: A card, a form, a page: with more of one even tone, small things count. Beside the strongest share of small blocks,
#: copies of forms miss up to 0.12 of one, those in which one digit differs 0.14 (letters 5 pixels high) and more.
_PAGE, _STRONGEST, _NOTHING_SMALL = 0.40, 0.02, 0.12
#: A block lies inside when this share of it does.
_ALL_INSIDE = 0.98
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
    ``missing``: the most of the structure of one place that the other picture lacks, in units of that of an average
    place. Ink is looked at only where blocks leave a doubt: else nothing is lost, added or exchanged.
    """

    explained: float
    plain: float
    strange: float
    missing: float
    lost: float = 0.0
    added: float = 0.0
    lost_toned: float = 0.0
    added_toned: float = 0.0
    exchanged: int = 0
    patch: float = 0.0
    ground: float = 0.0
    replaced_coarse: float = 0.0
    lettering: int = 0


def compare(one: Relief, other: Relief, *, change: float | None = None, halves: bool = False) -> Agreement | None:
    """Compare two aligned pictures of one size where both count; ``None`` without enough overlap.

    If not all of it counts, both have the same pixels ``inside``. ``change`` is the mean change of colours (levels), if
    it is known: a large one takes structure away where tones ran into black or white. Of ``halves`` that show a page,
    ink is not looked at where blocks find no difference: whoever has to be sure looks at the whole.
    """
    inside = one.inside
    if inside is not None and int(inside.sum()) < min(_LEAST_OVERLAP, inside.size):
        return None
    structure, plain = _structure(one, other), min(one.plain, other.plain)
    if structure.explained < DIFFERENT:
        return _without_likeness(structure, plain)
    most = _MISSING_RECOLOURED if change is not None and change > _MUCH_CHANGED else _NOTHING_MISSING
    alike = structure.missing <= most and structure.explained >= _EXPLAINED
    if alike and (plain <= _PAGE or halves or _nothing_small(one, other)):
        return Agreement(
            explained=structure.explained, plain=plain, strange=structure.strange, missing=structure.missing
        )
    raw = _unmatched(one, other)
    toned = raw if change is not None and change < _SAME_TONES else _after_tones(one, other, raw)
    patch = _patch(raw[0], raw[1], one.grey, other.grey)
    places = [_around(part) for part in toned]
    return Agreement(
        explained=structure.explained,
        lost=raw[0].share,
        added=raw[1].share,
        lost_toned=toned[0].share,
        added_toned=toned[1].share,
        exchanged=int(np.minimum(*places).max()) if all(len(part.ink) for part in toned) else 0,
        patch=patch[0],
        ground=patch[1],
        plain=plain,
        replaced_coarse=_coarse(toned, one, other),
        lettering=max(int(place.max()) for place in places),
        strange=structure.strange,
        missing=structure.missing,
    )


def _without_likeness(structure: _Structure, plain: float) -> Agreement:
    """Of two pictures that show other things all ink is exchanged."""
    return Agreement(
        explained=structure.explained,
        plain=plain,
        strange=structure.strange,
        missing=structure.missing,
        lost=1.0,
        added=1.0,
        lost_toned=1.0,
        added_toned=1.0,
        replaced_coarse=1.0,
    )


def _after_tones(one: Relief, other: Relief, raw: _Unmatched) -> _Unmatched:
    """What is still unmatched once one picture was given the tones of the other, whichever way leaves less."""
    if max(raw[0].share, raw[1].share) < _CLEAN:
        return raw
    ahead, backwards = _tones(one.grey, other.grey, one.inside), _tones(other.grey, one.grey, one.inside)
    if max(_strength(one.grey, ahead), _strength(other.grey, backwards)) < _SAME_TONES:
        return raw
    there = _unmatched(one.toned(ahead), other)
    if max(there[0].share, there[1].share) < _CLEAN:
        return there
    back = _unmatched(one, other.toned(backwards))
    return min((raw, there, back), key=lambda found: max(found[0].share, found[1].share))


def _unmatched(one: Relief, other: Relief) -> _Unmatched:
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


def _missing(side: Relief, there: Relief, units: tuple[float, float], core: _Mask) -> _Missing:
    """The ink of one ``side`` that is not ``there``, with the unit of ink in either."""
    detail, least = side.detail.ravel(), np.float32(_INK * units[0])
    ink = np.flatnonzero((np.abs(side.detail) > least) & core)
    wanted, bright = detail[ink] * np.float32(_FOUND * units[1] / units[0]), detail[ink] > 0
    lost = np.where(bright, there.highest.ravel()[ink] <= wanted, there.lowest.ravel()[ink] >= wanted)
    return _Missing(ink[lost], side.detail.shape, len(ink))


def _gain(one: _Grey, other: _Grey, limits: tuple[float, float]) -> float:
    """How much more contrast the second picture has, by the places that are strong (over the ``limits``) in both.

    Places that are strong in one alone may be lettering laid over it.
    """
    strong = (one >= limits[0]) & (other >= limits[1])
    if np.count_nonzero(strong) < _STRONG:
        strong = (one >= limits[0]) | (other >= limits[1])
    return float(np.clip(np.median(other[strong] / one[strong]), 0.1, 10.0))


def _coarse(found: _Unmatched, one: Relief, other: Relief) -> float:
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
    lost, added = _unmatched(*softer)
    return min(lost.share, added.share)


def _around(missing: _Missing) -> NDArray[np.float32]:
    """Pixels of ink in the 24 x 24 around each place."""
    if not len(missing.ink):
        return np.zeros((1, 1), np.float32)
    ink = np.zeros(missing.shape, np.uint8)
    ink.ravel()[missing.ink] = 1
    return np.asarray(cv2.boxFilter(ink, cv2.CV_32F, (24, 24), normalize=False), np.float32)


def _tones(one: NDArray[np.uint8], other: NDArray[np.uint8], inside: _Mask | None) -> NDArray[np.uint8]:
    """For each grey level of ``one`` the mean of what ``other`` shows there, smoothed over the levels."""
    some = np.s_[:] if inside is None else inside[::2, ::2]  # every fourth pixel tells as much
    source, target = one[::2, ::2][some].ravel(), other[::2, ::2][some].ravel()
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


@dataclass(frozen=True, slots=True)
class _Structure:
    """What the blocks of two aligned pictures tell: ``explained`` and ``strange`` of ``Agreement``, and how much of the
    structure of one block is ``missing`` in the other picture at most, in units of that of an average block."""

    explained: float
    strange: float
    missing: float


@dataclass(frozen=True, slots=True)
class _Shared:
    """Of the blocks of two aligned pictures that count (rows x columns): the variance of each, and their covariance."""

    first: _Grey
    second: _Grey
    common: _Grey

    def missing(self, strength: float) -> float:
        """The most of a block that no brighter, darker, stronger or weaker version of the other picture's block gives
        (standard deviation), in units of the mean of the strongest share of blocks."""
        return max(
            _left(self.first, self.second, self.common, strength), _left(self.second, self.first, self.common, strength)
        )


def _left(variance: _Grey, others: _Grey, common: _Grey, strength: float) -> float:
    left = float((variance - common**2 / (others + _ROUNDED)).max())
    least = np.quantile(variance, 1 - strength) if strength < 1 else 0.0
    return float(np.sqrt(max(0.0, left)) / (np.sqrt(variance[variance >= least].mean()) + _FLAT))


def _structure(one: Relief, other: Relief) -> _Structure:
    blocks, theirs = one.blocks, other.blocks
    products = blocks.grid.means(one.smooth * other.smooth)
    valid = _inside(one, blocks.grid)
    if not valid.any():
        return _Structure(0.0, 0.0, np.inf)
    shared = _shared(blocks, theirs, products, valid)
    agree = shared.common / np.sqrt((shared.first + _NOISE) * (shared.second + _NOISE))
    agree = np.clip(agree, 0, 1) ** 2
    weights = np.sqrt(shared.first), np.sqrt(shared.second)
    explained = max(float((weight * agree).sum() / max(float(weight.sum()), 1e-6)) for weight in weights)
    return _Structure(explained, _strange(blocks, theirs, products, valid), shared.missing(1.0))


def _shared(blocks: Blocks, theirs: Blocks, products: _Grey, valid: _Mask) -> _Shared:
    return _Shared(
        first=(blocks.squares - blocks.means**2)[valid].clip(0),
        second=(theirs.squares - theirs.means**2)[valid].clip(0),
        common=(products - blocks.means * theirs.means)[valid],
    )


def _nothing_small(one: Relief, other: Relief) -> bool:
    """Whether two pages differ in no small block either, seen beside the strongest of these."""
    blocks = one.small_blocks
    products, valid = blocks.grid.means(one.smooth * other.smooth), _inside(one, blocks.grid)
    return (
        bool(valid.any()) and _shared(blocks, other.small_blocks, products, valid).missing(_STRONGEST) <= _NOTHING_SMALL
    )


def _strange(blocks: Blocks, theirs: Blocks, products: _Grey, valid: _Mask) -> float:
    """The share of large blocks with structure in both pictures that have nothing in common.

    In blocks this large even a faint picture has more structure than noise.
    """
    large = blocks.grid.large
    whole = large.means(valid.astype(np.float32)) > _ALL_INSIDE
    shared = _shared(_large(blocks), _large(theirs), large.means(products), whole)
    structured = np.minimum(shared.first, shared.second) > _FAINT_STRUCTURE
    if int(structured.sum()) < _LEAST_BLOCKS:
        return 0.0
    unlike = shared.common.clip(0) ** 2 < _UNLIKE * shared.first * shared.second
    return float(unlike[structured].mean())


def _large(blocks: Blocks) -> Blocks:
    large = blocks.grid.large
    return Blocks(grid=large, means=large.means(blocks.means), squares=large.means(blocks.squares))


def _inside(one: Relief, grid: Grid) -> _Mask:
    """The blocks of which all pixels count."""
    if one.inside is None:
        return np.ones((len(grid.down), len(grid.across)), bool)
    return np.asarray(grid.means(one.inside.astype(np.float32)) > _ALL_INSIDE, bool)


def _patch(lost: _Missing, added: _Missing, one: NDArray[np.uint8], other: NDArray[np.uint8]) -> tuple[float, float]:
    """Area and evenness of the one patch, at most an eighth of the picture, in which nearly all differing ink lies.

    Two zeros where it does not, or where the ground of both pictures is alike there.
    """
    if len(lost.ink) + len(added.ink) < 8:
        return 0.0, 0.0
    rows, columns = np.divmod(np.union1d(lost.ink, added.ink), lost.shape[1])
    top, bottom = np.quantile(rows, (0.04, 0.96)).astype(int)
    left, right = np.quantile(columns, (0.04, 0.96)).astype(int)
    share = float((bottom - top + 1) * (right - left + 1) / one.size)
    if share > _PATCH:
        return 0.0, 0.0
    parts = [image[top : bottom + 1, left : right + 1] for image in (one, other)]
    grounds = [float(np.median(part)) for part in parts]
    even = [plain_share(part) for part in parts]
    if abs(grounds[0] - grounds[1]) <= 20 and abs(even[0] - even[1]) < 0.25:
        return 0.0, 0.0
    return share, max(even)
