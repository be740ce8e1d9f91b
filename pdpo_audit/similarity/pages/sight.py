"""Two drawn pictures of one template that lie exactly over each other and differ in strong strokes: seen at once.

Filled-in forms of one kind are compared with each other by the hundred. Where nothing moved and nearly all ink is the
same, a stroke that is there in one and missing in the other is certain without laying, registering or reading either
again (about 1 ms instead of 800 ms a pair).
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from pdpo_audit.similarity.cuts import cut

_Grey = NDArray[np.uint8]

#: Levels within which two grey pixels are the same; ink is what lies further from the paper (the median) than that.
_SAME, _INK = cut("sight_same"), cut("sight_ink")
#: How much ink must be the same, and from how many levels on a pixel is of another stroke then: watermarks stay below.
_TIERS = ((cut("sight_still"), cut("sight_other_still")), (cut("sight_shared"), cut("sight_other")))
#: So many such pixels of the working pictures are a stroke.
_STROKE = cut("sight_stroke")


def other_strokes(one: _Grey, other: _Grey) -> float | None:
    """The share of ink that is the same in two unmoved pictures of one template that differ in strokes; else ``None``.

    ``None`` tells nothing: they may be copies, moved, or different altogether.
    """
    if one.shape != other.shape:
        return None
    apart = cv2.absdiff(one, other)
    if int((apart >= _TIERS[0][1]).sum()) < _STROKE:
        return None
    paper = float(np.median(one))
    ink = (np.abs(one.astype(np.int16) - paper) >= _INK) | (np.abs(other.astype(np.int16) - paper) >= _INK)
    shared = float((apart[ink] <= _SAME).mean()) if ink.any() else 0.0
    tells = any(shared >= least and int((apart >= level).sum()) >= _STROKE for least, level in _TIERS)
    return shared if tells else None
