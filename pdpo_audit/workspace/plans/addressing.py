"""Who is to hear of a plan's reviews, at which address; and whom no mail reaches."""

from __future__ import annotations

from collections.abc import Iterator

from pdpo_audit.catalogue.schedules.plans import load_plans
from pdpo_audit.model.reviews.plans import Plan
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.setup.persons import person_named


def roles_of(project: Project, plan: Plan | None) -> tuple[str, ...]:
    """Who signs the reviews of a plan: those that it names, else those of the settings."""
    return plan.sign_offs if plan and plan.sign_offs else project.settings.report.required_sign_offs


def people_of(project: Project, name: str, *, sign: bool) -> list[str]:
    """The plan's owner and the data protection officer; of signatures everybody who signs."""
    history = load_plans(project.store).get(name, ())
    plan = next((one.plan for one in reversed(history) if one.plan), None)
    holders = project.settings.holders(project.clock().date())
    signers = [holders.get(role, "") for role in roles_of(project, plan)] if sign else []
    return [plan.owner if plan else "", holders.get("dpo", ""), *signers]


def mail_address(project: Project, name: str) -> str:
    """The mail address of somebody: of ``[[people]]``, or as it was written."""
    if "@" in name:
        return name
    person = person_named(project, name) if name else None
    return person.email if person else ""


def unreachable(project: Project) -> tuple[str, ...]:
    """Who is to hear of reviews and has no mail address, and roles that nobody holds; nobody where no mail is sent."""
    return tuple(dict.fromkeys(_unreachable(project))) if project.settings.notices.smtp else ()


def unreachable_told(project: Project) -> tuple[str, ...]:
    """The same as a sentence, where there is anybody."""
    missing = unreachable(project)
    if not missing:
        return ()
    return (f"no mail address is known of {', '.join(missing)}: notices to them are not sent ([[people]] email)",)


def _unreachable(project: Project) -> Iterator[str]:
    holders = project.settings.holders(project.clock().date())
    plans = [history[-1].plan for history in load_plans(project.store).values()]
    going = [plan for plan in plans if plan is not None]
    names = [name for plan in going for name in people_of(project, plan.name, sign=True)]
    for name in (*names, holders.get("legal", ""), project.settings.notices.senior):
        if name and not mail_address(project, name):
            yield name
    for role in dict.fromkeys(role for plan in going for role in roles_of(project, plan)):
        if not holders.get(role):
            yield f"whoever signs as {role} (nobody holds that role)"
