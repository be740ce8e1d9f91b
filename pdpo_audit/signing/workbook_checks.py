"""Checks a workbook against its seal."""

from __future__ import annotations

from pathlib import Path

from pdpo_audit.signing.checks import failed
from pdpo_audit.signing.cms_checks import Reading, check_detached
from pdpo_audit.signing.trust import Trust


def check_workbook(subject: str, path: Path, trust: Trust) -> Reading:
    """The workbook at ``path`` against the detached seal beside it (``.p7s``); without one nothing is proved."""
    seal = path.with_name(path.name + ".p7s")
    if not seal.is_file():
        return Reading(checks=(failed(subject, f"Its seal {seal.name} is not beside it: nothing can be proved."),))
    with path.open("rb") as workbook:
        return check_detached(subject, workbook, seal.read_bytes(), trust)
