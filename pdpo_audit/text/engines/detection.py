"""Where lines of text stand: the probability map of a network (DB, arXiv 1911.08947) made into turned boxes."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from pdpo_audit.networks.running import Floats, open_network
from pdpo_audit.text.engines.arrays import Pixels, Quads

#: Sides shown to the network are multiples of this.
_STEP = 32
#: Of ImageNet, in the order blue, green, red, as the network was trained.
_MEAN = np.array([0.485, 0.456, 0.406], np.float32) * 255
_DEVIATION = np.array([0.229, 0.224, 0.225], np.float32) * 255
#: A cell of the map belongs to text from here; a region does from this mean on.
_CELL, _REGION = 0.3, 0.5
#: Regions are shrunken lines: they grow by this share of area to perimeter.
_GROWTH = 1.6
#: Shortest side of a region in cells; more lines than this are not read.
_SHORTEST, _MOST = 3, 300


class Detection:
    """The loaded network."""

    def __init__(self, weights: Path) -> None:
        self._run = open_network(weights, ("fetch_name_0",))

    def find(self, image: Pixels, longest: int) -> Quads:
        """Corners of every line in pixels of ``image``, in rising order of place, found in a copy of at most
        ``longest`` pixels."""
        scale = longest / max(image.shape[:2])
        height, width = (max(_STEP, round(side * scale / _STEP) * _STEP) for side in image.shape[:2])
        batch = np.asarray(cv2.dnn.blobFromImage(_resized(image, width, height), swapRB=True), np.float32)
        for plane, mean, deviation in zip(batch[0], _MEAN, _DEVIATION, strict=True):
            plane -= mean
            plane /= deviation
        (found,) = self._run(batch)
        quads = _boxes(found[0, 0])
        return quads * np.array([image.shape[1] / width, image.shape[0] / height], np.float32)


def _resized(image: Pixels, width: int, height: int) -> Pixels:
    """The picture at another size: by a whole factor first, which takes a third of the time."""
    factor = max(1, min(image.shape[1] // width, image.shape[0] // height))
    if factor > 1:
        across, down = image.shape[1] // factor, image.shape[0] // factor
        whole = image[: down * factor, : across * factor]
        image = np.asarray(cv2.resize(whole, (across, down), interpolation=cv2.INTER_AREA), np.uint8)
    how = cv2.INTER_AREA if width < image.shape[1] else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, (width, height), interpolation=how), np.uint8)


def _boxes(heat: Floats) -> Quads:
    mask = (heat > _CELL).astype(np.uint8)
    outlines, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    quads = [quad for outline in outlines if (quad := _box(np.asarray(outline), heat)) is not None]
    quads.sort(key=lambda quad: (float(quad[:, 1].min()), float(quad[:, 0].min())))
    return np.array(quads[:_MOST], np.float32).reshape(-1, 4, 2)


def _box(outline: np.ndarray, heat: Floats) -> Floats | None:
    """The smallest turned box around a region, grown to the whole line; ``None`` for what is no text."""
    middle, (width, height), angle = cv2.minAreaRect(outline)
    if min(width, height) < _SHORTEST or _mean(outline, heat) < _REGION:
        return None
    growth = _GROWTH * width * height / (2 * (width + height)) * 2
    return np.asarray(cv2.boxPoints((middle, (width + growth, height + growth), angle)), np.float32)


def _mean(outline: np.ndarray, heat: Floats) -> float:
    """The mean of the map within an outline."""
    left, top, width, height = cv2.boundingRect(outline)
    inside = np.zeros((height, width), np.uint8)
    cv2.fillPoly(inside, [outline - np.array([left, top])], (1,))
    return float(cv2.mean(heat[top : top + height, left : left + width], inside)[0])
