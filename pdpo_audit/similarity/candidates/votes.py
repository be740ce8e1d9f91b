"""Region matches of two pictures that agree on one turn, scale and shift."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pdpo_audit.imaging.regions import MIRROR, RECORD
from pdpo_audit.similarity.cuts import cut

#: Two matches agree when one's transform puts the other's centre this near (in sizes of the region), at this scale
#: and direction.
_NEAR, _SCALE, _TURN = cut("vote_place"), cut("vote_scale"), cut("vote_turn")
#: Places in one of so many cells along the long side are one place.
_CELLS = 48
#: Matches of one pair of pictures beyond this many are thinned to the closest.
_MOST = 48


@dataclass(frozen=True, slots=True)
class Vote:
    """The largest set of agreeing matches: its size (places counted once) and the affine map left -> right (2 x 3)."""

    count: int
    mirrored: bool
    transform: NDArray[np.float64]


def unpack(packed: bytes) -> NDArray[np.void]:
    """Region records as they are stored."""
    return np.frombuffer(packed, RECORD)


def match(left: NDArray[np.void], right: NDArray[np.void], limit: int) -> Vote | None:
    """The best agreement between two pictures' regions, upright or mirrored; ``None`` without two that agree."""
    votes = [_match_one_way(left, right, limit, mirrored) for mirrored in (False, True)]
    return max((vote for vote in votes if vote), key=lambda vote: vote.count, default=None)


def _match_one_way(left: NDArray[np.void], right: NDArray[np.void], limit: int, mirrored: bool) -> Vote | None:
    if not len(left) or not len(right):
        return None
    hashes = right["hash"] ^ np.uint64(MIRROR) if mirrored else right["hash"]
    apart = np.bitwise_count(left["hash"][:, None] ^ hashes[None])
    first, second = np.nonzero(apart <= limit)
    if len(first) < 2:
        return None
    if len(first) > _MOST:
        closest = np.argsort(apart[first, second], kind="stable")[:_MOST]
        first, second = first[closest], second[closest]
    return agree(left[first], right[second], mirrored)


def agree(left: NDArray[np.void], right: NDArray[np.void], mirrored: bool) -> Vote | None:
    """The largest set of the given matches (row by row) that agree on one similarity transform."""
    source, target, scale, turn = _similarities(left, right, mirrored)
    cosine, sine = scale * np.cos(turn), scale * np.sin(turn)
    sign = -1.0 if mirrored else 1.0
    # Each match as a hypothesis (rows) maps the centre of every other match (columns).
    dx, dy = sign * (source[None, :, 0] - source[:, None, 0]), source[None, :, 1] - source[:, None, 1]
    x = target[:, None, 0] + cosine[:, None] * dx - sine[:, None] * dy
    y = target[:, None, 1] + sine[:, None] * dx + cosine[:, None] * dy
    size = right["size"].astype(np.float64) / 65536
    reach = _NEAR * 3 * np.maximum(size[:, None], size[None])
    near = (x - target[None, :, 0]) ** 2 + (y - target[None, :, 1]) ** 2 < reach**2
    near &= np.abs(np.log(scale[:, None] / scale[None])) < _SCALE
    near &= np.abs(np.angle(np.exp(1j * (turn[:, None] - turn[None])))) < _TURN
    best, count = -1, 1
    for hypothesis in np.argsort(-near.sum(axis=1), kind="stable")[:8]:
        places = _places(source[near[hypothesis]], target[near[hypothesis]])
        if places > count:
            best, count = int(hypothesis), places
    if best < 0:
        return None
    chosen = near[best]
    return Vote(count, mirrored, _fit(source[chosen], target[chosen], sign))


def _similarities(
    left: NDArray[np.void], right: NDArray[np.void], mirrored: bool
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    source = np.stack([left["x"], left["y"]], axis=1).astype(np.float64) / 65536
    target = np.stack([right["x"], right["y"]], axis=1).astype(np.float64) / 65536
    scale = (right["size"].astype(np.float64) + 1) / (left["size"].astype(np.float64) + 1)
    from_, to = (side["angle"].astype(np.float64) * (np.pi / 32768) for side in (left, right))
    return source, target, scale, to + from_ - np.pi if mirrored else to - from_


def _places(source: NDArray[np.float64], target: NDArray[np.float64]) -> int:
    """Matches at different places on both sides: one blob found at two scales is one witness."""
    cells = (np.round(side * _CELLS).astype(int) @ (_CELLS + 1, 1) for side in (source, target))
    return min(len(set(side.tolist())) for side in cells)


def _fit(source: NDArray[np.float64], target: NDArray[np.float64], sign: float) -> NDArray[np.float64]:
    """Least squares similarity (Umeyama 1991 in complex form) from source to target, mirrored first if ``sign`` < 0."""
    a, b = sign * source[:, 0] + 1j * source[:, 1], target[:, 0] + 1j * target[:, 1]
    a0, b0 = a - a.mean(), b - b.mean()
    factor = (np.conj(a0) * b0).sum() / max(float((np.abs(a0) ** 2).sum()), 1e-12)
    shift = b.mean() - factor * a.mean()
    return np.array(
        [[sign * factor.real, -factor.imag, shift.real], [sign * factor.imag, factor.real, shift.imag]], np.float64
    )
