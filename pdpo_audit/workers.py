"""What runs in another process: frozen jobs in, values out; no catalogue, no settings, models loaded once."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from multiprocessing.util import Finalize

import cv2

from pdpo_audit.fingerprints import examine_file
from pdpo_audit.fingerprints.examination import Facts
from pdpo_audit.imaging import Limits
from pdpo_audit.metadata import PILLOW, ExifTool, ReaderSpec, facts_of
from pdpo_audit.model.clusters import Election, VerifiedPair, Voters
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

cv2.setNumThreads(1)


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
    return [_examine(job) for job in batch]


def verify(batch: list[VerifyJob]) -> list[VerifiedPair]:
    """Say of each pair whether it shows the same picture, and how the two differ."""
    pictures = Pictures(batch[0].limits)
    results = []
    for job in batch:
        with _alarm(job.seconds):
            results.append(verify_pair(job.left, job.right, pictures, job.source))
    return results


def hold_elections(batch: list[ElectJob]) -> list[Election | None]:
    """Elect one picture in each frame."""
    results = []
    for job in batch:
        with _alarm(job.seconds * len(job.voters)):
            results.append(hold_election(job.voters, job.sides, Pictures(job.limits)))
    return results


def settle_whole(batch: list[SettleJob]) -> list[Settled | None]:
    """Form the groups of components; every picture is decoded once for all comparisons in its component."""
    return [_settle(job) for job in batch]


def _settle(job: SettleJob) -> Settled:
    pictures = Pictures(job.limits)

    def compare(pairs: Mapping[Pair, int | None]) -> Iterator[VerifiedPair]:
        for (left, right), source in pairs.items():
            with _alarm(job.seconds):
                pair = verify_pair(job.sides[left], job.sides[right], pictures, source)
            yield pair

    def hold(voters: Voters) -> Election | None:
        with _alarm(job.seconds * len(voters)):
            return hold_election(voters, job.sides, pictures)

    (settled,) = settle([job.component], compare, hold)
    return settled


def find_people(batch: list[PeopleJob]) -> list[FaceReading | FaceFailure]:
    """Find and grade the faces of each content."""
    results = []
    for job in batch:
        detector = _detector(job.detector)
        with _alarm(job.seconds):
            results.append(read_faces(job.face, detector, job.limits))
    return results


def _examine(job: ExamineJob) -> tuple[Examination | Skipped, ...]:
    with _alarm(job.seconds):
        if job.known:
            seen = examine_file(job.path, job.ref, job.stat, job.limits, decode=False)
            if all(isinstance(one, Examination) and one.sha256 in job.known for one in seen):
                return tuple(seen)
        return tuple(
            examine_file(job.path, job.ref, job.stat, job.limits, regions=job.regions, facts=_facts(job.reader))
        )


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


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    """End this worker process when one item takes longer: a decoder that hangs in C cannot be interrupted otherwise.

    The pool sees the death, replaces the process and records the item as timed out. Work in the main process itself
    (executor ``serial``) has no such limit.
    """
    if multiprocessing.parent_process() is None:
        yield
        return
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
