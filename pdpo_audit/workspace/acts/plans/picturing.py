"""The pictures of a printed plan: of every format that is read, unrecognisable, and kept nowhere else."""

from __future__ import annotations

from collections.abc import Sequence

from pdpo_audit.catalogue.disposition.pictures import pictures_of
from pdpo_audit.catalogue.people import known_faces
from pdpo_audit.catalogue.queries.contents import PlacedContent, contents_of_digest, places_of
from pdpo_audit.catalogue.stated.texts import known_boxes
from pdpo_audit.errors import MachineError
from pdpo_audit.execution import WorkerDied, map_bounded
from pdpo_audit.model.disposition.plans import PlanItem
from pdpo_audit.model.locations.holdings import Skipped
from pdpo_audit.people.detectors.engines import describe
from pdpo_audit.people.thumbnails import LONGEST
from pdpo_audit.pipeline.remembered import PEOPLE_METHOD, TEXT_METHOD
from pdpo_audit.pipeline.work import Work
from pdpo_audit.sources.locations import places_of as places_at
from pdpo_audit.workers import CoverJob, ThumbnailJob, cover_faces
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.rules.assessing import lock_pictures
from pdpo_audit.workspace.scan.waiting import Held, held_copies


def picture_lines(project: Project, items: Sequence[PlanItem]) -> dict[int, bytes]:
    """A pixelated JPEG for each line, by its number: the one that a scan kept, or one made now with its faces covered.

    None of what the stop rule holds, of what cannot be decoded, and, where no face engine is installed, of what no scan
    kept a picture of.
    """
    if project.settings.report.thumbnails == "none":
        return {}
    stopped = lock_pictures(project)
    shown = [item for item in items if item.sha256 not in stopped]
    kept = pictures_of(project.store, [item.sha256 for item in shown])
    found = {item.number: kept[item.sha256] for item in shown if item.sha256 in kept}
    return found | _made(project, [item for item in shown if item.number not in found])


def _made(project: Project, items: Sequence[PlanItem]) -> dict[int, bytes]:
    placed = {item.number: (one, item) for item in items if (one := _place(project, item)) is not None}
    try:
        describe(project.detector())
    except MachineError:
        return {}
    if not placed:
        return {}
    held = held_copies(project)
    with project.work(1) as work:
        jobs = ([_job(project, work, held, content, item)] for content, item in placed.values())
        made = map_bounded(work.executor, cover_faces, jobs, in_flight=2, lost=_lost, note=work.note)
        return {number: one for number, (one,) in zip(placed, made, strict=True) if isinstance(one, bytes)}


def _place(project: Project, item: PlanItem) -> PlacedContent | None:
    """The content of a line at its place: pages of one file have its digest in common."""
    contents = contents_of_digest(project.store, bytes.fromhex(item.sha256))
    everywhere = places_of(project.store, contents)
    return next((one for one in everywhere if (one.ref.source, one.ref.path) == (item.source, item.path)), None)


def _job(project: Project, work: Work, held: Held, one: PlacedContent, item: PlanItem) -> CoverJob:
    store = project.store
    picture = ThumbnailJob(
        content=one.content, ref=one.ref, places=places_at([one.ref], held.locate), sha256=bytes.fromhex(item.sha256),
        longest=LONGEST, limits=work.limits, seconds=work.seconds_per_file,
        covers=known_boxes(store, one.content, store.recall(TEXT_METHOD)),
    )  # fmt: skip
    faces = known_faces(store, one.content, store.recall(PEOPLE_METHOD))
    return CoverJob(picture=picture, faces=faces, detector=project.detector())


def _lost(job: CoverJob, death: WorkerDied) -> bytes | Skipped:
    return death.problem.at(job.picture.ref)
