"""Metadata of copies that are kept with their master, and the copies below a folder in which masters should lie."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, insert, select, update

from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.places import ORDER, PLACE, PLACES
from pdpo_audit.catalogue.sayings.rows import digest_of_table
from pdpo_audit.catalogue.store import Store, Transaction
from pdpo_audit.model.judgements import JudgementKind
from pdpo_audit.model.locations.printed import read_printed

_KEPT, _HELD, _CONTENTS = schema.kept_metadata, schema.holdings, schema.contents
_MEMBERS, _CLUSTERS, _JUDGED = schema.cluster_contents, schema.clusters, schema.judgements
_PART = 500


def keep_metadata(transaction: Transaction, digest: bytes, values: Mapping[str, Sequence[str]], **said: str) -> None:
    """Keep values of metadata with the content of a master: field to texts."""
    document = json.dumps(dict(values), ensure_ascii=False, sort_keys=True)
    row = {"digest": digest, "document": document, **said, "taken_back_by": "", "taken_back_at": ""}
    transaction.connection.execute(insert(_KEPT).values(row))


def kept_with(store: Store, digests: Sequence[bytes] | None = None) -> list[Row[Any]]:
    """What is kept and stands, of some contents or of all, the oldest first."""
    query = select(_KEPT).where(_KEPT.c.taken_back_at == "").order_by(_KEPT.c.id)
    if digests is not None:
        query = query.where(_KEPT.c.digest.in_(list(digests)))
    with store.reading() as connection:
        return list(connection.execute(query).all())


def let_go(transaction: Transaction, number: int, *, by: str, at: str) -> bool:
    """Take back that metadata are kept; whether they were."""
    mine = (_KEPT.c.id == number) & (_KEPT.c.taken_back_at == "")
    values = {"taken_back_by": by, "taken_back_at": at}
    return bool(transaction.connection.execute(update(_KEPT).where(mine).values(values)).rowcount)


def digest_of_kept(transaction: Transaction) -> str:
    """SHA-256 (hex) of everything that is or was kept, for the events that tell of it."""
    return digest_of_table(transaction.connection, _KEPT)


def copies_under(store: Store, source: str, folder: str) -> list[Row[Any]]:
    """The present members of duplicate clusters below a folder of a source (as places are printed), in their order.

    Each with its content, its relation to the master, and the master of its cluster.
    """
    below = read_printed(folder.strip("/"))
    inside = schema.folders.c.path
    where = [schema.sources.c.name == source, _HELD.c.vanished_on == "", _HELD.c.member == ""]
    if below:
        where.append((inside == below) | ((inside >= below + b"/") & (inside < below + b"0")))  # "0" follows "/"
    query = (
        select(
            *PLACE, _HELD.c.id, _HELD.c.content_id, _CONTENTS.c.digest, _CONTENTS.c.width, _CONTENTS.c.height,
            _MEMBERS.c.cluster_id, _MEMBERS.c.relation, _CLUSTERS.c.master_id,
        )
        .select_from(
            PLACES.join(_CONTENTS, _CONTENTS.c.id == _HELD.c.content_id)
            .join(_MEMBERS, _MEMBERS.c.content_id == _HELD.c.content_id)
            .join(_CLUSTERS, _CLUSTERS.c.id == _MEMBERS.c.cluster_id)
        )
        .where(*where)
        .order_by(*ORDER)
    )  # fmt: skip
    with store.reading() as connection:
        rows: Any = connection.execute(query).all()
    return list(rows)


def clusters_judged(store: Store) -> set[str]:
    """The duplicate clusters of which somebody confirmed a master."""
    query = (
        select(_MEMBERS.c.cluster_id)
        .distinct()
        .select_from(
            _JUDGED.join(_CONTENTS, _CONTENTS.c.digest == _JUDGED.c.left).join(
                _MEMBERS, _MEMBERS.c.content_id == _CONTENTS.c.id
            )
        )
        .where(_JUDGED.c.kind == JudgementKind.MASTER.value)
    )
    with store.reading() as connection:
        return set(connection.execute(query).scalars())


def places_of_holdings(store: Store, holdings: Sequence[int]) -> dict[int, Row[Any]]:
    """Where some holdings lie."""
    found: dict[int, Row[Any]] = {}
    with store.reading() as connection:
        for start in range(0, len(holdings), _PART):
            query = select(*PLACE, _HELD.c.id, _HELD.c.content_id).select_from(PLACES)
            part = _HELD.c.id.in_(list(holdings[start : start + _PART]))
            found |= {row.id: row for row in connection.execute(query.where(part))}
    return found
