"""The case that comes next: the first open one that fits the filters, without the one just looked at."""

from __future__ import annotations

from collections.abc import Mapping

from pdpo_audit.catalogue.audits import load_audits
from pdpo_audit.catalogue.queries.naming import holdings_of_content
from pdpo_audit.catalogue.sayings.judgements import load_judgements
from pdpo_audit.model.judgements import JudgementKind
from pdpo_audit.model.tables import Table
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.review.queue import read_queue
from pdpo_audit.workspace.review.reviewers import Reviewer
from pdpo_audit.workspace.review.together.leasing import case_of, taken_by_others

#: Rows that are looked through; behind them the queue itself is shown.
_ROWS, _PAGES = 200, 5


def next_case(project: Project, reviewer: Reviewer, where: Mapping[str, str], *, but: str = "") -> str:
    """The key of the next open case; empty where none is left among the first thousand findings that fit.

    Cases that somebody else has taken are left out, and those of which a copy was told apart since the assessment:
    the next scan puts these clusters together anew.
    """
    left_out = {but, *taken_by_others(project, reviewer), *_told_apart(project)}
    after = -1
    for _ in range(_PAGES):
        found = read_queue(project, reviewer, Table.FINDINGS, {**where, "status": "open"}, after=after, rows=_ROWS)
        for row in found.rows:
            if (key := case_of(row)) not in left_out:
                return key
        if found.after is None:
            break
        after = found.after
    return ""


def _told_apart(project: Project) -> set[str]:
    since = load_audits(project.store)[-1].started_at
    rejected = [one for one in load_judgements(project.store, JudgementKind.REJECTED) if one.at >= since]
    return {
        str(held.cluster_id)
        for one in rejected[-100:]
        for digest in (one.left, one.right)
        for held in holdings_of_content(project.store, digest)
        if held.cluster_id
    }
