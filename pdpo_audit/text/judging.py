"""From lines of text to marks: what is legible, and which topics the words hint at. Here the text ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from pdpo_audit.model.text.marks import Kind, Mark, Tier
from pdpo_audit.ports.text import Line
from pdpo_audit.text.numbers import hong_kong, mainland, zones
from pdpo_audit.text.numbers.folding import folded
from pdpo_audit.text.words import topics

_IN_ONE_LINE: Mapping[Kind, Callable[[str], bool]] = {
    Kind.HONG_KONG_CARD: hong_kong.has_number,
    Kind.MAINLAND_CARD: mainland.has_number,
    Kind.PASSPORT: zones.is_book,
    Kind.TRAVEL_CARD: zones.is_permit,
}


def told(lines: Sequence[Line]) -> tuple[Mark, ...]:
    """The marks of one picture: each line that holds a number, then what the words hint at."""
    texts = [folded(line.text) for line in lines]
    numbers = list(_numbers(lines, texts))
    hints = list(topics(texts))
    if not numbers and any(map(zones.looks_like_one, texts)):
        hints.insert(0, Kind.ZONE)
    return (*numbers, *(Mark(kind=kind, tier=Tier.WORDS) for kind in hints))


def _numbers(lines: Sequence[Line], texts: Sequence[str]) -> Iterator[Mark]:
    for kind, holds in _IN_ONE_LINE.items():
        yield from (_mark(kind, line) for line, text in zip(lines, texts, strict=True) if holds(text))
    yield from (_mark(Kind.TRAVEL_CARD, lines[place]) for place in zones.cards(texts))


def _mark(kind: Kind, line: Line) -> Mark:
    return Mark(kind=kind, tier=Tier.LEGIBLE, x=line.x, y=line.y, width=line.width, height=line.height)
