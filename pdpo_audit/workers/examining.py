"""In a worker: files read for the first time, and their headers for a first look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache, partial
from multiprocessing.util import Finalize

from pdpo_audit.execution import attempt, begin, each_in_time, left_of_time, telling
from pdpo_audit.fingerprints import examine_file
from pdpo_audit.fingerprints.examination import Facts
from pdpo_audit.imaging import FileKind, ImageProblem, Limits, open_picture, sniff
from pdpo_audit.imaging.formats import HEAD_BYTES
from pdpo_audit.metadata import PILLOW, ExifTool, ReaderSpec, facts_of
from pdpo_audit.metadata.embedded import read_metadata
from pdpo_audit.metadata.sidecars.forms import form_of
from pdpo_audit.metadata.sidecars.reading import read_sidecar
from pdpo_audit.model.disposition.returns import NO_SIZES, Sizes
from pdpo_audit.model.locations.holdings import Fault, ImageRef, Skipped, SkipReason
from pdpo_audit.model.locations.places import Place
from pdpo_audit.model.pictures import Examination, Metadata, Sidecar
from pdpo_audit.ports import StoredFile
from pdpo_audit.sources.containers.opening import opens
from pdpo_audit.workers.inside import Looker, look_inside
from pdpo_audit.workers.opening import Carried, container_bytes, open_place, places

Examined = tuple[Examination | Skipped | Sidecar, ...]
#: Camera and capture time stand here in nearly every file; only where they cannot be read is the whole file.
_HEADER = 256 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamineJob:
    """One file to read. ``known`` are digests of contents of this size: a file that has one is not decoded again."""

    ref: ImageRef
    place: Place
    limits: Limits
    seconds: float
    known: frozenset[bytes] = frozenset()
    regions: bool = True
    exchange: bool = True
    reader: ReaderSpec = PILLOW
    #: How deep it is looked inside files that hold others; 0: not at all.
    depth: int = 0
    #: Sizes of pictures whose pixels are digested, too: such a picture was erased once.
    erased: Sizes = NO_SIZES
    #: Members that killed the worker which examined them, with what is said of each: they are not touched again.
    without: Mapping[str, ImageProblem] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderJob:
    """One file of whose header the metadata is wanted; no pixel is decoded."""

    place: Place
    limits: Limits
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What a header told: ``metadata`` is ``None`` for a file that is no image or cannot be opened."""

    metadata: Metadata | None


@telling
def examine(batch: list[ExamineJob]) -> list[Examined]:
    """Read each file once: the pictures in it, or why there are none."""

    def skip(job: ExamineJob, problem: ImageProblem) -> Examined:
        return (problem.at(job.ref),)

    with places():
        return [
            attempt(partial(_examine, job), seconds=job.seconds, failed=partial(skip, job), heard=_noted)
            for job in batch
        ]


def _examine(job: ExamineJob) -> Examined:
    found = tuple(
        examine_file(
            partial(open_place, job.place),
            job.ref,
            job.limits,
            known=job.known,
            regions=job.regions,
            exchange=job.exchange,
            facts=_facts(job.reader),
            left=left_of_time,
            exact=job.erased.has,
        )
    )
    first = found[0]
    if isinstance(first, Skipped) and first.reason is SkipReason.CONTAINER_NOT_OPENED and job.depth:
        return tuple(_look_inside(job, first))
    if isinstance(first, Skipped) and first.reason is SkipReason.OTHER_FILE and form_of(job.ref.locator) is not None:
        file = open_place(job.place)
        try:
            return (read_sidecar(file, job.ref) or first,)
        finally:
            file.close()
    return found


def _look_inside(job: ExamineJob, outer: Skipped) -> list[Examination | Skipped]:
    """What lies inside a file. Each picture has the time of a file of its own."""
    if not opens(outer.detail):
        return [outer]

    def examine_member(data: bytes, ref: ImageRef) -> list[Examination | Skipped]:
        def at(problem: ImageProblem) -> list[Examination | Skipped]:
            return [problem.at(ref)]

        return attempt(partial(_examine_bytes, job, data, ref), seconds=job.seconds, failed=at)

    data = container_bytes(job.place)
    looker = Looker(examine=examine_member, depth=job.depth, begin=begin, without=job.without)
    return list(each_in_time(look_inside(looker, data, outer.ref, outer.detail), job.seconds))


def _examine_bytes(job: ExamineJob, data: bytes, ref: ImageRef) -> list[Examination | Skipped]:
    return examine_file(
        lambda: Carried(data=data),
        ref,
        job.limits,
        regions=job.regions,
        exchange=job.exchange,
        facts=_facts(job.reader),
        left=left_of_time,
        exact=job.erased.has,
    )


def _noted(results: Examined, notes: tuple[str, ...]) -> Examined:
    """What libraries printed belongs to the file: with several pages nobody can tell to which."""
    return tuple(replace(one, notes=(*one.notes, *notes)) if isinstance(one, Examination) else one for one in results)


@telling
def read_headers(batch: list[HeaderJob]) -> list[Header]:
    """What each header says."""
    with places():
        return [attempt(partial(_header, job), seconds=job.seconds, failed=_no_header) for job in batch]


def _no_header(problem: ImageProblem) -> Header:
    """What cannot be opened is no image yet; one over which a reader failed is one of which nothing is known."""
    return Header(metadata=None if problem.reason.fault is Fault.PLACE else Metadata())


def _header(job: HeaderJob) -> Header:
    file = open_place(job.place)
    try:
        kind, _ = sniff(file.head(HEAD_BYTES), job.place.locator)
        if kind is FileKind.DECODABLE:
            return Header(metadata=_said(file, job.limits))
        return Header(metadata=Metadata() if kind is FileKind.NOT_DECODED else None)
    except ImageProblem:
        return Header(metadata=Metadata())
    finally:
        file.close()


def _said(file: StoredFile, limits: Limits) -> Metadata:
    try:
        return read_metadata(open_picture(file.head(_HEADER), limits))
    except ImageProblem:
        return read_metadata(open_picture(file.whole(), limits))


@cache
def _facts(reader: ReaderSpec) -> Facts:
    """How this process reads metadata; ExifTool starts when first asked, and ends with the process."""
    if not reader.program:
        return facts_of
    tool = ExifTool(reader.program)
    # atexit is not run in worker processes, this is; one that is killed takes its ExifTool with it.
    Finalize(None, tool.close, exitpriority=10)
    return partial(facts_of, tool=tool, always=reader.always)
