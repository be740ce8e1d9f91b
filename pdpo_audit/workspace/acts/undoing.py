"""Undo and finish: what waits in a quarantine goes back, or ends."""

from __future__ import annotations

from pdpo_audit.catalogue.disposition import acts_log
from pdpo_audit.catalogue.disposition.plans import StoredItem, StoredPlan
from pdpo_audit.errors import CallError
from pdpo_audit.model.disposition.acts import MOVING, DisposalAct, State
from pdpo_audit.model.events import Details
from pdpo_audit.model.locations.patterns import is_at
from pdpo_audit.workspace.acts.approving import named_plan
from pdpo_audit.workspace.acts.running import Ran, opened_gate, ran, settle_open
from pdpo_audit.workspace.acts.standing import LadderNow
from pdpo_audit.workspace.acts.steps.acting import Acting
from pdpo_audit.workspace.acts.steps.checking import Gate
from pdpo_audit.workspace.acts.steps.ending import finish_items, undo_items
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.setup.persons import check_speaker
from pdpo_audit.workspace.setup.run_lock import exclusive


@exclusive("dispose undo")
def undo(project: Project, plan_id: str, *, places: tuple[str, ...] = (), by: str = "", reason: str = "") -> Ran:
    """Put back what waits in the quarantine or lies at a declared place: all of a plan, or what is at ``places``.

    One person with a role is enough, always told in the log; what was erased cannot come back.

    :raises CallError: nobody is named who may say so, or no reason is given.
    """
    if not reason:
        raise CallError("why is it undone?", advice="--reason")
    check_speaker(project, by or project.actor, on=project.clock().date(), deciding=bool(by))
    stored = named_plan(project, plan_id)
    acting = _acting(project, stored)

    def wanted(one: StoredItem) -> bool:
        reversible = one.state is State.QUARANTINED or one.item.act in (*MOVING, DisposalAct.KEEP)
        return reversible and (not places or is_at(places, one.item.source, one.item.path))

    told: Details = {"plan": stored.header.plan_id, "by": by or project.actor, "reason": reason}
    with project.store.transaction() as transaction:
        acts_log.append(
            transaction, stored.header.plan_id, [("undo asked", told)], at=project.clock(), actor=project.actor
        )
        transaction.append_event("disposal undo asked", told, at=project.clock(), actor=project.actor)
    try:
        settle_open(project, stored, acting)
        done = undo_items(project, stored, acting, wanted)
    finally:
        acting.close()
    return ran(project, stored, done)


@exclusive("dispose finish")
def finish(project: Project, plan_id: str, *, early: bool = False) -> Ran:
    """Erase what waits in the quarantine and whose last day is over; ``early`` does not wait for that day.

    :raises CallError: the settings allow nothing, or this account may not act.
    """
    stored = named_plan(project, plan_id)
    acting = Acting(project=project, stored=stored, gate=opened_gate(project, stored, ending=True))
    try:
        settle_open(project, stored, acting)
        done = finish_items(project, stored, acting, early=early)
    finally:
        acting.close()
    return ran(project, stored, done)


def _acting(project: Project, stored: StoredPlan) -> Acting:
    """To put back, nothing needs to be allowed or approved: it undoes."""
    gate = Gate(project=project, stored=stored, ladder=LadderNow(project))
    gate.renew()
    return Acting(project=project, stored=stored, gate=gate)
