"""Noise, blur and sharpening: what each of them does to the coefficients of one of two pictures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pdpo_audit.similarity.comparison.codings import Coded
from pdpo_audit.similarity.cuts import cut

_Power = NDArray[np.float32]
#: Of the blocks, in this order, a quarter, half and three quarters show less.
_SHARES = (0.25, 0.5, 0.75)

#: Each of ``similarity/cuts``.
_SHARPER, _SHARPEST, _BLURRY, _STRONG_BLOCKS = cut("sharper"), cut("sharpest"), cut("blurry"), cut("strong_blocks")
_BLURRY_PATCHED, _LETTERED, _EVERYWHERE = cut("blurry_patched"), cut("lettered"), cut("softer_everywhere")
_NOISIER, _ALL_ALIKE, _ADDED = cut("noisier"), cut("all_alike"), (cut("added_least"), cut("added_most"))


def noisier(left: Coded, right: Coded) -> int:
    """-1 if noise was added to the left picture, 1 if to the right one, 0 if to neither.

    Noise moves all blocks of a picture alike, and adds as much power as it moves coefficients by, for it has nothing
    to do with the picture. Sharpening and blur change most where most is; coding takes power away. One size only.
    """
    contrast = max(1.0, float(left.luma.std())), max(1.0, float(right.luma.std()))
    # What lowers the contrast lowers the noise with it: both are seen at the lower of the two.
    one, other = (
        side.blocks.reshape(-1, 64)[:, 1:] * np.float32(min(contrast) / own)
        for side, own in zip((left, right), contrast, strict=True)
    )
    least, most = np.quantile(((one - other) ** 2).mean(axis=1), (0.25, 0.75))
    if least < _NOISIER**2 or most > _ALL_ALIKE * least:
        return 0
    added = float((one**2).mean() - (other**2).mean()) / float(((one - other) ** 2).mean())
    return 0 if not _ADDED[0] < abs(added) < _ADDED[1] else -1 if added > 0 else 1


@dataclass(frozen=True, slots=True)
class Gains:
    """How much stronger high frequencies are in the left picture than in the right one, low ones being made equal:
    by the median block, and by three quarters of all; 1 where there is too little to tell.

    Lettering on one of two pictures has hard edges of its own, and beside it everything looks blurred: there nearly
    all blocks have to show it.
    """

    median: float = 1.0
    nearly_all: float = 1.0


def sharpness_gains(left: Coded, right: Coded) -> Gains:
    """Measured in the blocks of pictures of one size where both have most structure."""
    power = np.minimum(left.low, right.low)
    strong = power > np.quantile(power, 0.6)
    if np.count_nonzero(strong) < _STRONG_BLOCKS:
        return Gains()
    low_gain = _gain(left.low[strong], right.low[strong], 0.5)
    least, median, most = (_gain(left.high[strong], right.high[strong], share) / low_gain for share in _SHARES)
    return Gains(median=median, nearly_all=least if least > 1 else most if most < 1 else 1.0)


def blurred(gain: float, *, patched: bool = False) -> int:
    """-1 if the left picture was blurred, 1 if the right one was, by one of its ``Gains``; 0 if neither.

    Coarse coding takes high frequencies away in the same way, and comes from the finer picture just so.
    """
    limit = _BLURRY_PATCHED if patched else _BLURRY
    return 1 if gain >= limit else -1 if 0 < gain <= 1 / limit else 0


def softened(gains: Gains) -> int:
    """As ``blurred``: by more than any sharpening makes, and in nearly all blocks.

    What was laid over one of them is in some blocks only, and blur looks like ink that is missing.
    """
    if gains.median >= _SHARPEST and gains.nearly_all >= _EVERYWHERE:
        return 1
    return -1 if gains.median <= 1 / _SHARPEST and gains.nearly_all <= 1 / _EVERYWHERE else 0


def one_sharpness(gain: float) -> bool:
    """Whether two pictures are alike in sharpness, by the gain that nearly all blocks show: what differs was laid
    over one of them then."""
    return 1 / _LETTERED < gain < _LETTERED


def sharpened(gain: float) -> int:
    """-1 if the left picture was sharpened, 1 if the right one was, by one of its ``Gains``; 0 if neither.

    Sharpening makes high frequencies stronger; blur, which does the reverse, takes more of them away.
    """
    return -1 if _SHARPER < gain < _SHARPEST else 1 if _SHARPER < 1 / max(gain, 1e-6) < _SHARPEST else 0


def _gain(one: _Power, other: _Power, share: float) -> float:
    """How much stronger coefficients of one picture are than those of another, by their mean power in each block, at
    least in all but this share of the blocks."""
    return float(np.sqrt(np.quantile((one + 1) / (other + 1), share)))
