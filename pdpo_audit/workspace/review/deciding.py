"""Decisions: findings as a spreadsheet for the people who decide, read back as determinations."""

from __future__ import annotations

from pathlib import Path

from pdpo_audit.catalogue.sayings.judgements import record_determinations
from pdpo_audit.errors import CallError
from pdpo_audit.model.tables import Table
from pdpo_audit.policy.stating.decisions import read_decisions, write_decisions
from pdpo_audit.workspace.exporting import newest_assessment, table_frame
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.setup.persons import refuse_leaver
from pdpo_audit.workspace.setup.spreadsheets import note_spreadsheet


def export_decisions(project: Project, file: Path) -> int:
    """Write the findings of the newest assessment with columns to decide in; gives how many.

    :raises CallError: nothing was assessed yet.
    """
    if newest_assessment(project) is None:
        raise CallError("nothing was assessed yet", advice="pdpo-audit assess")
    findings = table_frame(project, Table.FINDINGS)
    write_decisions(findings, file)
    note_spreadsheet(project, file)
    return len(findings)


def import_decisions(project: Project, file: Path) -> int:
    """Take the decisions of a spreadsheet as determinations; gives how many.

    :raises CallError: a row is wrong, or the file was made of another assessment; then none is taken.
    """
    findings = table_frame(project, Table.FINDINGS)
    made = read_decisions(file, findings, today=project.clock().date())
    for name in dict.fromkeys(one.decided_by for one in made):
        refuse_leaver(project, name)
    rows = [
        {
            "finding_id": one.finding_id, "decision": one.decision.value, "reason": one.reason,
            "decided_by": one.decided_by, "role": one.role, "decided_on": one.decided_on.isoformat(),
        }
        for one in made
    ]  # fmt: skip
    with project.store.transaction() as transaction:
        record_determinations(transaction, rows)
        for row in rows:
            transaction.append_event("finding decided", dict(row), at=project.clock(), actor=project.actor)
    return len(rows)
