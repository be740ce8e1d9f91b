"""Beside the line: every holding of one picture, copies, crops and edits included."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pdpo_audit.catalogue.queries.contents import (
    PlacedContent,
    cluster_mates,
    contents_of_digest,
    perceptual_hashes,
    places_of,
    region_shards,
    some_places,
)
from pdpo_audit.errors import CallError
from pdpo_audit.execution import WorkerDied, map_bounded, unheard
from pdpo_audit.model.clusters import Relation, Verdict, VerifiedPair, not_compared, why_not_compared
from pdpo_audit.model.locations.holdings import ImageRef, Skipped, SkipReason
from pdpo_audit.model.locations.places import Place
from pdpo_audit.model.pictures import Examination
from pdpo_audit.pipeline.clusters.comparing import describe_sides
from pdpo_audit.pipeline.work import Work
from pdpo_audit.similarity.candidates.searching import hash_hits, region_hits
from pdpo_audit.similarity.comparison.pictures import VerifySide
from pdpo_audit.similarity.verification import UNREAD
from pdpo_audit.sources.locations import Locate
from pdpo_audit.workers import ExamineJob, VerifyJob, examine, verify

#: The picture that is looked for; contents of the catalogue start at 1.
_QUERY = 0
#: Pairs that a worker compares at a time; the picture that is looked for is decoded once for all of them.
_BATCH = 64
#: So many hash neighbours are verified at most: beyond them lie the forms and cards of one template.
_MOST = 200
#: One picture can afford the candidates that a scan finds only when it is thorough: each is verified all the same.
_VOTES = 2
#: A picture that no decoder here reads (RAW, PSD) is still found by its bytes; these have none to go by.
_NO_PICTURE = (SkipReason.EMPTY, SkipReason.NOT_AN_IMAGE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A holding of the picture: ``relation`` says how it differs from the picture asked for.

    ``through`` tells how it was found: by its bytes, by comparison, or as another member of a duplicate cluster, whose
    ``relation`` is then that to its cluster's master.
    """

    place: PlacedContent
    relation: Relation
    similarity: float
    through: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What a search found, and what it could not compare (why, by place): such a picture may show the same."""

    found: list[Found]
    not_compared: list[Skipped]


def find_holdings(work: Work, picture: str, place: Place, locate: Locate) -> Search:
    """Every present holding of the picture at ``place``, which people call ``picture``; those found directly first.

    :raises CallError: the picture cannot be read.
    """
    one = _examine(work, picture, place)
    same = contents_of_digest(work.store, one.sha256)
    direct: dict[int, tuple[Relation, float, str]] = dict.fromkeys(same, (Relation.BYTE_IDENTICAL, 1.0, "bytes"))
    missed: list[Skipped] = []
    if one.fingerprint is not None:
        for content, relation, similarity in _Comparison(work, one, place, locate, set(direct), missed).run():
            direct[content] = (relation, similarity, "comparison")
    mates = {
        content: (relation, similarity, "cluster")
        for content, relation, similarity in cluster_mates(work.store, sorted(direct))
        if content not in direct
    }
    told = direct | mates
    found = [
        Found(
            place=held,
            relation=told[held.content][0],
            similarity=told[held.content][1],
            through=told[held.content][2],
        )
        for content in told
        for held in places_of(work.store, [content])
    ]
    seen = {one.place.ref for one in found}
    return Search(found=found, not_compared=[one for one in missed if one.ref not in seen])


def _examine(work: Work, picture: str, place: Place) -> Examination:
    job = ExamineJob(
        ref=ImageRef(source="", locator=place.locator),
        place=place,
        limits=work.limits,
        seconds=work.seconds_per_file,
        exchange=False,
    )
    (((first, *_),),) = map_bounded(
        work.executor, examine, [[job]], in_flight=1, lost=lambda job, death: (death.problem.at(job.ref),), note=unheard
    )
    problem = first.skipped if isinstance(first, Examination) else first if isinstance(first, Skipped) else None
    if isinstance(first, Examination) and not (problem and problem.reason in _NO_PICTURE):
        return first
    words = (problem.detail or problem.reason) if problem else SkipReason.SIDECAR.value
    raise CallError(f"{picture} is no picture that can be looked for: {words}")


@dataclass(frozen=True, slots=True)
class _Comparison:
    """One picture against what the catalogue holds; contents in ``known`` are found already."""

    work: Work
    one: Examination
    place: Place
    locate: Locate
    known: set[int]
    missed: list[Skipped]

    def run(self) -> Iterator[tuple[int, Relation, float]]:
        """Contents that verification says show the same picture: hash neighbours, or else those that share parts."""
        assert self.one.fingerprint is not None
        ids, hashes = perceptual_hashes(self.work.store)
        near = [int(ids[row]) for row in hash_hits(self.one.fingerprint.perceptual, hashes)[:_MOST]]
        found = list(self._verify(near))
        if not found and not self.known:
            shared = region_hits(self.one.fingerprint.regions, region_shards(self.work.store), votes=_VOTES)
            found = list(self._verify([content for content in shared if content not in near]))
        yield from found

    def _verify(self, candidates: list[int]) -> Iterator[tuple[int, Relation, float]]:
        work = self.work
        wanted = [content for content in candidates if content not in self.known]
        present = some_places(work.store, wanted, most=1)
        sides = describe_sides(work, [content for content in wanted if content in present], self.locate)
        jobs = [self._job(sides[content]) for content in sorted(sides)]
        batches = (jobs[start : start + _BATCH] for start in range(0, len(jobs), _BATCH))
        for batch in map_bounded(work.executor, verify, batches, in_flight=work.in_flight, lost=_lost, note=work.note):
            for pair in batch:
                why = pair.evidence.get(UNREAD) or why_not_compared(pair)
                if pair.verdict is Verdict.DUPLICATE and pair.relation is not None:
                    yield pair.right, pair.relation, pair.similarity
                elif why:
                    self.missed.extend(_missed(one.ref, str(why)) for one in places_of(work.store, [pair.right]))

    def _job(self, side: VerifySide) -> VerifyJob:
        assert self.one.fingerprint is not None
        query = VerifySide(
            content=_QUERY,
            ref=self.one.ref,
            places=(self.place,),
            sha256=self.one.sha256,
            image_sha256=self.one.image_sha256,
            format=self.one.format,
            width=self.one.width,
            height=self.one.height,
            fingerprint=self.one.fingerprint,
        )
        limits, seconds = self.work.limits, self.work.seconds_per_file
        return VerifyJob(left=query, right=side, source=None, limits=limits, seconds=seconds)


def _missed(ref: ImageRef, why: str) -> Skipped:
    reason, _, detail = why.partition(": ")
    try:
        return Skipped(ref=ref, reason=SkipReason(reason), detail=detail)
    except ValueError:  # recorded by an older version
        return Skipped(ref=ref, reason=SkipReason.DECODER_CRASHED, detail=why)


def _lost(job: VerifyJob, death: WorkerDied) -> VerifiedPair:
    return not_compared(job.left.content, job.right.content, str(death.problem))
