"""The record of a sign-off: evidence of its own, for the manifest was sealed before anybody signed.

``evidence/sign-offs/0001-legal.json`` with its detached signature names the manifest, the record before it, and every
report as it is after this signature. A sign-off that is taken off a report later contradicts its record.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

import rfc8785

from pdpo_audit.errors import MachineError
from pdpo_audit.signing.evidence.manifest import FileRecord, Json, read_file_record
from pdpo_audit.signing.roles import Decision, Role
from pdpo_audit.signing.signoffs.enrolments import Enrolment

#: The first format asked for no decision and knew no enrolments; records in it stay readable.
FIRST_FORMAT = "pdpo-audit sign-off 1"
FORMAT = "pdpo-audit sign-off 2"

#: Where the records lie in an audit folder.
SIGN_OFFS = "evidence/sign-offs"
RECORD = re.compile(rf"{SIGN_OFFS}/\d{{4}}-[a-z]+\.json(\.p7s)?\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOff:
    """One record: who said what in which role, upon what, and every report as it was afterwards.

    ``field`` is the signature's in the reports; ``supersedes`` the number of the record that it takes the place of (0:
    none). ``enrolments`` lead from the signer's certificate to somebody whom the verifier may know. ``decision`` is
    ``None`` in records of the first format.
    """

    number: int
    role: Role
    field: str
    decision: Decision | None
    name: str
    comment: str
    signed_at: str
    audit_id: str
    manifest_sha256: str
    previous_sha256: str
    supersedes: int = 0
    reports: tuple[FileRecord, ...]
    signer_sha256: str
    timestamped: bool = False
    enrolments: tuple[Enrolment, ...] = ()

    @property
    def path(self) -> str:
        """Where the record lies in the audit folder."""
        return f"{SIGN_OFFS}/{self.number:04d}-{self.role.value}.json"

    @property
    def agrees(self) -> bool:
        """Whether it lets the report stand; the first format had no other way."""
        return self.decision is not Decision.REFUSE


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
    if record.decision is None:
        return rfc8785.dumps({"format": FIRST_FORMAT, **content})
    later: dict[str, Json] = {
        "format": FORMAT,
        "field": record.field,
        "decision": record.decision.value,
        "supersedes": record.supersedes,
        "enrolments": [one.as_json() for one in record.enrolments],
    }
    return rfc8785.dumps({**content, **later})


def read_record(raw: bytes) -> SignOff:
    """The record in ``raw``; ``ValueError`` unless it is exactly as this program writes one."""
    try:
        content = json.loads(raw)
        record = _read(content, first=content["format"] == FIRST_FORMAT)
        if write_record(record) != raw:
            raise ValueError("not written as this program writes sign-offs")
    except (KeyError, TypeError, AttributeError, RecursionError, rfc8785.CanonicalizationError) as error:
        raise ValueError(f"not a sign-off: {type(error).__name__}: {error}") from error
    return record


def _read(content: dict[str, Json], *, first: bool) -> SignOff:
    """Only what ``write_record`` writes back to the same bytes is a record: kinds are compared there."""
    given: dict[str, Json] = {"decision": None, "supersedes": 0, "enrolments": [], **content}
    role = Role(str(content["role"]))
    reports, enrolments = given["reports"], given["enrolments"]
    if not isinstance(reports, list) or not isinstance(enrolments, list):
        raise TypeError("a list is missing")
    return SignOff(
        number=_whole(given["number"]),
        role=role,
        field=role.field if first else str(given["field"]),
        decision=None if first else Decision(str(given["decision"])),
        name=str(given["name"]),
        comment=str(given["comment"]),
        signed_at=str(given["signed_at"]),
        audit_id=str(given["audit"]),
        manifest_sha256=str(given["manifest_sha256"]),
        previous_sha256=str(given["previous_sha256"]),
        supersedes=_whole(given["supersedes"]),
        reports=tuple(read_file_record(_object(one)) for one in reports),
        signer_sha256=str(given["signer_sha256"]),
        timestamped=given["timestamped"] is True,
        enrolments=tuple(Enrolment.of_json(_object(one)) for one in enrolments),
    )


def _whole(value: Json) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError("a number is missing")
    return value


def _object(value: Json) -> dict[str, Json]:
    if not isinstance(value, dict):
        raise TypeError("an object is missing")
    return value
