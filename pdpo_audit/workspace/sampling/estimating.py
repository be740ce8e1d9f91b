"""Estimate: list everything, read a random sample, and say what the store probably holds, and which source first."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pdpo_audit.errors import CallError
from pdpo_audit.model.locations.holdings import ImageProblem
from pdpo_audit.model.locations.printed import amount
from pdpo_audit.model.people import PeopleLevel
from pdpo_audit.sampling.draws import BUDGET, Drawn, Group, draw_files, draw_groups, files_to_draw, group_by_size
from pdpo_audit.sampling.intervals import Estimate, Stratum, estimate_share, estimate_total
from pdpo_audit.workspace.project import Project, ScanOptions
from pdpo_audit.workspace.sampling.looking import Listed, list_files, look
from pdpo_audit.workspace.scan.transfers import check_transfers

if TYPE_CHECKING:
    import pandas as pd

_RECOGNISABLE = (PeopleLevel.P2.value, PeopleLevel.P3.value)
_GIGABYTE = 1e9


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceEstimate:
    """One source: what it holds, and how it ranks by recognisable people times copies (1: look here first)."""

    name: str
    files: int
    bytes: int
    pictures: Estimate
    recognisable: Estimate
    rank: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreEstimate:
    """What was listed (known), what was read, and what follows (estimated, 95 %).

    ``additional_copies`` counts copies that are equal byte by byte: near copies come on top, since a sample cannot
    tell them.
    """

    seed: int
    files: int
    bytes: int
    files_read: int
    bytes_read: int
    pictures: Estimate
    additional_copies: Estimate
    additional_bytes: Estimate
    yearly_hkd: Estimate | None
    people_share: Estimate | None
    formats: dict[str, Estimate]
    sources: tuple[SourceEstimate, ...]
    notes: tuple[str, ...] = ()


def estimate(project: Project, *, points: float = 2.0, people: bool = True, seed: int) -> StoreEstimate:
    """Draw a sample by ``seed`` and say what follows; nothing is recorded in the catalogue.

    :raises CallError: no source is declared, or there is nothing in them.
    """
    check_transfers(project, ScanOptions())
    sources = project.sources()
    if not sources:
        raise CallError("no source is declared", advice="pdpo-audit estimate FOLDER, or add [[sources]]")
    listed = list_files(project, sources)
    if not listed.sizes:
        raise CallError("the sources hold no file", advice="pdpo-audit source check")
    chance = np.random.default_rng(seed)
    sizes, source = np.array(listed.sizes, dtype=np.int64), np.array(listed.source, dtype=np.int32)
    files = draw_files(source, files_to_draw(points), chance)
    rows = look(project, listed, np.concatenate([one.rows for one in files]), people=people)
    groups = draw_groups(group_by_size(sizes), int(sizes.sum() * BUDGET), chance)
    copies = _Copies(project=project, listed=listed)
    counted = [(size, [copies.count(group) for group in drawn]) for size, drawn in groups]
    read_rows = np.unique(np.concatenate([*(one.rows for one in files), *copies.rows()]))
    return _told(project, listed, files, rows, counted, read_rows, seed=seed, people=people)


@dataclass(slots=True, kw_only=True)
class _Copies:
    """Reads whole groups, and counts what is in them twice."""

    project: Project
    listed: Listed
    read: list[NDArray[np.int64]] = field(default_factory=list)

    def rows(self) -> list[NDArray[np.int64]]:
        """The files that were read."""
        return self.read

    def count(self, group: Group) -> tuple[int, int, float]:
        """Additional copies of a group, their bytes, and what keeping them costs in a year (HK$)."""
        seen: set[bytes] = set()
        copies, costs = 0, 0.0
        rates = [one.cost_hkd_per_gb_month or 0.0 for one in self.project.settings.sources]
        self.read.append(group.rows)
        for row in group.rows.tolist():
            digest = self._digest(row)
            if digest and digest in seen:
                copies += 1
                costs += group.bytes / _GIGABYTE * 12 * rates[self.listed.source[row]]
            elif digest:
                seen.add(digest)
        return copies, copies * group.bytes, costs

    def _digest(self, row: int) -> bytes:
        source = self.listed.sources[self.listed.source[row]]
        try:
            file = source.open(self.listed.locators[row])
            try:
                return hashlib.sha256(file.whole()).digest()
            finally:
                file.close()
        except ImageProblem:
            return b""


def _told(
    project: Project, listed: Listed, files: Sequence[Drawn], rows: dict[int, pd.Series],
    counted: Sequence[tuple[int, list[tuple[int, int, float]]]], read: NDArray[np.int64], *, seed: int, people: bool,
) -> StoreEstimate:  # fmt: skip
    sizes = np.array(listed.sizes, dtype=np.int64)

    def trait(test: str) -> list[Stratum]:
        return [
            Stratum(size=one.size, measured=np.array([_has(rows.get(row), test) for row in one.rows.tolist()], float))
            for one in files
        ]

    def copies(place: int) -> Estimate:
        measured = [(size, np.array([one[place] for one in drawn], float)) for size, drawn in counted]
        strata = [Stratum(size=size, measured=found) for size, found in measured]
        return estimate_total(strata, at_least=float(sum(stratum.measured.sum() for stratum in strata)))

    formats = sorted({str(row["format"]) for row in rows.values() if row["format"]})
    pictures, priced = trait("picture"), any(one.cost_hkd_per_gb_month for one in project.settings.sources)
    among = _of_pictures(pictures, trait("recognisable"))
    return StoreEstimate(
        seed=seed,
        files=len(sizes),
        bytes=int(sizes.sum()),
        files_read=len(read),
        bytes_read=int(sizes[read].sum()),
        pictures=estimate_share(pictures).times(len(sizes)),
        additional_copies=copies(0),
        additional_bytes=copies(1),
        yearly_hkd=copies(2) if priced else None,
        people_share=estimate_share(among) if people else None,
        formats={name: estimate_share(trait(f"format {name}")).times(len(sizes)) for name in formats},
        sources=_ranked(listed, files, pictures, trait("recognisable")),
        notes=_notes(listed, people=people, priced=priced),
    )


def _has(row: pd.Series | None, test: str) -> bool:
    if row is None:
        return False
    match test:
        case "picture":
            return True
        case "recognisable":
            return row["people_level"] in _RECOGNISABLE
        case _:
            return test == f"format {row['format']}"


def _of_pictures(pictures: Sequence[Stratum], recognisable: Sequence[Stratum]) -> list[Stratum]:
    """The same among the pictures of each source: their number is estimated, too, which Wilson's interval covers."""
    found = []
    for of_all, with_people in zip(pictures, recognisable, strict=True):
        are = of_all.measured > 0
        if are.any():
            size = max(int(are.sum()), round(of_all.size * float(are.mean())))
            found.append(Stratum(size=size, measured=with_people.measured[are]))
    return found


def _ranked(
    listed: Listed, files: Sequence[Drawn], pictures: Sequence[Stratum], recognisable: Sequence[Stratum]
) -> tuple[SourceEstimate, ...]:
    sizes, source = np.array(listed.sizes, dtype=np.int64), np.array(listed.source)
    found = [
        SourceEstimate(
            name=listed.sources[number].name,
            files=int((source == number).sum()),
            bytes=int(sizes[source == number].sum()),
            pictures=estimate_share([pictures[place]]).times(files[place].size),
            recognisable=estimate_share([recognisable[place]]).times(files[place].size),
        )
        for place, number in enumerate(np.unique(source).tolist())
    ]
    ordered = sorted(found, key=lambda one: (-one.recognisable.value, -one.pictures.value, one.name))
    return tuple(replace(one, rank=rank) for rank, one in enumerate(ordered, 1))


def _notes(listed: Listed, *, people: bool, priced: bool) -> tuple[str, ...]:
    notes = ["Near copies (resized, cropped, recompressed) come on top: a sample cannot tell them."]
    if listed.skipped:
        notes.append(
            f"{amount(listed.skipped, 'folder or file', 'folders or files')} could not be listed, and not counted."
        )
    if not people:
        notes.append("Nobody looked for people.")
    if not priced:
        notes.append("No source states what a gigabyte costs (cost_hkd_per_gb_month): no cost is given.")
    return tuple(notes)
