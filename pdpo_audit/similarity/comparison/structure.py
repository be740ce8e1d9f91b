"""What blocks of two aligned pictures tell, before anybody looks at single strokes."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pdpo_audit.similarity.comparison.reliefs import Blocks, Grid, Relief, tones_of
from pdpo_audit.similarity.cuts import cut

_Grey = NDArray[np.float32]
_Mask = NDArray[np.bool_]

#: Variance (grey levels squared) that compression and noise put into a flat block.
_NOISE = 9.0
#: Variance that rounding puts into any block, and levels (standard deviation) below which a picture is flat.
_ROUNDED, _FLAT = 2.0, 3.0
_ALL_INSIDE = cut("block_inside")
#: Blocks with that variance in both pictures have structure, however faint; with less than that of their squared
#: correlation they have nothing in common. So many with structure are needed to tell.
_FAINT_STRUCTURE, _UNLIKE, _LEAST_BLOCKS = cut("faint_structure"), cut("unlike"), cut("least_blocks")
#: Of what such blocks show in one picture this much at least is found in the other if it only was drawn over: by big
#: watermarks, blur and coarse coding, not where different faint pictures (98 %) lie in the window of one program.
_SHOWS_THROUGH = cut("shows_through")
#: So many connected blocks, each with that variance in both pictures, are a place.
_PLACE, _STRONG_STRUCTURE = cut("place_blocks"), cut("strong_structure")
#: What stands out there by so many levels, and more than half of the place does, is kept by the other picture if it
#: differs by less than this share of the contrast there, give or take levels. Measured: under watermarks on 144
#: photographs 0.33 and more is kept (but for one 0.44), where one photograph took the place of another 0.1 to 0.4.
#: Where that much of it shows through, the picture was blurred or resampled.
_STROKE, _KEPT_WITHIN, _KEPT_LEVELS = cut("stroke_levels"), cut("kept_within"), (cut("kept_least"), cut("kept_most"))
_KEPT, _SHOWS_THROUGH_PLACE, _ENOUGH_BESIDE = cut("kept"), cut("shows_through_place"), cut("enough_beside")
#: Levels beyond which a block may have run into black or white.
_DARKEST, _BRIGHTEST = 20, 235
#: Beside the strongest share of small blocks, copies of forms miss up to 0.12 of one; those in which one digit differs
#: miss 0.14 (letters 5 pixels high) and more.
_STRONGEST, _NOTHING_SMALL = 0.02, cut("nothing_small")


@dataclass(frozen=True, slots=True)
class Structure:
    """What the blocks of two aligned pictures tell: ``explained``, ``strange``, ``missing`` and ``other`` of
    ``Agreement``."""

    explained: float
    strange: float
    missing: float
    other: float = 0.0


#: Left, top, right and bottom of a part of a picture, in shares of its sides.
Part = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class _Shared:
    """Of the blocks of two aligned pictures that count (rows x columns): the variance of each, and their covariance."""

    first: _Grey
    second: _Grey
    common: _Grey

    def strengths(self) -> tuple[float, float]:
        """How much structure either picture has in all."""
        return float(np.sqrt(self.first).sum()), float(np.sqrt(self.second).sum())

    def explained(self) -> float:
        """The share of the structure of one picture that the other has, too, the higher of both directions."""
        agree = self.common / np.sqrt((self.first + _NOISE) * (self.second + _NOISE))
        agree = np.clip(agree, 0, 1) ** 2
        weights = np.sqrt(self.first), np.sqrt(self.second)
        return max(float((weight * agree).sum() / max(float(weight.sum()), 1e-6)) for weight in weights)

    def stronger_than(self, variance: float) -> _Mask:
        """The blocks with more variance in both pictures."""
        return np.asarray(np.minimum(self.first, self.second) > variance, bool)

    @property
    def nothing_in_common(self) -> _Mask:
        """The blocks in which neither picture has to do with the other."""
        return np.asarray(self.common.clip(0) ** 2 < _UNLIKE * self.first * self.second, bool)

    def shows_through(self, covered: _Mask, rest: _Mask) -> float:
        """How much of the one picture there is in the other in covered blocks (median), at the contrast of the rest;
        the higher of both ways."""
        gain = float(np.sqrt(self.second[rest].sum() / self.first[rest].sum())) if rest.any() else 1.0
        shares = (self.common[covered] / side[covered] for side in (self.first, self.second))
        return max(float(np.median(share)) * factor for share, factor in zip(shares, (1 / gain, gain), strict=True))

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


def structure_of(one: Relief, other: Relief) -> Structure:
    """What the blocks tell of two pictures of one size, with the same pixels ``inside``."""
    blocks, theirs = one.blocks, other.blocks
    products = blocks.grid.means(one.smooth * other.smooth)
    valid = _inside(one, blocks.grid)
    if not valid.any():
        return Structure(0.0, 0.0, np.inf)
    shared = _shared(blocks, theirs, products, valid)
    return Structure(shared.explained(), _strange(shared), shared.missing(1.0), _other_place(one, other, shared, valid))


def explained_beside(one: Relief, other: Relief, part: Part) -> float:
    """The share of structure beside a part of two pictures that each explains of the other; 0 where little is there."""
    blocks, theirs = one.blocks, other.blocks
    rows, columns = blocks.means.shape
    everywhere = _inside(one, blocks.grid)
    beside, (left, top, right, bottom) = everywhere.copy(), part
    beside[int(top * rows) : int(np.ceil(bottom * rows)), int(left * columns) : int(np.ceil(right * columns))] = False
    if not beside.any():
        return 0.0
    products = blocks.grid.means(one.smooth * other.smooth)
    whole, rest = (_shared(blocks, theirs, products, valid) for valid in (everywhere, beside))
    shares = [there / max(1e-6, of) for there, of in zip(rest.strengths(), whole.strengths(), strict=True)]
    return rest.explained() if max(shares) >= _ENOUGH_BESIDE else 0.0


def sharpness(one: Relief, other: Relief) -> float:
    """How much stronger structure is in the second picture, as seen beside its tones: 1 where only tones changed, more
    where it was sharpened, less where it was blurred."""
    blocks, theirs = one.blocks, other.blocks
    valid = _inside(one, blocks.grid)
    first, second = (side.squares - side.means**2 for side in (blocks, theirs))
    for side in (blocks, theirs):  # what ran into black or white has no structure left
        valid = valid & (side.means > _DARKEST) & (side.means < _BRIGHTEST)
    if int(valid.sum()) < _LEAST_BLOCKS:
        return 1.0
    strong = valid & (first >= np.median(first[valid]))
    tones = float(np.polyfit(blocks.means[strong], theirs.means[strong], 1)[0])
    structure = float(np.median(np.sqrt((second[strong].clip(0) + 1) / (first[strong].clip(0) + 1))))
    return structure / max(tones, 0.05)


def _shared(blocks: Blocks, theirs: Blocks, products: _Grey, valid: _Mask) -> _Shared:
    return _Shared(
        first=(blocks.squares - blocks.means**2)[valid].clip(0),
        second=(theirs.squares - theirs.means**2)[valid].clip(0),
        common=(products - blocks.means * theirs.means)[valid],
    )


def nothing_small(one: Relief, other: Relief) -> bool:
    """Whether two pages differ in no small block either, seen beside the strongest of these."""
    blocks = one.small_blocks
    products, valid = blocks.grid.means(one.smooth * other.smooth), _inside(one, blocks.grid)
    return (
        bool(valid.any()) and _shared(blocks, other.small_blocks, products, valid).missing(_STRONGEST) <= _NOTHING_SMALL
    )


def _strange(shared: _Shared) -> float:
    """The share of blocks with structure in both pictures that have nothing in common.

    None where the one picture goes on under what covers the other: a watermark is strange to what lies below it, and
    yet that shows through.
    """
    structured = shared.stronger_than(_FAINT_STRUCTURE)
    foreign = structured & shared.nothing_in_common
    if np.count_nonzero(structured) < _LEAST_BLOCKS or not foreign.any():
        return 0.0
    if shared.shows_through(foreign, structured & ~foreign) >= _SHOWS_THROUGH:
        return 0.0
    return float(np.count_nonzero(foreign) / np.count_nonzero(structured))


def _other_place(one: Relief, other: Relief, shared: _Shared, valid: _Mask) -> float:
    """The share of the picture in which something with structure of its own took the place of something else.

    The largest connected place of blocks that have nothing in common, unless the one picture is still there under or
    between the strokes of the other: a watermark leaves that, another photograph on the same card does not.
    """
    strong = shared.stronger_than(_STRONG_STRUCTURE)
    foreign = np.zeros(valid.shape, np.uint8)
    foreign[valid] = strong & shared.nothing_in_common
    if np.count_nonzero(foreign) < _PLACE:
        return 0.0
    _, labels, measured, _ = cv2.connectedComponentsWithStats(foreign, connectivity=8)
    sizes = measured[1:, cv2.CC_STAT_AREA]
    if int(sizes.max(initial=0)) < _PLACE:
        return 0.0
    place = labels == 1 + int(sizes.argmax())
    if shared.shows_through(place[valid], strong & ~shared.nothing_in_common) >= _SHOWS_THROUGH_PLACE:
        return 0.0
    pixels, beside = (
        cv2.resize(blocks.view(np.uint8), one.grey.shape[::-1], interpolation=cv2.INTER_NEAREST) > 0
        for blocks in (place, valid & (foreign == 0))
    )
    return 0.0 if _kept(one, other, pixels, beside) >= _KEPT else float(place.mean())


def _kept(one: Relief, other: Relief, place: _Mask, elsewhere: _Mask) -> float:
    """Of the pixels of a place that stand out in one picture the share that the other has, too, as it has all pixels
    elsewhere; the higher of both ways."""
    strength = min(float(side.smooth[place].std()) for side in (one, other))
    most = float(np.clip(_KEPT_WITHIN * strength, *_KEPT_LEVELS))
    kept = []
    for own, theirs in ((one, other), (other, one)):
        tones = tones_of(own.grey, theirs.grey, elsewhere)
        apart = cv2.absdiff(cv2.LUT(own.grey, tones), theirs.grey)[place]
        detail = np.abs(own.detail[place])
        stands_out = detail > max(_STROKE, float(np.median(detail)))
        kept.append(float((apart[stands_out] <= most).mean()) if stands_out.any() else 0.0)
    return max(kept)


def _inside(one: Relief, grid: Grid) -> _Mask:
    """The blocks of which all pixels count."""
    if one.inside is None:
        return np.ones((len(grid.down), len(grid.across)), bool)
    return np.asarray(grid.means(one.inside.astype(np.float32)) > _ALL_INSIDE, bool)
