"""How far each place of a grey picture stands out from its surroundings, worked out once for many comparisons."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property, lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

_Grey = NDArray[np.float32]
_Mask = NDArray[np.bool_]

#: Noise of single pixels is softened away; surroundings are a Gaussian of 3 pixels.
_SOFTENED, _SURROUNDINGS = 0.7, 3.0
#: Of the places that stand out, the strongest 15 % and the strongest 2 %.
_STRONGEST = (0.85, 0.98)
#: Blocks for the overall agreement: so many along the short side, of no fewer pixels a side; three by three of them
#: make a large one.
_BLOCKS, _LEAST_SIDE, _LARGE = 20, 6, 3
#: One even tone, as paper has, is this many grey levels either way.
_EVEN = 6


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Grid:
    """A picture cut into blocks of about one size that leave nothing out: what makes means of its rows and columns."""

    down: _Grey
    across: _Grey

    def means(self, values: _Grey) -> _Grey:
        """The mean of each block (rows x columns of blocks)."""
        return np.asarray(self.down @ values @ self.across.T, np.float32)

    @property
    def large(self) -> Grid:
        """What makes large blocks of these."""
        rows, columns = len(self.down), len(self.across)
        return Grid(down=_parts(rows, max(1, rows // _LARGE)), across=_parts(columns, max(1, columns // _LARGE)))


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Blocks:
    """Mean level and mean squared level of each block of a picture (rows x columns of blocks)."""

    grid: Grid
    means: _Grey
    squares: _Grey


@dataclass(frozen=True, eq=False, kw_only=True)
class Relief:
    """A grey picture, and whether each pixel counts (``inside``; ``None`` where all do)."""

    grey: NDArray[np.uint8]
    inside: _Mask | None = None

    @cached_property
    def smooth(self) -> _Grey:
        """The picture without the noise of single pixels."""
        return np.asarray(cv2.GaussianBlur(self.grey, (0, 0), _SOFTENED), np.float32)

    @cached_property
    def detail(self) -> _Grey:
        """By how many levels each pixel is lighter than its surroundings."""
        return np.asarray(self.smooth - cv2.GaussianBlur(self.smooth, (0, 0), _SURROUNDINGS), np.float32)

    @cached_property
    def highest(self) -> _Grey:
        """The most of ``detail`` one pixel around."""
        return np.asarray(cv2.dilate(self.detail, np.ones((3, 3), np.uint8)), np.float32)

    @cached_property
    def lowest(self) -> _Grey:
        """The least of ``detail`` one pixel around."""
        return np.asarray(cv2.erode(self.detail, np.ones((3, 3), np.uint8)), np.float32)

    @cached_property
    def core(self) -> _Mask:
        """The pixels whose surroundings count, too; if there are none, those that count."""
        if self.inside is None:
            return _framed(*self.grey.shape)
        core = cv2.erode(self.inside.view(np.uint8), np.ones((7, 7), np.uint8), borderValue=0) > 0
        return core if core.any() else self.inside

    def sampled(self, core: _Mask) -> _Grey:
        """How far every ninth pixel of ``core`` stands out, either way: these tell as much as all."""
        some = core[::3, ::3]
        values = np.abs(self.detail[::3, ::3]) + np.float32(0.5)
        return np.asarray(values[some] if some.any() else values.ravel(), np.float32)

    @cached_property
    def outstanding(self) -> tuple[_Grey, tuple[float, float]]:
        """``sampled`` where all pixels count, and its ``strongest``."""
        values = self.sampled(_framed(*self.grey.shape))
        return values, strongest(values)

    @cached_property
    def blocks(self) -> Blocks:
        """Blocks for the overall agreement."""
        return self._cut(max(_LEAST_SIDE, min(self.grey.shape) // _BLOCKS))

    @cached_property
    def small_blocks(self) -> Blocks:
        """Blocks in which a letter counts."""
        return self._cut(_LEAST_SIDE)

    def _cut(self, side: int) -> Blocks:
        height, width = self.grey.shape
        grid = Grid(down=_parts(height, max(1, height // side)), across=_parts(width, max(1, width // side)))
        return Blocks(grid=grid, means=grid.means(self.smooth), squares=grid.means(self.smooth * self.smooth))

    @cached_property
    def plain(self) -> float:
        """The share of the picture that has one even tone."""
        return plain_share(self.grey, self.inside)

    def toned(self, tones: NDArray[np.uint8]) -> Relief:
        """The picture with other tones for its grey levels."""
        return Relief(grey=np.asarray(cv2.LUT(self.grey, tones), np.uint8), inside=self.inside)


def strongest(values: _Grey) -> tuple[float, float]:
    """What the strongest 15 % and the strongest 2 % have at least."""
    places = [min(len(values) - 1, int(share * len(values))) for share in _STRONGEST]
    parted = np.partition(values, places)
    return float(parted[places[0]]), float(parted[places[1]])


@lru_cache(maxsize=256)
def _parts(length: int, count: int) -> _Grey:
    """What makes means of ``count`` parts of a row (count x length)."""
    part = np.arange(length) * count // length
    parts = part == np.arange(count)[:, None]
    return np.asarray(parts / parts.sum(axis=1, keepdims=True), np.float32)


def block_means(values: NDArray[np.float32] | NDArray[np.uint8], side: int) -> NDArray[np.float64]:
    """Means over whole square blocks: OpenCV is quick at whole factors only."""
    grid = (values.shape[1] // side, values.shape[0] // side)
    whole = values[: grid[1] * side, : grid[0] * side]
    return np.asarray(cv2.resize(whole, grid, interpolation=cv2.INTER_AREA), np.float64)


def plain_share(image: NDArray[np.uint8], inside: _Mask | None = None) -> float:
    """The share of pixels within six grey levels of the most frequent tone."""
    some = image[::2, ::2]
    counts = np.bincount(some.ravel() if inside is None else some[inside[::2, ::2]], minlength=256)
    return float(np.convolve(counts, np.ones(2 * _EVEN + 1), "same").max() / max(1, counts.sum()))


@cache
def _framed(height: int, width: int) -> _Mask:
    """All but three pixels along the edges; all, of a picture that is no larger than that."""
    core = np.zeros((height, width), bool)
    core[3:-3, 3:-3] = True
    return core if core.any() else ~core
