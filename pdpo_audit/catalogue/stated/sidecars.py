"""Sidecars and the pictures beside them, folder by folder: what each said, and what is said of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Select, bindparam, select, update

from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.places import PLACE, PLACES, path_of
from pdpo_audit.catalogue.stated.documents import read_beside, read_metadata
from pdpo_audit.catalogue.store import Store, Transaction
from pdpo_audit.model.locations.holdings import Entry, ImageRef, SkipReason, locate
from pdpo_audit.model.pictures import Beside, Metadata

_HELD, _FOLDERS = schema.holdings, schema.folders
#: The catalogue's key for how the sidecars of a source were last read.
_METHOD = "sidecars read of {}"
_PLAIN = ("", SkipReason.OTHER_FILE.value, SkipReason.CONTAINER_NOT_OPENED.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class BesideFile:
    """A file of a folder: a sidecar (``said``), a picture with what is said of it (``beside``), or another one."""

    holding: int
    name: bytes
    ref: ImageRef
    image: bool
    reason: str
    detail: str
    said: str
    beside: str

    def told(self, reason: str, detail: str) -> BesideFile:
        """The same, listed with another reason."""
        return replace(self, reason=reason, detail=detail)

    def with_beside(self, beside: str) -> BesideFile:
        """The same, with something else said of it."""
        return replace(self, beside=beside)


def folders_with_sidecars(store: Store, folders: Sequence[int]) -> list[int]:
    """Those of some folders in which a sidecar stands, stood, or could not be read."""
    here = ((_HELD.c.said != "") | (_HELD.c.beside != "") | ((_HELD.c.image == 0) & _HELD.c.reason.not_in(_PLAIN))) & (
        _HELD.c.vanished_on == ""
    )
    found: set[int] = set()
    with store.reading() as connection:
        for start in range(0, len(folders), 500):
            part = folders[start : start + 500]
            query = select(_HELD.c.folder_id).where(_HELD.c.folder_id.in_(part), here).distinct()
            found |= set(connection.execute(query).scalars())
    return sorted(found)


def files_beside(store: Store, folder: int) -> list[BesideFile]:
    """The files of a folder that are there, by name; of one with several pictures its first stands for it."""
    query = (
        select(*PLACE, _HELD.c.id, _HELD.c.image, _HELD.c.reason, _HELD.c.detail, _HELD.c.said, _HELD.c.beside)
        .select_from(PLACES)
        .where(_HELD.c.folder_id == folder, _HELD.c.vanished_on == "", _HELD.c.member.in_(("", "page/1")))
        .order_by(_HELD.c.name)
    )
    with store.reading() as connection:
        return [
            BesideFile(
                holding=row.id,
                name=row.name,
                ref=ImageRef(source=row.source, locator=locate(row.folder, row.name), member=row.member),
                image=bool(row.image),
                reason=row.reason,
                detail=row.detail,
                said=row.said,
                beside=row.beside,
            )
            for row in connection.execute(query)
        ]


def replace_beside(transaction: Transaction, files: Sequence[BesideFile]) -> None:
    """Record how these files are listed, and what is said of them."""
    statement = (
        update(_HELD)
        .where(_HELD.c.id == bindparam("holding"))
        .values(reason=bindparam("why"), detail=bindparam("more"), beside=bindparam("told"))
    )
    rows = [{"holding": one.holding, "why": one.reason, "more": one.detail, "told": one.beside} for one in files]
    transaction.connection.execute(statement, rows)


def other_files(store: Store, source_id: int) -> Iterator[tuple[int, bytes, Entry]]:
    """Files of a source that are no pictures: folder id, folder, and the file's entry."""
    query = (
        select(_HELD.c.folder_id, _FOLDERS.c.path, _HELD.c.name, _HELD.c.size, _HELD.c.modified_ns, _HELD.c.inode)
        .join(_FOLDERS, _FOLDERS.c.id == _HELD.c.folder_id)
        .where(
            _FOLDERS.c.source_id == source_id,
            _HELD.c.vanished_on == "",
            _HELD.c.image == 0,
            _HELD.c.reason.in_((SkipReason.OTHER_FILE.value, SkipReason.SIDECAR.value)),
        )
    )
    with store.reading() as connection:
        for row in connection.execute(query, execution_options={"yield_per": 10_000}):
            yield row.folder_id, row.path, (row.name, row.size, row.modified_ns, row.inode)


@dataclass(frozen=True, slots=True, kw_only=True)
class Accompanied:
    """A picture with sidecars: its place as the tables write it, what it says itself, and what they say of it."""

    source: str
    path: str
    metadata: Metadata
    beside: tuple[Beside, ...]


def accompanied(store: Store) -> Iterator[Accompanied]:
    """Every present holding of a picture that has sidecars."""
    contents = schema.contents
    query: Select[Any] = (
        select(*PLACE, _HELD.c.beside, contents.c.metadata)
        .select_from(PLACES.join(contents, contents.c.id == _HELD.c.content_id))
        .where(_HELD.c.vanished_on == "", _HELD.c.beside != "")
        .order_by(_HELD.c.id)
    )
    with store.reading() as connection:
        for row in connection.execute(query, execution_options={"yield_per": 5_000}):
            yield Accompanied(
                source=row.source,
                path=path_of(row),
                metadata=read_metadata(row.metadata or "{}"),
                beside=read_beside(row.beside),
            )


def recall_method(store: Store, source: str) -> str:
    """By which method the sidecars of a source were read; empty where none was."""
    return store.recall(_METHOD.format(source))


def remember_method(transaction: Transaction, source: str, method: str) -> None:
    """Every sidecar of the source was read by this method."""
    transaction.remember(_METHOD.format(source), method)
