"""Decisions: findings as a spreadsheet for the people who decide, read back as determinations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from pdpo_audit.catalogue.sayings.judgements import known_determinations, record_determinations
from pdpo_audit.errors import CallError
from pdpo_audit.model.events import DECIDED
from pdpo_audit.model.tables import Table
from pdpo_audit.policy.stating.decisions import Decision, read_decisions, write_decisions
from pdpo_audit.workspace.exporting import newest_assessment, table_frame
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.rules.assessing import lock_pictures, tables
from pdpo_audit.workspace.setup.persons import check_speaker
from pdpo_audit.workspace.setup.spreadsheets import note_spreadsheet
from pdpo_audit.workspace.stopping import without_stopped


def export_decisions(project: Project, file: Path) -> int:
    """Write the findings of the newest assessment with columns to decide in; gives how many.

    :raises CallError: nothing was assessed yet.
    """
    if newest_assessment(project) is None:
        raise CallError("nothing was assessed yet", advice="pdpo-audit assess")
    findings = table_frame(project, Table.FINDINGS)
    shown = without_stopped(tables(project, newest_assessment(project)), lock_pictures(project))
    clusters = table_frame(project, Table.CLUSTERS)
    masters = {
        str(row.cluster_id): f"{row.master_source}: {row.master_path}"
        for row in clusters[["cluster_id", "master_source", "master_path"]].itertuples()
    }
    pictured = project.settings.report.thumbnails != "none"
    write_decisions(findings, file, masters, shown.picture if pictured else lambda _cluster: b"")
    note_spreadsheet(project, file)
    return len(findings)


def import_decisions(project: Project, file: Path, *, instead: bool = False) -> int:
    """Take the decisions of a spreadsheet as determinations; gives how many.

    ``instead`` puts them in place of what other people decided; the event log keeps both.

    :raises CallError: a row is wrong, the file was made of another assessment, or somebody else decided otherwise; then
        none is taken.
    """
    findings = table_frame(project, Table.FINDINGS)
    made = read_decisions(file, findings, today=project.clock().date())
    for name, role in dict.fromkeys((one.decided_by, one.role) for one in made):
        check_speaker(project, name, role)
    rows = [
        {
            "finding_id": one.finding_id, "decision": one.decision.value, "reason": one.reason,
            "decided_by": one.decided_by, "role": one.role, "decided_on": one.decided_on.isoformat(),
        }
        for one in made
    ]  # fmt: skip
    with project.store.transaction() as transaction:
        if not instead:
            _refuse_second(known_determinations(transaction.connection), made)
        record_determinations(transaction, rows)
        for row in rows:
            transaction.append_event(DECIDED, dict(row), at=project.clock(), actor=project.actor)
    return len(rows)


def _refuse_second(known: Mapping[str, tuple[str, str, str]], made: Sequence[Decision]) -> None:
    """:raises CallError: a decision differs from what another person decided before."""
    second = [
        f"{one.finding_id}: {by} decided {decision} on {on}"
        for one in made
        if one.finding_id in known
        for decision, by, on in [known[one.finding_id]]
        if by != one.decided_by and decision != one.decision.value
    ]
    if second:
        more = f"\nand {len(second) - 10} more" if len(second) > 10 else ""
        raise CallError(
            "somebody else decided otherwise:\n" + "\n".join(second[:10]) + more,
            advice="nothing was taken; --instead puts these decisions in place of theirs, and the log keeps both",
        )
