"""Mutated files examined in a worker as a scan does, for the soak and for the kept cases of the tests."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from benchmarks.mutators import Seed, case, made_seeds, read_seeds
from benchmarks.recording import ROOT
from pdpo_audit.execution import WorkerDied, attempt, left_of_time, telling
from pdpo_audit.fingerprints import examine_file
from pdpo_audit.imaging import ImageProblem, Limits
from pdpo_audit.model.locations.holdings import FileStat, ImageRef, Skipped, SkipReason
from pdpo_audit.model.pictures import Examination

#: What a worker may use: the least that the settings allow, and a bit.
MEMORY, SECONDS = 1_500_000_000, 20.0
LIMITS = Limits(max_pixels=100_000_000, memory=900_000_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A case by number; negative numbers are files of the corpus as they are."""

    number: int
    corpus: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a case: a reason or "examined", how long it took, what the worker's memory came to (bytes).

    ``process`` is the worker's number; 0 where it died.
    """

    number: int
    said: str
    detail: str
    seconds: float
    memory: int
    process: int = 0


@dataclass(frozen=True, slots=True)
class Held:
    """A file in memory."""

    data: bytes

    @property
    def stat(self) -> FileStat:
        return FileStat(size=len(self.data), modified_ns=0)

    def head(self, length: int) -> bytes:
        return self.data[:length]

    def whole(self) -> bytes:
        return self.data

    def close(self) -> None: ...


@cache
def seeds(corpus: str) -> tuple[list[Seed], list[Seed]]:
    """Made ones, and those of the corpus."""
    made = made_seeds(ROOT / "tests" / "workspace" / "heic")
    return made, read_seeds(Path(corpus)) if corpus else []


def file_of(job: Job) -> Seed:
    """The file that a job is about."""
    made, found = seeds(job.corpus)
    if job.number < 0:
        return found[-1 - job.number]
    return case(job.number, found if found and job.number % 2 else made)


@telling
def examine_cases(batch: list[Job]) -> list[Outcome]:
    """Examine each as a scan does."""
    return [_examine(job) for job in batch]


def _examine(job: Job) -> Outcome:
    file, began = file_of(job), time.monotonic()
    ref = ImageRef(source="soak", locator=file.name.encode())

    def work() -> Sequence[Examination | Skipped]:
        return examine_file(partial(Held, file.data), ref, LIMITS, left=left_of_time)

    def fail(problem: ImageProblem) -> Sequence[Examination | Skipped]:
        return [problem.at(ref)]

    results = attempt(work, seconds=SECONDS, failed=fail)
    skips = [one for one in (r if isinstance(r, Skipped) else r.skipped for r in results) if one is not None]
    worst = next((one for one in skips if one.reason is SkipReason.PROGRAM_ERROR), skips[0] if skips else None)
    return Outcome(
        number=job.number,
        said=worst.reason.value if worst else "examined",
        detail=worst.detail if worst else "",
        seconds=time.monotonic() - began,
        memory=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        process=os.getpid(),
    )


def lost(job: Job, death: WorkerDied) -> Outcome:
    """A case that killed its worker, twice."""
    return Outcome(number=job.number, said=death.problem.reason.value, detail=str(death), seconds=0, memory=0)
