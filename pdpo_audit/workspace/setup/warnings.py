"""What to look after before it is too late: certificates that end, timestamps to renew, keys told to be compromised."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from cryptography import x509

from pdpo_audit.errors import AuditError
from pdpo_audit.signing.evidence.manifest import MANIFEST, read_manifest
from pdpo_audit.signing.folders.endings import read_ending
from pdpo_audit.signing.rotations import WARN_BEFORE, Rotation, read_rotation
from pdpo_audit.workspace.memory_key import memory_fault
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.setup.identities import read_trust_list
from pdpo_audit.workspace.setup.rotating import ends_soon, rotations_of


def warnings_of(project: Project) -> tuple[str, ...]:
    """One sentence each, with the way out; nothing is asked for and no passphrase needed."""
    audits = [folder for folder in sorted(project.reports.glob("*")) if (folder / MANIFEST).is_file()]
    rotations = list(_rotations(project))
    memory = memory_fault(project.folder, project.store)
    return (
        *([f"{memory} (pdpo-audit catalogue memory says more)"] if memory else ()),
        *project.settings.contradictions(project.clock().date()),
        *_seal(project, audits, rotations),
        *_authorities(project),
        *_renewals(project, audits),
        *_compromised(audits, rotations),
    )


def _rotations(project: Project) -> Iterator[Rotation]:
    for raw in rotations_of(project).values():
        try:
            yield read_rotation(raw)
        except ValueError:
            continue


def _seal(project: Project, audits: list[Path], rotations: list[Rotation]) -> Iterator[str]:
    """The seal of the newest audit, as long as nothing took its place: its file cannot be read without a passphrase."""
    if not audits:
        return
    try:
        seal = json.loads((audits[-1] / MANIFEST).read_bytes())["seal"]
        said = ends_soon(str(seal["not_after"]), project.clock())
    except (OSError, ValueError, KeyError, TypeError):
        return
    if said and seal["sha256"] not in {one.old for one in rotations}:
        yield f"the seal of {audits[-1].name}: {said}"


def _authorities(project: Project) -> Iterator[str]:
    """Certificates of the trust list that have ended, or end soon."""
    try:
        listed = read_trust_list(project)
    except AuditError as error:
        yield f"the trust list: {error.message}"
        return
    for content in listed:
        try:
            pem = b"-----BEGIN CERTIFICATE-----" in content
            found = x509.load_pem_x509_certificates(content) if pem else [x509.load_der_x509_certificate(content)]
        except ValueError as error:
            yield f"the trust list holds something that is no certificate: {error}"
            continue
        for one in found:
            if one.not_valid_after_utc <= project.clock() + WARN_BEFORE:
                named = one.subject.rfc4514_string()
                yield f"{named} on the trust list ends on {one.not_valid_after_utc:%Y-%m-%d}: list its successor too"


def _renewals(project: Project, audits: list[Path]) -> Iterator[str]:
    """Audits whose proof of time ends soon, or has ended; without a service only those that have a timestamp."""
    for folder in audits:
        ending = read_ending(folder)
        if ending is None or ending.ends > project.clock() + WARN_BEFORE:
            continue
        if ending.stamped or project.settings.signing.timestamp_url:
            what = "its last timestamp counts" if ending.stamped else "its seal counts"
            over = "ended" if ending.ends < project.clock() else "ends"
            yield f"{folder.name}: {what} by a certificate that {over} on {ending.ends:%Y-%m-%d}: `pdpo-audit stamp` it"


def _compromised(audits: list[Path], rotations: list[Rotation]) -> Iterator[str]:
    """Audits that a key sealed which is told to be compromised."""
    told = {one.old: one.compromised_since for one in rotations if one.compromised_since}
    for folder in audits if told else ():
        try:
            seal = read_manifest((folder / MANIFEST).read_bytes()).seal_sha256
        except (OSError, ValueError):
            continue
        if seal in told:
            since = f"{datetime.fromisoformat(told[seal]):%Y-%m-%d}"
            yield (
                f"{folder.name}: its seal's key is told to be compromised since {since}. It stands only where a "
                "trusted timestamp is older: tell those who have it, with the statement in keys/rotations"
            )
