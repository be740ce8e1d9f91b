"""What is remembered of each source's root, and which holdings nobody could look at."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator

from sqlalchemy import case, func, select, update

from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.store import Store, Transaction
from pdpo_audit.model.events import Details
from pdpo_audit.model.locations.roots import NOT_REACHED, Doubt, KnownRoot, NotReached, RootIdentity

#: Stands for a root whose identity no scan has asked for.
_NEVER_ASKED = RootIdentity(device=0, inode=0)


def load_root(store: Store, source_id: int) -> KnownRoot | None:
    """The root of a source as the last scan that reached it left it; ``None`` before the first."""
    table = schema.roots
    with store.reading() as connection:
        row = connection.execute(select(table).where(table.c.source_id == source_id)).first()
    if row is None:
        return None
    identity = RootIdentity(device=row.device, inode=row.inode, store=row.store, linked=bool(row.linked))
    asked = identity != _NEVER_ASKED
    return KnownRoot(identity=identity if asked else None, files=row.files, accepted=bool(row.accepted))


def count_files(store: Store, source_id: int) -> int:
    """How many files are known of a source, those that could not be looked at included."""
    held, folders = schema.holdings, schema.folders
    files = (
        select(held.c.folder_id, held.c.name)
        .join(folders, folders.c.id == held.c.folder_id)
        .where(folders.c.source_id == source_id, held.c.vanished_on.in_(["", NOT_REACHED]))
        .distinct()
        .subquery()
    )
    with store.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(files)).scalar_one())


def bytes_held(store: Store) -> dict[str, int]:
    """How many bytes the files of each source take, by its name, those that could not be looked at included; under two
    names they count once."""
    held, folders, sources = schema.holdings, schema.folders, schema.sources
    own = func.max(case((held.c.member == "", held.c.size)))
    files = (
        select(folders.c.source_id, func.coalesce(own, func.max(held.c.size)).label("size"))
        .join(folders, folders.c.id == held.c.folder_id)
        .where(held.c.vanished_on.in_(["", NOT_REACHED]), held.c.linked == 0)
        .group_by(folders.c.source_id, held.c.folder_id, held.c.name)
        .subquery()
    )
    query = select(sources.c.name, func.sum(files.c.size)).join(files, files.c.source_id == sources.c.id)
    with store.reading() as connection:
        return {name: int(size) for name, size in connection.execute(query.group_by(sources.c.name))}


def scans(store: Store) -> Iterator[tuple[str, Details]]:
    """When each scan was made (ISO 8601), and what it told unless that was forgotten; the newest first."""
    events, texts = schema.events, schema.event_texts
    query = (
        select(events.c.at, texts.c.details)
        .select_from(events.outerjoin(texts, texts.c.sequence == events.c.sequence))
        .where(events.c.kind == "scanned")
        .order_by(events.c.sequence.desc())
    )
    with store.reading() as connection:
        for at, told in connection.execute(query, execution_options={"yield_per": 100}):
            yield at, json.loads(told or "{}")


def record_root(transaction: Transaction, source_id: int, identity: RootIdentity, files: int) -> None:
    """The source was reached: this is its root, with so many files."""
    row = _row(source_id, identity, files) | {"doubt": "", "lost": 0, "since": "", "accepted": 0}
    transaction.upsert(schema.roots, [row], ["source_id"])


def accept_root(transaction: Transaction, source_id: int, identity: RootIdentity) -> None:
    """A person says that the source is as it should be: the next scan takes what it finds there as it is."""
    table = schema.roots
    accepted = {
        "device": identity.device,
        "inode": identity.inode,
        "store": identity.store,
        "linked": int(identity.linked),
    }
    transaction.connection.execute(update(table).where(table.c.source_id == source_id).values(**accepted, accepted=1))


def doubt_root(transaction: Transaction, source_id: int, found: NotReached, known: KnownRoot) -> str:
    """The source, or part of it, was not reached; the day on which that was first found."""
    table = schema.roots
    before = transaction.connection.execute(
        select(table.c.since).where(table.c.source_id == source_id, table.c.doubt != "")
    ).scalar()
    row = _row(source_id, known.identity, known.files)
    row |= {"doubt": found.doubt.value, "lost": found.lost, "since": before or found.since, "accepted": 0}
    transaction.upsert(table, [row], ["source_id"])
    return str(row["since"])


def _row(source_id: int, asked: RootIdentity | None, files: int) -> dict[str, int | str]:
    identity = asked or _NEVER_ASKED
    return {
        "source_id": source_id, "device": identity.device, "inode": identity.inode, "store": identity.store,
        "linked": int(identity.linked), "files": files,
    }  # fmt: skip


def not_reached(store: Store) -> list[NotReached]:
    """The sources that the last scan did not reach, or not wholly, by name."""
    table, sources = schema.roots, schema.sources
    query = select(sources.c.name, table).join(sources, sources.c.id == table.c.source_id).where(table.c.doubt != "")
    with store.reading() as connection:
        rows = connection.execute(query.order_by(sources.c.name)).all()
    return [
        NotReached(source=row.name, doubt=Doubt(row.doubt), files=row.files, lost=row.lost, since=row.since)
        for row in rows
    ]


def set_aside(transaction: Transaction, source_id: int, folder_ids: Collection[int] | None = None) -> None:
    """Holdings of a source (of some folders of it) are neither held nor gone: nobody could look. All others are held.

    Nothing is written where that was known.
    """
    held, folders = schema.holdings, schema.folders
    of_source = select(folders.c.id).where(folders.c.source_id == source_id)
    aside = set(transaction.connection.execute(
        select(held.c.folder_id).where(held.c.folder_id.in_(of_source), held.c.vanished_on == NOT_REACHED).distinct()
    ).scalars())  # fmt: skip
    wanted = set(transaction.connection.execute(of_source).scalars()) if folder_ids is None else set(folder_ids)
    changed = _write(transaction, wanted, "", NOT_REACHED) + _write(transaction, aside - wanted, NOT_REACHED, "")
    if changed:
        transaction.note_change()


def _write(transaction: Transaction, folder_ids: Iterable[int], before: str, after: str) -> int:
    held, changed, numbers = schema.holdings, 0, sorted(folder_ids)
    for start in range(0, len(numbers), 500):
        part = numbers[start : start + 500]
        changed += transaction.connection.execute(
            update(held).where(held.c.folder_id.in_(part), held.c.vanished_on == before).values(vanished_on=after)
        ).rowcount
    return changed
