"""In a worker: text looked for in pictures, and small pictures covered where a number is legible."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, partial

from pdpo_audit.execution import attempt, telling
from pdpo_audit.imaging import ImageProblem, Limits, load_upright
from pdpo_audit.imaging.covering import covered_jpeg
from pdpo_audit.model.locations.places import Place
from pdpo_audit.model.text.marks import Covers
from pdpo_audit.model.text.readings import TextFailure, TextReading
from pdpo_audit.ports.text import TextEngine
from pdpo_audit.text.engines.opening import TextSpec, open_engine
from pdpo_audit.text.text_pass import TextJob, method_of, read_text
from pdpo_audit.workers.opening import Contents, places


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadJob:
    """One content for the text pass, and the places that may hold it."""

    text: TextJob
    places: tuple[Place, ...]
    sha256: bytes
    engine: TextSpec
    limits: Limits
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FillJob:
    """A stored small picture of a content in which something is to be covered."""

    content: int
    thumbnail: bytes
    covers: Covers
    limits: Limits
    seconds: float


@telling
def find_text(batch: list[ReadJob]) -> list[TextReading | TextFailure]:
    """Say of each content which numbers are legible and what its words hint at."""
    contents = Contents(batch[0].limits)
    with places():
        return [_find(job, contents) for job in batch]


def _find(job: ReadJob, contents: Contents) -> TextReading | TextFailure:
    engine = _engine(job.engine)

    def fail(problem: ImageProblem) -> TextReading | TextFailure:
        return TextFailure(content=job.text.content, method=method_of(engine), skipped=problem.at(job.text.ref))

    reading = partial(contents.read, job.places, job.sha256)
    work = partial(read_text, job.text, reading, engine, job.limits)
    return attempt(work, seconds=job.seconds, about=(job.text.content,), failed=fail)


@telling
def fill_boxes(batch: list[FillJob]) -> list[bytes | None]:
    """Each small picture with its boxes covered; empty where they are already, ``None`` where it cannot be done."""

    def fill(job: FillJob) -> bytes | None:
        image = load_upright(job.thumbnail, max_side=None, limits=job.limits)
        return covered_jpeg(image, job.covers)

    return [
        attempt(partial(fill, job), seconds=job.seconds, about=(job.content,), failed=lambda _: None) for job in batch
    ]


@cache
def _engine(spec: TextSpec) -> TextEngine:
    return open_engine(spec)
