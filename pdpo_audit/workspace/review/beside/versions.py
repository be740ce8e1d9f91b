"""Optimistic versions: a case is decided as it was shown, or shown again."""

from __future__ import annotations

from collections.abc import Callable

from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.review.cases import Case, open_case
from pdpo_audit.workspace.review.decisions import ChangedError
from pdpo_audit.workspace.review.reviewers import Reviewer
from pdpo_audit.workspace.review.together.leasing import refuse_taken


def unchanged(project: Project, reviewer: Reviewer, key: str, version: str) -> tuple[Case, Callable[[], None]]:
    """The case as it is now, and what asks once more when nobody else can change anything any more.

    :raises ChangedError: it is not the one that was shown. :raises TakenError: somebody else has taken it.
    """

    def shown() -> Case:
        case = open_case(project, reviewer, key)
        if case.version != version:
            raise ChangedError("this case has changed since you opened it; nothing was taken", advice=f"/case/{key}")
        refuse_taken(project, reviewer, [key])
        return case

    def check() -> None:
        shown()

    return shown(), check
