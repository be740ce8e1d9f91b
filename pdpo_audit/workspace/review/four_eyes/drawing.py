"""Which decisions a second person reads: those that always need two, and a share of the others by chance."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from itertools import groupby
from typing import TYPE_CHECKING, Any

from pdpo_audit.catalogue.reviewing.second_looks import record_look
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.review.reviewers import Reviewer
from pdpo_audit.workspace.setup.persons import person_named

if TYPE_CHECKING:
    from pdpo_audit.catalogue.store import Transaction

#: Of the draw.
_WHOLE = 1 << 64


def draw_looks(
    project: Project,
    transaction: Transaction,
    reviewer: Reviewer,
    findings: Sequence[Mapping[str, Any]],
    *,
    batch: str,
    choice: str,
    approver: str = "",
) -> int:
    """Draw cases of a decision for a second person, in its transaction; gives how many.

    The draw is a keyed digest of the case and its findings: nobody without the workspace's key can tell it beforehand,
    and taking a decision back and making it again draws the same.
    """
    settings, drawn = project.settings.review, 0
    always = choice in settings.always_second
    asked = person_named(project, approver) if always and approver else None
    for key, rows in groupby(sorted(findings, key=_case), key=_case):
        case = list(rows)
        if not always and not _is_drawn(project, settings.second_look, key, case):
            continue
        drawn += 1
        sources = sorted({str(row["source"]) for row in case})
        look = {
            "batch": batch, "case_key": key, "why": "always" if always else "share",
            "asked_of": asked.name if asked else "", "sources": json.dumps(sources),
            "drawn_at": project.clock().isoformat(timespec="seconds"), "first_by": reviewer.name,
            "first_browser": reviewer.browser, "first_choice": choice,
        }  # fmt: skip
        record_look(transaction, look, [str(row["finding_id"]) for row in case])
    return drawn


def _case(row: Mapping[str, Any]) -> str:
    """The case that a finding belongs to."""
    return str(row["cluster_id"] or row["finding_id"])


def _is_drawn(project: Project, share: float, key: str, case: Sequence[Mapping[str, Any]]) -> bool:
    said = "\0".join(["second look", key, *sorted(str(row["finding_id"]) for row in case)])
    number = int.from_bytes(hmac.digest(project.memory.key, said.encode(), sha256)[:8])
    return number < share * _WHOLE
