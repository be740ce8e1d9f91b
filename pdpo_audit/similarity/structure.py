"""What blocks of two aligned pictures tell, before anybody looks at single strokes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pdpo_audit.similarity.reliefs import Blocks, Grid, Relief

_Grey = NDArray[np.float32]
_Mask = NDArray[np.bool_]

#: Variance (grey levels squared) that compression and noise put into a flat block.
_NOISE = 9.0
#: Variance that rounding puts into any block, and levels (standard deviation) below which a picture is flat.
_ROUNDED, _FLAT = 2.0, 3.0
#: A block lies inside when this share of it does.
_ALL_INSIDE = 0.98
#: Large blocks whose structure agrees less than this have nothing in common; so many with structure (variance of more
#: than this) are needed to tell.
_UNLIKE, _LEAST_BLOCKS, _FAINT_STRUCTURE = 0.15, 12, 4.0
#: Beside the strongest share of small blocks, copies of forms miss up to 0.12 of one; those in which one digit differs
#: miss 0.14 (letters 5 pixels high) and more.
_STRONGEST, _NOTHING_SMALL = 0.02, 0.12


@dataclass(frozen=True, slots=True)
class Structure:
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


def structure_of(one: Relief, other: Relief) -> Structure:
    """What the blocks tell of two pictures of one size, with the same pixels ``inside``."""
    blocks, theirs = one.blocks, other.blocks
    products = blocks.grid.means(one.smooth * other.smooth)
    valid = _inside(one, blocks.grid)
    if not valid.any():
        return Structure(0.0, 0.0, np.inf)
    shared = _shared(blocks, theirs, products, valid)
    agree = shared.common / np.sqrt((shared.first + _NOISE) * (shared.second + _NOISE))
    agree = np.clip(agree, 0, 1) ** 2
    weights = np.sqrt(shared.first), np.sqrt(shared.second)
    explained = max(float((weight * agree).sum() / max(float(weight.sum()), 1e-6)) for weight in weights)
    return Structure(explained, _strange(blocks, theirs, products, valid), shared.missing(1.0))


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
