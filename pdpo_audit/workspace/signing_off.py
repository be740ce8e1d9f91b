"""Sign: a person's signature on a sealed audit, told apart from the organisation's seal everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pdpo_audit.errors import CallError, VerificationError
from pdpo_audit.signing.keys import common_name
from pdpo_audit.signing.manifest import MANIFEST, read_manifest
from pdpo_audit.signing.pdf import pades_level
from pdpo_audit.signing.roles import Decision, Role
from pdpo_audit.signing.signoffs.records import read_records
from pdpo_audit.signing.signoffs.signatures import SignOffRequest, sign_off_audit
from pdpo_audit.signing.verification import verify_path
from pdpo_audit.workspace.identities import KeyPlace, open_key, read_trust_list
from pdpo_audit.workspace.project import Project, find_workspace, now
from pdpo_audit.workspace.purging import forget_boxes
from pdpo_audit.workspace.verifying import read_certificates

ROLES = tuple(role.value for role in Role)
DECISIONS = tuple(decision.value for decision in Decision)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """The record of a sign-off, and the PAdES level of the signatures that it put on the reports."""

    record: Path
    level: str


def sign_audit(
    folder: Path,
    *,
    key: KeyPlace,
    role: str,
    decision: str,
    name: str = "",
    comment: str = "",
    timestamp_url: str | None = None,
    trust: Sequence[Path] | None = None,
) -> Signed:
    """Put a person's signature on every report of the audit in ``folder``, and record it.

    ``name`` is the certificate's where none is given. ``timestamp_url`` and ``trust`` (files of certificates) are those
    of the audit's workspace where they are ``None``.

    :raises VerificationError: the audit does not verify as it stands.
    :raises CallError: it is a draft, the key signed in another role, or role or decision is unknown.
    """
    if role not in ROLES:
        raise CallError(f'"{role}" is no role that signs', advice=f"choose one of {', '.join(ROLES)}")
    if decision not in DECISIONS:
        raise CallError(f'"{decision}" is no decision', advice=f"choose one of {', '.join(DECISIONS)}")
    if not verify_path(folder, now=now()).ok:
        raise VerificationError(f"{folder} does not verify: nothing was signed", advice=f"pdpo-audit verify {folder}")
    url, vouched = _services(folder, timestamp_url, trust)
    identity = open_key(key)
    request = SignOffRequest(
        role=Role(role), decision=Decision(decision), name=name or common_name(identity.certificate), comment=comment
    )
    record = sign_off_audit(folder, identity, request, signed_at=now(), timestamp_url=url, trust=vouched)
    _close_review(folder)
    return Signed(record=record, level=pades_level(timestamp_url=url, trust=vouched))


def _services(folder: Path, timestamp_url: str | None, trust: Sequence[Path] | None) -> tuple[str, tuple[bytes, ...]]:
    """Where to get timestamps, and the certificates that the signature must lead to."""
    home = find_workspace(folder)
    project = Project(home) if home is not None else None
    url = timestamp_url if timestamp_url is not None else project.settings.signing.timestamp_url if project else ""
    if trust is not None:
        return url, read_certificates(trust)
    return url, read_trust_list(project) if project else ()


def _close_review(folder: Path) -> None:
    """Once every required role agrees, the review is over and the workspace forgets its face boxes."""
    home = find_workspace(folder)
    last = {record.role.value: record for record in read_records(folder)}
    if home is None or not all(role in last and last[role].agrees for role in _required_roles(folder)):
        return
    project = Project(home)
    forget_boxes(project)
    project.close()


def _required_roles(folder: Path) -> tuple[str, ...]:
    return read_manifest((folder / MANIFEST).read_bytes()).required_sign_offs
