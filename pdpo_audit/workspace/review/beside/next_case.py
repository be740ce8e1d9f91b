"""The case that comes next: the first open one that fits the filters, without the one just looked at."""

from __future__ import annotations

from collections.abc import Mapping

from pdpo_audit.model.tables import Table
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.review.queue import read_queue
from pdpo_audit.workspace.review.reviewers import Reviewer
from pdpo_audit.workspace.review.together.leasing import case_of, taken_by_others
from pdpo_audit.workspace.review.together.waiting import Waiting

#: Rows that are looked through; behind them the queue itself is shown.
_ROWS, _PAGES = 200, 5


def next_case(project: Project, reviewer: Reviewer, where: Mapping[str, str], *, but: str = "") -> str:
    """The key of the next open case; empty where none is left among the first thousand findings that fit.

    Cases that somebody else has taken are left out, and what waits for the next run.
    """
    left_out, waiting = {but, *taken_by_others(project, reviewer)}, Waiting(project)
    after = -1
    for _ in range(_PAGES):
        found = read_queue(project, reviewer, Table.FINDINGS, {**where, "status": "open"}, after=after, rows=_ROWS)
        for row in found.rows:
            if (key := case_of(row)) not in left_out and not waiting.holds(row):
                return key
        if found.after is None:
            break
        after = found.after
    return ""
