"""Plan: every copy with its act, what stays, what is not reached; sealed, and from then on never changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pdpo_audit.catalogue.disposition import acts_log
from pdpo_audit.catalogue.disposition.plans import record_plan
from pdpo_audit.errors import CallError
from pdpo_audit.model.disposition.acts import DisposalAct
from pdpo_audit.model.disposition.approvals import roles_needed
from pdpo_audit.model.disposition.plans import PlanHeader, PlanItem, Sums
from pdpo_audit.model.disposition.writing import items_digest, plan_digest, write_header, write_item
from pdpo_audit.model.events import Details
from pdpo_audit.model.tool import VERSION
from pdpo_audit.policy.terms.periods import add_period, parse_period
from pdpo_audit.workspace.acts.plans.drafting import Draft, Refused, draft_items
from pdpo_audit.workspace.acts.plans.folders import disposals_folder, write_plan
from pdpo_audit.workspace.acts.plans.selecting import Wanted, choose
from pdpo_audit.workspace.acts.standing import LadderNow
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.rules.assessing import project_packs
from pdpo_audit.workspace.setup.identities import open_seal, try_seal
from pdpo_audit.workspace.setup.persons import check_speaker
from pdpo_audit.workspace.setup.run_lock import exclusive


@dataclass(frozen=True, slots=True, kw_only=True)
class MadePlan:
    """A plan that was made: where it lies, its digest, how much of what; ``refused`` is what it does not take in."""

    plan_id: str
    sha256: str
    folder: Path
    copies: int
    acts: Mapping[str, int]
    tasks: int
    bytes: int
    frees: int
    no_copy_stays: int
    approvals: tuple[str, ...]
    refused: tuple[Refused, ...]


@exclusive("dispose plan")
def plan(project: Project, wanted: Wanted, *, preparer: str = "") -> MadePlan:
    """Write a plan of what fits ``wanted``; ``preparer`` (the account's name where empty) cannot approve it.

    :raises CallError: nothing is allowed by the settings, or nothing fits, or no act on anything that fits is allowed.
    """
    settings = project.settings.disposition
    if not settings.allow:
        raise CallError(
            "nothing may be disposed of here: [disposition] allow is not set",
            advice=f'name the acts in {project.settings_path.name}: [disposition] allow = ["erase", "restrict"]',
        )
    try_seal(project)
    seal = open_seal(project)
    header, drafted = prepare(project, wanted, preparer, str(seal.identity.facts()["sha256"]))
    folder = disposals_folder(project, header.plan_id)
    ready = write_plan(project, header, drafted.items, seal)
    keep(project, header, drafted.items)
    ready.rename(folder)
    return _told(header, drafted, folder)


def prepare(project: Project, wanted: Wanted, preparer: str, seal_sha256: str) -> tuple[PlanHeader, Draft]:
    """A plan that is written nowhere yet: its header, its lines, and what it does not take in.

    :raises CallError: nothing fits, or no act on anything that fits is allowed.
    """
    _check_wanted(project, wanted, preparer)
    ladder = LadderNow(project, wanted.rule)
    ladder.refresh()
    drafted = draft_items(project, ladder, choose(project, ladder.places(), wanted, ladder.found()))
    if not drafted.items:
        said = "; ".join(dict.fromkeys(one.why for one in drafted.refused[:5]))
        raise CallError(f"nothing that fits may be done: {said}", advice="docs/disposition.md says what each act needs")
    return _header(project, wanted, drafted.items, preparer or project.actor, seal_sha256), drafted


def keep(project: Project, header: PlanHeader, items: Sequence[PlanItem]) -> str:
    """Record a plan with the first entry of its log; its digest."""
    raw = write_header(header)
    told: Details = {
        "plan": header.plan_id, "sha256": plan_digest(raw), "copies": len(items), "preparer": header.preparer,
    }  # fmt: skip
    with project.store.transaction() as transaction:
        digest = record_plan(transaction, raw, items)
        acts_log.append(transaction, header.plan_id, [("planned", dict(told))], at=project.clock(), actor=project.actor)
        transaction.append_event("disposal planned", dict(told), at=project.clock(), actor=project.actor)
    return digest


def _check_wanted(project: Project, wanted: Wanted, preparer: str) -> None:
    allowed = project.settings.disposition.allow
    if wanted.act is not None and wanted.act is not DisposalAct.KEEP and wanted.act.value not in allowed:
        raise CallError(f"{wanted.act.value} is not in [disposition] allow", advice=f"allowed: {', '.join(allowed)}")
    if wanted.act is DisposalAct.KEEP and not (wanted.reason and wanted.until):
        raise CallError(
            "to keep needs a reason and the last day of the exception", advice="--reason, --until 2027-06-30"
        )
    if preparer:
        check_speaker(project, preparer, deciding=False)


def _header(project: Project, wanted: Wanted, items: Sequence[PlanItem], preparer: str, seal_sha256: str) -> PlanHeader:
    settings, now = project.settings, project.clock()
    chosen = settings.disposition
    return PlanHeader(
        plan_id=f"DP-{now.date().isoformat()}-{project.token()}",
        organisation=settings.organisation.name,
        organisation_zh=settings.organisation.name_zh,
        made_at=now.isoformat(timespec="seconds"),
        preparer=preparer,
        account=project.actor,
        selection=wanted.words(),
        assessed_on=now.date().isoformat(),
        approvals=roles_needed(chosen.approvals, items),
        approval_days=_days(project, chosen.approval_life),
        quarantine_days=_days(project, chosen.quarantine),
        copies_that_stay=chosen.copies_that_stay,
        alarm_days=_days(project, chosen.alarm_until),
        packs=tuple(
            f"{one.identity.name} {one.identity.version} {one.identity.sha256}" for one in project_packs(project)
        ),
        sources=tuple(sorted({item.source for item in items})),
        items=len(items),
        items_sha256=items_digest(write_item(item) for item in items),
        seal_sha256=seal_sha256,
        tool=VERSION,
    )


def _days(project: Project, text: str) -> int:
    today, period = project.clock().date(), parse_period(text)
    return 0 if period is None else (add_period(today, period) - today).days


def _told(header: PlanHeader, drafted: Draft, folder: Path) -> MadePlan:
    items, sums = drafted.items, Sums.of(drafted.items)
    return MadePlan(
        plan_id=header.plan_id,
        sha256=plan_digest(write_header(header)),
        folder=folder,
        copies=len(items),
        acts=sums.acts,
        tasks=sums.tasks,
        bytes=sums.bytes,
        frees=sums.frees,
        no_copy_stays=sums.no_copy_stays,
        approvals=header.approvals,
        refused=drafted.refused,
    )
