"""From candidate pairs to duplicate clusters: every member is verified against its master, chains join nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field

from pdpo_audit.model.clusters import Election, Verdict, VerifiedPair
from pdpo_audit.similarity.cuts import cut
from pdpo_audit.similarity.origin.masters import made_from, of_one_frame, standing

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


#: So many of the likeliest masters are compared with each other before all others are compared with one of them.
_CONTENDERS = 5
#: Of the copies that a master seems to be made from, so many of the likeliest are compared with it and each other.
_SUSPECTS = 8
#: A picture of which at least this share lies in the master shows little more than the master: framed pictures measured
#: at 0.63 and more, screenshots at 0.53. With no more strangers than this among its neighbours it is followed, too.
_LITTLE_MORE, _FEW = 0.6, 16
#: The content of a set that would be master by itself.
#: Bits of 256 within which pages of one layout may be one filling of it.
DOCUMENT_RADIUS = int(cut("document_radius"))

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What grouping rests on: candidates of each content, verified pairs, pairs that people rejected, the master that
    a set would have by itself, the distance of two hashes (bits), the elections by their voters, and the contents that
    lie where no master is kept (``spare``)."""

    neighbours: Mapping[int, Set[int]]
    pairs: Mapping[Pair, VerifiedPair]
    rejected: Set[Pair]
    propose: Propose
    apart: Callable[[int, int], int]
    elections: Mapping[int, Election] = field(default_factory=dict)
    spare: Set[int] = frozenset()

    def leaders(self, contents: Set[int]) -> Set[int]:
        """Those of several contents that may be masters: what lies in trash or a cache is none beside another copy."""
        return contents - self.spare or contents

    def source(self, pair: VerifiedPair) -> int | None:
        """The content of a pair from which the other was made: witnesses see more than the two of them show."""
        return self.elected(pair.left, pair.right) or made_from(pair)

    def elected(self, left: int, right: int) -> int | None:
        """The one of two contents that was elected in their frame, if the other was made from it for certain."""
        election = self.elections.get(left)
        for one, other in ((left, right), (right, left)):
            if election is not None and one in election.elected and other in election.beaten:
                return one
        return None

    def hopeful(self, pool: Set[int]) -> Set[int]:
        """Those of a pool that no election rules out as masters."""
        return {one for one in pool if one not in self.elections or one not in self.elections[one].beaten}


@dataclass(slots=True, kw_only=True)
class _Star:
    """A master with everything verified against it, and what must be verified before that is certain."""

    members: set[int]
    seen: set[int]
    used: set[Pair]
    wanted: list[Pair]


def group(seeds: Sequence[int], known: Known, *, document_radius: int = DOCUMENT_RADIUS) -> Plan:
    """Group one component as far as the verified pairs reach; ``seeds`` are its contents, likely masters first.

    Around each seed the best of its neighbours becomes master, after it was compared with the next best; everything
    that is a neighbour of it or of one of its members is verified against it. If that shows that it was made from
    members, or leaves that open, these are compared with each other, and the one that fewest traces speak against
    takes its place. A star that lacks verified pairs is left out with all it touches, so that one round asks for the
    pairs of many stars. Contents that share only a layout with a master are compared with each other only within
    ``document_radius`` bits. The result depends on the order of the seeds and on verdicts, not on the order of anything
    else.
    """
    plan, left = Plan(), set(seeds)
    layouts: dict[int, int] = {}
    for seed in seeds:
        while seed in left:
            around = known.neighbours.get(seed, set()) & left
            pool = {seed} | {
                other for other in around if not _is_other_filling(seed, other, layouts, known, document_radius)
            }
            master, star = _settle(seed, pool, left, known, layouts, document_radius)
            plan.used |= star.used
            if star.wanted:
                plan.wanted += star.wanted
                left -= star.seen | pool
                continue
            plan.groups[master] = tuple(sorted(star.members))
            left -= star.members
            for other in star.seen & left:
                if known.pairs[ordered(master, other)].verdict is Verdict.SAME_LAYOUT:
                    layouts.setdefault(other, master)
    return plan


def _settle(
    seed: int, pool: Set[int], left: Set[int], known: Known, layouts: Mapping[int, int], document_radius: int
) -> tuple[int, _Star]:
    """The master of a seed's picture with its star: proposed, tried, replaced by what it was made from; the best stays.

    Where the pictures of one frame elected one, that is tried first; of several with equal pixels the one that the
    others were made from. Else the likeliest of the pool are compared; those that do not show the picture of the seed
    are no masters of it.
    """
    election = known.elections.get(seed)
    elected = election.elected & left if election else frozenset()
    elected = elected - known.spare
    hopeful = elected or known.leaders(known.hopeful(pool))
    contenders = set(_likeliest(hopeful, _CONTENDERS, known)) | (set() if elected else {seed})
    wanted = [pair for pair in _pairs(contenders, known) if pair not in known.pairs]
    if wanted:
        return seed, _Star(members={seed}, seen={seed}, used=set(), wanted=wanted)
    master = _source(known.leaders(contenders if elected else {seed, *_alike(seed, contenders, known)}), known)
    tried: dict[int, tuple[float, _Star]] = {}
    while master not in tried:
        star = _star(master, left, known, layouts, document_radius)
        if star.wanted:
            return master, star
        star.members = _without_rejected(master, star.members, known.pairs, known.rejected)
        pairs = {other: known.pairs[ordered(master, other)] for other in star.members if other != master}
        tried[master] = standing(master, pairs, known.source), star
        live = known.leaders(star.members) - {master}
        sources = {other for other, pair in pairs.items() if known.source(pair) == other and other in live}
        if master in known.spare and master not in known.leaders(star.members):
            sources = set(live)
        undecided = {other for other, pair in pairs.items() if known.source(pair) is None and of_one_frame(pair)} & live
        if sources or undecided:
            likeliest = _likeliest(sources or undecided, _SUSPECTS if sources else _CONTENDERS, known)
            candidates = {master, *likeliest}
            star.wanted = [pair for pair in _pairs(candidates, known) if pair not in known.pairs]
            if star.wanted:
                return master, star
            master = _source(known.leaders(candidates), known)
    # Of equals the last that was tried: what was seen before was made from it.
    master = max(reversed(tried), key=lambda one: (one not in known.spare, tried[one][0]))
    star = tried[master][1]
    star.used = {pair for _, other in tried.values() for pair in other.used}
    return master, star


def _likeliest(pool: Set[int], count: int, known: Known) -> list[int]:
    """The likeliest masters of a pool, best first: whether a picture was enlarged or edited shows beside others."""
    rest, likeliest = set(pool), list[int]()
    while rest and len(likeliest) < count:
        likeliest.append(known.propose(rest))
        rest.remove(likeliest[-1])
    return likeliest


def _alike(master: int, contents: Collection[int], known: Known) -> list[int]:
    """Those of several contents that show the same picture as the master."""
    pairs = ((other, ordered(master, other)) for other in contents if other != master)
    return [
        other for other, pair in pairs if pair not in known.rejected and known.pairs[pair].verdict is Verdict.DUPLICATE
    ]


def _source(candidates: Set[int], known: Known) -> int:
    """The one of several copies that, among them, fewest traces speak against; of equals the one to propose."""
    stars: dict[int, dict[int, VerifiedPair]] = {one: {} for one in candidates}
    for pair in _pairs(candidates, known):
        if known.pairs[pair].verdict is Verdict.DUPLICATE:
            stars[pair[0]][pair[1]] = stars[pair[1]][pair[0]] = known.pairs[pair]
    stands = {one: standing(one, star, known.source) for one, star in stars.items()}
    return known.propose({one for one in candidates if stands[one] == max(stands.values())})


def _pairs(contents: Collection[int], known: Known) -> list[Pair]:
    ascending = sorted(contents)
    pairs = [(one, other) for at, one in enumerate(ascending) for other in ascending[at + 1 :]]
    return [pair for pair in pairs if pair not in known.rejected]


def _star(master: int, left: Set[int], known: Known, layouts: Mapping[int, int], document_radius: int) -> _Star:
    """The master and everything verified against it, following the neighbours of what is found.

    What shows much more than the master and has many other neighbours is not followed: screenshots of one program
    share its window.
    """
    star = _Star(members={master}, seen={master}, used=set(), wanted=[])
    frontier = [master]
    while frontier:
        around = {other for one in frontier for other in known.neighbours.get(one, ())} & left - star.seen
        frontier = []
        for other in sorted(around):
            pair = ordered(master, other)
            if pair in known.rejected or _is_other_filling(master, other, layouts, known, document_radius):
                continue
            star.seen.add(other)
            star.used.add(pair)
            if pair not in known.pairs:
                star.wanted.append(pair)
            elif known.pairs[pair].verdict is Verdict.DUPLICATE:
                star.members.add(other)
                strangers = known.neighbours[other] & left - around - star.seen
                if len(strangers) <= _FEW or _share_in(master, known.pairs[pair]) >= _LITTLE_MORE:
                    frontier.append(other)
    return star


def _share_in(master: int, pair: VerifiedPair) -> float:
    """The share of the other picture of a pair that lies in the master."""
    return float(pair.evidence.get("right_in_left" if pair.left == master else "left_in_right", 1.0))


def _is_other_filling(one: int, other: int, layouts: Mapping[int, int], known: Known, document_radius: int) -> bool:
    """Whether two contents share the layout of one master, and are too far apart to be one filling of it."""
    return one in layouts and layouts.get(other) == layouts[one] and known.apart(one, other) > document_radius


def _without_rejected(
    master: int, members: Set[int], known: Mapping[Pair, VerifiedPair], rejected: Set[Pair]
) -> set[int]:
    """Two members that a person told apart cannot both stay: the one less similar to the master goes."""
    if not rejected:
        return set(members)
    apart: dict[int, set[int]] = {}
    for left, right in rejected:
        apart.setdefault(left, set()).add(right)
        apart.setdefault(right, set()).add(left)
    kept = {master}
    for other in sorted(members - {master}, key=lambda one: (-known[ordered(master, one)].similarity, one)):
        if kept.isdisjoint(apart.get(other, ())):
            kept.add(other)
    return kept
