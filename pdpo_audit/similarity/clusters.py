"""From candidate pairs to duplicate clusters: every member is verified against its master, chains join nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass, field

from pdpo_audit.model.clusters import Verdict, VerifiedPair
from pdpo_audit.similarity.masters import sources, support

Pair = tuple[int, int]


def ordered(one: int, other: int) -> Pair:
    """A pair as it is stored: the smaller content first."""
    return (one, other) if one < other else (other, one)


@dataclass(slots=True, kw_only=True)
class Plan:
    """How far a component can be grouped with the pairs that are verified: ``groups`` (master -> members, itself
    included), or the pairs that must be verified first. ``used`` are the pairs the grouping looked at."""

    groups: dict[int, tuple[int, ...]] = field(default_factory=dict)
    wanted: list[Pair] = field(default_factory=list)
    used: set[Pair] = field(default_factory=set)


#: The content of a set that would be master by itself.
Propose = Callable[[Set[int]], int]


def components(contents: Iterable[int], pairs: Iterable[Pair]) -> list[tuple[int, ...]]:
    """The connected sets of contents (ascending, those with one content left out)."""
    parent = {content: content for content in contents}

    def root(content: int) -> int:
        while parent[content] != content:
            parent[content] = parent[parent[content]]
            content = parent[content]
        return content

    for one, other in pairs:
        a, b = root(one), root(other)
        if a != b:
            parent[max(a, b)] = min(a, b)
    sets: dict[int, list[int]] = {}
    for content in parent:
        sets.setdefault(root(content), []).append(content)
    return sorted(tuple(sorted(members)) for members in sets.values() if len(members) > 1)


def group(
    contents: Iterable[int],
    neighbours: Mapping[int, Set[int]],
    known: Mapping[Pair, VerifiedPair],
    rejected: Set[Pair],
    propose: Propose,
    apart: Callable[[int, int], int],
    *,
    document_radius: int = 31,
) -> Plan:
    """Group one component as far as the ``known`` pairs reach.

    The best content of what is left becomes master; everything that is a neighbour of it or of one of its members is
    verified against it. If that shows that it was made from a member, the same is tried around that one; the one
    from which most others were made stays.
    Contents that share only a layout with a master are compared with each other only within ``document_radius``
    bits (``apart`` gives the distance). The result depends on contents and verdicts alone, not on their order.
    """
    plan, left = Plan(), set(contents)
    layouts: dict[int, int] = {}
    while left:
        master = propose(left)
        tried: dict[int, tuple[int, set[int]]] = {}
        while master not in tried:
            members = _star(master, left, neighbours, known, rejected, plan, layouts, apart, document_radius)
            if plan.wanted:
                return plan
            members = _without_rejected(master, members, known, rejected)
            star = {other: known[ordered(master, other)] for other in members if other != master}
            tried[master] = support(star), members
            older = sources(star)
            if older:
                master = propose(older)
        # Of equals the last that was tried: what was seen before was made from it.
        master = max(reversed(tried), key=lambda one: tried[one][0])
        members = tried[master][1]
        plan.groups[master] = tuple(sorted(members))
        left -= members
        for other in left:
            pair = known.get(ordered(master, other))
            if pair is not None and ordered(master, other) in plan.used and pair.verdict is Verdict.SAME_LAYOUT:
                layouts.setdefault(other, master)
    return plan


def _star(
    master: int,
    left: Set[int],
    neighbours: Mapping[int, Set[int]],
    known: Mapping[Pair, VerifiedPair],
    rejected: Set[Pair],
    plan: Plan,
    layouts: Mapping[int, int],
    apart: Callable[[int, int], int],
    document_radius: int,
) -> set[int]:
    """The master and everything verified against it, following the neighbours of what is found."""
    members, frontier, seen = {master}, [master], {master}
    while frontier:
        around = sorted({other for one in frontier for other in neighbours.get(one, ())} & set(left) - seen)
        seen |= set(around)
        frontier = []
        for other in around:
            pair = ordered(master, other)
            if pair in rejected:
                continue
            one_layout = master in layouts and layouts.get(other) == layouts[master]
            if one_layout and apart(master, other) > document_radius:
                continue
            plan.used.add(pair)
            if pair not in known:
                plan.wanted.append(pair)
            elif known[pair].verdict is Verdict.DUPLICATE:
                members.add(other)
                frontier.append(other)
    return members


def _without_rejected(
    master: int, members: Set[int], known: Mapping[Pair, VerifiedPair], rejected: Set[Pair]
) -> set[int]:
    """Two members that a person told apart cannot both stay: the one less similar to the master goes."""
    kept = {master}
    for other in sorted(members - {master}, key=lambda one: (-known[ordered(master, one)].similarity, one)):
        if not any(ordered(other, one) in rejected for one in kept):
            kept.add(other)
    return kept
