"""The audits made so far: date, seal, who signed, and whether what lies there still verifies."""

from __future__ import annotations

from dataclasses import dataclass

from pdpo_audit.catalogue.audits import load_audits
from pdpo_audit.errors import AuditError
from pdpo_audit.signing.evidence.manifest import MANIFEST, read_manifest
from pdpo_audit.signing.signoffs.records import read_records
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.report.verifying import verify


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedAudit:
    """One audit; ``signers`` as role and name with what each said, ``result`` of checking it now, in words."""

    audit_id: str
    folder: str
    assessed_on: str
    sealed_at: str
    seal_sha256: str
    draft: bool
    signers: tuple[str, ...]
    result: str


def list_audits(project: Project) -> list[ListedAudit]:
    """Every reported audit, oldest first."""
    return [_listed(project, audit.folder) for audit in load_audits(project.store) if audit.folder]


def _listed(project: Project, name: str) -> ListedAudit:
    folder = project.reports / name
    try:
        manifest = read_manifest((folder / MANIFEST).read_bytes())
        records = read_records(folder)
    except (OSError, ValueError, AuditError):
        return ListedAudit(
            audit_id=name, folder=str(folder), assessed_on="", sealed_at="", seal_sha256="", draft=True, signers=(),
            result="not there any more" if not folder.is_dir() else "its manifest cannot be read",
        )  # fmt: skip
    signers = tuple(
        f"{one.role.value}: {one.name}{f' ({one.decision.value})' if one.decision else ''}" for one in records
    )
    return ListedAudit(
        audit_id=manifest.audit_id,
        folder=str(folder),
        assessed_on=manifest.assessed_on,
        sealed_at=manifest.sealed_at,
        seal_sha256=manifest.seal_sha256,
        draft=bool(manifest.draft_reasons),
        signers=signers,
        result="verifies" if verify(folder).ok else "DOES NOT VERIFY",
    )
