"""The holding that a person names: by its path as the tables write it, with its source where two share the path."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, select

from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.places import ORDER, PLACE, PLACES, index_key, path_of
from pdpo_audit.catalogue.store import Store
from pdpo_audit.model.locations.printed import INSIDE, former, read_place, read_printed


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedHolding:
    """A present holding with its content's digest; ``cluster_id`` is empty where it is held once."""

    holding: int
    content: int
    digest: bytes
    source: str
    path: str
    cluster_id: str
    is_master: bool
    confirmed_by: str


def holdings_named(store: Store, name: str) -> list[NamedHolding]:
    """Every present holding that ``name`` may mean: ``path`` or ``source:path``, as places are printed.

    Where none is called so, the spelling of versions before 2 counts, which is also how a shell shows the name.
    """
    source, colon, path = name.partition(":")
    named = [(one, "") for one in _at(store, name)] + [(one, source) for one in (_at(store, path) if colon else [])]
    found = [one for one, of in named if of in ("", one.source)]
    exact = [one for one in found if one.path in (name, path)]
    return exact or found


def holdings_of_content(store: Store, digest: bytes) -> list[NamedHolding]:
    """Every present holding of the content with this digest, in the order of places."""
    return _select(store, schema.contents.c.digest == digest)


def _at(store: Store, path: str) -> list[NamedHolding]:
    """The holdings at a place as it is printed, or as others show it: with plain ``%`` and ``!/``."""
    outer, _, member = path.partition(INSIDE)
    last, _, inner = path.rpartition(INSIDE)
    read = {read_place(path), (outer.encode("utf-8", "surrogateescape"), member), (read_printed(last), inner)}
    read |= {(read_printed(path), ""), (path.encode("utf-8", "surrogateescape"), "")}
    found = []
    for locator, within in sorted(read):
        folder, _, name = locator.rpartition(b"/")
        where = schema.holdings.c.folder_id.in_(_folders(store, folder)) & (schema.holdings.c.name == name)
        found += [
            one
            for one in _select(store, where & (schema.holdings.c.member == within))
            if path in (one.path, former(one.path))
        ]
    return found


def _folders(store: Store, path: bytes) -> list[int]:
    """The folder of this path in each source that has one: by source first, as their index is laid out."""
    table = schema.folders
    with store.reading() as connection:
        sources = list(connection.execute(select(schema.sources.c.id)).scalars())
        query = select(table.c.id).where(table.c.source_id.in_(sources), table.c.key == index_key(path))
        return list(connection.execute(query).scalars())


def _select(store: Store, where: ColumnElement[bool]) -> list[NamedHolding]:
    held, contents = schema.holdings, schema.contents
    mates, clusters = schema.cluster_contents, schema.clusters
    query: Select[Any] = (
        select(
            *PLACE, held.c.id, held.c.content_id, contents.c.digest, clusters.c.id.label("cluster_id"),
            clusters.c.master_id, clusters.c.confirmed_by,
        )
        .select_from(
            PLACES.join(contents, contents.c.id == held.c.content_id)
            .outerjoin(mates, mates.c.content_id == held.c.content_id)
            .outerjoin(clusters, clusters.c.id == mates.c.cluster_id)
        )
        .where(held.c.vanished_on == "", where)
        .order_by(*ORDER)
    )  # fmt: skip
    with store.reading() as connection:
        return [
            NamedHolding(
                holding=row.id,
                content=row.content_id,
                digest=row.digest,
                source=row.source,
                path=path_of(row),
                cluster_id=row.cluster_id or "",
                is_master=row.master_id == row.id,
                confirmed_by=row.confirmed_by or "",
            )
            for row in connection.execute(query)
        ]
