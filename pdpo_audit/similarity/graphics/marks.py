"""Whether two flat graphics have enough in common to be recognised, where they lie turned, mirrored or apart."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from pdpo_audit.similarity.comparison.alignment import Geometry
from pdpo_audit.similarity.cuts import cut
from pdpo_audit.similarity.cuts.held import Held

_Grey = NDArray[np.uint8]

#: Corners (Shi and Tomasi 1994) of this share of the best one, so many pixels apart.
_QUALITY, _APART, _MOST = 0.05, 6, 64
#: Degrees within which a turn is one by quarters, and from which on a picture is turned.
_QUARTER, _TURNED = 2.0, 45.0


def corners(image: _Grey, inside: NDArray[np.bool_]) -> int:
    """How many corners there are in what two pictures share (up to 64)."""
    found = cv2.goodFeaturesToTrack(image, _MOST, _QUALITY, _APART, mask=inside.view(np.uint8) * 255)
    return _count(found)


def _count(found: object) -> int:
    """OpenCV gives ``None`` where it finds nothing, though its types do not say so."""
    return len(found) if isinstance(found, np.ndarray) else 0


def unknown_by_parts(geometry: Geometry, count: int) -> Held | None:
    """What says that parts that agree are too few for one picture to lie in the other, as one star looks like any
    other; ``None`` where they are enough."""
    off = abs(geometry.angle) % 90
    if min(off, 90 - off) > _QUARTER:
        return Held(by="corners_askew", at=count) if count < cut("corners_askew") else None
    if min(geometry.left_inside, geometry.right_inside) >= cut("shared_by_parts"):
        return None
    return Held(by="corners_of_part", at=count) if count < cut("corners_of_part") else None


def is_other_way_round(geometry: Geometry, count: int) -> bool:
    """Whether a simple mark is turned or mirrored: an arrow to the left is another sign than one to the right."""
    return (geometry.mirrored or abs(geometry.angle) > _TURNED) and count < cut("corners_of_mark")
