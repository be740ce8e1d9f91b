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
#: Blocks for the overall agreement: so many along the short side, of no fewer pixels a side.
_BLOCKS, _LEAST_SIDE = 20, 6
#: One even tone, as paper has, is this many grey levels either way.
_EVEN = 6
#: Beside it, what stands out by fewer levels than this belongs to the tones of a photograph: text is nothing but edges.
_CALM = 4


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Grid:
    """A picture cut into blocks of about one size that leave nothing out: what makes means of its rows and columns."""

    down: _Grey
    across: _Grey

    def means(self, values: _Grey) -> _Grey:
        """The mean of each block (rows x columns of blocks)."""
        return np.asarray(self.down @ values @ self.across.T, np.float32)


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

    @cached_property
    def calm(self) -> float:
        """Of what has another tone than the ground the share that does not stand out: of text hardly anything."""
        ground = main_tone(self.grey, self.inside)
        beside = cv2.absdiff(self.grey, np.full_like(self.grey, ground)) > _EVEN
        drawn = beside if self.inside is None else beside & self.inside
        return float((np.abs(self.detail[drawn]) < _CALM).mean()) if drawn.any() else 0.0

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
    return float(_tones_around(image, inside).max())


def main_tone(image: NDArray[np.uint8], inside: _Mask | None = None) -> int:
    """The most frequent tone, give or take six grey levels."""
    return int(_tones_around(image, inside).argmax())


def _tones_around(image: NDArray[np.uint8], inside: _Mask | None) -> NDArray[np.float64]:
    """For each grey level the share of pixels within six levels of it."""
    some = image[::2, ::2]
    counts = np.bincount(some.ravel() if inside is None else some[inside[::2, ::2]], minlength=256)
    around = np.convolve(counts, np.ones(2 * _EVEN + 1), "same")
    return np.asarray(around / max(1, counts.sum()), np.float64)


def tones_of(one: NDArray[np.uint8], other: NDArray[np.uint8], inside: _Mask | None) -> NDArray[np.uint8]:
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


@cache
def _framed(height: int, width: int) -> _Mask:
    """All but three pixels along the edges; all, of a picture that is no larger than that."""
    core = np.zeros((height, width), bool)
    core[3:-3, 3:-3] = True
    return core if core.any() else ~core
