"""The holding that a person names: by its path as the tables write it, with its source where two share the path."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, select

from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.places import ORDER, PLACE, PLACES, path_of
from pdpo_audit.catalogue.store import Store


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
    """Every present holding that ``name`` may mean: ``path`` or ``source:path``; bytes not UTF-8 as ``%XX``."""
    found = _at(store, name)
    source, colon, path = name.partition(":")
    if colon:
        found += [one for one in _at(store, path) if one.source == source]
    return found


def holdings_of_content(store: Store, digest: bytes) -> list[NamedHolding]:
    """Every present holding of the content with this digest, in the order of places."""
    return _select(store, schema.contents.c.digest == digest)


def _at(store: Store, path: str) -> list[NamedHolding]:
    outer, mark, member = path.rpartition("!/")
    if not mark:
        outer, member = path, ""
    raw = os.fsencode(outer)
    unescaped = re.sub(rb"%([89A-F][0-9A-F])", lambda match: bytes.fromhex(match[1].decode()), raw)
    found = []
    for locator in dict.fromkeys((raw, unescaped)):
        folder, _, name = locator.rpartition(b"/")
        where = (schema.folders.c.path == folder) & (schema.holdings.c.name == name)
        found += [one for one in _select(store, where & (schema.holdings.c.member == member)) if one.path == path]
    return found


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
