"""What the event log tells of rows: the newest event about each thing, and how rows differ from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pdpo_audit.model.events import ChainedEvent, Details

#: The kind of an event, and what it tells.
Told = tuple[str, Details]


def newest(entries: Sequence[ChainedEvent], name: str) -> dict[str, Told]:
    """The kind and details of the newest event about each thing that ``name`` names."""
    return {
        str(entry.event.details[name]): (entry.event.kind, entry.event.details)
        for entry in entries
        if not entry.forgotten and name in entry.event.details
    }


def differs(row: Mapping[str, Any], details: Details) -> bool:
    """Whether a row is not what an event says; what the event is silent about does not count."""
    return any(details.get(field, value) != value for field, value in row.items())


def differing(
    what: str,
    rows: Mapping[str, Mapping[str, Any]],
    told: Mapping[str, Told],
    *,
    ended: str,
    forgotten: bool,
) -> Iterator[str]:
    """How rows differ from the newest events about them, in words.

    ``ended`` is the kind of the events after which a thing stands in the table no more, unless they tell ``decision``,
    which then stands again. ``forgotten``: texts of the log are gone, and an event about any row may be among them.
    """
    over = {key for key, (kind, details) in told.items() if kind == ended and "decision" not in details}
    for key, row in rows.items():
        if key not in told and not forgotten:
            yield f"{what} {key} stands in no event"
        elif key in over:
            yield f"{what} {key} stands and was taken back"
        elif key in told and differs(row, told[key][1]):
            yield f"{what} {key} is not what the log says"
    for key in told:
        if key not in rows and key not in over:
            yield f"{what} {key} is gone"


def in_order(
    what: str, rows: Sequence[Mapping[str, Any]], entries: Sequence[ChainedEvent], *kinds: str
) -> Iterator[str]:
    """How a table that is only ever added to differs from the events of some kinds, one for each row, in words."""
    told = [entry for entry in entries if entry.event.kind in kinds]
    if len(told) != len(rows):
        yield f"{what}: {len(rows)} are kept, the log tells of {len(told)}"
        return
    for number, (row, entry) in enumerate(zip(rows, told, strict=True), 1):
        if not entry.forgotten and differs(row, entry.event.details):
            yield f"{what}: number {number} is not what the log says"
