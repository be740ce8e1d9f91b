"""Beside stage 3: masters that a named person confirmed stay masters, whatever would be proposed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from pdpo_audit.catalogue.clusters import StoredCluster
from pdpo_audit.catalogue.queries.contents import PlacedContent
from pdpo_audit.catalogue.sayings.judgements import load_judgements
from pdpo_audit.model.clusters import Member, NamedBy, Relation, Verdict, VerifiedPair, as_seen_from, renamed
from pdpo_audit.model.judgements import Judgement, JudgementKind
from pdpo_audit.model.locations.holdings import ImageRef
from pdpo_audit.pipeline.work import Work

Pairs = dict[tuple[int, int], VerifiedPair]
Verify = Callable[[Mapping[tuple[int, int], int | None]], Iterable[VerifiedPair]]


def place_digest(ref: ImageRef) -> bytes:
    """What a confirmation remembers of the master's place: nothing that can be read back."""
    return hashlib.sha256(b"\0".join((ref.source.encode(), ref.locator, ref.member.encode()))).digest()


def keep_confirmed(
    work: Work,
    clusters: Sequence[StoredCluster],
    places: Mapping[int, list[PlacedContent]],
    digests: Mapping[int, bytes],
    known: Pairs,
    verify: Verify,
) -> list[StoredCluster]:
    """Put every confirmed picture at the head of its cluster; of several in one cluster the newest confirmation counts.

    The other members are related to it anew. One that does not show the same picture by direct comparison (a crop of
    another part) stays, as the cluster around the proposed master says, and counts as ``edited``.
    """
    confirmed = {one.left: one for one in load_judgements(work.store, JudgementKind.MASTER)}
    if not confirmed:
        return list(clusters)
    heads: dict[str, tuple[int, Judgement]] = {}
    for cluster in clusters:
        named = [(digests[m.content], m.content) for m in cluster.members if digests[m.content] in confirmed]
        if named:
            digest, content = max(named, key=lambda one: (confirmed[one[0]].at, one[0]))
            heads[cluster.cluster_id] = (content, confirmed[digest])
    pairs = _compared(clusters, heads, known, verify)
    return [_headed(one, *heads[one.cluster_id], places, pairs) if one.cluster_id in heads else one for one in clusters]


def _compared(
    clusters: Sequence[StoredCluster], heads: Mapping[str, tuple[int, Judgement]], known: Pairs, verify: Verify
) -> Pairs:
    """The pairs of every new head with the other members of its cluster."""
    wanted = {
        (min(head, member.content), max(head, member.content))
        for cluster in clusters
        if cluster.cluster_id in heads
        for head in (heads[cluster.cluster_id][0],)
        for member in cluster.members
        if member.content != head and _master(cluster) != head
    }
    found = {pair: known[pair] for pair in wanted if pair in known}
    missing = dict.fromkeys(sorted(wanted - found.keys()))
    return found | {(one.left, one.right): one for one in (verify(missing) if missing else ())}


def _master(cluster: StoredCluster) -> int:
    return next(member.content for member in cluster.members if member.relation is Relation.MASTER)


def _headed(
    cluster: StoredCluster,
    head: int,
    judgement: Judgement,
    places: Mapping[int, list[PlacedContent]],
    pairs: Pairs,
) -> StoredCluster:
    held = places[head]
    present = {one.holding for one in held}
    own = next((one.holding for one in held if place_digest(one.ref) == judgement.place), None)
    if own is None:
        own = cluster.master_id if cluster.master_id in present else min(held, key=lambda one: one.ref).holding
    members = cluster.members
    if _master(cluster) != head:
        members = tuple(_related(member, head, pairs) for member in members)
    return replace(
        cluster,
        master_id=own,
        master_reason=f"confirmed by {judgement.by}: {judgement.reason}".rstrip(": "),
        confirmed_by=judgement.by,
        members=members,
    )


def _related(member: Member, head: int, pairs: Pairs) -> Member:
    if member.content == head:
        return Member(content=head, relation=Relation.MASTER, similarity=1.0)
    pair = pairs[min(head, member.content), max(head, member.content)]
    relation = pair.relation if pair.left == head else pair.reverse
    told = as_seen_from(pair.evidence, master_is_left=pair.left == head)
    if pair.verdict is not Verdict.DUPLICATE or relation is None:
        relation, told = Relation.EDITED, renamed(told, NamedBy.CONFIRMED)
    return Member(content=member.content, relation=relation, similarity=pair.similarity, evidence=told)
