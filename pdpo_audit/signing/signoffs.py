"""Sign-offs of people: signatures on the reports, and a record of each that the next one builds upon.

The manifest was sealed before anybody signed. So each sign-off brings evidence of its own, ``evidence/sign-offs/
0001-legal.json`` with its detached signature: it names the manifest, the record before it, and every report as it is
after this signature. A sign-off that is taken off a report later contradicts its record.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import rfc8785

from pdpo_audit.errors import CallError, MachineError
from pdpo_audit.signing.cms import sign_detached
from pdpo_audit.signing.keys import Identity
from pdpo_audit.signing.manifest import MANIFEST, FileRecord, Json, Manifest, read_file_record, read_manifest
from pdpo_audit.signing.pdf import sign_off_pdf
from pdpo_audit.signing.roles import Role

FORMAT = "pdpo-audit sign-off 1"

#: Where the records lie in an audit folder.
SIGN_OFFS = "evidence/sign-offs"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOff:
    """One record: who signed in which role, upon what, and every report as it was afterwards."""

    number: int
    role: Role
    name: str
    comment: str
    signed_at: str
    audit_id: str
    manifest_sha256: str
    previous_sha256: str
    reports: tuple[FileRecord, ...]
    signer_sha256: str
    timestamped: bool = False

    @property
    def path(self) -> str:
        """Where the record lies in the audit folder."""
        return f"{SIGN_OFFS}/{self.number:04d}-{self.role.value}.json"


def sign_off_audit(
    audit_folder: Path,
    identity: Identity,
    *,
    role: Role,
    name: str,
    signed_at: datetime,
    comment: str = "",
    timestamp_url: str = "",
    trust: Sequence[bytes] = (),
) -> Path:
    """Put a person's signature on every report of an audit, and record it; gives the path of the record.

    Check the folder with ``verify_path`` before: this function signs what is there. Raises ``CallError`` when the
    report is a draft, the role has signed already, or the key is the organisation's seal; ``MachineError`` when the
    folder is no sealed audit or cannot be written. Nothing is written unless every report could be signed.
    """
    manifest = _open_manifest(audit_folder)
    earlier = read_records(audit_folder)
    _expect_person(manifest, identity)
    if role in {record.role for record in earlier}:
        raise CallError(f"The role {role.value} has signed this audit already.")
    signed = {
        report.path: sign_off_pdf(
            (audit_folder / report.path).read_bytes(),
            identity,
            role=role,
            name=name,
            signed_at=signed_at,
            comment=comment,
            timestamp_url=timestamp_url,
            trust=trust,
        )
        for report in manifest.reports
    }
    record = SignOff(
        number=len(earlier) + 1,
        role=role,
        name=name,
        comment=comment,
        signed_at=signed_at.isoformat(),
        audit_id=manifest.audit_id,
        manifest_sha256=hashlib.sha256(manifest.raw).hexdigest(),
        previous_sha256=hashlib.sha256(write_record(earlier[-1])).hexdigest() if earlier else "",
        reports=tuple(_record_of(path, content) for path, content in signed.items()),
        signer_sha256=identity.facts()["sha256"],
        timestamped=bool(timestamp_url),
    )
    raw = write_record(record)
    seal = sign_detached(raw, identity, signed_at=signed_at, timestamp_url=timestamp_url)
    return _store(audit_folder, record, raw, seal, signed)


def read_records(audit_folder: Path) -> tuple[SignOff, ...]:
    """The records of an audit in the order of signing; ``MachineError`` when one cannot be read. Proves nothing."""
    found = sorted((audit_folder / SIGN_OFFS).glob("*.json"))
    try:
        return tuple(read_record(path.read_bytes()) for path in found)
    except (OSError, ValueError) as error:
        raise MachineError(f"A sign-off of this audit cannot be read: {error}.", advice="Verify the folder.") from error


def write_record(record: SignOff) -> bytes:
    """The record in RFC 8785 canonical JSON."""
    content: dict[str, Json] = {
        "format": FORMAT,
        "number": record.number,
        "role": record.role.value,
        "name": record.name,
        "comment": record.comment,
        "signed_at": record.signed_at,
        "audit": record.audit_id,
        "manifest_sha256": record.manifest_sha256,
        "previous_sha256": record.previous_sha256,
        "reports": [{"path": one.path, "size": one.size, "sha256": one.sha256} for one in record.reports],
        "signer_sha256": record.signer_sha256,
        "timestamped": record.timestamped,
    }
    return rfc8785.dumps(content)


def read_record(raw: bytes) -> SignOff:
    """The record in ``raw``; ``ValueError`` unless it is exactly as this program writes one."""
    try:
        content = json.loads(raw)
        record = SignOff(
            number=content["number"],
            role=Role(content["role"]),
            name=content["name"],
            comment=content["comment"],
            signed_at=content["signed_at"],
            audit_id=content["audit"],
            manifest_sha256=content["manifest_sha256"],
            previous_sha256=content["previous_sha256"],
            reports=tuple(read_file_record(one) for one in content["reports"]),
            signer_sha256=content["signer_sha256"],
            timestamped=content["timestamped"],
        )
        if write_record(record) != raw:
            raise ValueError("not written as this program writes sign-offs")
    except (KeyError, TypeError, AttributeError, RecursionError, rfc8785.CanonicalizationError) as error:
        raise ValueError(f"not a sign-off: {type(error).__name__}: {error}") from error
    return record


def _open_manifest(audit_folder: Path) -> Manifest:
    try:
        manifest = read_manifest((audit_folder / MANIFEST).read_bytes())
    except (OSError, ValueError) as error:
        raise MachineError(f"{audit_folder} is no sealed audit: {error}.", advice="Give the audit's folder.") from error
    if manifest.draft_reasons:
        raise CallError(
            f"This report is a draft and cannot be signed: {'; '.join(manifest.draft_reasons)}.",
            advice="Supply what is missing and report again.",
        )
    return manifest


def _expect_person(manifest: Manifest, identity: Identity) -> None:
    if identity.facts()["sha256"] == manifest.seal_sha256:
        raise CallError(
            "This key is the organisation's seal; a person signs with a key of their own.",
            advice="Make one with `pdpo-audit keys create`, or use the person's certificate.",
        )


def _record_of(path: str, content: bytes) -> FileRecord:
    return FileRecord(path=path, size=len(content), sha256=hashlib.sha256(content).hexdigest())


def _store(audit_folder: Path, record: SignOff, raw: bytes, seal: bytes, signed: dict[str, bytes]) -> Path:
    """Write reports and record; a report is replaced whole, so that an interruption leaves the old or the new one."""
    place = audit_folder / record.path
    try:
        place.parent.mkdir(exist_ok=True)
        for path, content in signed.items():
            fresh = audit_folder / f"{path}.signing"
            fresh.write_bytes(content)
            fresh.replace(audit_folder / path)
        place.with_name(place.name + ".p7s").write_bytes(seal)
        place.write_bytes(raw)
    except OSError as error:
        raise MachineError(f"The sign-off cannot be written: {os.strerror(error.errno or 0)}.") from error
    return place
