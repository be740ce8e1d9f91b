"""Where the audit stands, for the start page: the report's own charts, and what is due, by whom."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from pdpo_audit.catalogue import audits as recorded
from pdpo_audit.catalogue.queries.falling_due import DueCount, due_by_source
from pdpo_audit.catalogue.queries.totals import Totals
from pdpo_audit.errors import AuditError
from pdpo_audit.model.findings import Outcome, Severity
from pdpo_audit.reports.charts.figures import Bars, Chart, Series, draw_bars
from pdpo_audit.scheduling.standing import DueDate
from pdpo_audit.workspace.kept_totals import kept_totals, read_totals
from pdpo_audit.workspace.plans.standing import schedule_status
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.review.queue import assessed
from pdpo_audit.workspace.review.reviewers import Reviewer
from pdpo_audit.workspace.review.words import Wording, page_words

#: One chart at a time: the drawing library keeps its settings for the whole process.
DRAWING = threading.Lock()
#: Days of the window behind today.
_AHEAD = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerDue:
    """Copies of one owner that are due: overdue, until so many days from now, and the earliest day."""

    owner: str
    overdue: int
    soon: int
    earliest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """What the start page shows beside the queue; ``dues`` are dates of reviews, signatures and more."""

    charts: tuple[Chart, ...]
    owners: tuple[OwnerDue, ...]
    dues: tuple[DueDate, ...]


def overview(project: Project, reviewer: Reviewer, language: str) -> Overview:
    """Where the audit stands in the sources that a reviewer sees; dates of the whole audit for who sees all of it.

    :raises CallError: nothing was assessed yet.
    """
    audit_id = assessed(project)
    today = project.clock().date()
    whole = reviewer.sees_everything
    return Overview(
        charts=_charts(project, audit_id, kept_totals(project) if whole else "", reviewer.sources, language),
        owners=_owners(project, audit_id, today, reviewer.sources),
        dues=_dues(project) if whole else (),
    )


def _dues(project: Project) -> tuple[DueDate, ...]:
    try:
        return schedule_status(project).dues[:12]
    except AuditError:  # a plan that cannot be read is told by ``schedule status``; the page goes on
        return ()


def _owners(project: Project, audit_id: str, today: date, sources: frozenset[str]) -> tuple[OwnerDue, ...]:
    owners = {one.name: one.owner for one in project.settings.sources}
    found: dict[str, OwnerDue] = {}
    until = (today + timedelta(days=_AHEAD)).isoformat()
    for source, due in _due(project, audit_id, today.isoformat(), until).items():
        if source in sources:
            owner = owners.get(source, "")
            before = found.get(owner) or OwnerDue(owner=owner, overdue=0, soon=0, earliest=due.earliest)
            found[owner] = OwnerDue(
                owner=owner,
                overdue=before.overdue + due.overdue,
                soon=before.soon + due.soon,
                earliest=min(before.earliest, due.earliest),
            )
    return tuple(sorted(found.values(), key=lambda one: (one.earliest, one.owner)))


@lru_cache(maxsize=4)
def _due(project: Project, audit_id: str, today: str, until: str) -> Mapping[str, DueCount]:
    """Frozen with the audit, so counted once a day."""
    return due_by_source(project.store, audit_id, today, until)


@lru_cache(maxsize=32)
def _charts(project: Project, audit_id: str, kept: str, sources: frozenset[str], language: str) -> tuple[Chart, ...]:
    """The report's charts as far as a reviewer's sources go; coverage and people where that is all of them."""
    t = page_words(language)
    severities = recorded.counts_of(project.store, audit_id, "severity", sources)
    outcomes = recorded.counts_of(project.store, audit_id, "outcome", sources)
    charts = [
        _counted(t, "review.start.severities", {t.name("severities", one): severities.get(one, 0) for one in Severity}),
        _counted(
            t, "charts.outcomes", {t.name("outcomes", one): outcomes[one] for one in Outcome if outcomes.get(one)}
        ),
    ]
    if kept:
        counts = read_totals(kept)
        covered = {"review.start.examined": counts.holdings, "review.start.not_examined": counts.skipped}
        coverage = _counted(t, "review.start.coverage", {str(t(key)): number for key, number in covered.items()})
        charts = [coverage, _people(t, counts), *charts]
    with DRAWING:
        return tuple(map(draw_bars, charts))


def _counted(t: Wording, title: str, numbers: Mapping[str, int]) -> Bars:
    series = [Series(name="", values=list(numbers.values()))]
    return Bars(title=str(t(title)), categories=list(numbers), series=series, salt=title)


def _people(t: Wording, counts: Totals) -> Bars:
    return Bars(
        title=str(t("charts.levels")),
        categories=[t.name("levels_short", level) for level in counts.people],
        series=[
            Series(name=str(t("charts.pictures_axis")), values=[one.pictures for one in counts.people.values()]),
            Series(name=str(t("charts.copies_axis")), values=[one.held for one in counts.people.values()]),
        ],
        salt="levels",
    )
