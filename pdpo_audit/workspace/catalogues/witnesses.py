"""The sealed audits of a workspace as witnesses of its event log."""

from __future__ import annotations

from pdpo_audit.catalogue.proofs.witnesses import Witness
from pdpo_audit.signing.evidence.manifest import MANIFEST, read_manifest
from pdpo_audit.workspace.project import Project


def sealed_audits(project: Project) -> list[Witness]:
    """What each audit in ``reports`` states of the log, oldest first; an unreadable manifest states nothing."""
    found = []
    for file in sorted(project.reports.glob(f"*/{MANIFEST}")):
        try:
            stated = read_manifest(file.read_bytes())
        except (OSError, ValueError):
            continue
        found.append(Witness(audit_id=stated.audit_id, events=stated.event_count, head=stated.event_head))
    return sorted(found, key=lambda one: (one.events, one.audit_id))
