"""The audits that records of reviews name: whether each that lies beside is the one named, and what is not examined."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from pdpo_audit.signing.bounds import read_within
from pdpo_audit.signing.checks import Check, failed, open_question, proved
from pdpo_audit.signing.evidence.manifest import LARGEST_MANIFEST, MANIFEST, is_regular
from pdpo_audit.signing.reviews.records import ReviewRecord

#: Where a workspace keeps its audits, seen from the folder of its reviews.
REPORTS = "reports"
_NAMED = 5


def check_audits(folder: Path, records: Sequence[ReviewRecord]) -> list[Check]:
    """Each audit by its manifest's digest, which its record sealed. What it lists is not read here: that takes the
    verification of each audit, as is said."""
    named = {str(one.audit["id"]): str(one.audit.get("manifest_sha256", "")) for one in records if one.audit.get("id")}
    if not named:
        return []
    reports = folder.resolve().parent / REPORTS
    here = {audit: sha256 for audit, sha256 in named.items() if sha256 and _lies(reports, audit)}
    other = {audit for audit, sha256 in here.items() if _digest(reports / audit) != sha256}
    checks = [
        failed(audit, "The manifest of this audit is not the one that the record of its review names.")
        for audit in sorted(other)
    ]
    if same := sorted(here.keys() - other):
        checks.append(proved("reviews", f"The manifests of {_some(same)} are those that the records name."))
    return [*checks, *_not_examined(sorted(here), sorted(named.keys() - here.keys()))]


def _not_examined(here: Sequence[str], away: Sequence[str]) -> Iterator[Check]:
    if here:
        said = f"not examined: what the manifests of {_some(here)} list (reports, tables, signatures)"
        yield open_question("reviews", f"{said}. To examine each: pdpo-audit verify {REPORTS}/{here[-1]}")
    if away:
        why = f"no manifest of them lies in {REPORTS} beside this folder, or the record names none"
        yield open_question(
            "reviews", f"not examined: {_some(away)} ({why}). With the folder: pdpo-audit verify FOLDER"
        )


def _lies(reports: Path, audit: str) -> bool:
    return Path(audit).name == audit and is_regular(reports / audit / MANIFEST)


def _digest(folder: Path) -> str:
    try:
        return hashlib.sha256(read_within(folder / MANIFEST, LARGEST_MANIFEST)).hexdigest()
    except (OSError, ValueError):
        return ""


def _some(audits: Sequence[str]) -> str:
    """How many, and the first by name."""
    shown = ", ".join(audits[:_NAMED]) + (f" and {len(audits) - _NAMED} more" if len(audits) > _NAMED else "")
    return f"{len(audits)} {'audit' if len(audits) == 1 else 'audits'} ({shown})"
