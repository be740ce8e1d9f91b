"""Verified pairs, rejections and duplicate clusters in the catalogue."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, delete, select, update

from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.store import Store, Transaction
from pdpo_audit.model.clusters import Member, Relation, Verdict, VerifiedPair
from pdpo_audit.model.judgements import JudgementKind


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCluster:
    """A duplicate cluster as recorded: ``master_id`` is a holding; ``members`` relate contents to the master's."""

    cluster_id: str
    master_id: int
    master_reason: str
    first_found: str
    confirmed_by: str = ""
    members: tuple[Member, ...] = field(default=())


def record_pairs(transaction: Transaction, pairs: Iterable[VerifiedPair], method: str) -> None:
    """Record what verification said of pairs."""
    rows = [
        {
            "left_id": pair.left, "right_id": pair.right, "method": method, "verdict": pair.verdict.value,
            "relation": pair.relation or "", "reverse": pair.reverse or "", "similarity": pair.similarity,
            "evidence": json.dumps(pair.evidence, sort_keys=True),
        }
        for pair in pairs
    ]  # fmt: skip
    transaction.upsert(schema.pairs, rows, ["left_id", "right_id"])


def forget_pairs(transaction: Transaction, pairs: Iterable[VerifiedPair]) -> None:
    """Forget what was said of pairs: they are compared anew."""
    table = schema.pairs
    statement = delete(table).where(table.c.left_id == bindparam("left"), table.c.right_id == bindparam("right"))
    rows = [{"left": pair.left, "right": pair.right} for pair in pairs]
    if rows:
        transaction.connection.execute(statement, rows)


def load_pairs(store: Store, method: str) -> dict[tuple[int, int], VerifiedPair]:
    """Every pair verified with ``method``, by (left, right)."""
    with store.reading() as connection:
        rows = connection.execute(select(schema.pairs).where(schema.pairs.c.method == method)).all()
    return {
        (row.left_id, row.right_id): VerifiedPair(
            left=row.left_id,
            right=row.right_id,
            verdict=Verdict(row.verdict),
            relation=Relation(row.relation) if row.relation else None,
            reverse=Relation(row.reverse) if row.reverse else None,
            similarity=row.similarity,
            evidence=json.loads(row.evidence),
        )
        for row in rows
    }


def load_rejections(store: Store) -> set[tuple[int, int]]:
    """Pairs of contents that a person rejected as duplicates, smaller id first."""
    left, right = schema.contents.alias(), schema.contents.alias()
    table = schema.judgements
    with store.reading() as connection:
        rows = connection.execute(
            select(left.c.id, right.c.id)
            .select_from(table.join(left, left.c.digest == table.c.left).join(right, right.c.digest == table.c.right))
            .where(table.c.kind == JudgementKind.REJECTED.value)
        )
        return {(min(pair), max(pair)) for pair in rows}


def load_clusters(store: Store) -> list[StoredCluster]:
    """The duplicate clusters in force, in the order of their ids."""
    with store.reading() as connection:
        members: dict[str, list[Member]] = {}
        for row in connection.execute(select(schema.cluster_contents).order_by(schema.cluster_contents.c.content_id)):
            members.setdefault(row.cluster_id, []).append(
                Member(
                    content=row.content_id,
                    relation=Relation(row.relation),
                    similarity=row.similarity,
                    evidence=json.loads(row.evidence),
                )
            )
        rows = connection.execute(select(schema.clusters).order_by(schema.clusters.c.id)).all()
    return [
        StoredCluster(
            cluster_id=row.id,
            master_id=row.master_id,
            master_reason=row.master_reason,
            first_found=row.first_found,
            confirmed_by=row.confirmed_by,
            members=tuple(members.get(row.id, ())),
        )
        for row in rows
    ]


def replace_clusters(transaction: Transaction, clusters: Sequence[StoredCluster]) -> None:
    """Put ``clusters`` in place of those in force; what stands is not written again."""
    born = [
        {
            "id": one.cluster_id, "master_id": one.master_id, "master_reason": one.master_reason,
            "confirmed_by": one.confirmed_by, "first_found": one.first_found,
        }
        for one in clusters
    ]  # fmt: skip
    members = [row for one in clusters for row in _member_rows(one)]
    changed, ended = transaction.differing(schema.clusters, born, "id")
    moved, left = transaction.differing(schema.cluster_contents, members, "content_id")
    # A cluster is there before a member of it, and ends when none is left.
    transaction.upsert(schema.clusters, changed, ["id"])
    transaction.drop(schema.cluster_contents, "content_id", left)
    transaction.upsert(schema.cluster_contents, moved, ["content_id"])
    transaction.drop(schema.clusters, "id", ended)


def master_of(store: Store, cluster_id: str) -> int:
    """The holding that is the master of a duplicate cluster; 0 where there is no such cluster."""
    query = select(schema.clusters.c.master_id).where(schema.clusters.c.id == cluster_id)
    with store.reading() as connection:
        return int(connection.execute(query).scalar() or 0)


def confirm_cluster(transaction: Transaction, cluster_id: str, by: str) -> None:
    """Note at once who confirmed the master of a cluster (nobody: the empty string)."""
    table = schema.clusters
    transaction.connection.execute(update(table).where(table.c.id == cluster_id).values(confirmed_by=by))


def _member_rows(cluster: StoredCluster) -> Iterable[dict[str, Any]]:
    for member in cluster.members:
        yield {
            "content_id": member.content, "cluster_id": cluster.cluster_id, "relation": member.relation.value,
            "similarity": member.similarity, "evidence": json.dumps(member.evidence, sort_keys=True),
        }  # fmt: skip
