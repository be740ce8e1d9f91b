"""How one page lies in another, to a fraction of a pixel: patches of text found again, and the map they agree on."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pdpo_audit.similarity.comparison.alignment import apart_by, plausible

_Grey = NDArray[np.uint8]
_Map = NDArray[np.float64]

#: Rounds, coarse to fine: by how much both pictures are reduced, the side of a patch and how far it is looked for
#: (pixels of that size). The map comes from pictures of 512 pixels and is out by up to eight at 2,400.
_ROUNDS = ((4, 40, 9), (1, 56, 7), (1, 40, 2))
#: Patches are taken from a grid of so many cells along the long side, one from each that has strokes.
_CELLS = 14
#: At full size strokes are looked for in a picture reduced by this.
_COARSE = 4
#: A patch has at least this share of the strokes (smaller eigenvalue of its slopes) of the best one: along an edge it
#: could lie anywhere. It is found again from this correlation on.
_LEAST_STRENGTH, _FOUND = 0.02, 0.55
#: Patches that have to agree, and within how many pixels.
_FEWEST, _WITHIN = 6, 1.5
#: A map that moves no corner by more pixels than this moves nothing.
_STILL = 0.15
#: Every so many pixels, down and across, tell how alike two pictures are.
_EVERY = 4


@dataclass(frozen=True, slots=True)
class _Found:
    """Places of patches in the first picture, and where they lie in the second, seen in the frame of the first (n x 2,
    pixels)."""

    here: NDArray[np.float32]
    there: NDArray[np.float32]


def register(one: _Grey, other: _Grey, start: _Map) -> _Map:
    """The affine map from ``one`` to ``other`` near ``start``, both of one scale; that itself where none is better."""
    transform, best = start, _likeness(one, other, start)
    for factor, side, reach in _ROUNDS:
        if factor > 1 and min(one.shape) < 2 * side * factor:
            continue
        better = _round(one, other, transform, factor, side, reach)
        if better is None:
            continue
        if factor == 1 and apart_by(transform, better, one.shape) < _STILL:
            return transform
        if (likeness := _likeness(one, other, better)) > best:
            transform, best = better, likeness
    return transform


def _likeness(one: _Grey, other: _Grey, transform: _Map) -> float:
    """The correlation of one picture with the other as it is laid over it."""
    here = one[::_EVERY, ::_EVERY]
    back = transform @ np.diag([_EVERY, _EVERY, 1.0])
    size, flags = here.shape[::-1], cv2.WARP_INVERSE_MAP
    there = cv2.warpAffine(other, back, size, flags=flags | cv2.INTER_LINEAR)
    inside = cv2.warpAffine(np.ones(other.shape, np.uint8), back, size, flags=flags | cv2.INTER_NEAREST) > 0
    a, b = here[inside].astype(np.float32), there[inside].astype(np.float32)
    if not len(a):
        return 0.0
    a -= a.mean()
    b -= b.mean()
    return float((a * b).sum() / max(1e-6, float(np.linalg.norm(a)) * float(np.linalg.norm(b))))


def _round(one: _Grey, other: _Grey, transform: _Map, factor: int, side: int, reach: int) -> _Map | None:
    small, there, between = _reduced(one, factor), _reduced(other, factor), _of_reduced(transform, factor)
    found = _patches(small, there, between, min(side, min(small.shape) // 4), reach, factor)
    if len(found.here) < _FEWEST:
        return None
    shift, agreed = cv2.estimateAffine2D(
        found.here, found.there, method=cv2.RANSAC, ransacReprojThreshold=_WITHIN if factor > 1 or reach > 3 else 0.6
    )
    if not _found(shift) or int(agreed.sum()) < _FEWEST:
        return None
    shift = np.asarray(shift, np.float64)
    shift[:, 2] = factor * shift[:, 2] + (factor - 1) / 2 * (1 - shift[:, :2].sum(axis=1))
    full = np.vstack([transform, [0, 0, 1]]) @ np.vstack([shift, [0, 0, 1]])
    return full[:2] if plausible(full[:2]) else None


def _of_reduced(transform: _Map, factor: int) -> _Map:
    """The map between two pictures that were both reduced by a factor: places of pixels are their middles."""
    between, middle = transform.copy(), (factor - 1) / 2
    between[:, 2] = (transform[:, :2].sum(axis=1) * middle + transform[:, 2] - middle) / factor
    return between


def _patches(one: _Grey, other: _Grey, between: _Map, side: int, reach: int, factor: int) -> _Found:
    """Patches with strokes, each where it is found again with a correlation worth trusting."""
    here, there = [], []
    for x, y in _places(one, side, reach, 1 if factor > 1 else _COARSE):
        around = _around(other, between, (x - reach, y - reach), side + 2 * reach)
        if around is None:
            continue
        scores = np.asarray(
            cv2.matchTemplate(around, one[y : y + side, x : x + side], cv2.TM_CCOEFF_NORMED), np.float32
        )
        down, across = np.unravel_index(int(scores.argmax()), scores.shape)
        if scores[down, across] < _FOUND:
            continue
        moved = across - reach + _peak(scores[down], int(across)), down - reach + _peak(scores[:, across], int(down))
        middle = x + (side - 1) / 2, y + (side - 1) / 2
        here.append(middle)
        there.append((middle[0] + moved[0], middle[1] + moved[1]))
    return _Found(*(np.array(points, np.float32).reshape(-1, 2) for points in (here, there)))


def _around(other: _Grey, between: _Map, corner: tuple[int, int], side: int) -> _Grey | None:
    """What the other picture has in a square of the first one's frame; ``None`` where not all of it lies there."""
    own = between.copy()
    own[:, 2] += between[:, :2] @ corner
    ends = own @ np.array([[0, side, 0, side], [0, 0, side, side], [1, 1, 1, 1]])
    if ends.min() < 0 or ends[0].max() > other.shape[1] - 1 or ends[1].max() > other.shape[0] - 1:
        return None
    return np.asarray(cv2.warpAffine(other, own, (side, side), flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP), np.uint8)


def _places(image: _Grey, side: int, reach: int, factor: int) -> list[tuple[int, int]]:
    """The corner of the richest patch of each cell of a grid, where its strokes run both ways; looked for in the
    picture reduced by a factor."""
    small = _reduced(image, factor)
    strength = cv2.cornerMinEigenVal(small, side // factor | 1, ksize=3)
    edge = (side // 2 + reach) // factor + 2
    rows, columns = small.shape
    step = max(side // factor // 2, max(rows, columns) // _CELLS)
    least = _LEAST_STRENGTH * float(strength.max(initial=0.0))
    places = []
    for top in range(edge, rows - edge, step):
        for left in range(edge, columns - edge, step):
            cell = strength[top : min(top + step, rows - edge), left : min(left + step, columns - edge)]
            _, most, _, (across, down) = cv2.minMaxLoc(cell)
            if most > least:
                places.append((factor * (left + across) - side // 2, factor * (top + down) - side // 2))
    return places


def _peak(scores: NDArray[np.float32], place: int) -> float:
    """Where between pixels the highest of three scores lies (parabola)."""
    if not 0 < place < len(scores) - 1:
        return 0.0
    before, here, after = (float(value) for value in scores[place - 1 : place + 2])
    bend = before - 2 * here + after
    return 0.0 if bend >= 0 else float(np.clip((before - after) / (2 * bend), -0.5, 0.5))


def _reduced(image: _Grey, factor: int) -> _Grey:
    if factor == 1:
        return image
    rows, columns = (side // factor * factor for side in image.shape)
    size = columns // factor, rows // factor
    return np.asarray(cv2.resize(image[:rows, :columns], size, interpolation=cv2.INTER_AREA), np.uint8)


def warp(image: _Grey, transform: _Map, shape: tuple[int, ...]) -> tuple[_Grey, NDArray[np.bool_]]:
    """``image`` in the frame from which ``transform`` leads to it, and where that frame lies in it."""
    if image.shape[:2] == shape[:2] and apart_by(transform, np.eye(2, 3), shape) < _STILL / 3:
        return image, np.ones(shape[:2], bool)
    size, back = (shape[1], shape[0]), cv2.WARP_INVERSE_MAP
    warped = cv2.warpAffine(image, transform, size, flags=cv2.INTER_CUBIC | back, borderMode=cv2.BORDER_REPLICATE)
    ones = np.ones(image.shape[:2], np.uint8)
    inside = cv2.warpAffine(ones, transform, size, flags=cv2.INTER_NEAREST | back)
    return np.asarray(warped, np.uint8), inside > 0


def _found(matrix: object) -> bool:
    """OpenCV gives ``None`` where it finds nothing, though its types do not say so."""
    return isinstance(matrix, np.ndarray)
