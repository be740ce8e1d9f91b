"""Does the lower half of a face look covered, as by a mask? Colours of a face that was turned upright, nothing else.

Not who, not why, and no more than a look: measured on 590 faces of 60 px and more, half with a surgical or cloth mask
(every second one chose the weights), it says so of 81 % of the covered ones and of 2 % of the others.
"""

from __future__ import annotations

import cv2
import numpy as np

from pdpo_audit.people.arrays import Floats, Pixels

#: Below this height in pixels colours of so small a face tell nothing.
SMALLEST = 60
_SIDE = 112
#: Where eyes, nose and corners of the mouth lie in the upright face.
_UPRIGHT = np.array([[38, 46], [74, 46], [56, 66], [42, 86], [70, 86]], np.float32)
#: Rows and columns: forehead and bridge of the nose, which masks leave free; the eyes; the mouth.
_FOREHEAD, _BRIDGE = (slice(20, 34), slice(38, 74)), (slice(50, 60), slice(46, 66))
_EYES, _MOUTH = (slice(36, 58), slice(28, 84)), (slice(78, 96), slice(42, 70))
#: Logistic weights of the mouth's colour against the upper face's (OpenCV's 8-bit CIELAB): distance of a*b*, difference
#: of lightness either way, of a*, of b*, and the logarithm of how much lightness varies there against the eyes.
_WEIGHTS = np.array([0.188, 0.0125, -0.147, -0.118, -3.939], np.float64)
_CONSTANT, _CUT = -5.66, 2.0


def lower_face_covered(image: Pixels, points: Floats) -> bool:
    """Whether the face with landmarks ``points`` (5 x 2) looks covered below the eyes; never where there are none."""
    return covering(image, points) >= _CUT


def covering(image: Pixels, points: Floats) -> float:
    """How much more likely than not the face with landmarks ``points`` (5 x 2) is covered below the eyes: the logarithm
    of the odds, 0 where there are no landmarks."""
    if not np.isfinite(points).all():
        return 0.0
    turned, _ = cv2.estimateAffinePartial2D(points.astype(np.float32), _UPRIGHT, method=cv2.LMEDS)
    if turned is None:
        return 0.0
    face = cv2.warpAffine(image, turned, (_SIDE, _SIDE), flags=cv2.INTER_AREA)
    colours = cv2.cvtColor(face, cv2.COLOR_RGB2LAB).astype(np.float64)
    upper = np.concatenate([colours[part].reshape(-1, 3) for part in (_FOREHEAD, _BRIDGE)])
    apart = np.median(colours[_MOUTH].reshape(-1, 3), axis=0) - np.median(upper, axis=0)
    varied = np.log1p(colours[_MOUTH][..., 0].std()) - np.log1p(colours[_EYES][..., 0].std())
    told = _WEIGHTS @ np.array([np.hypot(apart[1], apart[2]), abs(apart[0]), apart[1], apart[2], varied])
    return float(told + _CONSTANT)
