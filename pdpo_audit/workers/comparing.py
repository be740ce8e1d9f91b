"""In a worker: pictures compared in pairs, elections held, components settled whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from pdpo_audit.execution import attempt, hearing, telling
from pdpo_audit.imaging import Limits
from pdpo_audit.model.clusters import Election, VerifiedPair, Voters, not_compared
from pdpo_audit.similarity.clusters import Pair
from pdpo_audit.similarity.comparison.pictures import Pictures, VerifySide
from pdpo_audit.similarity.components import Component, Settled, settle
from pdpo_audit.similarity.verification import hold_election, verify_pair
from pdpo_audit.workers.opening import Contents, places


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyJob:
    """Two contents that may show the same picture; the ``source`` of the two, if it is known."""

    left: VerifySide
    right: VerifySide
    source: int | None
    limits: Limits
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ElectJob:
    """The contents of one frame, of which one is to be elected."""

    voters: Voters
    sides: Mapping[int, VerifySide]
    limits: Limits
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleJob:
    """A component whose groups are to be formed, with all its contents."""

    component: Component
    sides: Mapping[int, VerifySide]
    limits: Limits
    seconds: float


@telling
def verify(batch: list[VerifyJob]) -> list[VerifiedPair]:
    """Say of each pair whether it shows the same picture, and how the two differ."""
    pictures = _pictures(batch[0].limits)
    with places():
        return [_verify(job.left, job.right, job.source, pictures, job.seconds) for job in batch]


def _pictures(limits: Limits) -> Pictures:
    contents = Contents(limits)
    return Pictures(limits, lambda side: contents.read(side.places, side.sha256), about=hearing)


def _verify(
    left: VerifySide, right: VerifySide, source: int | None, pictures: Pictures, seconds: float
) -> VerifiedPair:
    return attempt(
        partial(verify_pair, left, right, pictures, source),
        seconds=seconds,
        about=(left.content, right.content),
        failed=lambda problem: not_compared(left.content, right.content, str(problem)),
    )


@telling
def hold_elections(batch: list[ElectJob]) -> list[Election | None]:
    """Elect one picture in each frame; nobody where that fails."""
    with places():
        return [_elect(job.voters, job.sides, _pictures(job.limits), job.seconds) for job in batch]


def _elect(voters: Voters, sides: Mapping[int, VerifySide], pictures: Pictures, seconds: float) -> Election | None:
    return attempt(
        partial(hold_election, voters, sides, pictures),
        seconds=seconds * len(voters),
        about=sorted(voter.content for voter in voters),
        failed=lambda _: None,
    )


@telling
def settle_whole(batch: list[SettleJob]) -> list[Settled | None]:
    """Form the groups of components; every picture is decoded once for all comparisons in its component.

    ``None`` for one where that fails; time and failures count by pair and by election.
    """
    with places():
        return [attempt(partial(_settle, job), about=sorted(job.sides), failed=lambda _: None) for job in batch]


def _settle(job: SettleJob) -> Settled | None:
    pictures = _pictures(job.limits)

    def compare(pairs: Mapping[Pair, int | None]) -> Iterator[VerifiedPair]:
        for (left, right), source in pairs.items():
            yield _verify(job.sides[left], job.sides[right], source, pictures, job.seconds)

    def hold(voters: Voters) -> Election | None:
        return _elect(voters, job.sides, pictures, job.seconds)

    (settled,) = settle([job.component], compare, hold)
    return settled
