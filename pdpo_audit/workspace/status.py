"""Where a workspace stands: what is held, what was found, which audits were made, what to do next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from pdpo_audit.catalogue import audits as recorded
from pdpo_audit.catalogue.disposition.whereabouts import WaitingCopies, count_waiting
from pdpo_audit.catalogue.queries.totals import LevelCount, Totals, totals
from pdpo_audit.model.locations.printed import amount
from pdpo_audit.model.tables import Table
from pdpo_audit.pipeline.remembered import PEOPLE_METHOD, SCAN_UNDER_WAY, SIMILARITY_LEVEL, TEXT_METHOD
from pdpo_audit.scheduling.standing import DueDate, is_late
from pdpo_audit.workspace.plans.standing import schedule_status
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.purging import end_date
from pdpo_audit.workspace.setup.run_lock import under_way
from pdpo_audit.workspace.setup.warnings import warnings_of

__all__ = ["LevelCount", "Status", "WaitingCopies", "status"]

#: Findings are counted up to here.
_MANY = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """Counts of the catalogue, the newest assessment, and the one next step that makes sense."""

    workspace: str
    organisation: str
    sources: int
    counts: Totals
    audits: tuple[str, ...]
    newest_assessment: str
    outcomes: Mapping[str, int]
    data_ends_on: date | None
    #: The working data was forgotten, and nothing was scanned since.
    data_forgotten: bool
    next_step: str
    #: Certificates that end, timestamps to renew, compromised keys, contradictions: a sentence each.
    warnings: tuple[str, ...] = ()
    #: What waits in quarantines of plans of disposition, by plan and last day: it is still held.
    quarantined: tuple[WaitingCopies, ...] = ()
    #: Reviews, signatures and other dates that come up, the earliest first.
    dues: tuple[DueDate, ...] = ()

    @property
    def late(self) -> tuple[DueDate, ...]:
        """What is overdue."""
        return tuple(due for due in self.dues if is_late(due))


def status(project: Project) -> Status:
    """Look at the workspace without changing it."""
    counts = totals(project.store, project.store.recall(PEOPLE_METHOD), project.store.recall(TEXT_METHOD))
    scheduled = schedule_status(project)
    known = recorded.load_audits(project.store)
    newest = known[-1] if known else None
    return Status(
        workspace=str(project.folder),
        organisation=project.settings.organisation.name,
        sources=len(project.settings.sources),
        counts=counts,
        audits=tuple(audit.audit_id for audit in known if audit.folder),
        newest_assessment=newest.audit_id if newest else "",
        outcomes=recorded.count_outcomes(project.store, newest.audit_id) if newest else {},
        data_ends_on=ends.ends_on if (ends := end_date(project)) else None,
        data_forgotten=not counts.holdings and recorded.last_purge(project.store) > 0,
        next_step=_next_step(project, counts, newest),
        warnings=(
            *warnings_of(project),
            *scheduled.notes,
            *_unserved(project),
            *_unheld(project),
            *_judged(project),
        ),
        quarantined=tuple(count_waiting(project.store)),
        dues=scheduled.dues,
    )


def _unserved(project: Project) -> tuple[str, ...]:
    """Declared classes without a pack; the packs are read only where a class is declared."""
    from pdpo_audit.workspace.rules.assessing import project_packs
    from pdpo_audit.workspace.rules.classes import stated_classes, unserved_classes

    return unserved_classes(project, project_packs(project)) if any(stated_classes(project)) else ()


def _unheld(project: Project) -> tuple[str, ...]:
    """Open matters without a hold."""
    from pdpo_audit.workspace.rules.matters import unheld_told

    return unheld_told(project)


def _judged(project: Project) -> tuple[str, ...]:
    """That people judged pictures since the last scan: nothing follows them before the next one."""
    from pdpo_audit.workspace.report.searches import judgements_told

    waiting = judgements_told(project.store)["judgements_waiting"]
    said = f"{amount(waiting, 'judgement', 'judgements')} of masters or pairs since the last scan"
    return (f"{said}: the next scan follows (pdpo-audit scan, then report)",) if waiting else ()


def _next_step(project: Project, counts: Totals, newest: recorded.StoredAudit | None) -> str:
    """What `assess`, `report` and `verify` would say to: none of them is named where it would be refused."""
    from pdpo_audit.workspace.report.reporting import happened_since

    if not project.settings.sources:
        return "pdpo-audit source add FOLDER"
    if running := under_way(project):
        return f"wait: {running} is under way"
    if project.store.recall(SCAN_UNDER_WAY):
        return "pdpo-audit scan (the last one was broken off; it goes on where it stopped)"
    if not project.store.recall(SIMILARITY_LEVEL) or (not counts.holdings and not counts.skipped):
        return "pdpo-audit scan"
    if newest is None or (not newest.folder and newest.event < recorded.last_event(project.store)):
        return "pdpo-audit assess"
    if not newest.folder:
        return "pdpo-audit report"
    if happened_since(project, newest):
        return "pdpo-audit report (something was recorded since the newest audit: a new one supersedes it)"
    return "; ".join(_waiting(project, newest.audit_id)) or f"pdpo-audit verify {project.reports / newest.folder}"


def _waiting(project: Project, audit_id: str) -> Iterator[str]:
    """What waits for people once a report is made, which checks itself: a command each, and how much it is for."""
    from pdpo_audit.catalogue.queries.pages import count_rows
    from pdpo_audit.workspace.rules.adopting import periods
    from pdpo_audit.workspace.rules.matters import unheld_matters
    from pdpo_audit.workspace.rules.open_questions import open_questions

    sources = {source.name for source in project.settings.sources}
    undecided = count_rows(project.store, Table.FINDINGS, audit_id, {"status": "open"}, most=_MANY, within=sources)
    more = " or more" if undecided == _MANY else ""
    if matters := len(unheld_matters(project)):
        yield f"pdpo-audit hold add ({amount(matters, 'open matter')} without a hold)"
    if questions := len(open_questions(project, sources)):
        yield f"pdpo-audit questions export ({amount(questions, 'question')} without an answer)"
    if undecided:
        yield f"pdpo-audit review serve ({amount(undecided, 'finding')}{more} without a decision)"
    if waiting := sum(not one.in_force for one in periods(project)):
        yield f"pdpo-audit policy adopt ({amount(waiting, 'suggested period')} that nobody adopted)"
