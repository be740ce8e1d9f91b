"""Sign: a person's signature on a sealed audit, told apart from the organisation's seal everywhere."""

from __future__ import annotations

from pathlib import Path

from pdpo_audit.errors import CallError, MachineError, VerificationError
from pdpo_audit.signing.keys import Identity, open_pkcs12
from pdpo_audit.signing.manifest import MANIFEST, read_manifest
from pdpo_audit.signing.roles import Role
from pdpo_audit.signing.signoffs import read_records, sign_off_audit
from pdpo_audit.signing.verification import verify_path
from pdpo_audit.workspace.project import Project, find_workspace, now
from pdpo_audit.workspace.purging import forget_boxes

ROLES = tuple(role.value for role in Role)


def sign_audit(
    folder: Path, *, key: Path, passphrase: str, role: str, name: str, comment: str = "", timestamp_url: str = ""
) -> Path:
    """Put a person's signature on every report of the audit in ``folder``; gives the record of it.

    :raises VerificationError: the audit does not verify as it stands.
    :raises CallError: it is a draft, the role signed already, or the role is unknown.
    """
    if role not in ROLES:
        raise CallError(f'"{role}" is no role that signs', advice=f"choose one of {', '.join(ROLES)}")
    if not verify_path(folder, now=now()).ok:
        raise VerificationError(f"{folder} does not verify: nothing was signed", advice=f"pdpo-audit verify {folder}")
    identity = open_key(key, passphrase)
    record = sign_off_audit(
        folder, identity, role=Role(role), name=name, signed_at=now(), comment=comment, timestamp_url=timestamp_url
    )
    _close_review(folder)
    return record


def _close_review(folder: Path) -> None:
    """Once every required role has signed, the review is over and the workspace forgets its face boxes."""
    home = find_workspace(folder)
    if home is None or set(_required_roles(folder)) - {record.role.value for record in read_records(folder)}:
        return
    project = Project(home)
    forget_boxes(project)
    project.close()


def _required_roles(folder: Path) -> tuple[str, ...]:
    return read_manifest((folder / MANIFEST).read_bytes()).required_sign_offs


def open_key(file: Path, passphrase: str) -> Identity:
    """An identity from a PKCS#12 file."""
    try:
        data = file.read_bytes()
    except OSError as error:
        raise MachineError(f"{file} cannot be read: {error.strerror}") from error
    return open_pkcs12(data, passphrase.encode())
