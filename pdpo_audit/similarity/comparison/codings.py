"""The traces that coding leaves in the coefficients of a picture, on the grid it was coded on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pdpo_audit.similarity.cuts import cut

_Grey = NDArray[np.uint8]
_Steps = NDArray[np.float64]
_Blocks = NDArray[np.float32]

#: Side of the middle part of the pictures that is tested for traces of an older quantisation.
_TRACED = 512
#: So many blocks of it tell as much as all; every second, third ... row of blocks is looked at to leave no fewer.
_ENOUGH = 1024
_GATHERED = cut("gathered")
#: With more of the coefficients than this at one multiple anything that has one value seems to gather there: a file
#: that was coded coarsely before (4 of 360 pairs were taken for the reverse, none since; none that was right was lost).
_ONE_VALUE = cut("one_value")
_ALIKE = cut("steps_alike")
#: Steps that differ by less (levels) tell nothing; the rounding of pixels moves coefficients by up to this much.
_STEPS_APART, _ROUNDING = cut("steps_apart"), 0.75
_CONTRAST = (cut("least_contrast"), cut("most_contrast"))
#: So many coefficients that are not zero are needed, and this share of them must be expected beyond half a fine step
#: if the coarser picture was made from the finer one.
_LEAST_COEFFICIENTS, _TELLING = cut("least_coefficients"), cut("telling")
_STRANGERS = cut("strange_coefficients")
#: Side of the middle part that is enlarged to see whether it was made so.
_MADE = 256
#: What rounding moves coefficients by, and the share of them that may lie further from an enlarged picture.
_RESAMPLED, _ENLARGED = 1.0, cut("enlarged")
#: Steps by which half of the coefficients lie off the rounded ones where a coding was enlarged; so many are needed.
_CARRIED, _ENOUGH_CARRIED = cut("carried"), cut("enough_carried")
_SAVED_ANEW, _SAVED_FROM, _COARSE = cut("saved_anew"), cut("saved_from"), cut("coarse")
#: Qualities must differ by this much for block edges to tell whose they are; how strong those of the coarser file must
#: be (above 1), and how much of that the finer one must show. Measured: 0.8 to 1.2 of it after recolouring, 0.1 to 0.3
#: in sources of coarser copies.
_FINER, _BLOCKY, _KEPT_EDGES = cut("finer"), cut("blocky"), cut("kept_edges")


@dataclass(frozen=True, kw_only=True)
class Coded:
    """A whole luma picture with the 8 x 8 luminance quantisation steps of its JPEG file (zeros where there is none)."""

    luma: _Grey
    steps: _Steps

    @cached_property
    def blocks(self) -> _Blocks:
        """Cosine coefficients (n x 8 x 8) of the blocks of the coded grid in the middle of the picture."""
        return _blocks(self.luma)

    @cached_property
    def low(self) -> _Blocks:
        """Mean power of the low frequencies in each block."""
        return _power(self.blocks, 1, 3)

    @cached_property
    def high(self) -> _Blocks:
        """Mean power of the high frequencies in each block, but the very highest."""
        return _power(self.blocks, 4, 9)

    @cached_property
    def edges(self) -> float:
        """By how much steps between pixels across block edges exceed those beside them (0 without blocks)."""
        return _block_edges(self.luma) - 1


def traced(left: Coded, right: Coded) -> int:
    """-1 if the left picture carries traces of the right one's quantisation, 1 the reverse, 0 if neither is sure.

    Both have one size and lie over each other without turning. A picture that was decoded from another JPEG has
    coefficients near multiples of the older steps (Lukas and Fridrich 2003); the tone may have been scaled since.
    Only the more finely coded of the two can show traces of the other.
    """
    coarse_left, coarse_right = float(left.steps[:3, :3].sum()), float(right.steps[:3, :3].sum())
    if _ALIKE * coarse_right < coarse_left < coarse_right / _ALIKE:
        return 0
    one, other = left.blocks, right.blocks
    if coarse_left > coarse_right and _gathered(other, one, left.steps) > _GATHERED:
        return 1
    return -1 if coarse_right > coarse_left and _gathered(one, other, right.steps) > _GATHERED else 0


def resaved(left: Coded, right: Coded, *, patched: bool = False) -> int:
    """-1 if the left picture is the right one saved anew, 1 the reverse, 0 if neither, or if that does not show.

    Saving moves every coefficient by half a step at most. Of two JPEG files the coarser one is within half of its own
    steps of the finer either way; the finer one is within half of *its* steps only if it was made from the coarser.
    Two copies of a third picture are further apart than either allows; so are pictures whose tones were bent, while
    more or less contrast is undone. Arguments as for ``traced``; where they are ``patched``, the half of the blocks
    that fits better is looked at, for something may have been laid over the rest.
    """
    sums = float(left.steps.sum()), float(right.steps.sum())
    if min(sums) <= 0 or sums[0] == sums[1]:
        return 0
    finer_is_left = sums[0] < sums[1]
    finer, coarser = (left, right) if finer_is_left else (right, left)
    fine, coarse = finer.steps, coarser.steps
    tells = coarse - fine >= _STEPS_APART
    tells[0, 0] = False  # the mean: any change of brightness moves it
    ours, theirs, fine, coarse = finer.blocks[:, tells], coarser.blocks[:, tells], fine[tells], coarse[tells]
    gain = float((ours * theirs).sum() / max(float((theirs**2).sum()), 1e-9))
    if not _CONTRAST[0] < gain < _CONTRAST[1]:
        return 0
    theirs, coarse = theirs * np.float32(gain), coarse * gain
    there = (np.abs(ours) > fine / 2) | (np.abs(theirs) > coarse / 2)
    apart = np.abs(ours - theirs)
    beyond_fine, beyond_coarse = (there & (apart > steps / 2 + _ROUNDING) for steps in (fine, coarse))
    if patched:
        shares = (beyond_fine.sum(axis=1) + beyond_coarse.sum(axis=1)) / np.maximum(1, there.sum(axis=1))
        kept = np.argsort(np.where(there.any(axis=1), shares, 3), kind="stable")[: int(there.any(axis=1).sum()) // 2]
        there, beyond_fine, beyond_coarse = there[kept], beyond_fine[kept], beyond_coarse[kept]
    count = int(there.sum())
    by_chance = float((np.clip(1 - (fine + 2 * _ROUNDING) / coarse, 0, 1) * there).sum())
    if count < _LEAST_COEFFICIENTS or by_chance < _TELLING * count or beyond_coarse.sum() > _STRANGERS * count:
        return 0
    missed = float(beyond_fine.sum()) / by_chance
    made_from_coarser = -1 if finer_is_left else 1
    return made_from_coarser if missed < _SAVED_ANEW else -made_from_coarser if missed > _SAVED_FROM else 0


def is_enlargement(larger: Coded, smaller: Coded) -> bool:
    """Whether a picture is what a smaller one becomes when it is enlarged by a usual filter and saved so.

    Both show the same frame the same way up. Saving moves coefficients by half a step at most; what the smaller one
    lost when it was made, and its own coding, moves them further. Of a picture saved without loss it is not asked: soft
    ones become themselves again (of 24 blurred photographs beside their JPEG thumbnails 23 passed for enlargements).
    """
    if not larger.steps.any():
        return False
    top, left = (max(0, (side - _MADE) // 16 * 8) for side in larger.luma.shape)
    height, width = (min(_MADE, side) for side in larger.luma.shape)
    blocks = _transformed(larger.luma[top : top + height, left : left + width])
    across, down = (smaller.luma.shape[axis] / larger.luma.shape[axis] for axis in (1, 0))
    box = left * across, top * down, (left + width) * across, (top + height) * down
    source, there = Image.fromarray(smaller.luma), np.abs(blocks) > larger.steps / 2
    for filter_ in (Image.Resampling.LANCZOS, Image.Resampling.BICUBIC, Image.Resampling.BILINEAR):
        made = np.asarray(source.resize((width, height), filter_, box=box), np.uint8)
        apart = np.abs(blocks - _transformed(made))
        counted = there | (apart > larger.steps / 2)
        counted[:, 0, 0] = False
        told, beyond = np.count_nonzero(counted), counted & (apart > larger.steps / 2 + _RESAMPLED)
        if told >= _LEAST_COEFFICIENTS and np.count_nonzero(beyond) < _ENLARGED * told:
            return True
    return False


def carries_coding(larger: Coded, smaller: Coded) -> bool:
    """Whether a larger picture, reduced again, has the rounded coefficients of a smaller JPEG of the same frame.

    What was enlarged carries the smaller one's coding with it. In what the smaller one was made from the coefficients
    lie anywhere around the rounded ones: half of them more than a quarter of a step away.
    """
    size = smaller.luma.shape[1], smaller.luma.shape[0]
    reduced = np.asarray(cv2.resize(larger.luma, size, interpolation=cv2.INTER_AREA), np.uint8)
    top, left = (max(0, (side - _MADE) // 16 * 8) for side in smaller.luma.shape)
    part = np.s_[top : top + _MADE, left : left + _MADE]
    rounded, found = _transformed(smaller.luma[part]), _transformed(reduced[part])
    apart, counts = [], []
    for row, column in ((0, 1), (1, 0), (1, 1), (0, 2), (2, 0), (1, 2), (2, 1), (2, 2), (0, 3), (3, 0), (1, 3), (3, 1)):
        step = smaller.steps[row, column]
        own, there = rounded[:, row, column], found[:, row, column]
        large = np.abs(own) > 0.6 * step
        if step < 3 or np.count_nonzero(large) < 20:
            continue
        gain = float((own[large] * there[large]).sum() / (own[large] ** 2).sum())
        if not 0.3 < gain < 3:
            return False
        apart.append(float(np.median(np.abs(there[large] / gain - own[large]))) / step)
        counts.append(int(np.count_nonzero(large)))
    return sum(counts) >= _ENOUGH_CARRIED and float(np.average(apart, weights=counts)) < _CARRIED


def inherited_blocks(left: Coded, right: Coded, left_quality: int, right_quality: int) -> int:
    """1 if the right picture shows the block edges of the left one's coarser coding, -1 the reverse, 0 neither.

    A picture that was coded coarsely keeps the edges of its 8 x 8 blocks when it is recoloured or sharpened and saved
    more finely; coded so finely from the start it would not have them. Both lie on one grid.
    """
    lower, higher = sorted((left_quality, right_quality))
    if not 0 < lower <= _COARSE or higher - lower < _FINER:
        return 0
    coarser, finer = (left, right) if left_quality < right_quality else (right, left)
    if coarser.edges < _BLOCKY or finer.edges < _KEPT_EDGES * coarser.edges:
        return 0
    return 1 if left_quality < right_quality else -1


def _block_edges(image: _Grey) -> float:
    """Mean step between pixels across block edges, in units of the steps beside them (1 where there are no blocks)."""
    ratios = []
    for values in (image.astype(np.int16), image.T.astype(np.int16)):
        steps = np.minimum(np.abs(np.diff(values, axis=0)), 24).mean(axis=1)
        columns = steps[: len(steps) // 8 * 8].reshape(-1, 8)
        if len(columns) < 2:
            return 1.0
        ratios.append(float(columns[:, 7].mean() / max(float(columns[:, (0, 1, 5, 6)].mean()), 0.1)))
    return sum(ratios) / 2


def _power(blocks: _Blocks, least: int, beyond: int) -> _Blocks:
    """Mean power of the coefficients of these orders (down plus across) in each block."""
    orders = np.add.outer(np.arange(8), np.arange(8)).ravel()
    chosen = ((orders >= least) & (orders < beyond)).astype(np.float32)
    return np.asarray((blocks.reshape(-1, 64) ** 2) @ (chosen / chosen.sum()), np.float32)


def _blocks(image: _Grey) -> _Blocks:
    top, left = _corner(image.shape)
    return _transformed(image[top : top + _TRACED, left : left + _TRACED])


def _corner(shape: tuple[int, ...]) -> tuple[int, int]:
    """Where the middle part of a picture begins, on its grid of blocks (row, column)."""
    return max(0, (shape[0] - _TRACED) // 16 * 8), max(0, (shape[1] - _TRACED) // 16 * 8)


def _transformed(part: _Grey) -> _Blocks:
    rows, columns = part.shape[0] // 8, part.shape[1] // 8
    tiles = part[: rows * 8, : columns * 8].reshape(rows, 8, columns, 8).swapaxes(1, 2)
    some = tiles[:: max(1, rows * columns // _ENOUGH)].reshape(-1, 64)
    return ((some.astype(np.float32) - 128) @ _dct().T).reshape(-1, 8, 8)


@cache
def _dct() -> NDArray[np.float32]:
    """The two-dimensional transform of 64 pixels as one matrix."""
    frequency, place = np.arange(8)[:, None], np.arange(8)[None]
    basis = np.cos(np.pi * frequency * (2 * place + 1) / 16) / 2
    basis[0] /= np.sqrt(2)
    return np.kron(basis, basis).astype(np.float32)


def _gathered(coefficients: _Blocks, source: _Blocks, steps: _Steps) -> float:
    """How strongly ``coefficients`` gather at multiples of ``steps``, after the contrast of ``source`` is restored."""
    found = []
    for row, column in ((0, 1), (1, 0), (1, 1), (0, 2), (2, 0), (1, 2), (2, 1), (2, 2), (0, 3), (3, 0)):
        step = steps[row, column]
        if step < 3:  # finer steps than the rounding of pixels leave no trace
            continue
        ours, theirs = coefficients[:, row, column], source[:, row, column]
        gain = float((ours * theirs).sum() / max(float((theirs**2).sum()), 1e-9))
        if not 0.3 < abs(gain) < 3:
            continue
        large = np.abs(theirs) > 0.6 * step
        multiples = np.bincount(np.rint(np.abs(theirs[large]) / step).astype(np.int64))
        if int(multiples.sum()) < 40 or int(multiples.max()) > _ONE_VALUE * int(multiples.sum()):
            continue
        found.append(float(np.cos(2 * np.pi * ours[large] / gain / step).mean()))
    return float(np.mean(found)) if len(found) >= 3 else 0.0
