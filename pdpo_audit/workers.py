"""What runs in another process: frozen jobs in, values out; no catalogue, no settings, models loaded once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from multiprocessing.util import Finalize

from pdpo_audit.execution import attempt, left_of_time
from pdpo_audit.fingerprints import examine_file
from pdpo_audit.fingerprints.examination import Facts
from pdpo_audit.imaging import ImageProblem, Limits
from pdpo_audit.metadata import PILLOW, ExifTool, ReaderSpec, facts_of
from pdpo_audit.model.clusters import Election, VerifiedPair, Voters, not_compared
from pdpo_audit.model.holdings import FileStat, ImageRef, Skipped
from pdpo_audit.model.people import FaceFailure, FaceReading
from pdpo_audit.model.pictures import Examination
from pdpo_audit.people.detectors import DetectorSpec, open_detector
from pdpo_audit.people.reading import FaceJob, read_faces
from pdpo_audit.ports import FaceDetector
from pdpo_audit.similarity.clusters import Pair
from pdpo_audit.similarity.comparison.pictures import Pictures, VerifySide
from pdpo_audit.similarity.components import Component, Settled, settle
from pdpo_audit.similarity.verification import hold_election, verify_pair


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamineJob:
    """One file to read. ``known`` are digests of contents of this size: a file that has one is not decoded again."""

    ref: ImageRef
    path: bytes
    stat: FileStat
    limits: Limits
    seconds: float
    known: frozenset[bytes] = frozenset()
    regions: bool = True
    reader: ReaderSpec = PILLOW


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


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleJob:
    """One content for the face pass."""

    face: FaceJob
    detector: DetectorSpec
    limits: Limits
    seconds: float


def examine(batch: list[ExamineJob]) -> list[tuple[Examination | Skipped, ...]]:
    """Read each file once: the pictures in it, or why there are none."""

    def skip(job: ExamineJob, problem: ImageProblem) -> tuple[Examination | Skipped, ...]:
        return (problem.at(job.ref),)

    return [attempt(partial(_examine, job), seconds=job.seconds, failed=partial(skip, job)) for job in batch]


def _examine(job: ExamineJob) -> tuple[Examination | Skipped, ...]:
    if job.known:
        seen = examine_file(job.path, job.ref, job.stat, job.limits, decode=False)
        if all(isinstance(one, Examination) and one.sha256 in job.known for one in seen):
            return tuple(seen)
    facts = _facts(job.reader)
    return tuple(
        examine_file(job.path, job.ref, job.stat, job.limits, regions=job.regions, facts=facts, left=left_of_time)
    )


def verify(batch: list[VerifyJob]) -> list[VerifiedPair]:
    """Say of each pair whether it shows the same picture, and how the two differ."""
    pictures = Pictures(batch[0].limits)
    return [_verify(job.left, job.right, job.source, pictures, job.seconds) for job in batch]


def _verify(
    left: VerifySide, right: VerifySide, source: int | None, pictures: Pictures, seconds: float
) -> VerifiedPair:
    return attempt(
        partial(verify_pair, left, right, pictures, source),
        seconds=seconds,
        failed=lambda problem: not_compared(left.content, right.content, str(problem)),
    )


def hold_elections(batch: list[ElectJob]) -> list[Election | None]:
    """Elect one picture in each frame; nobody where that fails."""
    return [_elect(job.voters, job.sides, Pictures(job.limits), job.seconds) for job in batch]


def _elect(voters: Voters, sides: Mapping[int, VerifySide], pictures: Pictures, seconds: float) -> Election | None:
    return attempt(
        partial(hold_election, voters, sides, pictures), seconds=seconds * len(voters), failed=lambda _: None
    )


def settle_whole(batch: list[SettleJob]) -> list[Settled | None]:
    """Form the groups of components; every picture is decoded once for all comparisons in its component.

    ``None`` for one where that fails; time and failures count by pair and by election.
    """
    return [attempt(partial(_settle, job), failed=lambda _: None) for job in batch]


def _settle(job: SettleJob) -> Settled | None:
    pictures = Pictures(job.limits)

    def compare(pairs: Mapping[Pair, int | None]) -> Iterator[VerifiedPair]:
        for (left, right), source in pairs.items():
            yield _verify(job.sides[left], job.sides[right], source, pictures, job.seconds)

    def hold(voters: Voters) -> Election | None:
        return _elect(voters, job.sides, pictures, job.seconds)

    (settled,) = settle([job.component], compare, hold)
    return settled


def find_people(batch: list[PeopleJob]) -> list[FaceReading | FaceFailure]:
    """Find and grade the faces of each content."""
    results = []
    for job in batch:
        detector = _detector(job.detector)

        def fail(
            problem: ImageProblem, job: PeopleJob = job, detector: FaceDetector = detector
        ) -> FaceReading | FaceFailure:
            method = f"{detector.name} {detector.version}"
            return FaceFailure(content=job.face.content, detector=method, skipped=problem.at(job.face.ref))

        work = partial(read_faces, job.face, detector, job.limits)
        results.append(attempt(work, seconds=job.seconds, failed=fail))
    return results


@cache
def _facts(reader: ReaderSpec) -> Facts:
    """How this process reads metadata; ExifTool starts when first asked, and ends with the process."""
    if not reader.program:
        return facts_of
    tool = ExifTool(reader.program)
    # atexit is not run in worker processes, this is; one that is killed takes its ExifTool with it.
    Finalize(None, tool.close, exitpriority=10)
    return partial(facts_of, tool=tool, always=reader.always)


@cache
def _detector(spec: DetectorSpec) -> FaceDetector:
    return open_detector(spec)
