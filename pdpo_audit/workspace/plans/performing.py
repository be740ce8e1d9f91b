"""One review: scan, assess, report, handouts, with what its plan names; a locked seal gives an unsealed draft."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pdpo_audit.catalogue.schedules.plans import load_plans
from pdpo_audit.errors import AuditError
from pdpo_audit.model.locations.printed import amount
from pdpo_audit.model.reviews.plans import Plan, Slot, Step
from pdpo_audit.pipeline.results import ScanSummary
from pdpo_audit.scheduling.slots import plan_on
from pdpo_audit.settings import Settings
from pdpo_audit.workspace.plans.chaining import seal_waiting
from pdpo_audit.workspace.plans.running_due import Performed
from pdpo_audit.workspace.plans.standing import audits_of, unsigned_review
from pdpo_audit.workspace.project import Project, ScanOptions
from pdpo_audit.workspace.setup.identities import try_seal

if TYPE_CHECKING:
    from pdpo_audit.workspace.report.reporting import ReportSummary

#: Said on the report, and in the notice that goes out.
PLANNED = 'This is the periodic review "{}" that was planned for {}.'
LOCKED = "The seal's key was locked when the review ran by itself: this report is an unsealed draft."


def perform_review(project: Project, plan: Plan, slot: Slot) -> Performed:
    """Hold a review now; what it found is in the audit that it names.

    The plan's packs and sources take the place of those of the settings for this run only.
    """
    from pdpo_audit.workspace.report.reporting import report
    from pdpo_audit.workspace.rules.assessing import assess
    from pdpo_audit.workspace.scan.scanning import scan

    notes = []
    before = project.settings, project.no_seal, list(project.assumptions)
    try:
        project.settings = settings_of(project, plan)
        project.assumptions.append(PLANNED.format(plan.name, slot.day.isoformat()))
        if not _unlocked(project):
            project.no_seal = True
            project.assumptions.append(LOCKED)
            notes.append(LOCKED)
        if Step.SCAN in plan.does:
            notes += _not_reached(scan(project, ScanOptions(only=plan.sources)))
        assess(project)
        reported = report(project)
        if Step.HANDOUTS in plan.does:
            notes += _handed_out(project)
    finally:
        project.settings, project.no_seal, project.assumptions = before
    return Performed(
        audit_id=reported.audit_id,
        sealed=not reported.throw_away_seal,
        draft_reasons=reported.draft_reasons,
        notes=tuple(notes),
    )


def report_in_place(project: Project, *, masked: bool) -> ReportSummary:
    """Write a report now; while a review waits for signatures it takes that one's place, with what its plan names."""
    from pdpo_audit.workspace.report.reporting import report

    review = unsigned_review(project)
    plan = plan_on(load_plans(project.store).get(review.plan, ()), review.day) if review else None
    if review is None or plan is None:
        reported = report(project, masked=masked)
        seal_waiting(project)
        return reported
    before = project.settings, list(project.assumptions)
    try:
        project.settings = settings_of(project, plan)
        project.assumptions.append(PLANNED.format(plan.name, review.day.isoformat()))
        project.replaced = frozenset(audits_of(project, review))
        reported = report(project, masked=masked)
    finally:
        project.settings, project.assumptions = before
        project.replaced = frozenset()
    seal_waiting(project)
    return reported


def settings_of(project: Project, plan: Plan) -> Settings:
    """The settings with the packs of a plan, and with the signatures that it asks for, where it names any."""
    settings = project.settings
    policy = settings.policy.model_copy(update={"packs": plan.packs} if plan.packs else {})
    said = settings.report.model_copy(update={"required_sign_offs": plan.sign_offs} if plan.sign_offs else {})
    return settings.model_copy(update={"policy": policy, "report": said})


def _handed_out(project: Project) -> list[str]:
    """Write every owner's handout; what hinders that is told, and takes nothing from a review that was held."""
    from pdpo_audit.workspace.report.handing.handouts import hand_out

    try:
        made = hand_out(project)
    except (AuditError, OSError) as error:
        return [f"the handouts were not written: {getattr(error, 'message', error)}"]
    return [f"{amount(len(made), 'handout was', 'handouts were')} written, to be handed over"]


def _unlocked(project: Project) -> bool:
    try:
        try_seal(project)
    except AuditError:
        return False
    return True


def _not_reached(scanned: ScanSummary) -> list[str]:
    return [
        f"{one.source} was not {'wholly ' if one.partly else ''}reached: {one.words()} (if that is as it should be: "
        f"pdpo-audit source check {one.source} --accept)"
        for one in scanned.not_reached
    ]
