"""Lines of a part and their results: steps, log and lines in one transaction."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict

from pdpo_audit.catalogue.disposition import acts_log
from pdpo_audit.catalogue.disposition.plans import StoredItem, StoredPlan, settle
from pdpo_audit.catalogue.store import Transaction
from pdpo_audit.model.disposition.plans import Result
from pdpo_audit.model.events import Details
from pdpo_audit.workspace.acts.steps.acting import Acting
from pdpo_audit.workspace.project import Project

Step = Callable[[Acting, Transaction, StoredItem], Result]

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


def settle_some(acting: Acting, left: list[StoredItem], step: Step, intent: str, *, most: int = PART) -> None:
    """Some lines from the front of ``left``, in one transaction: each step, and what became of it.

    While the transaction is open nobody can place a hold, take back an approval or decide: what the gate said still
    stands at the moment of each step. Where something has changed since, nothing is done: the next call asks anew.
    """
    acting.gate.renew()
    with acting.project.store.transaction() as transaction:
        if not acting.gate.is_fresh(transaction):
            return
        began = time.monotonic()
        results: list[Result] = []
        now: list[StoredItem] = []
        while left and len(now) < most and (not results or time.monotonic() - began < SECONDS):
            now.append(left.pop(0))
            results.append(step(acting, transaction, now[-1]))
        acting.sync()
        record(acting.project, acting.stored, transaction, now, results, intent)


def _brief(result: Result) -> Details:
    return {name: value for name, value in asdict(result).items() if value not in ("", 0, None)}
