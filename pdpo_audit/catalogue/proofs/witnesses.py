"""Whether the event log is whole to its end: by itself, by the tables beside it, and by the audits that were sealed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from pdpo_audit.catalogue import log, schema
from pdpo_audit.model.events import RESTORED, ChainedEvent, first_broken


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """What a sealed audit says of the log: how many events it had, and the digest (hex) of the last of them."""

    audit_id: str
    events: int
    head: str


def log_faults(connection: Connection, witnesses: Iterable[Witness] = ()) -> Iterator[str]:
    """What is wrong with the event log, in words; nothing where it is whole."""
    entries = list(log.read(connection, unread=True))
    broken = first_broken(entries)
    if broken is not None:
        yield f"the chain breaks at event {broken + 1} of {len(entries)}"
    texts, events = schema.event_texts, schema.events
    stray = select(func.count()).select_from(texts.outerjoin(events, events.c.sequence == texts.c.sequence))
    if lost := connection.execute(stray.where(events.c.sequence.is_(None))).scalar_one():
        yield f"{lost} events are gone whose texts are still there"
    known = int(connection.execute(select(func.max(schema.audits.c.event))).scalar() or 0)
    if known > len(entries):
        yield f"it ends at event {len(entries)}, and an assessment knows event {known}"
    if missing := texts_missing(entries):
        yield f"the texts of {missing} events are gone, and no purge ended them"
    excused = {audit for entry in entries for audit in _given_up(entry)}
    for witness in witnesses:
        if witness.audit_id not in excused and not passes(entries, witness):
            yield f"it does not pass through event {witness.events}, which the sealed audit {witness.audit_id} states"


def passes(entries: Sequence[ChainedEvent], witness: Witness) -> bool:
    """Whether a log passes through what a sealed audit states."""
    if not witness.events:
        return True
    return len(entries) >= witness.events and entries[witness.events - 1].digest.hex() == witness.head


def texts_missing(entries: Sequence[ChainedEvent]) -> int:
    """How many texts are gone that no purge ended: a purge states until which event it ended them.

    Purges of earlier versions state only how many they ended.
    """
    purges = [entry.event.details for entry in entries if not entry.forgotten and "texts" in entry.event.details]
    until = max((_number(one.get("texts_until")) for one in purges), default=0)
    counted = sum(_number(one.get("texts")) for one in purges if "texts_until" not in one)
    gone = sum(entry.forgotten and entry.event.sequence > until for entry in entries)
    return max(0, gone - counted)


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _given_up(entry: ChainedEvent) -> list[str]:
    """The sealed audits that are younger than a backup which somebody restored."""
    return str(entry.event.details.get("younger_audits", "")).split() if entry.event.kind == RESTORED else []
