"""Beside stage 3: what the places of every content come to, a few numbers each; only of copies the places are read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pdpo_audit.catalogue.queries.contents import PlacedContent
from pdpo_audit.model.locations.litter import is_set_aside


@dataclass(slots=True)
class Held:
    """How often a content is held, in which ``sources``, its earliest times, and whether every copy is set aside."""

    copies: int
    sources: tuple[str, ...]
    modified_ns: int
    first_seen: str
    spare: bool

    def add(self, sources: tuple[str, ...], place: PlacedContent) -> None:
        """One more copy of it."""
        self.copies += 1
        self.sources = sources
        self.modified_ns = min(self.modified_ns, place.modified_ns)
        self.first_seen = min(self.first_seen, place.first_seen)
        self.spare = self.spare and is_set_aside(place.ref.path)


def sum_up(places: Iterable[PlacedContent]) -> dict[int, Held]:
    """What is held of each content; equal days and sets of sources are one value each."""
    found: dict[int, Held] = {}
    days: dict[str, str] = {}
    sets: dict[tuple[str, ...], tuple[str, ...]] = {}
    for place in places:
        held, source = found.get(place.content), place.ref.source
        names = held.sources if held else ()
        if source not in names:
            names = tuple(sorted((*names, source)))
            names = sets.setdefault(names, names)
        if held is not None:
            held.add(names, place)
            continue
        found[place.content] = Held(
            copies=1,
            sources=names,
            modified_ns=place.modified_ns,
            first_seen=days.setdefault(place.first_seen, place.first_seen),
            spare=is_set_aside(place.ref.path),
        )
    return found
