"""Person search for a data access request: by picture first, by face only where the settings permit it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pdpo_audit.catalogue.people import load_faces
from pdpo_audit.catalogue.queries import PlacedContent, first_places, places_of
from pdpo_audit.errors import CallError
from pdpo_audit.imaging import ImageProblem, Limits, load_upright
from pdpo_audit.model.people import Face
from pdpo_audit.people.detectors import DetectorSpec, open_detector
from pdpo_audit.people.reading import read_contents
from pdpo_audit.people.search import PersonSearch, SearchPermit
from pdpo_audit.sources.locations import locator_of
from pdpo_audit.workspace.finding import FoundHolding, find
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.stages import PEOPLE_METHOD


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A holding for a person to look at, best first; ``likely`` is a hint and never an answer."""

    rank: int
    source: str
    path: str
    owner: str
    distance: float
    likely: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """Holdings of the photographs themselves, and the review list of faces with what must be known of it."""

    by_picture: tuple[FoundHolding, ...]
    by_face: tuple[Suggestion, ...]
    references: int
    compared: int
    cautions: tuple[str, ...]


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
        detector = open_detector(
            DetectorSpec(name=project.settings.people.detector, yunet=project.settings.people.yunet)
        )
        for photo in photos:
            search.refer(_load(photo.read_bytes(), project), detector)
        by_picture = tuple(find(project, list(photos)))
        _compare_library(project, search)
        ranked = search.ranked()
    except OSError as error:
        raise CallError(f"{error.filename} cannot be read: {error.strerror}") from error
    finally:
        search.close()
    records = project.source_records()
    suggestions = []
    for rank, candidate in enumerate(ranked.candidates, 1):
        for place in places_of(project.store, [candidate.content]):
            owner = records[place.ref.source].owner if place.ref.source in records else ""
            suggestions.append(
                Suggestion(
                    rank=rank,
                    source=place.ref.source,
                    path=place.ref.path,
                    owner=owner,
                    distance=round(candidate.distance, 3),
                    likely=candidate.likely,
                )
            )
    _log(project, permit, len(photos), ranked.compared, len(suggestions))
    return SearchResult(
        by_picture=by_picture,
        by_face=tuple(suggestions),
        references=ranked.references,
        compared=ranked.compared,
        cautions=ranked.cautions,
    )


def _compare_library(project: Project, search: PersonSearch) -> None:
    faces: dict[int, list[Face]] = load_faces(project.store, project.store.recall(PEOPLE_METHOD))
    with_faces = sorted(content for content, found in faces.items() if found)
    locate = locator_of(project.sources())
    places = first_places(project.store, with_faces)
    project.progress.start("Comparing faces", len(places))
    for content, place in sorted(places.items()):
        image = _picture(project, place, locate(place.ref))
        if image is not None:
            search.compare(content, image, faces[content])
        project.progress.advance()


def _picture(project: Project, place: PlacedContent, path: bytes) -> NDArray[np.uint8] | None:
    try:
        return load_upright(
            read_contents(path, _limits(project)), max_side=None, limits=_limits(project), page=place.ref.page
        )
    except ImageProblem:
        return None


def _load(data: bytes, project: Project) -> NDArray[np.uint8]:
    try:
        return load_upright(data, max_side=None, limits=_limits(project))
    except ImageProblem as problem:
        raise CallError(f"a reference photograph cannot be read: {problem.detail or problem.reason}") from problem


def _limits(project: Project) -> Limits:
    limits = project.settings.limits
    return Limits(max_pixels=limits.max_pixels, max_file_bytes=limits.max_file_bytes)


def _log(project: Project, permit: SearchPermit, photos: int, compared: int, listed: int) -> None:
    details: dict[str, str | int | float | bool | None] = {
        "purpose": permit.purpose,
        "approved_by": permit.approved_by,
        "pia_reference": permit.pia_reference,
        "expires_on": permit.expires_on.isoformat() if permit.expires_on else None,
        "references": photos,
        "faces_compared": compared,
        "holdings_listed": listed,
    }
    with project.store.transaction() as transaction:
        transaction.append_event("person searched", details, at=project.clock(), actor=project.actor)
