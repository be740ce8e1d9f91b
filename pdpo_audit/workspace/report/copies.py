"""Distribution copies: where they lie, and what stays in the workspace: the key, and which code is which name."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from pathlib import Path

from pdpo_audit.errors import MachineError
from pdpo_audit.ports import TableSource
from pdpo_audit.reports.tables.masking import MaskedTables
from pdpo_audit.workspace.project import Project

#: The copies themselves, beside ``reports``.
COPIES = "distribution"

#: For each copy a key (hex) and a table of codes and names, readable by the workspace's owner only.
SECRETS = "keys/masking"


def free_place(project: Project, audit_id: str) -> Path:
    """Where the next copy of this audit goes: copies are never overwritten."""
    folder = project.folder / COPIES
    names = (audit_id if number == 1 else f"{audit_id}-{number}" for number in range(1, 1 << 16))
    return next(folder / name for name in names if not (folder / name).exists())


def keep_names(project: Project, copy: Path, tables: TableSource, key: bytes) -> Path:
    """Write the key and the names behind the codes of ``copy``; gives the table's path."""
    folder = project.folder / SECRETS
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(folder / f"{copy.name}.key", iter([[key.hex()]]))
        names = folder / f"{copy.name}.csv"
        _write(names, (list(row) for row in _rows(tables, key)))
    except OSError as error:
        raise MachineError(f"the names behind the codes cannot be kept: {error.strerror}") from error
    return names


def _rows(tables: TableSource, key: bytes) -> Iterator[tuple[str, str, str]]:
    yield ("source", "code", "path")
    yield from MaskedTables(tables, key).names()


def _write(file: Path, rows: Iterator[list[str]]) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="surrogateescape", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows(rows)
