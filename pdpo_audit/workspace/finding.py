"""Find: every holding of a picture, with its place, owner and relation."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pdpo_audit.pipeline.search import find_holdings
from pdpo_audit.sources.locations import locator_of
from pdpo_audit.workspace.project import Project


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundHolding:
    """A holding of the picture asked for."""

    picture: str
    source: str
    path: str
    owner: str
    jurisdiction: str
    relation: str
    similarity: float
    through: str


def find(project: Project, pictures: list[Path]) -> list[FoundHolding]:
    """Every holding of each picture; the pictures themselves need not be in the library."""
    records = project.source_records()
    locate = locator_of(project.sources())
    found = []
    with project.work(0) as work:
        for picture in pictures:
            for one in find_holdings(work, picture, locate):
                source = records.get(one.place.ref.source)
                found.append(
                    FoundHolding(
                        picture=str(picture),
                        source=one.place.ref.source,
                        path=one.place.ref.path,
                        owner=source.owner if source else "",
                        jurisdiction=source.jurisdiction if source else "",
                        relation=one.relation.value,
                        similarity=round(one.similarity, 4),
                        through=one.through,
                    )
                )
    return found
