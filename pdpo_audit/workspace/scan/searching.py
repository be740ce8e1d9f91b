"""Find: every holding of a picture, with its place, owner and relation."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pdpo_audit.catalogue.queries.contents import unexamined
from pdpo_audit.model.locations.holdings import Skipped
from pdpo_audit.model.locations.places import Place
from pdpo_audit.pipeline.beside.search import find_holdings
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.scan.gaps import gaps_of
from pdpo_audit.workspace.scan.waiting import held_copies

if TYPE_CHECKING:
    from pdpo_audit.pipeline.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundHolding:
    """A holding of the picture asked for.

    ``lies_at`` is its place in the quarantine of the plan ``waits_under``, where it waits until ``quarantined_until``
    and is still held; all three are empty where it is at its place.
    """

    picture: str
    source: str
    path: str
    owner: str
    jurisdiction: str
    relation: str
    similarity: float
    through: str
    lies_at: str = ""
    waits_under: str = ""
    quarantined_until: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotCompared:
    """A holding that a search could not compare, and why: it may show the same picture or person."""

    source: str
    path: str
    reason: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchOutcome:
    """What a search for pictures found, what it could not compare, and how many holdings were never examined.

    ``gaps`` tells in sentences what of the declared sources nobody has looked at; only without any is "not held" true.
    """

    found: tuple[FoundHolding, ...]
    not_compared: tuple[NotCompared, ...]
    never_examined: int
    gaps: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether everything that is declared was looked at and compared."""
        return not (self.not_compared or self.gaps)


def find(project: Project, pictures: list[Path]) -> list[FoundHolding]:
    """Every holding of each picture; the pictures themselves need not be in the library."""
    return list(search(project, pictures).found)


def search(project: Project, pictures: list[Path]) -> SearchOutcome:
    """Every holding of each picture, with what could not be compared with it."""
    with project.work(1, brief=True) as work:
        return search_with(project, work, [(str(one), Place.of_file(os.fsencode(one))) for one in pictures])


def search_with(project: Project, work: Work, pictures: Sequence[tuple[str, Place]]) -> SearchOutcome:
    """The same with workers that are open already, for pictures by what they are called and where they are."""
    records = project.source_records()
    held = held_copies(project)
    found: list[FoundHolding] = []
    missed: dict[NotCompared, None] = {}
    for picture, place in pictures:
        told = find_holdings(work, picture, place, held.locate)
        missed |= dict.fromkeys(map(name_missed, told.not_compared))
        for one in told.found:
            source, waits = records.get(one.place.ref.source), held.waits(one.place.ref)
            found.append(
                FoundHolding(
                    picture=picture,
                    source=one.place.ref.source,
                    path=one.place.ref.path,
                    owner=source.owner if source else "",
                    jurisdiction=source.jurisdiction if source else "",
                    relation=one.relation.value,
                    similarity=round(one.similarity, 4),
                    through=one.through,
                    lies_at=waits.place if waits else "",
                    waits_under=waits.plan_id if waits else "",
                    quarantined_until=waits.ends_on if waits else "",
                )
            )
    never = unexamined(project.store)
    return SearchOutcome(found=tuple(found), not_compared=tuple(missed), never_examined=never, gaps=gaps_of(project))


def name_missed(one: Skipped) -> NotCompared:
    """What was not compared, for people."""
    return NotCompared(source=one.ref.source, path=one.ref.path, reason=one.reason.value, detail=one.detail)
