"""The queue: findings of the newest assessment a page at a time, only those in the reviewer's sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pdpo_audit.catalogue import audits as recorded
from pdpo_audit.catalogue.queries.pages import Page, count_decided, count_rows, read_page
from pdpo_audit.catalogue.sayings.judgements import count_determinations
from pdpo_audit.errors import CallError
from pdpo_audit.model.findings import Severity
from pdpo_audit.model.tables import Table
from pdpo_audit.policy.telling.sentences import rule_texts
from pdpo_audit.workspace.exporting import newest_assessment
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.review.four_eyes.hiding import blank, hidden_findings
from pdpo_audit.workspace.review.reviewers import Reviewer
from pdpo_audit.workspace.rules.assessing import project_packs

#: What a queue of findings is filtered by, and one of dispositions.
FINDING_FILTERS = (
    "rule", "severity", "people_level", "source", "owner", "jurisdiction", "proposal", "status", "determination",
    "cluster_id", "path",
)  # fmt: skip
DISPOSITION_FILTERS = ("outcome", "act", "source", "due_rule", "path")


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """Rows by column name, and what to ask for the next page (``None`` behind the last)."""

    audit_id: str
    rows: tuple[Mapping[str, Any], ...]
    after: int | None


def read_queue(
    project: Project, reviewer: Reviewer, table: Table, where: Mapping[str, str], *, after: int = -1,
    due_until: str = "", rows: int = 50,
) -> Queue:  # fmt: skip
    """The next rows that a reviewer may see and that fit every filter.

    :raises CallError: nothing was assessed yet, or a filter is none.
    """
    known = FINDING_FILTERS if table is Table.FINDINGS else DISPOSITION_FILTERS
    if unknown := sorted(where.keys() - set(known)):
        raise CallError(f"there is no filter {unknown[0]}", advice=", ".join(known))
    audit_id = assessed(project)
    found: Page = read_page(
        project.store, table, audit_id, where, after=after, rows=rows, within=reviewer.sources, due_until=due_until
    )
    named: tuple[Mapping[str, Any], ...]
    named = tuple(dict(zip(found.columns, row, strict=True)) for row in found.rows)
    if table is Table.FINDINGS:
        named = _unread(project, reviewer, named, where)
    return Queue(audit_id=audit_id, rows=named, after=found.after)


def _unread(
    project: Project, reviewer: Reviewer, rows: tuple[Mapping[str, Any], ...], where: Mapping[str, str]
) -> tuple[Mapping[str, Any], ...]:
    """The rows without decisions that this reviewer has to read blind; asked for by decision, they are not there."""
    unread = hidden_findings(project, reviewer, [str(row["finding_id"]) for row in rows if row["determination"]])
    by_decision = bool(where.get("determination"))
    return tuple(
        blank(row) if row["finding_id"] in unread else row
        for row in rows
        if not (by_decision and row["finding_id"] in unread)
    )


#: Counts beyond it are said as "or more".
MANY = 10_000


def count_waiting(project: Project, reviewer: Reviewer) -> dict[str, int]:
    """Open findings that a reviewer may see, by severity; ``MANY`` means as many or more.

    The kept counts of the audit say it wherever more remain than anybody has decided; else the decisions are looked up,
    or the findings where these are fewer.
    """
    audit_id, store = assessed(project), project.store
    frozen = recorded.counts_of(store, audit_id, "severity", reviewer.sources)
    said = count_determinations(store)
    close = {severity: number for severity, number in frozen.items() if number - said < MANY} if said else {}
    if said <= sum(close.values()):
        decided = count_decided(store, audit_id, "severity", within=reviewer.sources) if close else {}
        left = {severity: number - decided.get(severity, 0) for severity, number in close.items()}
    else:
        left = {severity: _count_open(project, reviewer, audit_id, severity) for severity in close}
    counted = {**frozen, **left}
    return {one.value: min(counted.get(one.value, 0), MANY) for one in Severity}


def rules_found(project: Project, reviewer: Reviewer) -> Mapping[str, int]:
    """The rules by which something was found in the sources that a reviewer sees, each with how many findings."""
    return recorded.counts_of(project.store, assessed(project), "rule", reviewer.sources)


def _count_open(project: Project, reviewer: Reviewer, audit_id: str, severity: str) -> int:
    where = {"severity": severity, "status": "open"}
    return count_rows(project.store, Table.FINDINGS, audit_id, where, most=MANY, within=reviewer.sources)


def due_soon(project: Project, reviewer: Reviewer, today: str, most: int = 8) -> tuple[Mapping[str, Any], ...]:
    """Copies that are due by a day, those that a reviewer may see."""
    return read_queue(project, reviewer, Table.DISPOSITIONS, {"outcome": "due"}, due_until=today, rows=most).rows


def assessed(project: Project) -> str:
    """The assessment whose findings are reviewed.

    :raises CallError: there is none yet.
    """
    audit_id = newest_assessment(project)
    if audit_id is None:
        raise CallError("nothing was assessed yet", advice="pdpo-audit scan, then pdpo-audit assess")
    return audit_id


def assessed_on(project: Project) -> str:
    """The day of that assessment."""
    return recorded.load_audits(project.store)[-1].assessed_on


def outcomes(project: Project) -> Mapping[str, int]:
    """Holdings of the newest assessment by the ladder's outcome."""
    return recorded.count_outcomes(project.store, assessed(project))


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleShown:
    """A rule as people read it, by language."""

    title: Mapping[str, str]
    sentence: Mapping[str, str]
    authority: Mapping[str, str]


def rules_shown(project: Project) -> Mapping[str, RuleShown]:
    """The rules in force as people read them, by their id."""
    return _rules(project, project.clock().date().isoformat(), project.settings.digest())


@lru_cache(maxsize=4)
def _rules(project: Project, _day: str, _settings: str) -> Mapping[str, RuleShown]:
    texts = rule_texts(project_packs(project), on=project.clock().date())
    return {
        one.rule: RuleShown(
            title=one.title,
            sentence=one.sentence,
            authority={"en": one.authority, "zh-Hant": one.authority_zh or one.authority},
        )
        for one in texts
    }
