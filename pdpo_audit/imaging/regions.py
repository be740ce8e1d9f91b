"""Hashes of parts of a picture, placed and turned by the picture itself: what a crop or a border leaves in place."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

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
    smooth = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
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
    return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma), np.float32)


def _blobs(octave: _Octave) -> NDArray[np.float64]:
    """Extrema of the differences of Gaussians in place and scale: rows of x, y, sigma, strength, octave step."""
    layers = [after - before for before, after in zip(octave.blurred, octave.blurred[1:], strict=False)]
    kernel = np.ones((3, 3), np.uint8)
    highest = [cv2.dilate(layer, kernel) for layer in layers]
    lowest = [cv2.erode(layer, kernel) for layer in layers]
    rows = []
    for scale in range(1, _SCALES + 1):
        layer = layers[scale]
        top = np.maximum(np.maximum(highest[scale - 1], highest[scale + 1]), highest[scale])
        low = np.minimum(np.minimum(lowest[scale - 1], lowest[scale + 1]), lowest[scale])
        y, x = np.nonzero(((layer >= top) & (layer > _WEAKEST)) | ((layer <= low) & (layer < -_WEAKEST)))
        inside = (x > 1) & (y > 1) & (x < layer.shape[1] - 2) & (y < layer.shape[0] - 2)
        rows.append(_refined(layers, scale, x[inside], y[inside], octave.step))
    return np.concatenate(rows)


def _refined(
    layers: list[NDArray[np.float32]], scale: int, x: NDArray[np.int64], y: NDArray[np.int64], step: float
) -> NDArray[np.float64]:
    """Place and scale between the samples, by a parabola in each direction."""
    layer = layers[scale]
    value = layer[y, x]

    def peak(before: NDArray[np.float32], after: NDArray[np.float32]) -> NDArray[np.float64]:
        bend = before + after - 2 * value
        safe = np.where(np.abs(bend) < 1e-6, 1.0, bend)
        return np.clip(np.where(np.abs(bend) < 1e-6, 0.0, (before - after) / (2 * safe)), -0.5, 0.5)

    dx = peak(layer[y, x - 1], layer[y, x + 1])
    dy = peak(layer[y - 1, x], layer[y + 1, x])
    ds = peak(layers[scale - 1][y, x], layers[scale + 1][y, x])
    sigma = _SIGMA * 2 ** ((scale + ds) / _SCALES) * step
    # What lies along an edge has no place of its own (Lowe 2004, section 4.1, ratio 10).
    xx = layer[y, x - 1] + layer[y, x + 1] - 2 * value
    yy = layer[y - 1, x] + layer[y + 1, x] - 2 * value
    xy = (layer[y + 1, x + 1] + layer[y - 1, x - 1] - layer[y + 1, x - 1] - layer[y - 1, x + 1]) / 4
    keep = (xx + yy) ** 2 * 10 < (xx * yy - xy**2) * 121
    rows = np.stack([(x + dx) * step, (y + dy) * step, sigma, np.abs(value), np.full(len(x), step)], axis=1)
    return rows[keep]


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
    patches = _sample(octaves, places, np.zeros(len(places)))
    grid = (np.arange(_SAMPLES) - (_SAMPLES - 1) / 2) / (_SAMPLES / 2)
    disc = np.exp(-2.0 * (grid[None] ** 2 + grid[:, None] ** 2)) * (grid[None] ** 2 + grid[:, None] ** 2 <= 1)
    across = np.tensordot(patches, disc * grid[None], axes=2)
    down = np.tensordot(patches, disc * grid[:, None], axes=2)
    return np.arctan2(down, across)


def _sample(octaves: list[_Octave], places: NDArray[np.float64], angles: NDArray[np.float64]) -> NDArray[np.float32]:
    """Patches (n x side x side) around the places, turned by the angles, each from the octave it was found in."""
    grid = (np.arange(_SAMPLES) - (_SAMPLES - 1) / 2) / (_SAMPLES / 2) * _REACH
    patches = np.empty((len(places), _SAMPLES, _SAMPLES), np.float32)
    for octave in octaves:
        mine = np.nonzero(places[:, 4] == octave.step)[0]
        if not len(mine):
            continue
        # The spacing of the samples is about one sigma: the octave's most blurred copy carries no finer detail.
        x, y, sigma = (places[mine, column, None, None] / octave.step for column in (0, 1, 2))
        cosine, sine = np.cos(angles[mine])[:, None, None], np.sin(angles[mine])[:, None, None]
        across, down = grid[None, None, :] * sigma, grid[None, :, None] * sigma
        map_x = (x + across * cosine - down * sine).astype(np.float32).reshape(-1, _SAMPLES)
        map_y = (y + across * sine + down * cosine).astype(np.float32).reshape(-1, _SAMPLES)
        image = octave.blurred[0]
        taken = cv2.remap(image, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        patches[mine] = taken.reshape(len(mine), _SAMPLES, _SAMPLES)
    return patches


def _hashes(octaves: list[_Octave], places: NDArray[np.float64], angles: NDArray[np.float64]) -> NDArray[np.uint64]:
    basis, window = _basis(), _window()
    patches = _sample(octaves, places, angles)
    patches = (patches - patches.mean(axis=(1, 2), keepdims=True)) * window
    signs = (basis @ patches @ basis.T > 0).reshape(len(patches), 64)
    signs[:, 0] = False  # the mean says nothing
    return np.packbits(signs, axis=1).view(">u8").ravel().astype(np.uint64)


@cache
def _window() -> NDArray[np.float32]:
    grid = (np.arange(_SAMPLES) - (_SAMPLES - 1) / 2) / (_SAMPLES / 2)
    return np.exp(-1.0 * (grid[None] ** 2 + grid[:, None] ** 2)).astype(np.float32)


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
