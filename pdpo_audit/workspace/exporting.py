"""Export: any table of the catalogue, in a form that other programs read."""

from __future__ import annotations

import codecs
from pathlib import Path

import pandas as pd

from pdpo_audit.catalogue.audits import load_audits
from pdpo_audit.errors import CallError, MachineError
from pdpo_audit.model.tables import Table
from pdpo_audit.ports import TableSource
from pdpo_audit.reports.tables.owned import OwnedTables, check_owner
from pdpo_audit.reports.tables.writing import write_table
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.rules.assessing import tables

FORMATS = ("csv", "json", "parquet")


def export_table(
    project: Project, table: Table, form: str, file: Path, *, owner: str | None = None, excel: bool = False
) -> int:
    """Write ``table`` as ``form`` to ``file``; gives the number of rows. An unfinished file is never left behind.

    ``owner`` keeps one owner's copies only; ``excel`` begins a CSV file with the mark by which Excel knows UTF-8.

    :raises CallError: the form is unknown. :raises MachineError: the file cannot be written.
    """
    if form not in FORMATS:
        raise CallError(f'"{form}" is no export format', advice=f"choose one of {', '.join(FORMATS)}")
    if excel and form != "csv":
        raise CallError("--excel is for csv", advice="leave it out, or --format csv")
    shown: TableSource = tables(project, newest_assessment(project))
    if owner is not None:
        if table is Table.EVENTS:
            raise CallError("events belong to no owner")
        check_owner(owner, project.source_records())
        shown = OwnedTables(shown, owner, project.source_records())
    part = file.with_name(f".{file.name}.part")
    try:
        with part.open("wb") as stream:
            if excel:
                stream.write(codecs.BOM_UTF8)
            count = write_table(shown.chunks(table), form, stream)
        part.replace(file)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise MachineError(f"{file} cannot be written: {error.strerror}") from error
    return count


def table_frame(project: Project, table: Table) -> pd.DataFrame:
    """A whole table as one DataFrame."""
    frames = tables(project, newest_assessment(project)).chunks(table)
    return pd.concat(list(frames), ignore_index=True)


def newest_assessment(project: Project) -> str | None:
    """The assessment whose findings are in force, if the rules were evaluated at all."""
    known = load_audits(project.store)
    return known[-1].audit_id if known else None
