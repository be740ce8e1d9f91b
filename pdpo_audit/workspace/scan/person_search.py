"""Person search for a data access request: by picture first, by face only where the settings permit it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pdpo_audit.catalogue.people import failures, load_faces
from pdpo_audit.catalogue.queries.contents import digests_of, placed_contents, places_of, some_places
from pdpo_audit.errors import CallError
from pdpo_audit.execution import WorkerDied, map_bounded, unheard
from pdpo_audit.model.events import Details
from pdpo_audit.model.findings import STOP_RULE
from pdpo_audit.model.locations.holdings import ImageRef, Skipped
from pdpo_audit.model.locations.places import Place
from pdpo_audit.model.locations.printed import amount
from pdpo_audit.model.people import Face
from pdpo_audit.people.crops import FaceCrop
from pdpo_audit.people.search import Candidate, PersonSearch, SearchPermit
from pdpo_audit.pipeline.remembered import PEOPLE_METHOD
from pdpo_audit.pipeline.work import Work
from pdpo_audit.sources.locations import places_of as places_at
from pdpo_audit.workers import CropJob, ReferenceJob, crop_faces, find_references
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.rules.assessing import lock_pictures
from pdpo_audit.workspace.scan.searching import FoundHolding, NotCompared, SearchOutcome
from pdpo_audit.workspace.scan.searching import search as search_pictures
from pdpo_audit.workspace.scan.waiting import held_copies


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A holding for a person to look at, best first; ``likely`` is a hint and never an answer.

    Where it waits in a quarantine, ``lies_at``, ``waits_under`` and ``quarantined_until`` say where, as in ``find``.
    """

    rank: int
    source: str
    path: str
    owner: str
    distance: float
    likely: bool
    lies_at: str = ""
    waits_under: str = ""
    quarantined_until: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """Holdings of the photographs themselves, and the review list of faces with what must be known of it.

    ``not_compared`` names every holding whose faces could not be compared or were never looked for,
    ``pictures_not_compared`` those that could not be compared with the photographs.
    """

    by_picture: tuple[FoundHolding, ...]
    by_face: tuple[Suggestion, ...]
    references: int
    compared: int
    cautions: tuple[str, ...]
    not_compared: tuple[NotCompared, ...] = ()
    pictures_not_compared: tuple[NotCompared, ...] = ()
    never_examined: int = 0
    gaps: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether everything that is declared was looked at and compared."""
        return not (self.not_compared or self.pictures_not_compared or self.gaps)


def find_person(project: Project, photos: Sequence[Path]) -> SearchResult:
    """Look for the person in ``photos``; face descriptions live in one child process and end with this call.

    :raises CallError: the settings do not permit it, its approval has ended, or a photo shows no single person.
    """
    asked = project.settings.people.search
    permit = SearchPermit(
        purpose=asked.purpose,
        approved_by=asked.approved_by,
        pia_reference=asked.pia_reference,
        expires_on=asked.expires_on,
    )
    search = PersonSearch(permit=permit, today=project.clock().date())
    try:
        with project.work(1) as work:
            _refer(project, work, search, photos)
            by_picture = search_pictures(project, list(photos))
            missed = _compare_library(project, work, search)
        ranked = search.ranked()
    finally:
        search.close()
    suggestions = list(_suggestions(project, ranked.candidates))
    _log(project, permit, len(photos), ranked.compared, len(suggestions), len(missed))
    return SearchResult(
        by_picture=by_picture.found,
        by_face=tuple(suggestions),
        references=ranked.references,
        compared=ranked.compared,
        cautions=(*ranked.cautions, *_gaps(missed, by_picture)),
        not_compared=tuple(missed),
        pictures_not_compared=by_picture.not_compared,
        never_examined=by_picture.never_examined,
        gaps=by_picture.gaps,
    )


def _refer(project: Project, work: Work, search: PersonSearch, photos: Sequence[Path]) -> None:
    jobs = [
        ReferenceJob(
            place=Place.of_file(os.fsencode(photo)),
            detector=project.detector(),
            limits=work.limits,
            seconds=work.seconds_per_file,
        )
        for photo in photos
    ]
    read = map_bounded(
        work.executor, find_references, [[job] for job in jobs], in_flight=1, lost=_lost_reference, note=unheard
    )
    for photo, (faces,) in zip(photos, read, strict=True):
        if isinstance(faces, Skipped):
            words = faces.detail or faces.reason
            raise CallError(f"{photo} cannot be read: {words}", advice="give another reference photograph")
        search.refer(faces)


def _lost_reference(job: ReferenceJob, death: WorkerDied) -> list[FaceCrop] | Skipped:
    return death.problem.at(ImageRef(source="", locator=job.place.locator))


def _compare_library(project: Project, work: Work, search: PersonSearch) -> list[NotCompared]:
    """Compare every face that the library is known to show and the stop rule does not hold; what was left out."""
    method = project.store.recall(PEOPLE_METHOD)
    faces: dict[int, list[Face]] = load_faces(project.store, method)
    with_faces = sorted(content for content, found in faces.items() if found)
    digests = digests_of(project.store, with_faces)
    stopped = lock_pictures(project)
    withheld = [content for content in with_faces if digests[content].hex() in stopped]
    held = some_places(project.store, [content for content in with_faces if content not in withheld])
    locate = held_copies(project).locate
    jobs = [
        CropJob(
            content=content,
            ref=places[0].ref,
            places=places_at((one.ref for one in places), locate),
            sha256=digests[content],
            faces=tuple(faces[content]),
            limits=work.limits,
            seconds=work.seconds_per_file,
        )
        for content, places in sorted(held.items())
    ]
    project.progress.start("Comparing faces", len(jobs))
    missed = [one for content in withheld for one in _everywhere(project, content, STOP_RULE, "")]
    for job, (crops,) in zip(
        jobs,
        map_bounded(work.executor, crop_faces, [[job] for job in jobs], in_flight=2, lost=_lost, note=work.note),
        strict=True,
    ):
        if isinstance(crops, Skipped):
            missed += _everywhere(project, job.content, crops.reason, crops.detail)
        else:
            search.compare(job.content, crops)
        project.progress.advance()
    return missed + list(_never_looked_at(project, faces, failures(project.store, method)))


def _lost(job: CropJob, death: WorkerDied) -> list[FaceCrop] | Skipped:
    return death.problem.at(job.ref)


def _everywhere(project: Project, content: int, reason: str, detail: str) -> list[NotCompared]:
    return [
        NotCompared(source=place.ref.source, path=place.ref.path, reason=reason, detail=detail)
        for place in places_of(project.store, [content])
    ]


def _never_looked_at(project: Project, seen: Mapping[int, object], failed: Mapping[int, str]) -> Iterator[NotCompared]:
    """Holdings that no face pass looked at: they may show the person as well."""
    for place in placed_contents(project.store):
        if place.content not in seen:
            reason = failed.get(place.content, "not_looked_at")
            yield NotCompared(source=place.ref.source, path=place.ref.path, reason=reason, detail="")


def _suggestions(project: Project, candidates: Sequence[Candidate]) -> Iterator[Suggestion]:
    records, held = project.source_records(), held_copies(project)
    for rank, candidate in enumerate(candidates, 1):
        for place in places_of(project.store, [candidate.content]):
            owner = records[place.ref.source].owner if place.ref.source in records else ""
            waits = held.waits(place.ref)
            yield Suggestion(
                rank=rank,
                source=place.ref.source,
                path=place.ref.path,
                owner=owner,
                distance=round(candidate.distance, 3),
                likely=candidate.likely,
                lies_at=waits.place if waits else "",
                waits_under=waits.plan_id if waits else "",
                quarantined_until=waits.ends_on if waits else "",
            )


def _gaps(missed: Sequence[NotCompared], by_picture: SearchOutcome) -> Iterator[str]:
    """What an answer to the request has to say of its limits."""
    if missed:
        left = amount(len(missed), "holding was", "holdings were")
        yield f"{left} not compared by face, each named: they may show the person as well."
    if by_picture.not_compared:
        left = amount(len(by_picture.not_compared), "holding")
        yield f"{left} could not be compared with the photographs, each named."
    for gap in by_picture.gaps:
        yield f"Not looked at: {gap}."


def _log(project: Project, permit: SearchPermit, photos: int, compared: int, listed: int, missed: int) -> None:
    details: Details = {
        "purpose": permit.purpose,
        "approved_by": permit.approved_by,
        "pia_reference": permit.pia_reference,
        "expires_on": permit.expires_on.isoformat() if permit.expires_on else None,
        "references": photos,
        "faces_compared": compared,
        "holdings_listed": listed,
        "holdings_not_compared": missed,
    }
    with project.store.transaction() as transaction:
        transaction.append_event("person searched", details, at=project.clock(), actor=project.actor)
