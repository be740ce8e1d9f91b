"""Hashes of parts of a picture, placed and turned by the picture itself: what a crop or a border leaves in place."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

#: One region: 63 signs of the cosine transform of its patch; centre and radius in 1/65536 of the picture's long
#: side; direction in 1/65536 of a full turn.
RECORD = np.dtype([("hash", "<u8"), ("x", "<u2"), ("y", "<u2"), ("size", "<u2"), ("angle", "<u2")])

#: Which bits of a region's hash are inverted when the picture is mirrored: those of odd frequency across its direction.
MIRROR = int.from_bytes(bytes(0xFF if row % 2 else 0 for row in range(8)), "big")

#: The long side at which regions are looked for, and how many are kept.
_WORKING, _KEPT = 400, 160
#: Steps to a grey level in which blurred copies are kept.
_UNIT = 64
#: Blobs are looked for at three scales in each octave, as in Lowe's SIFT (2004), from 1.6 pixels up.
_SCALES, _SIGMA = 3, 1.6
#: Weaker blobs (difference of Gaussians, grey levels) are noise.
_WEAKEST = 1.2
#: A patch reaches this many sigmas from its centre, and is sampled at this many points a side.
_REACH, _SAMPLES = 7.0, 16
#: The direction of a region is read from fewer points of a smoother copy.
_COARSE = 10
#: Regions are kept evenly from a grid of this many cells a side.
_GRID = 5

_Levels = NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class _Octave:
    """Blurred copies of the picture at one size; ``step`` pixels of the working picture make one of its pixels.

    In whole numbers, ``_UNIT`` to a grey level: finding places takes half the time that it takes in fractions.
    """

    step: float
    blurred: list[_Levels]


def describe_regions(grey: NDArray[np.uint8]) -> bytes:
    """The strongest, evenly spread regions of a picture as packed ``RECORD``s; empty where there is no structure."""
    working = _working(grey)
    octaves = _octaves(working)
    found = [_blobs(octave) for octave in octaves]
    places = np.concatenate([part for part in found if len(part)]) if any(map(len, found)) else np.empty((0, 5))
    places = _spread(places, working.shape[1], working.shape[0])
    if not len(places):
        return b""
    angles = _directions(octaves, places)
    return _pack(places, angles, _hashes(octaves, places, angles), max(working.shape))


def _working(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    long = max(grey.shape)
    scale = _WORKING / long
    size = (max(16, round(grey.shape[1] * scale)), max(16, round(grey.shape[0] * scale)))
    smooth = cv2.INTER_AREA if scale < 0.6 else cv2.INTER_LINEAR if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(grey, size, interpolation=smooth), np.uint8)


def _octaves(working: NDArray[np.uint8]) -> list[_Octave]:
    octaves = []
    base, step = _blur(working.astype(np.int16) * np.int16(_UNIT), float(np.sqrt(_SIGMA**2 - 0.5**2))), 1.0
    while min(base.shape) >= 24:
        blurred = [base]
        for scale in range(1, _SCALES + 3):
            before, after = (_SIGMA * 2 ** (place / _SCALES) for place in (scale - 1, scale))
            blurred.append(_blur(blurred[-1], float(np.sqrt(after**2 - before**2))))
        octaves.append(_Octave(step, blurred))
        base, step = np.ascontiguousarray(blurred[_SCALES][::2, ::2]), step * 2
    return octaves


def _blur(image: _Levels, sigma: float) -> _Levels:
    side = 2 * int(np.ceil(2.5 * sigma)) + 1
    return np.asarray(cv2.GaussianBlur(image, (side, side), sigma), np.int16)


def _blobs(octave: _Octave) -> NDArray[np.float64]:
    """Extrema of the differences of Gaussians in place and scale: rows of x, y, sigma, strength, octave step."""
    layers = np.empty((_SCALES + 2, *octave.blurred[0].shape), np.int16)
    for layer, (finer, coarser) in zip(layers, pairwise(octave.blurred), strict=True):
        cv2.absdiff(finer, coarser, dst=layer)
    weakest = np.int16(_WEAKEST * _UNIT)
    tops = np.zeros((_SCALES, *layers.shape[1:]), bool)
    for top, before, layer, after in zip(tops, layers, layers[1:], layers[2:], strict=False):
        highest = cv2.dilate(cv2.max(cv2.max(before, after), layer), np.ones((3, 3), np.uint8))
        top[2:-2, 2:-2] = ((layer >= highest) & (layer > weakest))[2:-2, 2:-2]
    found = np.flatnonzero(tops)
    return _refined(layers, found + layers[0].size, octave.step) if len(found) else np.empty((0, 5))


def _refined(layers: NDArray[np.int16], found: NDArray[np.int64], step: float) -> NDArray[np.float64]:
    """Place and scale between the samples, by a parabola in each direction; edges are left out.

    ``found`` are flat places in ``layers`` (scale x height x width).
    """
    levels, (_, height, width) = layers.ravel(), layers.shape

    def at(away: int) -> NDArray[np.float32]:
        return levels[found + away] * np.float32(1 / _UNIT)

    value, west, east, north, south = at(0), at(-1), at(1), at(-width), at(width)
    # What lies along an edge has no place of its own (Lowe 2004, section 4.1, ratio 10).
    xx, yy = west + east - 2 * value, north + south - 2 * value
    xy = at(width + 1) + at(-width - 1) - at(1 - width) - at(width - 1)
    keep = (xx + yy) ** 2 * 10 < (xx * yy - (xy / 4) ** 2) * 121
    finer, coarser = at(-height * width), at(height * width)
    scale, place = np.divmod(found, height * width)
    rows = np.empty((len(found), 5))
    rows[:, 0] = (place % width + _peak(west, value, east)) * step
    rows[:, 1] = (place // width + _peak(north, value, south)) * step
    rows[:, 2] = _SIGMA * 2 ** ((scale + _peak(finer, value, coarser)) / _SCALES) * step
    rows[:, 3], rows[:, 4] = value, step
    return np.asarray(rows[keep], np.float64)


def _peak(before: NDArray[np.float32], middle: NDArray[np.float32], after: NDArray[np.float32]) -> NDArray[np.float32]:
    """Where the parabola through three samples has its extremum, -0.5 to 0.5 from the middle one."""
    bend = np.minimum(before + after - 2 * middle, np.float32(-1e-6))
    return np.asarray(np.clip((before - after) / (2 * bend), -0.5, 0.5), np.float32)


def _spread(places: NDArray[np.float64], width: int, height: int) -> NDArray[np.float64]:
    """The strongest of each grid cell and octave in turn, until enough are kept; ties are broken by place."""
    if not len(places):
        return places
    cell = (places[:, 0] * _GRID // width).astype(int) * _GRID + (places[:, 1] * _GRID // height).astype(int)
    group = cell * 64 + np.log2(places[:, 4]).astype(int)
    order = np.lexsort((places[:, 0], places[:, 1], -places[:, 3], group))
    starts = np.r_[0, np.nonzero(np.diff(group[order]))[0] + 1]
    rank = np.arange(len(order)) - np.repeat(starts, np.diff(np.r_[starts, len(order)]))
    chosen = order[np.lexsort((-places[order, 3], rank))][:_KEPT]
    return places[np.sort(chosen)]


def _directions(octaves: list[_Octave], places: NDArray[np.float64]) -> NDArray[np.float64]:
    """The direction in which the surroundings grow brighter (intensity centroid, Rosin 1999), in radians."""
    across, down = (_sample(octaves, places, np.zeros(len(places)), _COARSE, 2) @ _centroid()).T
    return np.asarray(np.arctan2(down, across), np.float64)


def _hashes(octaves: list[_Octave], places: NDArray[np.float64], angles: NDArray[np.float64]) -> NDArray[np.uint64]:
    signs = _sample(octaves, places, angles, _SAMPLES, 0) @ _transform() > 0
    signs[:, 0] = False  # the mean says nothing
    return np.asarray(np.packbits(signs, axis=1).view(">u8").ravel(), np.uint64)


def _sample(
    octaves: list[_Octave], places: NDArray[np.float64], angles: NDArray[np.float64], side: int, layer: int
) -> NDArray[np.float32]:
    """Patches (n x side * side) around the places, turned by the angles, each from the octave it was found in."""
    grid = _grid(side) * np.float32(_REACH)
    right, below = np.tile(grid, side), np.repeat(grid, side)
    x, y, sigma = (places[:, :3].T / places[:, 4]).astype(np.float32)[:, :, None]
    turn = angles.astype(np.float32)[:, None]
    cosine, sine = np.cos(turn) * sigma, np.sin(turn) * sigma
    map_x, map_y = x + cosine * right - sine * below, y + sine * right + cosine * below
    patches = np.empty(map_x.shape, np.float32)
    for octave in octaves:
        mine = np.flatnonzero(places[:, 4] == octave.step)
        if len(mine):
            # The spacing of the samples is about one sigma: the octave's blurred copies carry no finer detail.
            levels = octave.blurred[layer].astype(np.float32)
            patches[mine] = cv2.remap(
                levels, map_x[mine], map_y[mine], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
            )
    return patches


def _grid(side: int) -> NDArray[np.float32]:
    """Places of ``side`` samples across a patch, from -1 to 1."""
    return np.asarray((np.arange(side) - (side - 1) / 2) / (side / 2), np.float32)


@cache
def _centroid() -> NDArray[np.float32]:
    """What makes of a coarse patch its first moments, across and down, in a disc that fades outwards."""
    grid = _grid(_COARSE)
    square = grid[None] ** 2 + grid[:, None] ** 2
    disc = np.exp(-2.0 * square) * (square <= 1)
    return np.stack([disc * grid[None], disc * grid[:, None]], axis=-1).reshape(-1, 2).astype(np.float32)


@cache
def _transform() -> NDArray[np.float32]:
    """What makes of a patch the 8 x 8 lowest cosine coefficients, after its mean was taken off and it was windowed."""
    grid = _grid(_SAMPLES)
    window = np.exp(-1.0 * (grid[None] ** 2 + grid[:, None] ** 2)).ravel()
    frequency, place = np.arange(8)[:, None], np.arange(_SAMPLES)[None]
    basis = np.cos(np.pi * frequency * (2 * place + 1) / (2 * _SAMPLES))
    windowed = window[:, None] * np.kron(basis, basis).T
    return np.asarray(windowed - windowed.mean(axis=0), np.float32)


def _pack(places: NDArray[np.float64], angles: NDArray[np.float64], hashes: NDArray[np.uint64], long: int) -> bytes:
    records = np.empty(len(places), RECORD)
    records["hash"] = hashes
    for column, name in enumerate(("x", "y", "size")):
        records[name] = np.clip(places[:, column] * (65536 / long), 0, 65535)
    records["angle"] = np.round(angles * (32768 / np.pi)).astype(np.int64) & 0xFFFF
    return records.tobytes()
