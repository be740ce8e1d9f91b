"""Two drawn pictures of one template that lie exactly over each other and differ in strong strokes: seen at once.

Filled-in forms of one kind are compared with each other by the hundred. Where nothing moved and nearly all ink is the
same, a stroke that is there in one and missing in the other is certain without laying, registering or reading either
again (about 1 ms instead of 800 ms a pair).
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pdpo_audit.similarity.cuts import cut
from pdpo_audit.similarity.cuts.held import Held

_Grey = NDArray[np.uint8]

#: Levels within which two grey pixels are the same; ink is what lies further from the paper (the median) than that.
_SAME, _INK = cut("sight_same"), cut("sight_ink")
#: How much ink must be the same, and from how many levels on a pixel is of another stroke then: watermarks stay below.
_TIERS = (("sight_still", "sight_other_still"), ("sight_shared", "sight_other"))
_LEAST = min(cut(strongest) for _, strongest in _TIERS)
#: So many such pixels of the working pictures are a stroke.
_STROKE = int(cut("sight_stroke"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The share of ink that is ``shared`` by two pictures that differ in strokes, and what tells it: how many levels
    the pixels of the strongest stroke differ by at least."""

    shared: float
    held: Held


def other_strokes(one: _Grey, other: _Grey) -> Seen | None:
    """How two unmoved pictures of one template differ in strokes; ``None`` tells nothing: they may be copies, moved, or
    different altogether."""
    if one.shape != other.shape:
        return None
    apart = cv2.absdiff(one, other)
    if int((apart >= _LEAST).sum()) < _STROKE:
        return None
    paper = float(np.median(one))
    ink = (np.abs(one.astype(np.int16) - paper) >= _INK) | (np.abs(other.astype(np.int16) - paper) >= _INK)
    shared = float((apart[ink] <= _SAME).mean()) if ink.any() else 0.0
    for least, strongest in _TIERS:
        if shared >= cut(least) and int((apart >= cut(strongest)).sum()) >= _STROKE:
            return Seen(shared=shared, held=Held(by=strongest, at=_stroke(np.asarray(apart, np.uint8))))
    return None


def _stroke(apart: _Grey) -> float:
    """The levels by which as many pixels as are a stroke differ at least."""
    return float(np.partition(apart, -_STROKE, axis=None)[-_STROKE])
