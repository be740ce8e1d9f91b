"""Stage 3: candidate pairs, their verification, duplicate clusters and proposed masters."""

from __future__ import annotations

import hashlib
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from pdpo_audit.catalogue import clusters as recorded
from pdpo_audit.catalogue.clusters import StoredCluster
from pdpo_audit.catalogue.contents import load_fingerprints
from pdpo_audit.catalogue.elections import drop_elections, load_elections
from pdpo_audit.catalogue.queries.contents import PlacedContent, content_rows, placed_contents, some_places
from pdpo_audit.catalogue.queries.totals import totals
from pdpo_audit.catalogue.stated.documents import read_metadata
from pdpo_audit.model.clocks import doubt_of
from pdpo_audit.model.clusters import ContentCluster, Member, Relation, VerifiedPair, why_not_compared
from pdpo_audit.model.locations.holdings import SkipReason
from pdpo_audit.model.locations.litter import is_set_aside
from pdpo_audit.model.methods import FINGERPRINTS
from pdpo_audit.pipeline.clusters.comparing import COMPARED_BY, Comparing
from pdpo_audit.pipeline.clusters.confirming import keep_confirmed
from pdpo_audit.pipeline.clusters.holding import Held, sum_up
from pdpo_audit.pipeline.results import Clustered
from pdpo_audit.pipeline.work import Work
from pdpo_audit.similarity.candidates.meeting import Shards
from pdpo_audit.similarity.resolution import ContentFacts, Preferences, resolve
from pdpo_audit.sources.locations import Locate

#: Files without a picture in them, empty or filled with noughts: equal bytes make no copies of them.
_NO_PICTURES = (SkipReason.EMPTY, SkipReason.NOT_AN_IMAGE)

#: The catalogue's key for the state that the clusters in force were formed of.
FORMED_OF = "clusters_formed_of"


def form_clusters(
    work: Work,
    *,
    level: str,
    preferences: Preferences,
    jurisdictions: Mapping[str, str],
    locate: Locate,
    crops: bool = True,
    thorough: bool = False,
) -> Clustered:
    """Group everything that is held into duplicate clusters; verified pairs of earlier scans are not verified again.

    ``crops`` says whether parts of pictures are looked for. Where neither the holdings nor what decides about them
    changed since the last time, the clusters stand as they are.
    """
    rejected = recorded.load_rejections(work.store)
    state = _state(work, level, crops, thorough, preferences, jurisdictions, rejected)
    if work.store.recall(FORMED_OF) == state:
        counts = totals(work.store)
        return Clustered(
            clusters=counts.clusters, additional_copies=counts.additional_copies, born=0, ended=0, verified_pairs=0
        )
    held = sum_up(placed_contents(work.store))
    known = recorded.load_pairs(work.store, COMPARED_BY) if level != "exact" else {}
    comparing = Comparing(work=work, locate=locate, verified=[])
    groups: list[ContentCluster] = []
    if level != "exact":
        facts = _facts(work, held, jurisdictions)
        groups += _resolved(work, facts, comparing, known, rejected, preferences, level, crops, thorough)
    grouped = {member.content for group in groups for member in group.members} | {group.master for group in groups}
    groups += _equal_files(work, [one for one, of_it in held.items() if one not in grouped and of_it.copies > 1])
    members = sorted({member.content for group in groups for member in group.members})
    places = some_places(work.store, members, most=sys.maxsize)
    digests = {row.id: bytes(row.digest) for row in content_rows(work.store, members)}
    before = recorded.load_clusters(work.store)
    stored = _name_clusters(work, groups, places, digests, before, preferences, jurisdictions)
    pairs = known | {(pair.left, pair.right): pair for pair in comparing.verified}
    stored = keep_confirmed(work, stored, places, digests, pairs, comparing.verify)
    with work.store.transaction(durable=False) as transaction:
        recorded.replace_clusters(transaction, stored)
        transaction.remember(FORMED_OF, state)
    kept = {cluster.cluster_id for cluster in before} & {cluster.cluster_id for cluster in stored}
    return Clustered(
        clusters=len(stored),
        additional_copies=sum(len(places[m.content]) for c in stored for m in c.members) - len(stored),
        born=len(stored) - len(kept),
        ended=len(before) - len(kept),
        verified_pairs=len(comparing.verified),
        not_compared=sum(bool(why_not_compared(pair)) for pair in comparing.verified),
    )


def _resolved(
    work: Work,
    facts: Iterable[ContentFacts],
    comparing: Comparing,
    known: Mapping[tuple[int, int], VerifiedPair],
    rejected: set[tuple[int, int]],
    preferences: Preferences,
    level: str,
    crops: bool,
    thorough: bool,
) -> Sequence[ContentCluster]:
    """The clusters of contents that are alike, and only the elections that they rest on are kept."""
    held = load_elections(work.store, COMPARED_BY)
    resolution = resolve(
        facts,
        comparing.settle,
        preferences,
        known=known,
        rejected=rejected,
        elections=held,
        regions=_stored(work, "regions") if crops else None,
        lines=_stored(work, "keypoints"),
        level=level,
        thorough=thorough,
    )
    with work.store.transaction(durable=False) as transaction:
        drop_elections(transaction, held.keys() - resolution.frames)
        recorded.record_pairs(transaction, resolution.layouts, COMPARED_BY)
    return resolution.clusters


def _state(
    work: Work,
    level: str,
    crops: bool,
    thorough: bool,
    preferences: Preferences,
    jurisdictions: Mapping[str, str],
    rejected: set[tuple[int, int]],
) -> str:
    """What the clusters depend on: the holdings' generation, and a digest of everything that decides about them."""
    options = [
        COMPARED_BY,
        level,
        crops,
        thorough,
        preferences.sources,
        preferences.jurisdiction,
        sorted(jurisdictions.items()),
    ]
    text = json.dumps([*options, sorted(rejected)])
    return f"{work.store.generation()} {hashlib.sha256(text.encode()).hexdigest()}"


def _facts(work: Work, held: Mapping[int, Held], jurisdictions: Mapping[str, str]) -> Iterator[ContentFacts]:
    laws = {
        sources: tuple(sorted({jurisdictions.get(source, "") for source in sources}))
        for sources in {one.sources for one in held.values()}
    }
    for row in content_rows(work.store):
        own = held.get(row.id)
        if own is None or row.method != FINGERPRINTS:
            continue
        metadata = read_metadata(row.metadata)
        yield ContentFacts(
            content=row.id,
            sha256=row.sha256,
            image_sha256=row.image_sha256,
            format=sys.intern(row.format),
            width=row.width,
            height=row.height,
            bytes=row.bytes,
            texture=row.texture,
            perceptual=row.perceptual,
            quality=row.quality,
            detail=row.fine_detail,
            captured_at=_sound(metadata.captured_at, own.first_seen),
            metadata_fields=metadata.filled(),
            written=bool(row.written),
            spare=own.spare,
            oldest=_time(own.modified_ns),
            sources=own.sources,
            jurisdictions=laws[own.sources],
        )


def _stored(work: Work, what: str) -> Shards:
    """Gives the packed records of contents: ``regions``, or the pieces of lines (``keypoints``)."""

    def load(contents: Sequence[int]) -> Iterator[tuple[int, bytes]]:
        with work.store.reading() as connection:
            for start in range(0, len(contents), 500):
                prints = load_fingerprints(connection, contents[start : start + 500])
                yield from ((content, getattr(prints[content], what)) for content in sorted(prints))

    return load


def _equal_files(work: Work, contents: Sequence[int]) -> list[ContentCluster]:
    """A cluster of each content that is held several times and may be a picture."""
    empty = {row.id for row in content_rows(work.store, contents) if row.reason in _NO_PICTURES}
    return [_alone(content) for content in contents if content not in empty]


def _alone(content: int) -> ContentCluster:
    """One content held several times."""
    return ContentCluster(
        master=content,
        master_reason="all copies are identical byte for byte",
        members=(Member(content=content, relation=Relation.MASTER, similarity=1.0),),
    )


def _name_clusters(
    work: Work,
    groups: list[ContentCluster],
    places: Mapping[int, list[PlacedContent]],
    digests: Mapping[int, bytes],
    before: list[StoredCluster],
    preferences: Preferences,
    jurisdictions: Mapping[str, str],
) -> list[StoredCluster]:
    """Give every cluster its lasting id: that of the old cluster it shares most contents with, or a new one."""
    old = {member.content: cluster for cluster in before for member in cluster.members}
    taken: set[str] = {cluster.cluster_id for cluster in before}
    free = dict.fromkeys(taken)
    today = work.clock().date().isoformat()
    stored: list[StoredCluster] = []
    for group in sorted(groups, key=lambda one: (-len(one.members), digests[one.master])):
        shared = Counter(old[member.content].cluster_id for member in group.members if member.content in old)
        heir = next((name for name, _ in sorted(shared.items(), key=lambda s: (-s[1], s[0])) if name in free), None)
        master = min(places[group.master], key=lambda place: _preference(place, preferences, jurisdictions))
        cluster = StoredCluster(
            cluster_id=heir or _birth_name(digests[group.master], taken),
            master_id=master.holding,
            master_reason=group.master_reason,
            first_found=today,
            members=group.members,
        )
        if heir:
            del free[heir]
            ancestor = next(
                one for one in (old[m.content] for m in group.members if m.content in old) if one.cluster_id == heir
            )
            cluster = replace(cluster, first_found=ancestor.first_found)
        taken.add(cluster.cluster_id)
        stored.append(cluster)
    return sorted(stored, key=lambda one: one.cluster_id)


def _preference(
    place: PlacedContent, preferences: Preferences, jurisdictions: Mapping[str, str]
) -> tuple[bool, int, bool, str, bytes, str]:
    """Among identical copies the master lies where people work, in a source that the settings prefer, then by name."""
    source = place.ref.source
    rank = preferences.sources.index(source) if source in preferences.sources else len(preferences.sources)
    elsewhere = bool(preferences.jurisdiction) and jurisdictions.get(source, "") != preferences.jurisdiction
    return is_set_aside(place.ref.path), rank, elsewhere, source, place.ref.locator, place.ref.member


def _birth_name(digest: bytes, taken: set[str]) -> str:
    text = digest.hex().upper()
    for length in range(10, 65, 2):
        name = f"DC-{text[:length]}"
        if name not in taken:
            return name
    raise AssertionError("two clusters have the same master")


def _time(nanoseconds: int) -> str:
    return datetime.fromtimestamp(nanoseconds / 1e9, UTC).isoformat(timespec="seconds")


def _sound(captured: datetime | None, first_seen: str) -> datetime | None:
    """A capture date, unless it cannot be."""
    return captured if captured is None or doubt_of(captured.isoformat(), first_seen) is None else None
