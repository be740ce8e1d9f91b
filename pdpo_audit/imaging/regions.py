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
#: Blobs are looked for at three scales in each octave, as in Lowe's SIFT (2004), from 1.6 pixels up.
_SCALES, _SIGMA = 3, 1.6
#: Weaker blobs (difference of Gaussians, grey levels) are noise.
_WEAKEST = 1.2
#: A patch reaches this many sigmas from its centre, and is sampled at this many points a side.
_REACH, _SAMPLES = 7.0, 20
#: The direction of a region is read from fewer points of a smoother copy.
_COARSE = 10
#: Regions are kept evenly from a grid of this many cells a side.
_GRID = 5


@dataclass(frozen=True, slots=True)
class _Octave:
    """Blurred copies of the picture at one size; ``step`` pixels of the working picture make one of its pixels."""

    step: float
    blurred: list[NDArray[np.float32]]


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


def _working(grey: NDArray[np.uint8]) -> NDArray[np.float32]:
    long = max(grey.shape)
    scale = _WORKING / long
    size = (max(16, round(grey.shape[1] * scale)), max(16, round(grey.shape[0] * scale)))
    smooth = cv2.INTER_AREA if scale < 0.6 else cv2.INTER_LINEAR if scale < 1 else cv2.INTER_CUBIC
    return cv2.resize(grey, size, interpolation=smooth).astype(np.float32)


def _octaves(working: NDArray[np.float32]) -> list[_Octave]:
    octaves = []
    base, step = _blur(working, float(np.sqrt(_SIGMA**2 - 0.5**2))), 1.0
    while min(base.shape) >= 24:
        blurred = [base]
        for scale in range(1, _SCALES + 3):
            before, after = (_SIGMA * 2 ** (place / _SCALES) for place in (scale - 1, scale))
            blurred.append(_blur(blurred[-1], float(np.sqrt(after**2 - before**2))))
        octaves.append(_Octave(step, blurred))
        base, step = np.ascontiguousarray(blurred[_SCALES][::2, ::2]), step * 2
    return octaves


def _blur(image: NDArray[np.float32], sigma: float) -> NDArray[np.float32]:
    side = 2 * int(np.ceil(2.5 * sigma)) + 1
    return np.asarray(cv2.GaussianBlur(image, (side, side), sigma), np.float32)


def _blobs(octave: _Octave) -> NDArray[np.float64]:
    """Extrema of the differences of Gaussians in place and scale: rows of x, y, sigma, strength, octave step."""
    layers = [cv2.absdiff(b, a) for a, b in pairwise(octave.blurred)]
    kernel = np.ones((3, 3), np.uint8)
    places = []
    for scale in range(1, _SCALES + 1):
        highest = cv2.max(cv2.max(layers[scale - 1], layers[scale + 1]), layers[scale])
        top = cv2.compare(layers[scale], cv2.dilate(highest, kernel), cv2.CMP_GE)
        strong = cv2.compare(layers[scale], _WEAKEST, cv2.CMP_GT)  # type: ignore[call-overload]  # takes a number too
        found = cv2.findNonZero(cv2.bitwise_and(top, strong)[2:-2, 2:-2])
        if _is_array(found):
            place = np.asarray(found, np.int64).reshape(-1, 2) + 2
            places.append(np.column_stack([np.full(len(place), scale), place]))
    if not places:
        return np.empty((0, 5))
    return _refined(np.stack(layers).astype(np.float32, copy=False), np.concatenate(places), octave.step)


def _is_array(found: object) -> bool:
    """OpenCV gives ``None`` where it finds nothing, though its types do not say so."""
    return isinstance(found, np.ndarray)


def _refined(layers: NDArray[np.float32], places: NDArray[np.int64], step: float) -> NDArray[np.float64]:
    """Place and scale between the samples, by a parabola in each direction; edges are left out."""
    scale, x, y = places.T
    value = layers[scale, y, x]
    west, east, north, south = (
        layers[scale, y, x - 1],
        layers[scale, y, x + 1],
        layers[scale, y - 1, x],
        layers[scale, y + 1, x],
    )
    # What lies along an edge has no place of its own (Lowe 2004, section 4.1, ratio 10).
    xx, yy = west + east - 2 * value, north + south - 2 * value
    xy = (
        layers[scale, y + 1, x + 1]
        + layers[scale, y - 1, x - 1]
        - layers[scale, y + 1, x - 1]
        - layers[scale, y - 1, x + 1]
    )
    keep = (xx + yy) ** 2 * 10 < (xx * yy - (xy / 4) ** 2) * 121
    finer = layers[scale - 1, y, x], layers[scale + 1, y, x]
    rows = np.empty((len(x), 5))
    rows[:, 0] = (x + _peak(west, value, east)) * step
    rows[:, 1] = (y + _peak(north, value, south)) * step
    rows[:, 2] = _SIGMA * 2 ** ((scale + _peak(finer[0], value, finer[1])) / _SCALES) * step
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
    patches = _sample(octaves, places, np.zeros(len(places)), _COARSE, 2)
    grid = _grid(_COARSE)
    disc = np.exp(-2.0 * (grid[None] ** 2 + grid[:, None] ** 2)) * (grid[None] ** 2 + grid[:, None] ** 2 <= 1)
    across = np.tensordot(patches, disc * grid[None], axes=2)
    down = np.tensordot(patches, disc * grid[:, None], axes=2)
    return np.arctan2(down, across)


def _grid(side: int) -> NDArray[np.float32]:
    """Places of ``side`` samples across a patch, from -1 to 1."""
    return np.asarray((np.arange(side) - (side - 1) / 2) / (side / 2), np.float32)


def _sample(
    octaves: list[_Octave],
    places: NDArray[np.float64],
    angles: NDArray[np.float64],
    side: int = _SAMPLES,
    layer: int = 0,
) -> NDArray[np.float32]:
    """Patches (n x side x side) around the places, turned by the angles, each from the octave it was found in."""
    grid = _grid(side) * np.float32(_REACH)
    patches = np.empty((len(places), side, side), np.float32)
    for octave in octaves:
        mine = np.nonzero(places[:, 4] == octave.step)[0]
        if not len(mine):
            continue
        x, y, sigma = (places[mine, column, None, None] / octave.step for column in (0, 1, 2))
        cosine, sine = np.cos(angles[mine])[:, None, None] * sigma, np.sin(angles[mine])[:, None, None] * sigma
        map_x = (x + cosine * grid - sine * grid[:, None]).astype(np.float32).reshape(-1, side)
        map_y = (y + sine * grid + cosine * grid[:, None]).astype(np.float32).reshape(-1, side)
        # The spacing of the samples is about one sigma: the octave's blurred copies carry no finer detail.
        taken = cv2.remap(octave.blurred[layer], map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        patches[mine] = taken.reshape(len(mine), side, side)
    return patches


def _hashes(octaves: list[_Octave], places: NDArray[np.float64], angles: NDArray[np.float64]) -> NDArray[np.uint64]:
    basis, window = _basis(), _window()
    patches = _sample(octaves, places, angles)
    patches = (patches - patches.mean(axis=(1, 2), keepdims=True)) * window
    signs = (basis @ patches @ basis.T > 0).reshape(len(patches), 64)
    signs[:, 0] = False  # the mean says nothing
    return np.asarray(np.packbits(signs, axis=1).view(">u8").ravel(), np.uint64)


@cache
def _window() -> NDArray[np.float32]:
    grid = _grid(_SAMPLES)
    return np.asarray(np.exp(-1.0 * (grid[None] ** 2 + grid[:, None] ** 2)), np.float32)


@cache
def _basis() -> NDArray[np.float32]:
    frequency, place = np.arange(8)[:, None], np.arange(_SAMPLES)[None]
    return np.cos(np.pi * frequency * (2 * place + 1) / (2 * _SAMPLES)).astype(np.float32)


def _pack(places: NDArray[np.float64], angles: NDArray[np.float64], hashes: NDArray[np.uint64], long: int) -> bytes:
    records = np.empty(len(places), RECORD)
    records["hash"] = hashes
    for column, name in enumerate(("x", "y", "size")):
        records[name] = np.clip(places[:, column] * (65536 / long), 0, 65535)
    records["angle"] = np.round(angles * (32768 / np.pi)).astype(np.int64) & 0xFFFF
    return records.tobytes()
