"""What an act means for the record of a copy: it is gone from its place, or back at it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, update

from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.disposition.plans import WAITING
from pdpo_audit.catalogue.places import index_key
from pdpo_audit.catalogue.store import Store, Transaction
from pdpo_audit.model.disposition.writing import read_item
from pdpo_audit.model.locations.printed import read_place
from pdpo_audit.model.locations.roots import NOT_REACHED

_HELD, _FOLDERS, _SOURCES, _ITEMS = schema.holdings, schema.folders, schema.sources, schema.disposal_items


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
