"""What a face engine returns before anything is judged: boxes with scores and five landmarks, as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pdpo_audit.people.arrays import Floats

#: Two boxes are one face when their overlap is this share of their union, or
#: when one lies inside the other by this share of the smaller (reference recipe: IoU .4 or IoA .7).
SAME_UNION, SAME_INSIDE = 0.4, 0.7


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits:
    """``n`` candidate faces in pixels of one image.

    ``boxes`` n x 4 (left, top, right, bottom); ``scores`` n, 0 to 1; ``points`` n x 5 x 2 (right eye, left eye, nose,
    right and left corner of the mouth, as the person has them), NaN where the engine gives none.
    """

    boxes: Floats
    scores: Floats
    points: Floats

    def __len__(self) -> int:
        return len(self.scores)

    def taken(self, places: NDArray[np.intp] | NDArray[np.bool_]) -> Hits:
        """Those at ``places`` (indices or a mask)."""
        return Hits(boxes=self.boxes[places], scores=self.scores[places], points=self.points[places])

    def mapped(self, *, scale: float = 1.0, left: float = 0.0, top: float = 0.0) -> Hits:
        """The same in an image of which this one is the part at (left, top), enlarged by ``1 / scale``."""
        corner = np.array([left, top], np.float32)
        boxes = self.boxes * np.float32(scale) + np.tile(corner, 2)
        return Hits(boxes=boxes, scores=self.scores, points=self.points * np.float32(scale) + corner)


def no_hits() -> Hits:
    """No candidates."""
    return Hits(
        boxes=np.zeros((0, 4), np.float32), scores=np.zeros(0, np.float32), points=np.zeros((0, 5, 2), np.float32)
    )


def joined(parts: Sequence[Hits]) -> Hits:
    """All candidates of several passes over one image."""
    if not parts:
        return no_hits()
    return Hits(
        boxes=np.concatenate([part.boxes for part in parts]),
        scores=np.concatenate([part.scores for part in parts]),
        points=np.concatenate([part.points for part in parts]),
    )


def suppressed(hits: Hits, *, union: float = SAME_UNION, inside: float = SAME_INSIDE) -> Hits:
    """One candidate per face, the best-scored of those that overlap, best first (greedy non-maximum suppression)."""
    order = np.argsort(-hits.scores, kind="stable")
    kept: list[int] = []
    while len(order):
        best, rest = order[0], order[1:]
        kept.append(int(best))
        over_union, over_smaller = overlaps(hits.boxes[best], hits.boxes[rest])
        order = rest[(over_union < union) & (over_smaller < inside)]
    return hits.taken(np.array(kept, np.intp))


def overlaps(box: Floats, others: Floats) -> tuple[Floats, Floats]:
    """Of one box with each of n others: intersection over union, and over the smaller of the two."""
    low, high = np.maximum(box[:2], others[:, :2]), np.minimum(box[2:], others[:, 2:])
    shared = np.prod(np.clip(high - low, 0, None), axis=1)
    own = np.prod(box[2:] - box[:2])
    areas = np.prod(others[:, 2:] - others[:, :2], axis=1)
    smaller = np.maximum(np.minimum(own, areas), 1e-6)
    return shared / np.maximum(own + areas - shared, 1e-6), shared / smaller
