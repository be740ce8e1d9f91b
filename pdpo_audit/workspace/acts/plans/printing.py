"""What plans, certificates and letters show of a plan, in every language of the settings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pdpo_audit.model.disposition.acts import NEVER_REACHED
from pdpo_audit.model.disposition.plans import PlanHeader, PlanItem, Sums
from pdpo_audit.model.disposition.writing import plan_digest, write_header
from pdpo_audit.policy.words.authorities import authority_gloss
from pdpo_audit.reports.disposals.printing import MOST_LINES, print_page
from pdpo_audit.resources import resource
from pdpo_audit.workspace.acts.plans.naming import named
from pdpo_audit.workspace.acts.plans.picturing import picture_lines
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.rules.assessing import project_packs


def print_plan(project: Project, header: PlanHeader, items: Sequence[PlanItem]) -> Iterator[tuple[str, bytes]]:
    """The plan as PDF, one file a language, each with its name."""
    shown, sums = items[:MOST_LINES], Sums.of(items)
    pictures = picture_lines(project, shown)
    content = {
        "plan": header,
        "sha256": plan_digest(write_header(header)),
        "items": items,
        "shown": [(item, pictures.get(item.number, b"")) for item in shown],
        "bytes": sums.bytes,
        "frees": sums.frees,
        "no_copy": sums.no_copy_stays,
        "acts": sums.acts,
        "tasks": sums.tasks,
        "linked": sum(item.links > 1 for item in items),
        "shared": sum(item.shared for item in items),
        "not_reached": NEVER_REACHED,
    }
    for language in project.settings.report.languages:
        mine = {"organisation": named(header, language), "authorities": _authorities(project, language)}
        pdf = print_page("plan", {**content, **mine}, language=language, templates=resource("report_templates"))
        yield f"plan.{language}.pdf", pdf


def _authorities(project: Project, language: str) -> dict[str, str]:
    """The authority of each rule in a language; the sealed lines have it in English."""
    if not language.startswith("zh"):
        return {}
    today = project.clock().date()
    return {rule.rule_id: authority_gloss(rule, today).zh for pack in project_packs(project) for rule in pack.rules}
