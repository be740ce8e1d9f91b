"""What the stages read: contents and holdings that are there today, in the order of their ids."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Row, Select, func, select

from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.stated.documents import stated_document
from pdpo_audit.catalogue.store import Store
from pdpo_audit.model.clusters import Relation
from pdpo_audit.model.locations.holdings import FileStat, ImageRef, locate


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedContent:
    """A present holding of a content: enough to choose among copies and to open the file."""

    holding: int
    content: int
    ref: ImageRef
    stat: FileStat
    first_seen: str
    #: What its sidecars say, as stored (``stated.documents``); empty where it has none.
    beside: str = ""

    @property
    def modified_ns(self) -> int:
        """When the file was last written."""
        return self.stat.modified_ns


def placed_contents(store: Store) -> Iterator[PlacedContent]:
    """Every present holding that has a content, by holding id."""
    query = _placed().order_by(schema.holdings.c.id)
    with store.reading() as connection:
        for row in connection.execute(query, execution_options={"yield_per": 10_000}):
            yield _place(row)


def some_places(store: Store, contents: Sequence[int], *, most: int = 8) -> dict[int, list[PlacedContent]]:
    """Present holdings of each content, those recorded first, at most so many: where to look when it is read again."""
    found: dict[int, list[PlacedContent]] = {}
    with store.reading() as connection:
        for start in range(0, len(contents), 500):
            part = list(contents[start : start + 500])
            query = _placed().where(schema.holdings.c.content_id.in_(part)).order_by(schema.holdings.c.id)
            for row in connection.execute(query):
                held = found.setdefault(row.content_id, [])
                if len(held) < most:
                    held.append(_place(row))
    return found


def digests_of(store: Store, contents: Sequence[int]) -> dict[int, bytes]:
    """The SHA-256 of the file of each content."""
    table = schema.contents
    found: dict[int, bytes] = {}
    with store.reading() as connection:
        for start in range(0, len(contents), 500):
            part = list(contents[start : start + 500])
            query = select(table.c.id, table.c.sha256).where(table.c.id.in_(part))
            found |= {row.id: bytes(row.sha256) for row in connection.execute(query)}
    return found


def places_of(store: Store, contents: Sequence[int]) -> list[PlacedContent]:
    """Every present holding of some contents, by source and path."""
    with store.reading() as connection:
        rows = connection.execute(_placed().where(schema.holdings.c.content_id.in_(list(contents)))).all()
    return sorted((_place(row) for row in rows), key=lambda place: place.ref)


def master_place(store: Store, cluster_id: str) -> PlacedContent | None:
    """The holding that is a duplicate cluster's master, ``None`` where it is not there any more."""
    master = select(schema.clusters.c.master_id).where(schema.clusters.c.id == cluster_id).scalar_subquery()
    with store.reading() as connection:
        row = connection.execute(_placed().where(schema.holdings.c.id == master)).first()
    return None if row is None else _place(row)


def contents_of_digest(store: Store, sha256: bytes) -> list[int]:
    """The contents in files with this digest."""
    table = schema.contents
    with store.reading() as connection:
        return list(
            connection.execute(select(table.c.id).where(table.c.sha256 == sha256).order_by(table.c.id)).scalars()
        )


def perceptual_hashes(store: Store) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Ids of all fingerprinted contents (n), and their perceptual hashes (n x 32)."""
    table = schema.fingerprints
    with store.reading() as connection:
        rows = connection.execute(select(table.c.content_id, table.c.perceptual).order_by(table.c.content_id)).all()
    hashes = np.frombuffer(b"".join(row[1] for row in rows), np.uint8).reshape(-1, 32)
    return np.array([row[0] for row in rows], np.int64), hashes


def region_shards(store: Store) -> Iterator[tuple[int, bytes]]:
    """The packed regions of every master, and of every content that is in no duplicate cluster."""
    prints, mates, held, clusters = schema.fingerprints, schema.cluster_contents, schema.holdings, schema.clusters
    masters = select(held.c.content_id).select_from(clusters.join(held, held.c.id == clusters.c.master_id))
    query = select(prints.c.content_id, prints.c.regions).where(
        prints.c.content_id.in_(masters) | prints.c.content_id.not_in(select(mates.c.content_id))
    )
    with store.reading() as connection:
        for row in connection.execute(query, execution_options={"yield_per": 5_000}):
            yield row[0], row[1]


def cluster_mates(store: Store, contents: Sequence[int]) -> list[tuple[int, Relation, float]]:
    """The members of every duplicate cluster that holds one of ``contents``, with their relation to its master."""
    table = schema.cluster_contents
    clusters = select(table.c.cluster_id).where(table.c.content_id.in_(list(contents)))
    query = select(table.c.content_id, table.c.relation, table.c.similarity).where(table.c.cluster_id.in_(clusters))
    with store.reading() as connection:
        return [(row[0], Relation(row[1]), row[2]) for row in connection.execute(query.order_by(table.c.content_id))]


def content_rows(store: Store, contents: Sequence[int] | None = None) -> Iterator[Row[Any]]:
    """Contents with their matching columns, by id; the columns of the fingerprint are NULL where there is none."""
    table, prints = schema.contents, schema.fingerprints
    query = (
        select(
            table,
            prints.c.method,
            prints.c.perceptual,
            prints.c.texture,
            prints.c.quality,
            prints.c.detail.label("fine_detail"),
            (func.length(prints.c.keypoints) > 0).label("written"),
        )
        .select_from(table.outerjoin(prints, prints.c.content_id == table.c.id))
        .order_by(table.c.id)
    )
    with store.reading() as connection:
        if contents is None:
            yield from connection.execute(query, execution_options={"yield_per": 10_000})
            return
        for start in range(0, len(contents), 500):
            yield from connection.execute(query.where(table.c.id.in_(list(contents[start : start + 500]))))


def metadata_rows(store: Store) -> Iterator[tuple[PlacedContent, str, str]]:
    """Every present holding with a content: its place, what it and its sidecars say, its duplicate cluster if any."""
    held, contents, mates = schema.holdings, schema.contents, schema.cluster_contents
    query = (
        _placed()
        .add_columns(contents.c.metadata, mates.c.cluster_id)
        .join(contents, contents.c.id == held.c.content_id)
        .outerjoin(mates, mates.c.content_id == held.c.content_id)
        .order_by(held.c.id)
    )
    with store.reading() as connection:
        for row in connection.execute(query, execution_options={"yield_per": 10_000}):
            yield _place(row), stated_document(row.metadata, row.beside), row.cluster_id or ""


def unexamined(store: Store) -> int:
    """Present holdings of images without a fingerprint: no search by picture can find them by their looks."""
    held, prints = schema.holdings, schema.fingerprints
    without = held.outerjoin(prints, prints.c.content_id == held.c.content_id)
    missing = (held.c.vanished_on == "") & (held.c.image == 1) & prints.c.content_id.is_(None)
    with store.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(without).where(missing)).scalar() or 0)


def _placed() -> Select[Any]:
    held, folders, sources = schema.holdings, schema.folders, schema.sources
    return (
        select(
            held.c.id,
            held.c.content_id,
            held.c.name,
            held.c.member,
            held.c.size,
            held.c.modified_ns,
            held.c.inode,
            held.c.first_seen,
            held.c.beside,
            folders.c.path,
            sources.c.name.label("source"),
        )
        .select_from(
            held.join(folders, folders.c.id == held.c.folder_id).join(sources, sources.c.id == folders.c.source_id)
        )
        .where(held.c.vanished_on == "", held.c.content_id.is_not(None))
    )


def _place(row: Row[Any]) -> PlacedContent:
    return PlacedContent(
        holding=row.id,
        content=row.content_id,
        ref=ImageRef(source=row.source, locator=locate(row.path, row.name), member=row.member),
        stat=FileStat(size=row.size, modified_ns=row.modified_ns, inode=row.inode),
        first_seen=row.first_seen,
        beside=row.beside,
    )
