"""Run an approved plan: a part at a time, the intent recorded before, the acts and their results in one transaction."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pdpo_audit.catalogue.disposition import acts_log
from pdpo_audit.catalogue.disposition.plans import (
    StoredItem,
    StoredPlan,
    count_states,
    intend,
    items_of,
    stored_lines,
)
from pdpo_audit.catalogue.disposition.whereabouts import count_waiting
from pdpo_audit.errors import CallError, VerificationError
from pdpo_audit.model.disposition.acts import SETTLED, State
from pdpo_audit.model.events import Details
from pdpo_audit.workspace.acts.approving import expect_sealed, named_plan
from pdpo_audit.workspace.acts.plans.folders import disposals_folder
from pdpo_audit.workspace.acts.standing import LadderNow
from pdpo_audit.workspace.acts.steps.acting import Acting
from pdpo_audit.workspace.acts.steps.altering import ALTERED, AT_ONCE
from pdpo_audit.workspace.acts.steps.checking import Gate
from pdpo_audit.workspace.acts.steps.ending import finish_items
from pdpo_audit.workspace.acts.steps.recording import PART, record, settle_some
from pdpo_audit.workspace.acts.steps.resuming import resume
from pdpo_audit.workspace.acts.tasks import instruct
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.setup.run_lock import exclusive


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """How the lines of a plan stand after a run: by state, and those left alone by detail; ``acted`` in this run.

    ``overdue`` counts what waits in the quarantine although its last day is over.
    """

    plan_id: str
    acted: int
    states: Mapping[str, int]
    left_alone: Mapping[str, int]
    ends_on: str = ""
    overdue: int = 0

    @property
    def complete(self) -> bool:
        """Whether nothing was left alone, nothing waits for people, and nothing waits beyond its last day."""
        waits = {State.PLANNED.value, State.APPROVED.value, State.FAILED.value, State.AWAITING_OWNER.value}
        return not self.overdue and not waits & {name for name, count in self.states.items() if count}


@exclusive("dispose run")
def run(project: Project, plan_id: str, *, limit: int | None = None) -> Ran:
    """Do what the plan says, each copy checked again at its act; the same call goes on where an earlier one stopped.

    :raises CallError: nothing is allowed, the plan is not approved, or it was ended.
    :raises VerificationError: the plan's lines are not those that were approved.
    """
    stored = named_plan(project, plan_id)
    gate = opened_gate(project, stored)
    acting = Acting(project=project, stored=stored, gate=gate)
    done = 0
    try:
        settle_open(project, stored, acting)
        total = sum(count for (state, _), count in count_states(project.store, stored.header.plan_id).items())
        project.progress.start("Acting", total)
        while limit is None or done < limit:
            most = PART if limit is None else min(PART, limit - done)
            part = items_of(project.store, stored.header.plan_id, states=(State.PLANNED, State.APPROVED), most=most)
            if not part:
                break
            done += act_part(project, stored, acting, part)
            project.progress.advance(len(part))
        instruct(project, stored)
        if not stored.header.quarantine_days:
            finish_items(project, stored, acting)
    finally:
        acting.close()
    return ran(project, stored, done)


def opened_gate(project: Project, stored: StoredPlan, *, ending: bool = False) -> Gate:
    """The gate of a plan that may be carried out now; ``ending`` what was taken needs no approval that still counts.

    :raises CallError: the settings allow nothing, this account may not act, or the plan is ended or not approved.
    :raises VerificationError: the plan's lines, or the files in its folder, are not those that were approved.
    """
    chosen = project.settings.disposition
    if not chosen.allow:
        raise CallError("nothing may be disposed of here: [disposition] allow is not set")
    if chosen.account and project.actor != chosen.account:
        raise CallError(
            f"only the account {chosen.account} acts here ([disposition] account), and this is {project.actor}",
            advice="a reading account never acts; run it as the account with the right to write",
        )
    if stored.ended == "rejected" and not ending:
        raise CallError(f"{stored.header.plan_id} was rejected", advice="make a new plan")
    check_lines(project, stored)
    expect_sealed(disposals_folder(project, stored.header.plan_id), stored.raw)
    gate = Gate(project=project, stored=stored, ladder=LadderNow(project))
    gate.renew()
    found = gate.approvals
    if not ending and (found is None or not found.approved):
        lacking = ", ".join(found.lacking) if found else ""
        over = "; its approvals are older than they may be" if found and found.expired else ""
        raise CallError(
            f"{stored.header.plan_id} is not approved: {lacking or 'somebody rejected it'}{over}",
            advice="pdpo-audit dispose approve PLAN --role ROLE --key FILE, each by another person",
        )
    return gate


def check_lines(project: Project, stored: StoredPlan) -> None:
    """:raises VerificationError: the lines in the catalogue are not those of the plan."""
    with project.store.reading() as connection:
        count, lines = 0, hashlib.sha256()
        for line in stored_lines(connection, stored.header.plan_id):
            count += 1
            lines.update(line.encode("utf-8", "backslashreplace") + b"\n")
    if (count, lines.hexdigest()) != (stored.header.items, stored.header.items_sha256):
        raise VerificationError(
            f"the lines of {stored.header.plan_id} are not those that were approved",
            advice="a changed plan starts again: pdpo-audit dispose plan; keep this one for whoever asks who edited it",
        )


def settle_open(project: Project, stored: StoredPlan, acting: Acting) -> None:
    """What an earlier run intended and recorded no result of: look what the disk shows, and go on from there."""
    while part := items_of(project.store, stored.header.plan_id, intent=True, most=AT_ONCE):
        gate = acting.gate
        acting.prepare(part)
        gate.renew()
        with project.store.transaction() as transaction:
            if not gate.is_fresh(transaction):
                continue
            results = [resume(acting, transaction, one) for one in part]
            acting.sync()
            record(project, stored, transaction, part, results)


def act_part(project: Project, stored: StoredPlan, acting: Acting, part: Sequence[StoredItem]) -> int:
    """One part: intents, durably; then each act with everything that it asks first, and the results.

    While the second transaction is open nobody can place a hold, take back an approval or decide: what the gate said
    still stands at the moment of each act. Returns how many copies were acted on.
    """
    plan_id = stored.header.plan_id
    numbers = [one.item.number for one in part]
    with project.store.transaction() as transaction:
        intend(transaction, plan_id, numbers, "act")
        intents: list[tuple[str, Details]] = [("intent", acting.told(one)) for one in part]
        acts_log.append(transaction, plan_id, intents, at=project.clock(), actor=project.actor)
    left = list(part)
    while left:
        several = AT_ONCE if any(one.item.act in ALTERED for one in left[:AT_ONCE]) else len(left)
        acting.prepare(left[:several])
        settle_some(acting, left, Acting.act, "act", most=several)
    return len(part)


def ran(project: Project, stored: StoredPlan, acted: int) -> Ran:
    """How a plan stands."""
    states: Counter[str] = Counter()
    details: Counter[str] = Counter()
    for (state, detail), count in count_states(project.store, stored.header.plan_id).items():
        states[state] += count
        if detail and State(state) in SETTLED:
            details[detail] += count
    waiting = items_of(project.store, stored.header.plan_id, states=(State.QUARANTINED,), most=1)
    ends = waiting[0].result.ends_on if waiting and waiting[0].result else ""
    today = project.clock().date().isoformat()
    mine = [one for one in count_waiting(project.store) if one.plan_id == stored.header.plan_id]
    return Ran(
        plan_id=stored.header.plan_id, acted=acted, states=dict(states), left_alone=dict(details), ends_on=ends,
        overdue=sum(one.copies for one in mine if one.ends_on < today),
    )  # fmt: skip
