"""Whether one change of tone over the whole makes the colours of one graphic those of another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pdpo_audit.similarity.comparison.colours import most_of_channels

_Rgb = NDArray[np.uint8]
_Mask = NDArray[np.bool_]
_Values = NDArray[np.float64]

#: Interior pixels have at most this range (levels) in both pictures; a group of them this share at least.
_INTERIOR, _LEAST_GROUP = 14, 0.0005
#: Misses of this size (levels) weigh half; rounds of the robust fit.
_MISS, _ROUNDS = 12.0, 5
#: Gains of a channel, how far those of two channels may differ (a factor), and levels between offsets.
_GAINS, _APART, _OFFSETS = (0.45, 2.0), 1.7, 70.0
#: Gains of the luma, and of the chroma (in the direction that loses it).
_LUMA_GAINS, _CHROMA_GAINS = (0.55, 1.8), (0.4, 1.15)
#: Chroma (levels, 998th thousandth: coloured strokes on a white page are few pixels) up to which a picture is grey.
_GREY = 16.0
#: ITU-R 601.
_LUMA = np.array([0.299, 0.587, 0.114])


@dataclass(frozen=True, slots=True, kw_only=True)
class Toned:
    """Two pictures made alike by one change of tone: its ``name``, both as they are to be compared, and what was done
    to the colours of each (3 x 4, ``None`` where nothing was)."""

    name: str
    one: _Rgb
    other: _Rgb
    changes: tuple[_Values | None, _Values | None] = (None, None)


def toned(one: _Rgb, other: _Rgb, inside: _Mask) -> Iterator[Toned]:
    """The changes of tone that make ``one`` look like ``other`` (RGB, one size), the least first: none, a gain and
    offset for each channel, less colour, grey."""
    yield Toned(name="none", one=one, other=other)
    grey = [_chroma(image, inside) <= _GREY for image in (one, other)]
    first: _Values | None = None
    if grey[0] != grey[1]:
        first = np.column_stack([np.tile(_LUMA, (3, 1)), np.zeros(3)])
        one, other = changed(one, first), changed(other, first)
        yield Toned(name="grey", one=one, other=other, changes=(first, first))
    groups = _groups(one, other, inside)
    if groups is None:
        return
    here, there, weights = groups
    channels = _channels(here, there, weights)
    if channels is not None:
        if first is None:
            yield Toned(name="channels", one=changed(one, channels), other=other, changes=(channels, None))
        else:
            both = np.column_stack([channels[:, :3] @ first[:, :3], channels[:, 3]])
            yield Toned(name="grey", one=changed(one, channels), other=other, changes=(both, first))
    if first is None:
        yield from _saturations(one, other, here, there, weights)


def changed(image: _Rgb, change: _Values | None) -> _Rgb:
    """The picture with such a change of its colours."""
    return image if change is None else np.asarray(cv2.transform(image, change), np.uint8)


def _groups(one: _Rgb, other: _Rgb, inside: _Mask) -> tuple[_Values, _Values, _Values] | None:
    """Mean colours of the groups of interior pixels that share a colour in both pictures, and their weights.

    Colours are weighed, not pixels: else the ground decides and a small figure is an outlier.
    """
    calm = inside.copy()
    for image in (one, other):
        edges = cv2.morphologyEx(image, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
        calm &= most_of_channels(np.asarray(edges, np.uint8)) <= _INTERIOR
    a, b = one[calm].astype(np.int64), other[calm].astype(np.int64)
    if len(a) < 50:
        return None
    keys = ((a >> 4) @ (256, 16, 1)) * 4096 + (b >> 4) @ (256, 16, 1)
    _, group, counts = np.unique(keys, return_inverse=True, return_counts=True)
    kept = counts >= max(4, _LEAST_GROUP * calm.size)
    sums = [np.stack([np.bincount(group, weights=side[:, channel]) for channel in range(3)], axis=1) for side in (a, b)]
    here, there = (total[kept] / counts[kept][:, None] for total in sums)
    return (here, there, np.sqrt(counts[kept])) if kept.any() else None


def _robust(rows: _Values, wanted: _Values, weights: _Values, rest: _Values) -> _Values:
    """Least squares with few votes for what misses by much, pulled a little towards ``rest``."""
    found = rest
    pull = np.eye(rows.shape[1]) * 1e-3 * float(weights.sum())
    scaled = np.maximum(np.abs(rows).max(axis=0), 1.0)
    unit = rows / scaled
    trust = np.ones(len(rows))
    for _ in range(_ROUNDS):
        own = weights * trust
        left = unit.T @ (unit * own[:, None]) + pull
        found = np.linalg.solve(left, unit.T @ (own * wanted) + pull @ (rest * scaled)) / scaled
        trust = 1 / (1 + ((rows @ found - wanted) / _MISS) ** 2)
    return found


def _channels(here: _Values, there: _Values, weights: _Values) -> _Values | None:
    ones = np.ones(len(here))
    fits = [_robust(np.stack([here[:, c], ones], axis=1), there[:, c], weights, np.array([1.0, 0.0])) for c in range(3)]
    gains, offsets = np.array([fit[0] for fit in fits]), np.array([fit[1] for fit in fits])
    if gains.min() < _GAINS[0] or gains.max() > _GAINS[1] or gains.max() > _APART * gains.min():
        return None
    return np.column_stack([np.diag(gains), offsets]) if np.ptp(offsets) <= _OFFSETS else None


def _saturations(one: _Rgb, other: _Rgb, here: _Values, there: _Values, weights: _Values) -> Iterator[Toned]:
    chroma = [float(np.abs(side - (side @ _LUMA)[:, None]).mean()) for side in (here, there)]
    loses = chroma[0] >= chroma[1]
    source, target = (here, there) if loses else (there, here)
    lumas = source @ _LUMA, target @ _LUMA
    gain, offset = _robust(
        np.stack([lumas[0], np.ones(len(lumas[0]))], axis=1), lumas[1], weights, np.array([1.0, 0.0])
    )
    parts = (source - lumas[0][:, None]).ravel(), (target - lumas[1][:, None]).ravel()
    (colour,) = _robust(parts[0][:, None], parts[1], np.repeat(weights, 3), np.array([1.0]))
    if not (_LUMA_GAINS[0] < gain < _LUMA_GAINS[1] and _CHROMA_GAINS[0] < colour < _CHROMA_GAINS[1]):
        return
    matrix = gain * np.tile(_LUMA, (3, 1)) + colour * (np.eye(3) - np.tile(_LUMA, (3, 1)))
    change = np.column_stack([matrix, np.full(3, offset)])
    if loses:
        yield Toned(name="saturation", one=changed(one, change), other=other, changes=(change, None))
    else:
        yield Toned(name="saturation", one=one, other=changed(other, change), changes=(None, change))


def _chroma(image: _Rgb, inside: _Mask) -> float:
    some = image[::2, ::2][inside[::2, ::2]]
    return float(np.percentile(some.max(axis=1).astype(np.int16) - some.min(axis=1), 99.8)) if len(some) else 0.0
