"""Beside stage 3: components are settled and pairs compared in the worker processes, and recorded at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from pdpo_audit.catalogue.clusters import record_pairs
from pdpo_audit.catalogue.contents import load_fingerprints
from pdpo_audit.catalogue.elections import record_elections
from pdpo_audit.catalogue.queries.contents import content_rows, some_places
from pdpo_audit.execution import WorkerDied, map_bounded
from pdpo_audit.model.clusters import Election, VerifiedPair, Voters, not_compared
from pdpo_audit.model.methods import COMPARISON, FINGERPRINTS
from pdpo_audit.pipeline.work import Work
from pdpo_audit.similarity.clusters import Pair
from pdpo_audit.similarity.components import Component, Settled, settle, settled
from pdpo_audit.similarity.verification import VerifySide
from pdpo_audit.sources.locations import Locate, places_of
from pdpo_audit.workers import ElectJob, SettleJob, VerifyJob, hold_elections, settle_whole, verify

#: What a verified pair and an election rest on; those of an older method are made again.
COMPARED_BY = f"{FINGERPRINTS} {COMPARISON}"
#: A component with more contents is spread over all workers, pair by pair; smaller ones are handed out whole, several
#: at a time until they have so many contents.
_LARGE, _TOGETHER = 400, 24
#: Pairs that a worker compares at a time: few pairs in small parts, so that no worker waits long for the last of them.
_LEAST_BATCH, _BATCH = 8, 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparing:
    """Comparison in the workers; what was verified is noted in ``verified``."""

    work: Work
    locate: Locate
    verified: list[VerifiedPair]

    def settle(self, components: Sequence[Component]) -> Iterator[Settled]:
        """Form the groups of components; those that lack nothing cost nothing."""
        open_: list[Component] = []
        for component in components:
            done = settled(component)
            if done is None:
                open_.append(component)
            else:
                yield done
        large = [component for component in open_ if len(component.seeds) > _LARGE]
        small = [component for component in open_ if len(component.seeds) <= _LARGE]
        self.work.progress.start("Comparing pictures", sum(len(component.seeds) for component in open_))
        for component, done in self._settle_whole(small):
            if done is None:  # a worker died of it: pair by pair, what it died of costs one pair
                large.append(component)
            else:
                yield done
        for component in large:
            yield from settle([component], self.verify, self._hold)
            self.work.progress.advance(len(component.seeds))

    def verify(self, pairs: Mapping[Pair, int | None]) -> Iterator[VerifiedPair]:
        """Compare pairs; every batch is recorded as soon as it is done."""
        jobs = self._verify_jobs(pairs)
        for batch in map_bounded(
            self.work.executor, verify, jobs, in_flight=self.work.in_flight, lost=_lost, note=self.work.note
        ):
            self._record(batch)
            yield from batch

    def _settle_whole(self, components: list[Component]) -> Iterator[tuple[Component, Settled | None]]:
        """Components settled in one worker each, the largest first, so that none is left for the end."""
        in_order = sorted(components, key=lambda one: (-len(one.seeds), one.seeds))
        supply = iter(in_order)
        jobs = self._settle_jobs(in_order)
        for batch in map_bounded(
            self.work.executor, settle_whole, jobs, in_flight=self.work.in_flight, lost=_left_open, note=self.work.note
        ):
            self._record(
                [pair for done in batch if done for pair in done.pairs],
                {voters: one for done in batch if done for voters, one in done.elections.items()},
            )
            for done in batch:
                component = next(supply)
                self.work.progress.advance(len(component.seeds) if done else 0)
                yield component, done

    def _hold(self, voters: Voters) -> Election | None:
        """The election of one frame, in a worker; nobody where that dies."""
        sides = describe_sides(self.work, sorted(voter.content for voter in voters), self.locate)
        job = ElectJob(voters=voters, sides=sides, limits=self.work.limits, seconds=self.work.seconds_per_file)
        ((election,),) = map_bounded(
            self.work.executor, hold_elections, [[job]], in_flight=1, lost=_nobody, note=self.work.note
        )
        self._record((), {voters: election})
        return election

    def _record(self, pairs: Sequence[VerifiedPair], held: Mapping[Voters, Election | None] | None = None) -> None:
        with self.work.store.transaction(durable=False) as transaction:
            record_pairs(transaction, pairs, COMPARED_BY)
            record_elections(transaction, held or {}, COMPARED_BY)
        self.verified.extend(pairs)

    def _settle_jobs(self, components: Iterable[Component]) -> Iterator[list[SettleJob]]:
        batch: list[SettleJob] = []
        for component in components:
            sides = describe_sides(self.work, sorted(component.seeds), self.locate)
            batch.append(
                SettleJob(component=component, sides=sides, limits=self.work.limits, seconds=self.work.seconds_per_file)
            )
            if sum(len(job.sides) for job in batch) >= _TOGETHER:
                yield batch
                batch = []
        if batch:
            yield batch

    def _verify_jobs(self, pairs: Mapping[Pair, int | None]) -> Iterator[list[VerifyJob]]:
        work = self.work
        size = min(_BATCH, max(_LEAST_BATCH, len(pairs) // (2 * work.in_flight)))
        wanted = iter(pairs.items())
        while batch := list(islice(wanted, size)):
            sides = describe_sides(work, sorted({content for pair, _ in batch for content in pair}), self.locate)
            yield [
                VerifyJob(
                    left=sides[left],
                    right=sides[right],
                    source=source,
                    limits=work.limits,
                    seconds=work.seconds_per_file,
                )
                for (left, right), source in batch
            ]


def describe_sides(work: Work, contents: list[int], locate: Locate) -> dict[int, VerifySide]:
    """What verification needs of each content that is held."""
    held = some_places(work.store, contents)
    with work.store.reading() as connection:
        prints = load_fingerprints(connection, contents)
    return {
        row.id: VerifySide(
            content=row.id,
            ref=held[row.id][0].ref,
            places=places_of((one.ref for one in held[row.id]), locate),
            sha256=row.sha256,
            image_sha256=row.image_sha256,
            format=row.format,
            width=row.width,
            height=row.height,
            fingerprint=prints[row.id],
        )
        for row in content_rows(work.store, contents)
    }


def _lost(job: VerifyJob, death: WorkerDied) -> VerifiedPair:
    return not_compared(job.left.content, job.right.content, str(death.problem))


def _left_open(_: SettleJob, __: WorkerDied) -> None:
    """A component of which a worker dies is compared pair by pair."""


def _nobody(_: ElectJob, __: WorkerDied) -> None:
    """Where a worker dies of one of the pictures nobody is elected."""
