"""Spreadsheets for people to fill in: they name paths and owners, so they end like everything else."""

from __future__ import annotations

from pathlib import Path

from pdpo_audit.catalogue.care.made_files import note_file
from pdpo_audit.workspace.project import Project


def note_spreadsheet(project: Project, file: Path) -> None:
    """Note that ``file`` was written, so that ``purge`` ends it."""
    with project.store.transaction() as transaction:
        note_file(transaction, file, "spreadsheet", project.clock().date())
