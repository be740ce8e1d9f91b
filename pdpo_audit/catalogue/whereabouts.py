"""What the catalogue knows of sources, folders and files, and how a scan brings that up to date."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import delete, insert, select, update

from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.places import index_key
from pdpo_audit.catalogue.store import Store, Transaction
from pdpo_audit.model.locations.changes import KnownFolder, Move
from pdpo_audit.model.locations.holdings import Entry, Skipped, SkipReason
from pdpo_audit.model.locations.roots import NOT_REACHED

#: The catalogue's key for what the settings let in of a source when it was last read.
_CHOICE = "let in of {}"


def open_source(transaction: Transaction, name: str) -> int:
    """The id of the source called ``name``, made on first use."""
    connection = transaction.connection
    found = connection.execute(select(schema.sources.c.id).where(schema.sources.c.name == name)).scalar()
    if found is not None:
        return int(found)
    return int(connection.execute(insert(schema.sources).values(name=name).returning(schema.sources.c.id)).scalar_one())


def find_source(store: Store, name: str) -> int | None:
    """The id of the source called ``name``; ``None`` where it was never opened."""
    with store.reading() as connection:
        return connection.execute(select(schema.sources.c.id).where(schema.sources.c.name == name)).scalar()


def was_scanned(store: Store, name: str) -> bool:
    """Whether anything is known of the source called ``name``."""
    query = select(schema.folders.c.id).join(schema.sources).where(schema.sources.c.name == name).limit(1)
    with store.reading() as connection:
        return connection.execute(query).first() is not None


def known_folders(store: Store, source_id: int) -> dict[bytes, KnownFolder]:
    """Every folder known of a source, by path."""
    table = schema.folders
    with store.reading() as connection:
        rows = connection.execute(
            select(table.c.id, table.c.path, table.c.listing).where(table.c.source_id == source_id)
        )
        return {row.path: KnownFolder(folder_id=row.id, listing=row.listing or b"") for row in rows}


def known_entries(store: Store, folder_id: int) -> dict[bytes, Entry]:
    """The files that a folder held when it was last recorded, by name."""
    table = schema.holdings
    with store.reading() as connection:
        rows = connection.execute(
            select(table.c.name, table.c.size, table.c.modified_ns, table.c.inode).where(
                table.c.folder_id == folder_id, table.c.vanished_on.in_(["", NOT_REACHED])
            )
        )
        return {row.name: (row.name, row.size, row.modified_ns, row.inode) for row in rows}


def files_with_members(store: Store, source_id: int) -> list[tuple[int, bytes, Entry]]:
    """Files that hold several pictures, were not opened, or of which nothing was let in: folder id, folder, entry."""
    held, folders = schema.holdings, schema.folders
    query = (
        select(held.c.folder_id, folders.c.path, held.c.name, held.c.size, held.c.modified_ns, held.c.inode)
        .join(folders, folders.c.id == held.c.folder_id)
        .where(
            folders.c.source_id == source_id,
            held.c.vanished_on == "",
            (held.c.member != "")
            | (held.c.content_id.is_(None) & held.c.reason.in_(["", SkipReason.CONTAINER_NOT_OPENED.value])),
        )
        .distinct()
    )
    with store.reading() as connection:
        return [
            (row.folder_id, row.path, (row.name, row.size, row.modified_ns, row.inode))
            for row in connection.execute(query)
        ]


def recall_choice(store: Store, source: str) -> str:
    """What the settings let in of a source when it was last read; empty where that was not noted."""
    return store.recall(_CHOICE.format(source))


def remember_choice(transaction: Transaction, source: str, choice: str) -> None:
    """Everything that the settings let in of the source is read."""
    transaction.remember(_CHOICE.format(source), choice)


def add_folders(transaction: Transaction, source_id: int, paths: Sequence[bytes]) -> dict[bytes, int]:
    """Record new folders, with their work pending; their ids by path."""
    table = schema.folders
    connection = transaction.connection
    if paths:
        connection.execute(
            insert(table),
            [{"source_id": source_id, "path": path, "key": index_key(path), "listing": None} for path in paths],
        )
    rows = connection.execute(select(table.c.id, table.c.path).where(table.c.source_id == source_id))
    return {row.path: row.id for row in rows}


def reopen_folders(transaction: Transaction, folder_ids: Sequence[int]) -> None:
    """Mark the work on these folders as pending again."""
    for start in range(0, len(folder_ids), 500):
        part = folder_ids[start : start + 500]
        transaction.connection.execute(update(schema.folders).where(schema.folders.c.id.in_(part)).values(listing=None))


def close_folders(transaction: Transaction, listings: Iterable[tuple[int, bytes]]) -> None:
    """Everything in these folders is recorded: remember the digests of their listings."""
    table = schema.folders
    for folder_id, listing in listings:
        transaction.connection.execute(update(table).where(table.c.id == folder_id).values(listing=listing))


def move_holdings(transaction: Transaction, moves: Iterable[tuple[Move, int, int]]) -> None:
    """Files that moved keep their records; each move comes with the ids of its old and new folder."""
    table = schema.holdings
    for move, old_folder, new_folder in moves:
        transaction.connection.execute(
            delete(table).where(table.c.folder_id == new_folder, table.c.name == move.new_name)
        )
        transaction.connection.execute(
            update(table)
            .where(table.c.folder_id == old_folder, table.c.name == move.old_name)
            .values(folder_id=new_folder, name=move.new_name)
        )


def mark_vanished(transaction: Transaction, places: Iterable[tuple[int, bytes]], on: str) -> None:
    """Files (folder id, name) that are no longer there; their history stays."""
    table = schema.holdings
    for folder_id, name in places:
        transaction.connection.execute(
            update(table).where(table.c.folder_id == folder_id, table.c.name == name).values(vanished_on=on)
        )


def replace_passed_over(transaction: Transaction, source_id: int, skipped: Iterable[Skipped]) -> None:
    """What was seen in a source and is no regular file, in place of what the last scan saw."""
    table = schema.passed_over
    transaction.connection.execute(delete(table).where(table.c.source_id == source_id))
    rows = [
        {
            "source_id": source_id, "key": index_key(one.ref.locator), "path": one.ref.locator,
            "reason": one.reason.value, "detail": one.detail,
        }
        for one in skipped
    ]  # fmt: skip
    if rows:
        transaction.connection.execute(insert(table), rows)
