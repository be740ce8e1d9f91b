"""A sign-off asked of somebody elsewhere: a request with everything that they sign, and the answer that comes back.

A request is a ZIP file with the reports as they are, the sealed manifest, and the sign-offs so far. Whoever is asked
looks at the reports, decides, and signs with their own key and program. The answer holds the signed reports and the
record; the audit takes it in as if it had been signed beside it.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import rfc8785

from pdpo_audit.errors import CallError, MachineError, VerificationError
from pdpo_audit.signing.checks import Check, Verdict, failed
from pdpo_audit.signing.cms.checks import check_detached
from pdpo_audit.signing.cms.trust import Trust, read_trust
from pdpo_audit.signing.evidence.manifest import MANIFEST, MANIFEST_SEAL, Json, Manifest, read_manifest
from pdpo_audit.signing.keys.identities import Identity, common_name
from pdpo_audit.signing.pdf.checks import check_pdf
from pdpo_audit.signing.roles import Decision, Role
from pdpo_audit.signing.signoffs.enrolments import Enrolment
from pdpo_audit.signing.signoffs.pending import REPORT
from pdpo_audit.signing.signoffs.records import RECORD, SignOff, read_record
from pdpo_audit.signing.signoffs.signatures import AuditToSign, SignOffRequest, audit_of, make_sign_off
from pdpo_audit.signing.workbook.package import EPOCH

FORMAT = "pdpo-audit sign-off request 1"
REQUEST = "request.json"

#: Bytes that a request or an answer may unpack to: reports of thousands of pages, and no more.
LARGEST = 1 << 30


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRequest:
    """A request as the one who is asked finds it; ``checks`` say what verification finds of its parts."""

    role: Role
    name: str
    enrolments: tuple[Enrolment, ...]
    audit: AuditToSign
    checks: tuple[Check, ...]


def write_request(
    audit_folder: Path, audit: AuditToSign, *, role: Role, name: str, enrolments: Sequence[Enrolment]
) -> bytes:
    """The request for one person's sign-off on the audit in ``audit_folder``."""
    asked: dict[str, Json] = {
        "format": FORMAT,
        "role": role.value,
        "name": name,
        "audit": audit.manifest.audit_id,
        "enrolments": [one.as_json() for one in enrolments],
    }
    carried = [MANIFEST, MANIFEST_SEAL, *(end for one in audit.records for end in (one.path, f"{one.path}.p7s"))]
    files = {named: (audit_folder / named).read_bytes() for named in carried}
    return pack({REQUEST: rfc8785.dumps(asked), **files, **audit.reports})


def open_request(raw: bytes, trust: Trust) -> OpenRequest:
    """The request in ``raw``, its parts checked; ``CallError`` when it is none."""
    try:
        files = unpack_files(raw)
        asked = json.loads(files[REQUEST])
        if asked["format"] != FORMAT:
            raise ValueError(f"its form {asked['format']!r} is unknown")
        manifest = read_manifest(files[MANIFEST])
        reports = {report.path: files[report.path] for report in manifest.reports}
        records = sorted(named for named in files if RECORD.match(named) and named.endswith(".json"))
        seals = {files[named]: files[f"{named}.p7s"] for named in records}
        audit = audit_of(manifest, seals, reports, trust.now)
        return OpenRequest(
            role=Role(asked["role"]),
            name=str(asked["name"]),
            enrolments=tuple(Enrolment.of_json(one) for one in asked["enrolments"]),
            audit=audit,
            checks=tuple(_check(files, manifest, reports, trust)),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise CallError(
            f"This is no request for a sign-off: {error}.", advice="Ask for a new one: `sign AUDIT --request FILE`."
        ) from error


def answer_request(
    opened: OpenRequest,
    identity: Identity,
    said: SignOffRequest,
    *,
    signed_at: datetime,
    timestamp_url: str = "",
    trust: Sequence[bytes] = (),
) -> bytes:
    """The answer: the signed reports and the record. ``VerificationError`` when the request's parts do not verify."""
    wrong = [f"{one.subject}: {one.statement}" for one in opened.checks if one.verdict is Verdict.FAILED]
    if wrong:
        raise VerificationError(
            f"What this request asks to sign does not verify: {'; '.join(wrong[:3])}", advice="Ask for a new one."
        )
    _, files = make_sign_off(
        opened.audit, identity, said, signed_at=signed_at, timestamp_url=timestamp_url, trust=trust
    )
    return pack(files)


def answer_file(
    request: Path,
    target: Path,
    identity: Identity,
    *,
    decision: Decision,
    name: str = "",
    comment: str = "",
    signed_at: datetime,
    timestamp_url: str = "",
    trust: Sequence[bytes] = (),
) -> None:
    """Answer the request in a file with another file; the name is the asked one's where none is given."""
    try:
        raw = request.read_bytes()
    except OSError as error:
        raise MachineError(f"{request} cannot be read: {error.strerror}.") from error
    opened = open_request(raw, read_trust(trust, signed_at))
    said = SignOffRequest(
        role=opened.role,
        decision=decision,
        name=name or opened.name or common_name(identity.certificate),
        comment=comment,
        enrolments=opened.enrolments,
    )
    save(target, answer_request(opened, identity, said, signed_at=signed_at, timestamp_url=timestamp_url, trust=trust))


def read_answer(raw: bytes, audit: AuditToSign) -> tuple[SignOff, dict[str, bytes]]:
    """The record and the files of an answer to the audit as it is now; ``CallError`` when it answers something else.

    It proves nothing: verify the audit with these files before they are taken in.
    """
    try:
        files = unpack_files(raw)
        (named,) = (one for one in files if one.endswith(".json"))
        record = read_record(files[named])
    except (ValueError, KeyError) as error:
        raise CallError(f"This is no answer to a request for a sign-off: {error}.") from error
    if files.keys() != {*audit.reports, record.path, f"{record.path}.p7s"} or named != record.path:
        raise CallError("This answer does not hold the reports of this audit and one record.")
    if record.audit_id != audit.manifest.audit_id:
        raise CallError(f"This answer belongs to the audit {record.audit_id}.", advice="Give that audit's folder.")
    if record in audit.records:
        raise CallError(
            f"This answer was taken in already, as sign-off {record.number}.", advice="`verify AUDIT` shows it."
        )
    grown = all(files[path].startswith(content) for path, content in audit.reports.items())
    if record.number != len(audit.records) + 1 or not grown:
        raise CallError(
            "Somebody else has signed since this was asked: the answer does not follow the last sign-off.",
            advice="Ask again: `sign AUDIT --request FILE`.",
        )
    return record, files


def pack(files: Mapping[str, bytes]) -> bytes:
    """The files as a ZIP file; the same for the same files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for named, content in sorted(files.items()):
            info = zipfile.ZipInfo(named, EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return out.getvalue()


def unpack_files(raw: bytes) -> dict[str, bytes]:
    """The files of a request or an answer; ``ValueError`` when it holds anything else, or more than fits."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            infos = archive.infolist()
            names = [info.filename for info in infos]
            known = {REQUEST, MANIFEST, MANIFEST_SEAL}
            if len(set(names)) != len(names) or not all(
                one in known or REPORT.match(one) or RECORD.match(one) for one in names
            ):
                raise ValueError("it holds a file that does not belong to it")
            if sum(info.file_size for info in infos) > LARGEST:
                raise ValueError("it unpacks to more than reports can be")
            return {info.filename: _read_member(archive, info) for info in infos}
    except (zipfile.BadZipFile, NotImplementedError, OSError, EOFError) as error:
        raise ValueError(f"it is no whole ZIP file ({error})") from error


def _read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    with archive.open(info) as stream:
        content = stream.read(info.file_size + 1)
    if len(content) != info.file_size:
        raise ValueError(f"{info.filename} has another size than it says")
    return content


def _check(files: Mapping[str, bytes], manifest: Manifest, reports: Mapping[str, bytes], trust: Trust) -> list[Check]:
    """The seal, and that each report begins with what was sealed and carries nothing but signatures after it."""
    checks = list(check_detached(MANIFEST, manifest.raw, files[MANIFEST_SEAL], trust, seal=MANIFEST_SEAL).checks)
    for record in manifest.reports:
        content = reports[record.path]
        if hashlib.sha256(content[: record.size]).hexdigest() != record.sha256:
            checks.append(failed(record.path, "This file was changed after the audit was sealed."))
        checks += check_pdf(record.path, content, trust).checks
    return checks


def save(target: Path, content: bytes) -> None:
    """Write a request or an answer to a new file; ``MachineError`` when that is not possible."""
    try:
        with target.open("xb") as stream:
            stream.write(content)
    except FileExistsError as error:
        raise CallError(f"{target} exists already.", advice="Name another file.") from error
    except OSError as error:
        raise MachineError(f"{target} cannot be written: {error.strerror}.") from error
