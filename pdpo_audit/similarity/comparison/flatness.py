"""Whether a picture is drawn: even areas with sharp edges and strokes, as graphics and pages are, and no photograph."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pdpo_audit.similarity.comparison.colours import luma, most_of_channels
from pdpo_audit.similarity.comparison.reliefs import plain_share
from pdpo_audit.similarity.cuts import cut

_Rgb = NDArray[np.uint8]

#: Levels of range in 3 x 3 pixels (the most of three channels) up to which a place is calm, and from which on it is
#: an edge; pixels around an edge that belong to it.
_CALM_RANGE, _EDGE_RANGE, _AROUND = 8, 40, 7
#: Of how many colours the share is taken, of so many bits a channel, one step either way; and the same of calm places.
_FEW, _EVEN = (8, 4), (5, 5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flatness:
    """Shares (0 to 1) of a picture of about 512 pixels: ``calm`` places, places in its eight commonest colours
    (``few``), places that are neither calm nor near an edge (``soft``, as shading and texture are), and places of one
    even tone (``plain``); and of its calm places those that have one of five colours (``even``)."""

    calm: float
    few: float
    soft: float
    plain: float
    even: float


#: What is drawn has few colours and next to no shading; a scanned page has some, and is one tone for the most part.
#: Measured: one of these holds for 1 % of 320 photographs, 96 % of 85 graphics, all of 50 pages and 98 % of 50 noisy
#: scans of these coded coarsely.
_DRAWN = (
    Flatness(calm=0.6, few=0.85, soft=cut("drawn_soft"), plain=0.0, even=0.0),
    Flatness(calm=0.4, few=0.96, soft=cut("page_soft"), plain=0.35, even=cut("page_even")),
)
#: A poor copy of something drawn.
_PERHAPS = Flatness(calm=0.4, few=0.8, soft=0.14, plain=0.0, even=0.0)


#: What is less calm or more shaded than this is drawn by none of them, whatever its colours.
_CALMEST, _SOFTEST = min(one.calm for one in (*_DRAWN, _PERHAPS)), max(one.soft for one in (*_DRAWN, _PERHAPS))


def flatness(pixels: _Rgb) -> Flatness:
    """How flat a picture (RGB, 512 pixels or less) is; the colours of what is certainly not drawn are not counted
    (shares of 0)."""
    smooth = np.asarray(cv2.medianBlur(pixels, 3), np.uint8)
    ranges = most_of_channels(np.asarray(cv2.morphologyEx(smooth, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))))
    moving = ranges > _CALM_RANGE
    edges = (ranges >= _EDGE_RANGE).view(np.uint8)
    beside = cv2.dilate(edges, np.ones((_AROUND, _AROUND), np.uint8)) > 0
    calm, soft = float(1 - moving.mean()), float((moving & ~beside).mean())
    if calm < _CALMEST or soft > _SOFTEST:
        return Flatness(calm=calm, few=0.0, soft=soft, plain=0.0, even=0.0)
    some = smooth[::2, ::2]
    return Flatness(
        calm=calm,
        few=_share(some.reshape(-1, 3), *_FEW),
        soft=soft,
        plain=plain_share(luma(pixels)),
        even=_share(some[~moving[::2, ::2]], *_EVEN),
    )


def _share(colours: _Rgb, count: int, bits: int) -> float:
    """The share of colours (rows) that lie in or beside so many of the commonest, of so many bits a channel."""
    steps = (1 << bits) + 2
    places = (colours >> (8 - bits)).astype(np.int32) + 1
    counts = np.bincount(places @ (steps * steps, steps, 1), minlength=steps**3).reshape(steps, steps, steps)
    found = 0
    for _ in range(count):
        place = np.unravel_index(int(counts.argmax()), counts.shape)
        around = tuple(slice(int(at) - 1, int(at) + 2) for at in place)
        found += int(counts[around].sum())
        counts[around] = 0
    return found / max(1, len(colours))


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
    return (
        one.calm >= cut.calm
        and one.few >= cut.few
        and one.soft <= cut.soft
        and one.plain >= cut.plain
        and one.even >= cut.even
    )
