"""A report that was killed after its folder stood and before the catalogue knew: found, checked, and recorded."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pdpo_audit.catalogue.audits import StoredAudit
from pdpo_audit.signing.evidence.manifest import MANIFEST, Manifest, read_manifest
from pdpo_audit.signing.verification import VerificationResult, verify_path
from pdpo_audit.workspace.project import Project


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedAudit:
    """An audit as its own folder tells it."""

    folder: Path
    manifest: Manifest
    numbers: dict[str, Any]
    verification: VerificationResult


def sealed_audit(project: Project, audit: StoredAudit) -> SealedAudit | None:
    """The audit that a killed ``report`` wrote whole for this assessment; ``None`` where none stands and verifies."""
    folder = project.reports / audit.audit_id
    try:
        manifest = read_manifest((folder / MANIFEST).read_bytes())
        numbers = json.loads((folder / "evidence" / "summary.json").read_bytes())
    except (OSError, ValueError):
        return None
    verification = verify_path(folder, now=project.clock())
    if manifest.audit_id != audit.audit_id or not verification.ok:
        return None
    return SealedAudit(folder=folder, manifest=manifest, numbers=numbers, verification=verification)
