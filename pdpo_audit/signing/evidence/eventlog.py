"""The event log as a file: one JSON object a line, each with the digest of the one before it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from pdpo_audit.model.events import GENESIS, ChainedEvent, Event, first_broken, written


def write_events(path: Path, events: Iterable[ChainedEvent]) -> tuple[int, str]:
    """Write the log to ``path``; gives the number of events and the head (hex digest of the last one)."""
    count, head = 0, GENESIS
    with path.open("w", encoding="utf-8", newline="\n") as out:
        for entry in events:
            out.write(line_of(entry) + "\n")
            count, head = count + 1, entry.digest
    return count, head.hex()


def line_of(entry: ChainedEvent) -> str:
    """An event as its line: sorted keys, no spaces; without actor, details and salt where the text was forgotten."""
    event = entry.event
    fields: dict[str, object] = {
        "at": event.at,
        "digest": entry.digest.hex(),
        "kind": event.kind,
        "previous": entry.previous.hex(),
        "sequence": event.sequence,
    }
    if not entry.forgotten:
        fields |= {"actor": event.actor, "details": event.details}
    if entry.told:
        fields |= {"told": entry.told.hex()} | ({} if entry.forgotten else {"salt": entry.salt.hex()})
    return written(fields)


def read_event(line: str) -> ChainedEvent:
    """The event on ``line``; ``ValueError`` when the line is not exactly as this program writes it."""
    fields = json.loads(line)
    try:
        forgotten = "details" not in fields
        event = Event(
            sequence=fields["sequence"],
            at=fields["at"],
            actor="" if forgotten else fields["actor"],
            kind=fields["kind"],
            details={} if forgotten else fields["details"],
        )
        entry = ChainedEvent(
            event=event,
            previous=bytes.fromhex(fields["previous"]),
            digest=bytes.fromhex(fields["digest"]),
            told=bytes.fromhex(fields.get("told", "")),
            salt=bytes.fromhex(fields.get("salt", "")),
            forgotten=forgotten,
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"not an event: {error}") from error
    if line_of(entry) != line:
        raise ValueError("not written as this program writes events")
    return entry


def broken_line(lines: Iterable[str], *, withheld: bool = False) -> int | None:
    """The number (from 1) of the first line that was edited, removed, added or moved; ``None`` if the log is whole.

    A log cut off at its end is whole by itself: compare its head with the signed one. ``withheld``: as for
    ``first_broken``.
    """
    entries: list[ChainedEvent] = []
    for number, line in enumerate(lines, start=1):
        try:
            entries.append(read_event(line))
        except (ValueError, RecursionError):
            place = first_broken(entries, withheld=withheld)
            return number if place is None else place + 1
    place = first_broken(entries, withheld=withheld)
    return None if place is None else place + 1
