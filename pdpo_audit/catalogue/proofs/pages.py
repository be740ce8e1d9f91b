"""Whether what people did on the review pages is what the log says: decisions, second looks, sign-offs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.proofs.told import differing, differs, in_order, newest
from pdpo_audit.model.events import DECIDED, TAKEN_BACK, ChainedEvent

_DECISION = ("decision", "reason", "decided_by", "role", "decided_on")
#: A sign-off's columns as its event names them.
_SIGNED = ("subject", "named", "digest", "findings", "role", "decision", "remark")


def unsaid_on_pages(connection: Connection, entries: Sequence[ChainedEvent]) -> Iterator[str]:
    """What differs from the log, in words."""
    forgotten = any(entry.forgotten for entry in entries)
    yield from _decisions(connection, entries, forgotten=forgotten)
    looks = connection.execute(select(schema.second_looks).where(schema.second_looks.c.read_at != ""))
    read = {
        str(row.id): {"by": row.read_by, "role": row.role, "choice": row.choice, "reason": row.reason} for row in looks
    }
    yield from differing("second look", read, newest(entries, "look"), ended="", forgotten=forgotten)
    signed = connection.execute(select(schema.page_sign_offs).order_by(schema.page_sign_offs.c.id))
    said = [{**{name: row._mapping[name] for name in _SIGNED}, "by": row.said_by} for row in signed]
    yield from in_order("sign-offs on the pages", said, entries, "signed off on the pages")


def _decisions(connection: Connection, entries: Sequence[ChainedEvent], *, forgotten: bool) -> Iterator[str]:
    """Every decision of the pages has its event, and every one that was taken back a second."""
    made, ended = {}, set()
    for entry in entries:
        details = entry.event.details
        if entry.event.kind == DECIDED and "batch" in details:
            made[str(details["batch"]), str(details["finding_id"])] = details
        elif entry.event.kind == TAKEN_BACK and not entry.forgotten:
            ended.add((str(details["finding_id"]), str(details["taken_back_by"]), entry.event.at))
    kept: dict[tuple[str, str], Row[Any]] = {
        (row.batch, row.finding_id): row for row in connection.execute(select(schema.decisions))
    }
    for key, row in kept.items():
        name = f"the decision {key[0]} on finding {key[1]}"
        if key not in made and not forgotten:
            yield f"{name} stands in no event"
        elif key in made and differs({column: row._mapping[column] for column in _DECISION}, made[key]):
            yield f"{name} is not what the log says"
        if row.taken_back_at and not forgotten and (key[1], row.taken_back_by, row.taken_back_at) not in ended:
            yield f"{name} was not taken back"
    over = {(row.finding_id, row.taken_back_by, row.taken_back_at) for row in kept.values() if row.taken_back_at}
    yield from (f"the decision {batch} on finding {one} is gone" for batch, one in made if (batch, one) not in kept)
    yield from (f"a decision on finding {finding} stands and was taken back" for finding, _, _ in ended - over)
