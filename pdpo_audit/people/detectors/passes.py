"""In which sizes a picture is shown to a face engine."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import cv2
import numpy as np

from pdpo_audit.people.arrays import Pixels
from pdpo_audit.people.detectors.hits import Hits

#: Long sides of the passes. The coarse one finds faces that fill the frame: the fine one misses them from 900 px up.
COARSE, FINE = 640, 1600
#: Below this long side a picture is also shown mirrored (3 % more faces) and enlarged (20 % more of 10 to 20 px).
SMALL = 800
#: From this long side on, and below SMALL, a picture in which the first look finds nothing at all is done with. Under
#: it masked faces that fill the frame were lost so; above SMALL no gate was found that lets fewer than two thirds pass.
GATED = 450
#: Above this many pixels tiles replace the fine pass, at a scale where a face of 40 px still has 24: measured on 125
#: faces, 93 % are found at 24 px, 97 % at 40 px, for a third of the work.
TILED_FROM, TILE_SCALE = 4_000_000, 0.6
#: Longest side of a tile (2 megapixels, 500 MB of working memory) and the pixels that neighbours share.
TILE, OVERLAP = 1408, 192
#: One pass covers faces over this ratio of sizes; where coarse and fine lie further apart, one more goes between.
_REACH = 8.0


class EngineFailed(Exception):  # noqa: N818 - a failure on one picture, told apart from errors of the program
    """An engine could not examine this picture; the next one may work."""


class Engine(Protocol):
    """A face detector at one size: no rescaling, no judgement."""

    name: str
    version: str
    weights_sha256: str

    def find(self, image: Pixels, threshold: float) -> Hits:
        """Candidates with scores above ``threshold``, in pixels of ``image``."""
        ...


def passes(
    engine: Engine, image: Pixels, threshold: float, *, gate: float = 0.0, thorough: bool = False
) -> Iterator[Hits]:
    """Candidates of every pass over an upright picture, in its own pixels; several for one face.

    A small picture in which the first pass finds nothing from ``gate`` on gets no other; 0 for all passes.
    """
    longest, pixels = max(image.shape[:2]), image.shape[0] * image.shape[1]
    if longest < SMALL:
        first = at_scale(engine, image, 1.0, min(threshold, gate) if gate else threshold)
        yield first
        if longest >= GATED and gate and not thorough and not (first.scores >= gate).any():
            return
        yield mirrored(engine, image, 1.0, threshold)
        yield at_scale(engine, image, 2.0, threshold)
        if thorough:
            yield mirrored(engine, image, 2.0, threshold)
        return
    coarse, fine = COARSE / longest, _fine(longest, pixels)
    yield at_scale(engine, image, coarse, threshold)
    if thorough:
        yield mirrored(engine, image, fine, threshold)
        fine = 1.0
    elif pixels > TILED_FROM:
        fine = TILE_SCALE
    if fine / coarse > _REACH:
        yield from tiled(engine, image, float(np.sqrt(coarse * fine)), threshold)
    yield from tiled(engine, image, fine, threshold)


def _fine(longest: int, pixels: int) -> float:
    """The scale of the fine pass: a long side of ``FINE``, or the pixels that a picture twice as wide as high has then.

    Of a strip of 12,000 x 300 a face of 40 px had 5 that way by its long side, and none of 20 was found.
    """
    return min(1.0, max(FINE / longest, float(np.sqrt(FINE * FINE / 2 / pixels))))


def single_pass(engine: Engine, image: Pixels, threshold: float, *, longest: int) -> Hits:
    """One pass over the picture, reduced to a long side of ``longest`` where it is larger."""
    return at_scale(engine, image, min(1.0, longest / max(image.shape[:2])), threshold)


def at_scale(engine: Engine, image: Pixels, scale: float, threshold: float) -> Hits:
    """One pass over the whole picture, enlarged or reduced by ``scale``."""
    return engine.find(rescaled(image, scale), threshold).mapped(scale=1 / scale)


def mirrored(engine: Engine, image: Pixels, scale: float, threshold: float) -> Hits:
    """One pass over the mirrored picture: no engine sees left and right quite alike."""
    hits = at_scale(engine, np.ascontiguousarray(image[:, ::-1]), scale, threshold)
    boxes, points, width = hits.boxes.copy(), hits.points[:, [1, 0, 2, 4, 3]].copy(), image.shape[1]
    boxes[:, [0, 2]] = width - hits.boxes[:, [2, 0]]
    points[:, :, 0] = width - points[:, :, 0]
    return Hits(boxes=boxes, scores=hits.scores, points=points)


def tiled(engine: Engine, image: Pixels, scale: float, threshold: float) -> Iterator[Hits]:
    """One pass per tile of the picture at ``scale``; a picture that fits is one tile."""
    reduced = rescaled(image, scale)
    for top, bottom in spans(reduced.shape[0]):
        for left, right in spans(reduced.shape[1]):
            tile = np.ascontiguousarray(reduced[top:bottom, left:right])
            yield engine.find(tile, threshold).mapped(left=left, top=top).mapped(scale=1 / scale)


def spans(length: int) -> list[tuple[int, int]]:
    """Equal stretches of at most TILE pixels that cover ``length`` and overlap by at least OVERLAP."""
    if length <= max(TILE, FINE):
        return [(0, length)]
    count = -(-(length - OVERLAP) // (TILE - OVERLAP))
    side = -(-(length + (count - 1) * OVERLAP) // count)
    starts = [round(start) for start in np.linspace(0, length - side, count)]
    return [(start, start + side) for start in starts]


def rescaled(image: Pixels, scale: float) -> Pixels:
    """``image`` enlarged (bilinear) or reduced (area means) by ``scale``; never below one pixel."""
    if scale == 1.0:
        return image
    size = (max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale)))
    resized = cv2.resize(image, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    return np.asarray(resized, np.uint8)
