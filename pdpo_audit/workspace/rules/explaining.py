"""Explain a disposition rule by rule, and say what other packs would change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pdpo_audit.catalogue.audits import load_audits
from pdpo_audit.errors import CallError
from pdpo_audit.model.tables import Table
from pdpo_audit.pipeline.holds import holds_over
from pdpo_audit.policy.packs.folders import load_packs
from pdpo_audit.policy.telling.explanations import Explanation, explain
from pdpo_audit.policy.telling.sentence_words import Language
from pdpo_audit.policy.telling.trace_texts import explained_lines
from pdpo_audit.policy.trying.differences import Difference, diff
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.rules.assessing import project_facts, project_packs, tables
from pdpo_audit.workspace.rules.matters import standing_holds
from pdpo_audit.workspace.rules.packs import find_packs

__all__ = ["Explanation", "compare_packs", "explain_holding", "explained_lines"]


def explain_holding(project: Project, asked: str, source: str = "", language: Language = "en") -> Explanation:
    """Why a holding (by path) or a finding (by id) came out as it did, on the newest assessment's day.

    :raises CallError: nothing has this path or id, or several sources have this path.
    """
    newest = next(iter(reversed(load_audits(project.store))), None)
    on = date.fromisoformat(newest.assessed_on) if newest else project.clock().date()
    place = _place(project, asked, source, newest.audit_id if newest else None)
    facts = project_facts(project)
    return explain(
        project_packs(project),
        facts,
        holds_over(project.store, project.memory, facts, standing_holds(project)),
        on=on,
        source=place[0],
        path=place[1],
        language=language,
    )


def compare_packs(project: Project, old: Sequence[str], new: Sequence[str]) -> Difference:
    """What would change on this catalogue if the packs ``new`` (names or folders) were in force instead of ``old``."""
    on = project.clock().date()
    facts = project_facts(project)
    return diff(
        load_packs(find_packs(old, project.folder)),
        load_packs(find_packs(new, project.folder)),
        facts,
        holds_over(project.store, project.memory, facts, standing_holds(project)),
        on=on,
    )


def _place(project: Project, asked: str, source: str, audit_id: str | None) -> tuple[str, str]:
    found = tables(project, audit_id)
    places = {
        (str(row[0]), str(row[1]))
        for table, column in ((Table.FINDINGS, "finding_id"), (Table.HOLDINGS, "path"))
        for frame in found.chunks(table)
        for row in frame.loc[frame[column] == asked, ["source", "path"]].itertuples(index=False, name=None)
        if not source or row[0] == source
    }
    if len(places) != 1:
        where = f"it is in {', '.join(sorted(place[0] for place in places))}" if places else "nothing is called so"
        raise CallError(
            f"{asked}: {where}", advice="give a path as the tables write it, with --source, or a finding's id"
        )
    return places.pop()
