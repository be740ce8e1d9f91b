"""Stage 5: what the rule packs say of the facts of every holding, frozen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import pandas as pd

from pdpo_audit.catalogue import audits as recorded
from pdpo_audit.catalogue.audits import StoredAudit
from pdpo_audit.catalogue.sayings.holds import SELECTED, known_holds
from pdpo_audit.model.events import Details
from pdpo_audit.model.findings import OPEN_MATTER, Hold
from pdpo_audit.pipeline.holds import holds_over, remember_selected
from pdpo_audit.pipeline.work import Work
from pdpo_audit.policy.judging.evaluation import Assessment, evaluate
from pdpo_audit.policy.stating.registers import Register
from pdpo_audit.policy.terms.rules import Pack


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentPlan:
    """The packs, the facts of every holding, and the name and day under which the result is frozen.

    ``methods`` says which method did what, for the report; ``registers`` were laid over the facts already;
    ``standing`` are holds that nobody placed yet.
    """

    packs: Sequence[Pack]
    facts: pd.DataFrame
    audit_id: str
    on: date
    methods: Mapping[str, str]
    registers: Sequence[Register] = ()
    standing: Sequence[Hold] = ()


def assess(work: Work, plan: AssessmentPlan) -> Assessment:
    """Evaluate the packs on the facts of every holding, and freeze the result under the audit's name.

    The event of the assessment names the packs and registers that it used by their SHA-256 (``files_used``).
    """
    started = work.clock()
    work.progress.start("Evaluating rules", len(plan.facts))
    while True:
        holds = holds_over(work.store, work.memory, plan.facts, plan.standing)
        assessment = evaluate(plan.packs, plan.facts, holds, on=plan.on)
        with work.store.transaction() as transaction:
            if known_holds(transaction.connection) != [
                replace(hold, also=frozenset()) for hold in holds if hold.kind != OPEN_MATTER
            ]:
                continue  # a hold was placed or released meanwhile: it counts from then on
            selected = remember_selected(transaction, work.memory, holds, plan.facts, plan.on)
            details = {**_details(assessment, plan), SELECTED: selected}
            entry = transaction.append_event("assessed", details, at=work.clock(), actor=work.actor)
            audit = StoredAudit(
                audit_id=plan.audit_id,
                started_at=started.isoformat(timespec="seconds"),
                finished_at="",
                assessed_on=plan.on.isoformat(),
                folder="",
                event=entry.event.sequence,
                methods=dict(plan.methods),
            )
            recorded.record_assessment(transaction, audit, assessment.findings, assessment.dispositions)
        work.progress.advance(len(plan.facts))
        return assessment


def files_used(packs: Sequence[Pack], registers: Sequence[Register]) -> dict[str, str]:
    """The packs and registers of an assessment by their SHA-256, under the names that its event gives them."""
    return {
        **{f"pack_{pack.identity.name}": pack.identity.sha256 for pack in packs},
        **{f"register_{one.name}": one.digest for one in registers},
    }


def is_file_used(name: str) -> bool:
    """Whether a detail of an assessment's event names a pack or a register."""
    return name.startswith(("pack_", "register_"))


def _details(assessment: Assessment, plan: AssessmentPlan) -> Details:
    counts = assessment.dispositions["outcome"].value_counts().sort_index()
    return {
        "audit": plan.audit_id,
        "on": plan.on.isoformat(),
        **files_used(plan.packs, plan.registers),
        "findings": len(assessment.findings),
        **{f"outcome_{name}": int(count) for name, count in counts.items()},
    }
