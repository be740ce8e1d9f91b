"""Everything that is held, grouped: candidates from hashes and regions, verification, clusters, masters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

import numpy as np

from pdpo_audit.model.clusters import (
    ContentCluster,
    Election,
    Evidence,
    Member,
    Relation,
    Verdict,
    VerifiedPair,
    Voters,
    as_seen_from,
)
from pdpo_audit.similarity.candidates.meeting import Shards, few_parts, meet, telling_parts
from pdpo_audit.similarity.candidates.neighbours import RADIUS
from pdpo_audit.similarity.candidates.regions import find_crop_candidates
from pdpo_audit.similarity.candidates.written import Layout
from pdpo_audit.similarity.clusters import Pair, Plan, components, ordered
from pdpo_audit.similarity.components import Component, Settled
from pdpo_audit.similarity.cuts import cut
from pdpo_audit.similarity.facts import ContentFacts, Preferences
from pdpo_audit.similarity.origin.elections import frames
from pdpo_audit.similarity.origin.masters import explain, propose, seed_rank
from pdpo_audit.similarity.verification import LEAST_TEXTURE

__all__ = ["ContentFacts", "Preferences", "Resolution", "resolve"]

#: Forms the groups of components, in any order.
Settle = Callable[[Sequence[Component]], Iterable[Settled]]

#: Bits of 256 within which hashes are candidates, and agreeing regions that make a candidate: as a rule, and thorough.
_RADIUS, _RADIUS_THOROUGH = RADIUS, int(cut("hash_radius_thorough"))
_VOTES, _VOTES_THOROUGH = int(cut("votes")), int(cut("votes_thorough"))
#: Equal pixels, coded differently, decoded at reduced size: hashes differ by a few bits at most.
_RADIUS_PIXEL = int(cut("hash_radius_pixel"))
#: The rule of pages of one layout that were told apart by what is written on them, without reading them again.
OTHER_LINES = "other lines"
#: No more neighbours than this are unusual in no case.
_CROWD = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """Clusters of at least two contents, pairs verified on the way, pairs related without being duplicates, pages that
    share a layout alone (never compared), and the frames in which elections count."""

    clusters: tuple[ContentCluster, ...]
    pairs: tuple[VerifiedPair, ...]
    links: tuple[VerifiedPair, ...]
    layouts: tuple[VerifiedPair, ...] = ()
    frames: frozenset[Voters] = frozenset()


@dataclass(slots=True, kw_only=True)
class _Work:
    """What one resolution carries along: contents by id, verified pairs, and what was verified and elected just now."""

    facts: dict[int, ContentFacts]
    known: dict[Pair, VerifiedPair]
    rejected: AbstractSet[Pair]
    elections: dict[Voters, Election | None]
    settle: Settle
    preferences: Preferences
    level: str
    units: dict[int, tuple[int, ...]] = field(default_factory=dict)
    verified: list[VerifiedPair] = field(default_factory=list)
    frames: set[Voters] = field(default_factory=set)


def resolve(
    contents: Iterable[ContentFacts],
    settle: Settle,
    preferences: Preferences,
    *,
    known: Mapping[Pair, VerifiedPair] | None = None,
    rejected: AbstractSet[Pair] = frozenset(),
    elections: Mapping[Voters, Election | None] | None = None,
    regions: Shards | None = None,
    lines: Shards | None = None,
    level: str = "near",
    thorough: bool = False,
) -> Resolution:
    """Group contents into duplicate clusters around their proposed masters.

    ``level`` is ``pixel`` (equal pixels only) or ``near``. ``settle`` forms the groups of components (worker
    processes); pairs in ``known`` are not compared again, pairs in ``rejected`` never join. With ``regions`` the
    masters and single contents are searched for crops too. ``lines`` tells what is written on pages. The result
    depends on the contents alone: not on their order, on what was known before, or on how ``settle`` spreads its work.
    """
    work = _Work(
        facts={one.content: one for one in contents},
        known={pair: found for pair, found in (known or {}).items() if found.evidence.get("rule") != OTHER_LINES},
        rejected=rejected,
        elections=dict(elections or {}),
        settle=settle,
        preferences=preferences,
        level=level,
    )
    work.units = _same_data(work)
    radius = _RADIUS_PIXEL if level == "pixel" else _RADIUS_THOROUGH if thorough else _RADIUS
    rich = [content for content in sorted(work.units) if work.facts[content].texture >= LEAST_TEXTURE]
    meetings = meet(work.facts, rich, radius, lines)
    neighbours: dict[int, set[int]] = {}
    _add(neighbours, meetings.pairs)
    _add(neighbours, _plain_pairs(work, sorted(work.units)))
    plans = _group_all(work, neighbours)
    if regions is not None and level == "near":
        masters = _masters(work, plans)
        votes = _VOTES_THOROUGH if thorough else _VOTES
        parts = telling_parts(work.facts, masters, regions) if lines else regions(masters)
        more = [(int(one), int(other)) for one, other in find_crop_candidates(parts, votes=votes)]
        if _add(neighbours, few_parts(work.facts, more, meetings.pairs) if lines else more):
            plans = _group_all(work, neighbours)
    return _outcome(work, plans, meetings.layouts)


def _same_data(work: _Work) -> dict[int, tuple[int, ...]]:
    """Contents with equal image data shown the same way, under the one of them that would be master."""
    by_data: dict[tuple[bytes, int, int, bytes], list[int]] = {}
    for content in sorted(work.facts):
        one = work.facts[content]
        key = (one.image_sha256, one.width, one.height, one.perceptual) if one.image_sha256 else (b"", content, 0, b"")
        by_data.setdefault(key, []).append(content)
    units: dict[int, tuple[int, ...]] = {}
    apart: dict[int, set[int]] = {}
    for left, right in work.rejected:
        apart.setdefault(left, set()).add(right)
        apart.setdefault(right, set()).add(left)
    for members in by_data.values():
        here = frozenset(members)
        kept = [content for content in members if here.isdisjoint(apart.get(content, ()))]
        for alone in set(members) - set(kept):
            units[alone] = (alone,)
        if kept:
            units[_propose(work, kept)[0]] = tuple(kept)
    return units


def _propose(work: _Work, contents: Iterable[int]) -> tuple[int, str]:
    return propose([work.facts[content] for content in sorted(contents)], work.preferences)


def _plain_pairs(work: _Work, units: Sequence[int]) -> Iterator[Pair]:
    """Pictures without texture are compared only where size and hash are equal: their pixels may be."""
    alike: dict[tuple[int, int, bytes], int] = {}
    for content in units:
        one = work.facts[content]
        if one.texture < LEAST_TEXTURE:
            first = alike.setdefault((one.width, one.height, one.perceptual), content)
            if first != content:
                yield first, content


def _add(neighbours: dict[int, set[int]], pairs: Iterable[Pair]) -> int:
    """Make both sides of each pair neighbours; how many pairs are new."""
    new = 0
    for one, other in pairs:
        new += other not in neighbours.setdefault(one, set())
        neighbours[one].add(other)
        neighbours.setdefault(other, set()).add(one)
    return new


def _group_all(work: _Work, neighbours: Mapping[int, set[int]]) -> list[Plan]:
    """Group every component, verifying what is missing."""
    pairs = [ordered(one, other) for one, around in neighbours.items() for other in around if one < other]
    parts = components(neighbours, pairs)
    home = {content: place for place, part in enumerate(parts) for content in part}
    known: list[dict[Pair, VerifiedPair]] = [{} for _ in parts]
    for pair, found in work.known.items():
        if pair[0] in home and home[pair[0]] == home.get(pair[1]):
            known[home[pair[0]]][pair] = found
    plans = []
    for done in work.settle([_component(work, *one, neighbours) for one in zip(parts, known, strict=True)]):
        plans.append(done.plan)
        work.verified += done.pairs
        work.known |= {(pair.left, pair.right): pair for pair in done.pairs}
        work.elections |= done.elections
    return plans


def _component(
    work: _Work, part: Sequence[int], known: Mapping[Pair, VerifiedPair], neighbours: Mapping[int, set[int]]
) -> Component:
    seeds = _seeds(work, part, neighbours)
    here = {content: work.facts[content] for content in seeds}
    of_one_frame = tuple(frames(here.values()))
    work.frames.update(of_one_frame)
    return Component(
        seeds=seeds,
        frames=of_one_frame,
        facts=here,
        neighbours={content: frozenset(neighbours[content]) for content in seeds},
        known=known,
        rejected=frozenset(pair for pair in work.rejected if pair[0] in here and pair[1] in here),
        elections={voters: work.elections[voters] for voters in of_one_frame if voters in work.elections},
        preferences=work.preferences,
    )


def _seeds(work: _Work, component: Sequence[int], neighbours: Mapping[int, set[int]]) -> tuple[int, ...]:
    """The contents of a component in the order in which groups are formed around them: likely masters first, and last
    what has far more neighbours than usual, for it shares something common with them (the window of a program)."""
    most = max(_CROWD, 2 * float(np.median([len(neighbours[one]) for one in component])))
    return tuple(sorted(component, key=lambda one: (len(neighbours[one]) > most, seed_rank(work.facts[one]))))


def _masters(work: _Work, plans: Iterable[Plan]) -> list[int]:
    """One content of each cluster, and every content outside them; those without texture are in no index."""
    members = {
        content for plan in plans for master, group_ in plan.groups.items() for content in group_ if content != master
    }
    return [
        content
        for content in sorted(work.units)
        if content not in members and work.facts[content].texture >= LEAST_TEXTURE
    ]


def _outcome(work: _Work, plans: Sequence[Plan], layouts: Iterable[Layout]) -> Resolution:
    clusters: list[ContentCluster] = []
    grouped: set[int] = set()
    for plan in plans:
        for master, members in plan.groups.items():
            grouped.update(members)
            clusters.append(_cluster(work, master, members))
    twins = (unit for unit, contents in sorted(work.units.items()) if len(contents) > 1 and unit not in grouped)
    clusters += [_cluster(work, unit, (unit,)) for unit in twins]
    used = sorted({pair for plan in plans for pair in plan.used})
    related = (Verdict.SAME_LAYOUT, Verdict.SAME_SCENE)
    return Resolution(
        clusters=tuple(sorted((one for one in clusters if len(one.members) > 1), key=lambda one: one.master)),
        pairs=tuple(work.verified),
        links=tuple(work.known[pair] for pair in used if work.known[pair].verdict in related),
        layouts=tuple(_layout(one) for one in layouts if ordered(one.template, one.content) not in work.known),
        frames=frozenset(work.frames),
    )


def _layout(one: Layout) -> VerifiedPair:
    """Two pages of one layout on which other things are written, as stored pieces of their lines tell."""
    left, right = ordered(one.template, one.content)
    evidence: Evidence = {"rule": OTHER_LINES, "shared_pieces": one.pieces, "decided_from": "stored pieces of lines"}
    evidence |= {"decided_by": "written_same", "decided_at": round(one.rare, 4)}
    return VerifiedPair(
        left=left, right=right, verdict=Verdict.SAME_LAYOUT, similarity=round(one.share, 4), evidence=evidence
    )


def _cluster(work: _Work, master: int, units: Sequence[int]) -> ContentCluster:
    star = {unit: work.known[ordered(master, unit)] for unit in units if unit != master}
    members = [Member(content=master, relation=Relation.MASTER, similarity=1.0)]
    for unit in units:
        for content in work.units[unit]:
            if content == master:
                continue
            if unit == master:
                members.append(Member(content=content, relation=Relation.METADATA_ONLY, similarity=1.0))
            else:
                members.append(_member(content, star[unit], master))
    reason = explain([work.facts[unit] for unit in sorted(units)], work.facts[master], work.preferences)
    return ContentCluster(
        master=master, master_reason=reason, members=tuple(sorted(members, key=lambda member: member.content))
    )


def _member(content: int, pair: VerifiedPair, master: int) -> Member:
    relation = pair.relation if pair.left == master else pair.reverse
    if relation is None:
        raise ValueError(f"duplicates without a relation: {pair}")
    told = as_seen_from(pair.evidence, master_is_left=pair.left == master)
    return Member(content=content, relation=relation, similarity=pair.similarity, evidence=told)
