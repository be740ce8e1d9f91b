"""Where a copy lies over its master, from what was measured when the two were compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

#: A quarter turn is told from a tilt by this many degrees.
_QUARTER = 45.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle in pixels of the master."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Alignment:
    """The stage is the master's size; ``copy`` is where the copy is drawn, ``transform`` how it is turned (SVG).

    ``crop`` is the part of the master that the copy shows, where it is a crop.
    """

    width: int
    height: int
    copy: Box
    transform: str
    crop: Box | None


def align(master: tuple[int, int], copy: tuple[int, int], evidence: Mapping[str, Any]) -> Alignment:
    """How to draw ``copy`` (width, height) over ``master``, so that the same things lie on each other."""
    width, height = max(1, master[0]), max(1, master[1])
    part = _part(evidence)
    if part and evidence.get("crop_in") == "master":
        return Alignment(width=width, height=height, copy=part, transform=_turned(part, evidence), crop=part)
    if part and part.width and part.height:  # the master is a part of the copy
        across, down = width / part.width, height / part.height
        box = Box(x=-part.x * across, y=-part.y * down, width=max(1, copy[0]) * across, height=max(1, copy[1]) * down)
        return Alignment(width=width, height=height, copy=box, transform="", crop=None)
    box = _centred(width, height, float(evidence.get("angle") or 0))
    return Alignment(width=width, height=height, copy=box, transform=_turned(box, evidence), crop=None)


def _part(evidence: Mapping[str, Any]) -> Box | None:
    numbers = str(evidence.get("crop", "")).split(",")
    if len(numbers) != 4:
        return None
    try:
        x, y, width, height = map(float, numbers)
    except ValueError:
        return None
    return Box(x=x, y=y, width=width, height=height)


def _centred(width: int, height: int, angle: float) -> Box:
    """The copy's box before it is turned back: lying on its side after a quarter turn."""
    lying = _QUARTER < abs(angle) % 180 < 180 - _QUARTER
    across, down = (height, width) if lying else (width, height)
    return Box(x=(width - across) / 2, y=(height - down) / 2, width=across, height=down)


def _turned(box: Box, evidence: Mapping[str, Any]) -> str:
    """Back from what was done to the copy: its mirror image first, then its turn."""
    x, y = box.x + box.width / 2, box.y + box.height / 2
    parts = []
    if evidence.get("mirrored"):
        parts.append(f"translate({2 * x:g} 0) scale(-1 1)")
    if angle := float(evidence.get("angle") or 0):
        parts.append(f"rotate({-angle:g} {x:g} {y:g})")
    return " ".join(parts)
