"""Components of candidates: what is compared in each of them, who is elected, and which groups come of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np

from pdpo_audit.imaging.hashes import ORIENTATIONS, oriented_hashes
from pdpo_audit.model.clusters import Election, VerifiedPair, Voters
from pdpo_audit.similarity.clusters import Known, Pair, Plan, group
from pdpo_audit.similarity.facts import ContentFacts, Preferences
from pdpo_audit.similarity.origin.ancestry import WITNESSES
from pdpo_audit.similarity.origin.masters import credible, propose

#: Compares pairs; given with each is the content of which witnesses said that the other was made from it, if they did.
Verify = Callable[[Mapping[Pair, int | None]], Iterable[VerifiedPair]]
#: Holds the election of one frame; ``None`` where nobody is elected.
Hold = Callable[[Voters], Election | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """Contents that candidate pairs connect, in the order in which groups are formed around them (``seeds``).

    ``frames`` are those of them in which elections are held; ``elections`` were held before, as the pairs in ``known``
    were verified before.
    """

    seeds: tuple[int, ...]
    frames: tuple[Voters, ...]
    facts: Mapping[int, ContentFacts]
    neighbours: Mapping[int, frozenset[int]]
    known: Mapping[Pair, VerifiedPair]
    rejected: frozenset[Pair]
    elections: Mapping[Voters, Election | None]
    preferences: Preferences


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What became of a component: its groups, and what was verified and elected for them just now."""

    plan: Plan
    pairs: tuple[VerifiedPair, ...] = ()
    elections: Mapping[Voters, Election | None] = field(default_factory=dict)


def settled(component: Component) -> Settled | None:
    """What becomes of a component, if all that it takes is known."""
    work = _Work(component)
    if work.missing_frames():
        return None
    work.begin()
    plan = group(work.seeds(), work.known)
    return None if plan.wanted else Settled(plan=plan)


def settle(components: Iterable[Component], verify: Verify, hold: Hold) -> Iterator[Settled]:
    """Form the groups of components, each as soon as what it takes is verified.

    Pairs are asked for in rounds over all components: a group that lacks some is left open until the next round.
    """
    open_ = [_Work(component) for component in components]
    for work in open_:
        work.elect(hold)
        work.begin()
    while open_:
        still_open: list[_Work] = []
        for work in open_:
            work.plan = group(work.seeds(), work.known)
            if work.plan.wanted:
                still_open.append(work)
            else:
                yield work.outcome()
        _compare(still_open, verify)
        open_ = still_open


def _compare(open_: Sequence[_Work], verify: Verify) -> None:
    """Verify what components want; each takes its own."""
    owner = {pair: work for work in open_ for pair in work.plan.wanted}
    for pair in verify({pair: work.known.elected(*pair) for pair, work in owner.items()}) if owner else ():
        owner.pop((pair.left, pair.right)).take(pair)
    if owner:
        raise ValueError(f"{len(owner)} pairs were not verified, the first is {next(iter(owner))}")


class _Work:
    """A component while it is worked on."""

    def __init__(self, component: Component) -> None:
        self.component = component
        self.plan = Plan()
        self._verified: list[VerifiedPair] = []
        self._held: dict[Voters, Election | None] = {}
        self._pairs: dict[Pair, VerifiedPair] = {}
        self._by_voter: dict[int, Election] = {}
        for voters in self.component.frames:
            self._note(component.elections.get(voters))
        proposed = cache(lambda contents: propose([component.facts[one] for one in contents], component.preferences)[0])
        turned = cache(lambda content: _turned(component.facts[content]))
        self.known = Known(
            neighbours=component.neighbours,
            pairs=self._pairs,
            rejected=component.rejected,
            propose=lambda contents: proposed(tuple(sorted(contents))),  # each round asks for the same sets again
            apart=lambda one, other: min((turned(one)[0] ^ side).bit_count() for side in turned(other)),
            elections=self._by_voter,
            spare=frozenset(content for content, one in component.facts.items() if one.spare),
        )

    def missing_frames(self) -> list[Voters]:
        """The frames whose election was not held yet."""
        return [voters for voters in self.component.frames if voters not in self.component.elections]

    def seeds(self) -> list[int]:
        """The contents around which groups are formed: first those who were elected, by most."""
        votes = {one: len(election.beaten) for one, election in self._by_voter.items() if one in election.elected}
        return sorted(self.component.seeds, key=lambda content: -votes.get(content, 0))

    def elect(self, hold: Hold) -> None:
        """Hold the elections that are missing."""
        for voters in self.missing_frames():
            self._held[voters] = hold(voters)
            self._note(self._held[voters])

    def begin(self) -> None:
        """Take in what is known; what only witnesses told of a pair counts as long as they do."""
        for pair, found in self.component.known.items():
            if found.evidence.get("trace") != WITNESSES or self.known.elected(*pair) is not None:
                self._pairs[pair] = credible(found, self.component.facts)

    def take(self, pair: VerifiedPair) -> None:
        """Take note of a pair that was verified for it."""
        self._pairs[pair.left, pair.right] = credible(pair, self.component.facts)
        self._verified.append(pair)

    def outcome(self) -> Settled:
        """What became of it."""
        return Settled(plan=self.plan, pairs=tuple(self._verified), elections=self._held)

    def _note(self, election: Election | None) -> None:
        if election is None:
            return
        facts = self.component.facts
        # Of equal pixels a JPEG is first: only decoding it gives such pixels elsewhere.
        coded = frozenset(one for one in election.elected if facts[one].format == "JPEG")
        election = replace(election, elected=coded or election.elected)
        if not any(facts[one].captured_at for one in election.elected):
            # A copy may lose its capture date, and does not gain one.
            beaten = frozenset(one for one in election.beaten if facts[one].captured_at is None)
            election = replace(election, beaten=beaten)
        self._by_voter |= dict.fromkeys(election.elected | election.beaten, election)


def _turned(one: ContentFacts) -> tuple[int, ...]:
    """The hash in all orientations, as numbers: many of them are compared one by one."""
    hashes = np.frombuffer(one.perceptual, np.uint8).reshape(1, -1)
    return tuple(int.from_bytes(oriented_hashes(hashes, turn).tobytes()) for turn in range(ORIENTATIONS))
