"""YuNet (Wu et al. 2023) from an ONNX file that the user supplies, through OpenCV's own wrapper."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from cv2.utils import logging

from pdpo_audit.errors import MachineError
from pdpo_audit.people.arrays import Pixels
from pdpo_audit.people.detectors.hits import Hits, no_hits
from pdpo_audit.people.detectors.weights import YUNET_SHA256, digest

#: OpenCV's own non-maximum suppression, and more candidates than any photograph holds (its default score of 0.9 and
#: top 5000 would leave 20 % of the faces).
_NMS, _MOST = 0.3, 5000


class YuNet:
    """The loaded network; finds faces of 10 to about 300 px."""

    name = "yunet"

    def __init__(self, weights: Path) -> None:
        cv2.setNumThreads(1)
        self.weights_sha256 = digest(weights)
        #: Another file than the measured one is allowed (it is the user's) and called so.
        self.version = "2023mar" if self.weights_sha256 == YUNET_SHA256 else f"unmeasured-{self.weights_sha256[:12]}"
        # each creation warns that targets are fixed, which is as it should be
        logging.setLogLevel(logging.LOG_LEVEL_ERROR)
        try:
            self._net = cv2.FaceDetectorYN.create(str(weights), "", (320, 320), 0.5, _NMS, _MOST)
        except cv2.error as error:
            raise MachineError(
                f"{weights} is no YuNet model that OpenCV can load.", advice="Give face_detection_yunet_2023mar.onnx."
            ) from error

    def find(self, image: Pixels, threshold: float) -> Hits:
        """Candidates in ``image`` as it is, without rescaling."""
        self._net.setInputSize((image.shape[1], image.shape[0]))
        self._net.setScoreThreshold(threshold)
        _, rows = self._net.detect(cv2.cvtColor(image, cv2.COLOR_RGB2BGR))
        if rows is None:
            return no_hits()
        found = np.asarray(rows, np.float32)
        limits = np.array([image.shape[1], image.shape[0]] * 2, np.float32)
        boxes = np.clip(np.concatenate([found[:, :2], found[:, :2] + found[:, 2:4]], axis=1), 0, limits)
        return Hits(boxes=boxes, scores=found[:, 14], points=found[:, 4:14].reshape(-1, 5, 2))
