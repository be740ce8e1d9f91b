"""Hostile files that hold others, examined in a worker as a scan does."""

from __future__ import annotations

import os
import resource
import tempfile
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from benchmarks.hostile import hostile
from benchmarks.mutators import Seed
from pdpo_audit.execution import WorkerDied, telling
from pdpo_audit.imaging import Limits
from pdpo_audit.model.locations.holdings import ImageRef, Skipped, SkipReason
from pdpo_audit.model.locations.places import Place
from pdpo_audit.workers.examining import ExamineJob, examine

MEMORY, SECONDS = 1_000_000_000, 60.0
LIMITS = Limits(max_pixels=100_000_000, memory=600_000_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a file: how many results, what the worst of them said, seconds, and the worker's memory."""

    name: str
    results: int
    faults: tuple[str, ...]
    seconds: float
    memory: int


@cache
def corpus_files(corpus: str) -> list[Path]:
    return sorted(one for folder in Path(corpus).glob("container-*") for one in folder.iterdir()) if corpus else []


def file_of(number: int, corpus: str) -> Seed:
    if number >= 0:
        return hostile(number)
    path = corpus_files(corpus)[-1 - number]
    return Seed(name=path.name, data=path.read_bytes())


@telling
def examine_cases(batch: list[tuple[int, str]]) -> list[Outcome]:
    """Each as a scan examines it."""
    return [_examine(*job) for job in batch]


def _examine(number: int, corpus: str) -> Outcome:
    file, began = file_of(number, corpus), time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        name = Path(file.name).name.encode()
        (Path(folder) / os.fsdecode(name)).write_bytes(file.data)
        job = ExamineJob(
            ref=ImageRef(source="soak", locator=name), place=Place(source="soak", uri=folder, locator=name),
            limits=LIMITS, seconds=SECONDS / 3, regions=False, depth=4,
        )  # fmt: skip
        results = examine([job]).results[0]
    skips = [one for one in (r if isinstance(r, Skipped) else getattr(r, "skipped", None) for r in results) if one]
    bad = (SkipReason.PROGRAM_ERROR, SkipReason.DECODER_CRASHED)
    return Outcome(
        name=file.name,
        results=len(results),
        faults=tuple(f"{one.ref.path}: {one.detail}" for one in skips if one.reason in bad),
        seconds=time.monotonic() - began,
        memory=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    )


def lost(job: tuple[int, str], death: WorkerDied) -> Outcome:
    return Outcome(name=str(job[0]), results=1, faults=(str(death),), seconds=0, memory=0)
