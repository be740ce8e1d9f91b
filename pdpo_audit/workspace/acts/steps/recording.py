"""The results of a part: in the plan's log and in its lines, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from pdpo_audit.catalogue.disposition import acts_log
from pdpo_audit.catalogue.disposition.plans import StoredItem, StoredPlan, settle
from pdpo_audit.catalogue.store import Transaction
from pdpo_audit.model.disposition.plans import Result
from pdpo_audit.model.events import Details
from pdpo_audit.workspace.project import Project

#: Copies of one part: one sync of the log before, one of folders and log after; and seconds after which it ends
#: earlier, so that nobody who places a hold waits for long.
PART, SECONDS = 100, 1.0
#: How the log calls what an intent came to.
KINDS = {"act": "acted", "finish": "finished", "undo": "undone"}


def record(
    project: Project, stored: StoredPlan, transaction: Transaction, items: Sequence[StoredItem],
    results: Sequence[Result], intent: str = "",
) -> None:  # fmt: skip
    """What became of each line; of its own intent, where an earlier run had it."""
    told: list[tuple[str, Details]] = [
        (KINDS[intent or one.intent], {"act": one.item.act.value, "sha256": one.item.sha256, **_brief(result)})
        for one, result in zip(items, results, strict=True)
    ]
    acts_log.append(transaction, stored.header.plan_id, told, at=project.clock(), actor=project.actor)
    settle(transaction, stored.header.plan_id, results)


def _brief(result: Result) -> Details:
    return {name: value for name, value in asdict(result).items() if value not in ("", 0, None)}
