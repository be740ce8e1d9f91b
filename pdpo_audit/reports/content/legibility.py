"""Identity numbers that are legible in pictures, and what words hint at: counted, and what nobody looked at as well."""

from __future__ import annotations

from pdpo_audit.model.text.marks import HINTS, NONE_LEGIBLE, NOT_LOOKED_FOR, NUMBERED
from pdpo_audit.reports.counting.cubes import Cube, Weight
from pdpo_audit.reports.counting.passes import split
from pdpo_audit.reports.figures import Share

#: Holdings that stand for their picture: each picture once.
_PICTURES = frozenset({"single", "master"})
_NOTHING = ("", NOT_LOOKED_FOR, NONE_LEGIBLE)


def legible(cube: Cube, **where: str | frozenset[str]) -> int:
    """Copies on which a number is legible, each once."""
    return sum(weight.rows for cell, weight in cube.by("numbers", **where).items() if cell not in _NOTHING)


def unlooked(cube: Cube) -> int:
    """Copies in which nobody looked."""
    return cube.total(numbers=frozenset(("", NOT_LOOKED_FOR))).rows


def by_kind(cube: Cube) -> tuple[Share, ...]:
    """Pictures and copies per kind of number; a picture with several counts under each."""
    return _shares(cube, "numbers", tuple(kind.value for kind in NUMBERED))


def hints(cube: Cube) -> tuple[Share, ...]:
    """Pictures and copies per topic that words hint at, those that occur."""
    return tuple(share for share in _shares(cube, "hints", tuple(kind.value for kind in HINTS)) if share.holdings)


def _shares(cube: Cube, dimension: str, keys: tuple[str, ...]) -> tuple[Share, ...]:
    holdings, pictures = _split(cube, dimension), _split(cube, dimension, place=_PICTURES)
    return tuple(
        Share(
            key=key,
            pictures=pictures.get(key, Weight()).rows,
            holdings=holdings.get(key, Weight()).rows,
            bytes=holdings.get(key, Weight()).bytes,
        )
        for key in keys
    )


def _split(cube: Cube, dimension: str, **where: str | frozenset[str]) -> dict[str, Weight]:
    found: dict[str, Weight] = {}
    for cell, weight in cube.by(dimension, **where).items():
        for kind in () if cell in _NOTHING else split(cell):
            found[kind] = found.get(kind, Weight()) + weight
    return found
