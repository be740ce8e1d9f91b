"""One page taken from another: what no difference of focus, tone, light or a fraction of a pixel explains.

Optimal image subtraction (Alard and Lupton 1998), as it is used to find new stars: the kernel that makes the sharper
picture look like the other is fitted to all of them, then the rest is left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

_Grey = NDArray[np.uint8]
_Values = NDArray[np.float32]
_Mask = NDArray[np.bool_]

#: Side of the kernel, and pixels that are enough to fit it.
_KERNEL, _ENOUGH = 5, 6_000
#: Side (pixels) of the places that have a shift, gain and light of their own.
_PLACE = 64
#: Share of the pixels that fit worst and are left out of the fit: what differs must not be explained.
_LEFT_OUT = 0.03
#: Pull of a place's correction towards none.
_PULL = 4.0
#: The most that a place is corrected by: gain, shift across and down (pixels), light (levels); and what is nothing.
_BOUNDS, _NOTHING = (0.35, 1.5, 1.5, 60.0), (0.002, 0.01, 0.01, 0.25)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """``rest``: levels that are left at each pixel; ``model`` and ``seen``: the two pictures as they were compared."""

    rest: _Values
    model: _Values | _Grey
    seen: _Values | _Grey


def subtract(one: _Grey, other: _Grey, inside: _Mask) -> Rest | None:
    """Take two registered pictures of one size from each other; ``None`` where too little of them counts."""
    counted = cv2.erode(inside.view(np.uint8), np.ones((9, 9), np.uint8), borderValue=0) > 0
    places = _telling(one, other, counted)
    if len(places) < 200:
        return None
    a, b = one.astype(np.float32), other.astype(np.float32)
    kernels = [_kernel(source, target, places) for source, target in ((b, a), (a, b))]
    swapped = kernels[1][1] < kernels[0][1]
    source, target = (a, b) if swapped else (b, a)
    model = _applied(source, kernels[1 if swapped else 0][0])
    model = _locally(model, target, counted)
    rest = np.where(counted, target - model, 0).astype(np.float32)
    return Rest(rest=rest, model=model, seen=target)


def _telling(one: _Grey, other: _Grey, counted: _Mask) -> NDArray[np.intp]:
    """Flat places of pixels at edges, and some of the ground."""
    edges = np.zeros(one.shape, bool)
    for image in (one, other):
        edges |= cv2.morphologyEx(image, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > 40
    half = _KERNEL // 2
    inner = np.zeros(one.shape, bool)
    inner[half:-half, half:-half] = True
    strokes, ground = (np.flatnonzero(part & counted & inner) for part in (edges, ~edges))
    parts = [part[:: max(1, len(part) // (_ENOUGH // share))] for part, share in ((strokes, 1), (ground, 4))]
    return np.concatenate(parts)


def _kernel(source: _Values, target: _Values, places: NDArray[np.intp]) -> tuple[NDArray[np.float64], float]:
    """The weights (kernel, then ground) that make of ``source`` the ``target``, and the share of variance left over."""
    width, half = source.shape[1], _KERNEL // 2
    flat = source.ravel()
    shifts = [y * width + x for y in range(-half, half + 1) for x in range(-half, half + 1)]
    rows = np.stack([flat[places + shift] for shift in shifts] + [np.full(len(places), 255, np.float32)], axis=1)
    wanted = target.ravel()[places]
    weights, kept = np.zeros(rows.shape[1]), np.ones(len(places), bool)
    pull = np.eye(rows.shape[1]) * 50.0 * len(places) ** 0.5
    for _ in range(2):
        some = rows[kept]
        weights = np.linalg.solve((some.T @ some).astype(np.float64) + pull, (some.T @ wanted[kept]).astype(np.float64))
        miss = np.abs(rows @ weights.astype(np.float32) - wanted)
        kept = miss <= np.quantile(miss, 1 - _LEFT_OUT)
    left = float((miss[kept] ** 2).mean()) / max(1.0, float(wanted[kept].var()))
    return weights, left


def _applied(source: _Values, weights: NDArray[np.float64]) -> _Values:
    kernel = weights[:-1].reshape(_KERNEL, _KERNEL)
    made = cv2.filter2D(source, cv2.CV_32F, kernel, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(made + np.float32(255 * weights[-1]), np.float32)


def _locally(model: _Values, target: _Values, counted: _Mask) -> _Values:
    """The model with the shift, gain and light of each place, which change smoothly from place to place."""
    across = cv2.Sobel(model, cv2.CV_32F, 1, 0, scale=1 / 8)
    down = cv2.Sobel(model, cv2.CV_32F, 0, 1, scale=1 / 8)
    ground = np.asarray(cv2.blur(model, (_PLACE, _PLACE)), np.float32)
    parts = [model - ground, np.asarray(across, np.float32), np.asarray(down, np.float32), None]
    size = max(1, model.shape[1] // _PLACE), max(1, model.shape[0] // _PLACE)
    found = _corrections(parts, target - model, counted, size)
    made: cv2.typing.MatLike = model.copy()
    for row, one in enumerate(parts):
        clipped = np.clip(found[..., row], -_BOUNDS[row], _BOUNDS[row]).astype(np.float32)
        if float(np.abs(clipped).max()) < _NOTHING[row]:
            continue
        grown = cv2.resize(clipped, model.shape[::-1], interpolation=cv2.INTER_LINEAR)
        made = cv2.add(made, grown if one is None else cv2.multiply(one, grown))
    return np.asarray(made, np.float32)


def _corrections(
    parts: Sequence[_Values | None], miss: _Values, counted: _Mask, size: tuple[int, int]
) -> NDArray[np.float64]:
    """How much of each part (``None`` is one everywhere) each place needs to explain what it misses (places down,
    across, parts)."""
    weight = counted.astype(np.float32)
    some = [weight if one is None else cv2.multiply(one, weight) for one in parts]
    left = cv2.multiply(miss, weight)
    # What differs must not be explained away: large misses count as much as smaller ones.
    limit = float(np.quantile(np.abs(left[::3, ::3]), 0.98)) + 4.0
    left = np.clip(left, -limit, limit)
    matrix = np.empty((size[1], size[0], len(parts), len(parts)))
    vector = np.empty((size[1], size[0], len(parts)))
    for row, one in enumerate(some):
        vector[..., row] = _means(one, left, size)
        for column in range(row, len(parts)):
            matrix[..., row, column] = matrix[..., column, row] = _means(one, some[column], size)
    matrix += np.diag([_PULL * 40, _PULL * 10, _PULL * 10, 0.02])
    return np.asarray(np.linalg.solve(matrix, vector[..., None])[..., 0], np.float64)


def _means(one: cv2.typing.MatLike, other: cv2.typing.MatLike, size: tuple[int, int]) -> NDArray[np.float64]:
    """The mean product of each place. Halved twice before: OpenCV is quick at whole factors."""
    product = cv2.multiply(one, other)
    for _ in range(2):
        if min(product.shape) >= 2 * max(size):
            down, across = product.shape[0] // 2, product.shape[1] // 2
            product = cv2.resize(product[: 2 * down, : 2 * across], (across, down), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(product, size, interpolation=cv2.INTER_AREA), np.float64)
