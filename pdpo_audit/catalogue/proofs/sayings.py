"""Whether the tables of what people said hold what the log says that they said."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from pdpo_audit.catalogue import log, schema
from pdpo_audit.catalogue.sayings.judgements import judgement_from, standing_answers
from pdpo_audit.catalogue.sayings.rows import RECORD, digest_of_row
from pdpo_audit.catalogue.store import Store
from pdpo_audit.model.events import ChainedEvent, Details

#: The event after which a judgement stands in the table no more.
_TAKEN_BACK = "judgement taken back"
#: The events after which other answers are in force.
_ANSWERED = ("questions answered", "answer taken back")
#: What an answer in force says; how it is kept may change with the catalogue's version.
_SAID = ("source", "pattern", "fact", "value", "answered_by", "answered_on")


def digest_of_answers(connection: Connection) -> str:
    """SHA-256 (hex) of all answers: those in force as they were said, then all that count no more."""
    rows = connection.execute(select(schema.answers).order_by(schema.answers.c.id)).all()
    counting = standing_answers(rows)
    numbers = {row._mapping["id"] for row in counting}
    past = [row for row in rows if row.id not in numbers]
    said = [{name: row._mapping[name] for name in _SAID} for row in counting] + [row._asdict() for row in past]
    return hashlib.sha256("\n".join(map(digest_of_row, said)).encode()).hexdigest()


def unsaid(connection: Connection, entries: Sequence[ChainedEvent]) -> Iterator[str]:
    """What differs from the log, in words. Of what texts that ended told, nothing can be said."""
    forgotten = any(entry.forgotten for entry in entries)
    yield from unsaid_holds(connection, entries)
    judged = _newest(entries, "judgement")
    yield from _differing("judgement", _judgements(connection), judged, forgotten)
    decided = _newest(entries, "finding_id")
    for row in connection.execute(select(schema.determinations)):
        _, told = decided.get(row.finding_id, ("", {}))
        if any(told.get(name, value) != value for name, value in row._asdict().items()):
            yield f"the decision on finding {row.finding_id} is not what the log says"
    answered = [e.event.details for e in entries if e.event.kind in _ANSWERED and not e.forgotten]
    if answered and RECORD in answered[-1] and answered[-1][RECORD] != digest_of_answers(connection):
        yield "the answers are not what the log says"


def unsaid_holds(connection: Connection, entries: Sequence[ChainedEvent]) -> Iterator[str]:
    """Which holds differ from the log, in words."""
    forgotten = any(entry.forgotten for entry in entries)
    yield from _differing("hold", _holds(connection), _newest(entries, "hold"), forgotten)


def hold_faults(store: Store) -> list[str]:
    """Which holds differ from the log, in words; one placed between two queries differs only for a moment."""
    with store.reading() as connection:
        differing = list(unsaid_holds(connection, list(log.read(connection, unread=True))))
    if not differing:
        return []
    with store.transaction() as transaction:
        connection = transaction.connection
        return list(unsaid_holds(connection, list(log.read(connection, unread=True))))


def _differing(
    what: str,
    rows: Mapping[str, Mapping[str, Any]],
    told: Mapping[str, tuple[str, Details]],
    forgotten: bool,
) -> Iterator[str]:
    for key, row in rows.items():
        if key not in told and not forgotten:
            yield f"{what} {key} stands in no event"
        elif key in told and any(told[key][1].get(field, value) != value for field, value in row.items()):
            yield f"{what} {key} is not what the log says"
    for key, (kind, _) in told.items():
        if key not in rows and kind != _TAKEN_BACK:
            yield f"{what} {key} is gone"


def _newest(entries: Sequence[ChainedEvent], name: str) -> dict[str, tuple[str, Details]]:
    """The kind and details of the newest event about each thing that ``name`` names."""
    return {
        str(entry.event.details[name]): (entry.event.kind, entry.event.details)
        for entry in entries
        if not entry.forgotten and name in entry.event.details
    }


def _holds(connection: Connection) -> dict[str, dict[str, Any]]:
    rows = connection.execute(select(schema.holds)).all()
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        found[row.hold_id] = {RECORD: digest_of_row(row._asdict())}
        try:
            document = json.loads(row.document)
            found[row.hold_id] |= {name: document[name] for name in ("kind", "matter")}
            found[row.hold_id]["role"] = document["issuer_role"]
        except (ValueError, TypeError, KeyError):
            found[row.hold_id] |= {"kind": None, "matter": None}
    return found


def _judgements(connection: Connection) -> dict[str, dict[str, Any]]:
    found = {}
    for row in connection.execute(select(schema.judgements)):
        said = {RECORD: digest_of_row(row._asdict()), "by": row.by, "role": row.role, "reason": row.reason}
        found[judgement_from(row).judgement_id] = said
    return found
