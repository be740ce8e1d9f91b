"""Prove: one holding's line of a sealed audit, without showing the others."""

from __future__ import annotations

import csv
from pathlib import Path

from pdpo_audit.errors import CallError, MachineError
from pdpo_audit.signing.proofs import prove_holding
from pdpo_audit.workspace.project import Project


def newest_audit(project: Project) -> Path:
    """The folder of the newest sealed audit of a workspace.

    :raises CallError: there is none.
    """
    audits = [path for path in project.reports.glob("*") if (path / "evidence" / "manifest.json").is_file()]
    if not audits:
        raise CallError("there is no sealed audit here", advice="pdpo-audit report, or name one with --audit FOLDER")
    return max(audits, key=lambda path: (path / "evidence" / "manifest.json").stat().st_mtime_ns)


def prove(audit: Path, path: str, source: str = "") -> bytes:
    """The proof (JSON) that ``audit`` recorded the holding at ``path``; ``source`` is needed where two have that path.

    :raises CallError: no holding, or more than one, has this path.
    """
    if source:
        return prove_holding(audit, source=source, path=path)
    table = audit / "evidence" / "tables" / "holdings.csv"
    try:
        with table.open(encoding="utf-8", newline="") as stream:
            sources = sorted({row["source"] for row in csv.DictReader(stream) if row["path"] == path})
    except OSError as error:
        raise MachineError(f"{table} cannot be read: {error.strerror}") from error
    if len(sources) != 1:
        found = f"it is in {', '.join(sources)}" if sources else "no source has it"
        raise CallError(f"{path}: {found}", advice="name the source with --source")
    return prove_holding(audit, source=sources[0], path=path)
