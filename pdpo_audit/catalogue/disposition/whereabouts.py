"""What an act means for the record of a copy: it is gone from its place, or back at it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select, update

from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.disposition.plans import WAITING
from pdpo_audit.catalogue.places import index_key
from pdpo_audit.catalogue.store import Store, Transaction
from pdpo_audit.model.disposition.writing import read_item
from pdpo_audit.model.locations.printed import read_place
from pdpo_audit.model.locations.roots import NOT_REACHED

_HELD, _FOLDERS, _SOURCES, _ITEMS = schema.holdings, schema.folders, schema.sources, schema.disposal_items


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Where a copy waits: the plan, its place in the quarantine (printed, inside its source), the last day there.

    ``frozen`` says why it does not end (``Detail``), empty where nothing stands against it.
    """

    plan_id: str
    place: str
    ends_on: str
    frozen: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingCopies:
    """How many copies of one plan wait until the same last day, and how many of them are frozen."""

    plan_id: str
    ends_on: str
    copies: int
    frozen: int


def waiting_copies(connection: Connection) -> dict[tuple[str, str], Waiting]:
    """Every copy that waits in a quarantine, by its source and printed place: it is still held."""
    query = select(_ITEMS.c.plan_id, _ITEMS.c.line, _ITEMS.c.detail, _ITEMS.c.result)
    found: dict[tuple[str, str], Waiting] = {}
    for row in connection.execute(query.where(_ITEMS.c.state.in_(WAITING))):
        item, result = read_item(row.line), json.loads(row.result)
        found[item.source, item.path] = Waiting(
            plan_id=row.plan_id, place=result["place"], ends_on=result["ends_on"], frozen=row.detail
        )
    return found


def count_waiting(store: Store) -> list[WaitingCopies]:
    """What waits in quarantines, by plan and last day, the earliest first."""
    query = select(_ITEMS.c.plan_id, _ITEMS.c.ends_on, _ITEMS.c.detail).where(_ITEMS.c.state.in_(WAITING))
    with store.reading() as connection:
        rows = connection.execute(query).all()
    copies = Counter((row.ends_on, row.plan_id) for row in rows)
    frozen = Counter((row.ends_on, row.plan_id) for row in rows if row.detail)
    return [
        WaitingCopies(plan_id=plan, ends_on=day, copies=number, frozen=frozen[day, plan])
        for (day, plan), number in sorted(copies.items())
    ]


def mark_gone(transaction: Transaction, source: str, path: str, on: str) -> None:
    """The copy at a place is not held there any more, by our own act on this day."""
    _mark(transaction, source, path, on)


def mark_held(transaction: Transaction, source: str, path: str) -> None:
    """The copy is back at its place."""
    _mark(transaction, source, path, "")


def waiting_files(store: Store, source: str) -> set[bytes]:
    """The locators in a source whose copies wait in a quarantine: no scan sees them, and they are held."""
    query = select(_ITEMS.c.line).where(_ITEMS.c.state.in_(WAITING))
    with store.reading() as connection:
        items = [read_item(row.line) for row in connection.execute(query)]
    return {
        read_place(path)[0]
        for item in items
        if item.source == source
        for path in (item.path, *(one.path for one in item.companions))
    }


def held_there(store: Store, places: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those of some places (source, printed path) at which a copy is held, or at which nobody could look."""
    found = set()
    with store.reading() as connection:
        for source, path in places:
            locator, member = read_place(path)
            folder, _, name = locator.rpartition(b"/")
            query = (
                select(_HELD.c.id)
                .join(_FOLDERS, _FOLDERS.c.id == _HELD.c.folder_id)
                .join(_SOURCES, _SOURCES.c.id == _FOLDERS.c.source_id)
                .where(_SOURCES.c.name == source, _FOLDERS.c.key == index_key(folder))
                .where(_HELD.c.name == name, _HELD.c.member == member)
                .where(_HELD.c.vanished_on.in_(["", NOT_REACHED]))
                .limit(1)
            )
            if connection.execute(query).first() is not None:
                found.add((source, path))
    return found


def _mark(transaction: Transaction, source: str, path: str, vanished_on: str) -> None:
    folder, _, name = read_place(path)[0].rpartition(b"/")
    found = (
        select(_FOLDERS.c.id)
        .join(_SOURCES, _SOURCES.c.id == _FOLDERS.c.source_id)
        .where(_SOURCES.c.name == source, _FOLDERS.c.key == index_key(folder))
        .scalar_subquery()
    )
    transaction.note_change()
    transaction.connection.execute(
        update(_HELD).where(_HELD.c.folder_id == found, _HELD.c.name == name).values(vanished_on=vanished_on)
    )
