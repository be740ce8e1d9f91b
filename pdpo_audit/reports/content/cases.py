"""The cases of the printed report: chosen findings joined with the copies, the picture and the ladder's word."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from pdpo_audit.reports.content.selection import FindingPass, OpenCase, due_day
from pdpo_audit.reports.counting.cubes import Weight
from pdpo_audit.reports.counting.holding_pass import CopyList, Wanted
from pdpo_audit.reports.counting.passes import picture_key
from pdpo_audit.reports.figures import Case, Copy, OwnerCases

if TYPE_CHECKING:
    from pdpo_audit.ports import TableSource

#: How many copies of one picture the printed report lists; the workbook lists all.
LISTED = 4
#: How many cases the printed report shows whole: each takes half a page. All stand in the workbook and the handouts.
PRINTED = 6

Ladder = dict[tuple[str, str], tuple[str, date | None]]


def wanted(cases: tuple[OpenCase, ...]) -> Wanted:
    """The pictures whose copies must be collected for these cases."""
    return Wanted(
        clusters=frozenset(case.cluster_id for case in cases if case.cluster_id),
        singles=frozenset((case.source, case.path) for case in cases if not case.cluster_id),
    )


def by_owner(
    findings: FindingPass,
    copies: dict[str, CopyList],
    reasons: dict[str, tuple[str, str]],
    ladder: Ladder,
    tables: TableSource,
    most: int = LISTED,
) -> tuple[OwnerCases, ...]:
    """The cases per owner, numbered through in the order of urgency; owners whose cases are all in the workbook too."""
    waiting = findings.cube.by("owner", action="yes")
    grouped: dict[str, list[Case]] = {}
    pictures = _Pictures(tables)
    for number, found in enumerate(findings.cases, 1):
        grouped.setdefault(found.owner, []).append(_case(number, found, copies, reasons, ladder, pictures, most))
    for owner in waiting:
        grouped.setdefault(owner, [])
    return tuple(
        OwnerCases(owner=owner, findings=waiting.get(owner, Weight()).rows, cases=tuple(listed))
        for owner, listed in grouped.items()
    )


class _Pictures:
    """Fetches each cluster's picture once, however many owners answer for it."""

    def __init__(self, tables: TableSource) -> None:
        self._tables = tables
        self._known: dict[str, bytes] = {}

    def of(self, cluster_id: str) -> bytes:
        if cluster_id not in self._known:
            self._known[cluster_id] = self._tables.picture(cluster_id)
        return self._known[cluster_id]


def _case(
    number: int,
    found: OpenCase,
    copies: dict[str, CopyList],
    reasons: dict[str, tuple[str, str]],
    ladder: Ladder,
    pictures: _Pictures,
    most: int,
) -> Case:
    known = copies.get(picture_key(found.cluster_id, found.source, found.path), CopyList())
    reason, status = reasons.get(found.cluster_id, ("", ""))
    return Case(
        number=number,
        owner=found.owner,
        source=found.source,
        path=found.path,
        cluster_id=found.cluster_id,
        severity=found.severity,
        due_on=due_day(found),
        people_level=found.people_level or known.level or "unknown",
        face_band=known.band,
        rules=tuple(sorted(found.rules.values(), key=lambda rule: rule.rule)),
        copies=_listed(known.copies, found.owner, ladder, most),
        holdings=known.total,
        master_reason=reason,
        master_status=status,
        picture=pictures.of(found.cluster_id) if found.cluster_id else b"",
    )


def _listed(copies: list[Copy], owner: str, ladder: Ladder, most: int) -> tuple[Copy, ...]:
    """The master first, then the owner's own, then the others, as far as the page has room."""
    ordered = sorted(copies, key=lambda copy: (not copy.is_master, copy.owner != owner))
    return tuple(_with_outcome(copy, ladder) for copy in ordered[:most])


def _with_outcome(copy: Copy, ladder: Ladder) -> Copy:
    outcome, due = ladder.get((copy.source, copy.path), ("", None))
    return replace(copy, outcome=outcome, due_on=due)
