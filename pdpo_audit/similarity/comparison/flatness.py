"""Whether a picture is drawn: even areas with sharp edges and strokes, as graphics and pages are, and no photograph."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pdpo_audit.similarity.comparison.reliefs import plain_share

_Rgb = NDArray[np.uint8]

#: Levels of range in 3 x 3 pixels (the most of three channels) up to which a place is calm, and from which on it is
#: an edge; pixels around an edge that belong to it.
_CALM_RANGE, _EDGE_RANGE, _AROUND = 8, 40, 7
#: Of how many colours (16 levels a channel, one step either way) the share is taken.
_COLOURS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Flatness:
    """Shares (0 to 1) of a picture of about 512 pixels: ``calm`` places, places in its eight commonest colours
    (``few``), places that are neither calm nor near an edge (``soft``, as shading and texture are), and places of one
    even tone (``plain``)."""

    calm: float
    few: float
    soft: float
    plain: float


#: What is drawn has few colours and next to no shading; a scanned page has some, and is one tone for the most part.
#: Measured: one of these holds for 2 % of 320 photographs, 96 % of 85 graphics, 94 % of 132 poor copies of graphics,
#: all of 70 pages and 99 % of 70 noisy scans of these coded coarsely.
_DRAWN = (Flatness(calm=0.6, few=0.85, soft=0.02, plain=0.0), Flatness(calm=0.4, few=0.96, soft=0.12, plain=0.35))
#: A poor copy of something drawn.
_PERHAPS = Flatness(calm=0.4, few=0.8, soft=0.14, plain=0.0)


def flatness(pixels: _Rgb) -> Flatness:
    """How flat a picture (RGB, 512 pixels or less) is."""
    smooth = np.asarray(cv2.medianBlur(pixels, 3), np.uint8)
    ranges = cv2.morphologyEx(smooth, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)).max(axis=2)
    moving = ranges > _CALM_RANGE
    edges = (ranges >= _EDGE_RANGE).view(np.uint8)
    beside = cv2.dilate(edges, np.ones((_AROUND, _AROUND), np.uint8)) > 0
    return Flatness(
        calm=float(1 - moving.mean()),
        few=_few(smooth),
        soft=float((moving & ~beside).mean()),
        plain=plain_share(np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)),
    )


def _few(pixels: _Rgb) -> float:
    some = (pixels[::2, ::2].reshape(-1, 3) >> 4).astype(np.int32) + 1
    counts = np.bincount(some @ (324, 18, 1), minlength=18**3).reshape(18, 18, 18)
    found = 0
    for _ in range(_COLOURS):
        place = np.unravel_index(int(counts.argmax()), counts.shape)
        around = tuple(slice(int(at) - 1, int(at) + 2) for at in place)
        found += int(counts[around].sum())
        counts[around] = 0
    return found / len(some)


def is_drawn(one: Flatness) -> bool:
    """Whether a picture is drawn for certain."""
    return any(_is_within(one, cut) for cut in _DRAWN)


def may_be_drawn(one: Flatness) -> bool:
    """Whether a picture may be a poor copy of a drawn one."""
    return _is_within(one, _PERHAPS)


def are_drawn(one: Flatness | None, other: Flatness | None) -> bool:
    """Whether both pictures are drawn: one of them for certain, for a copy is drawn if its original is."""
    if one is None or other is None:
        return False
    return (is_drawn(one) and may_be_drawn(other)) or (is_drawn(other) and may_be_drawn(one))


def _is_within(one: Flatness, cut: Flatness) -> bool:
    return one.calm >= cut.calm and one.few >= cut.few and one.soft <= cut.soft and one.plain >= cut.plain
