"""A person's sign-off, made: their signature on every report, and the record of it."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields

from pdpo_audit.errors import CallError, MachineError
from pdpo_audit.signing.cms.signatures import sign_detached
from pdpo_audit.signing.cms.trust import Trust
from pdpo_audit.signing.evidence.manifest import MANIFEST, FileRecord, Manifest, read_manifest
from pdpo_audit.signing.keys.identities import Identity
from pdpo_audit.signing.pdf.signatures import sign_off_pdf
from pdpo_audit.signing.roles import Decision, Role
from pdpo_audit.signing.signoffs import pending
from pdpo_audit.signing.signoffs.enrolments import Enrolment, key_of, signer_of
from pdpo_audit.signing.signoffs.judgements import same_name
from pdpo_audit.signing.signoffs.records import SignOff, read_record, read_records, write_record


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOffRequest:
    """What a person says by signing: the role they sign in, what they think of the report, and who they are."""

    role: Role
    decision: Decision
    name: str
    comment: str = ""
    enrolments: tuple[Enrolment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditToSign:
    """A sealed audit as the next signer finds it: ``reports`` by path, ``keys`` with the role that each signed in."""

    manifest: Manifest
    records: tuple[SignOff, ...]
    reports: Mapping[str, bytes]
    keys: Mapping[bytes, Role]


def open_audit(audit_folder: Path, now: datetime) -> AuditToSign:
    """The audit in ``audit_folder``; ``MachineError`` when it is no sealed one, ``CallError`` when it is a draft."""
    try:
        raw = (audit_folder / MANIFEST).read_bytes()
        records = read_records(audit_folder)
        sealed = [((audit_folder / one.path).read_bytes(), audit_folder / f"{one.path}.p7s") for one in records]
        seals = {content: seal.read_bytes() for content, seal in sealed}
        manifest = read_manifest(raw)
        reports = {report.path: (audit_folder / report.path).read_bytes() for report in manifest.reports}
    except (OSError, ValueError) as error:
        raise MachineError(f"{audit_folder} is no sealed audit: {error}.", advice="Give the audit's folder.") from error
    return audit_of(manifest, seals, reports, now)


def audit_of(
    manifest: Manifest, seals: Mapping[bytes, bytes], reports: Mapping[str, bytes], now: datetime
) -> AuditToSign:
    """The audit made of these parts; ``seals`` has the signature of each record, in the order of signing."""
    if manifest.draft_reasons:
        raise CallError(
            f"This report is a draft and cannot be signed: {'; '.join(manifest.draft_reasons)}.",
            advice="Supply what is missing and report again.",
        )
    if manifest.copy_of:
        raise CallError("This is a distribution copy, and nobody reviews by it.", advice="Sign the audit itself.")
    records = tuple(read_record(raw) for raw in seals)
    nobody = Trust(roots=(), now=now)
    signers = [signer_of(raw, seal, nobody) for raw, seal in seals.items()]
    keys = {key_of(signer): one.role for signer, one in zip(signers, records, strict=True) if signer is not None}
    return AuditToSign(manifest=manifest, records=records, reports=reports, keys=keys)


def sign_off_audit(
    audit_folder: Path,
    identity: Identity,
    request: SignOffRequest,
    *,
    signed_at: datetime,
    timestamp_url: str = "",
    trust: Sequence[bytes] = (),
) -> Path:
    """Put a person's signature on every report of an audit, and record it; gives the path of the record.

    Check the folder with ``verify_path`` before: this function signs what is there. Raises ``CallError`` when the
    report is a draft, the key has signed in another role or is the organisation's seal, the role has no field left, or
    a remark is missing; ``MachineError`` when the folder is no sealed audit or cannot be written. Every report is
    signed or none, also when the program is killed.
    """
    with pending.locked(audit_folder):
        try:
            pending.settle(audit_folder)
            audit = open_audit(audit_folder, signed_at)
            record, files = make_sign_off(
                audit, identity, request, signed_at=signed_at, timestamp_url=timestamp_url, trust=trust
            )
            pending.store(audit_folder, files)
        except OSError as error:
            raise MachineError(f"The sign-off cannot be written: {error}.") from error
    return audit_folder / record.path


def make_sign_off(
    audit: AuditToSign,
    identity: Identity,
    request: SignOffRequest,
    *,
    signed_at: datetime,
    timestamp_url: str,
    trust: Sequence[bytes],
) -> tuple[SignOff, dict[str, bytes]]:
    """The record, and every file of the sign-off by its path in the audit: reports, record, signature of the record."""
    _expect_person(audit, identity, request)
    _expect_present(audit.manifest, request.name, signed_at)
    request = replace(request, comment=_comment(audit.manifest, request))
    field = _next_field(audit, request.role)
    signed = {
        path: sign_off_pdf(
            content,
            identity,
            role=request.role,
            field=field,
            decision=request.decision,
            name=request.name,
            signed_at=signed_at,
            comment=request.comment,
            timestamp_url=timestamp_url,
            trust=trust,
        )
        for path, content in audit.reports.items()
    }
    earlier = audit.records
    record = SignOff(
        number=len(earlier) + 1,
        role=request.role,
        field=field,
        decision=request.decision,
        name=request.name,
        comment=request.comment,
        signed_at=signed_at.isoformat(),
        audit_id=audit.manifest.audit_id,
        manifest_sha256=hashlib.sha256(audit.manifest.raw).hexdigest(),
        previous_sha256=hashlib.sha256(write_record(earlier[-1])).hexdigest() if earlier else "",
        supersedes=last_of(earlier, request.role),
        reports=tuple(_record_of(path, content) for path, content in signed.items()),
        signer_sha256=identity.facts()["sha256"],
        timestamped=bool(timestamp_url),
        enrolments=request.enrolments,
    )
    raw = write_record(record)
    seal = sign_detached(raw, identity, signed_at=signed_at, timestamp_url=timestamp_url)
    return record, {**signed, f"{record.path}.p7s": seal, record.path: raw}


def last_of(records: Sequence[SignOff], role: Role) -> int:
    """The number of the last record in ``role``; 0 where there is none."""
    return max((record.number for record in records if record.role is role), default=0)


def _next_field(audit: AuditToSign, role: Role) -> str:
    """The first field of the role that nobody has signed."""
    taken = [record.field for record in audit.records]
    prepared = set.intersection(*(field_names(report) for report in audit.reports.values()))
    left = [field for field in role.fields if field in prepared and field not in taken]
    if not left:
        raise CallError(
            f"No field is left for {role.value} in this report: what was signed stands.",
            advice="Report again; the new audit supersedes this one.",
        )
    return left[0]


def field_names(report: bytes) -> set[str]:
    """The signature fields of a report; ``MachineError`` when it is no PDF."""
    try:
        return {name for name, _, _ in enumerate_sig_fields(PdfFileReader(io.BytesIO(report)))}
    except PdfError as error:
        raise MachineError(f"The report cannot be read: {error}.") from error


def _expect_person(audit: AuditToSign, identity: Identity, request: SignOffRequest) -> None:
    """A person with a key of their own, who signs in one role."""
    role = request.role
    if identity.facts()["sha256"] == audit.manifest.seal_sha256:
        raise CallError(
            "This key is the organisation's seal; a person signs with a key of their own.",
            advice="Make one with `pdpo-audit keys create`, or use the person's certificate.",
        )
    before = audit.keys.get(key_of(identity.certificate), role)
    if before is not role:
        raise CallError(
            f"This key has signed for {before.value} already: in one audit a key signs in one role.",
            advice="Each person signs with their own key.",
        )
    others = [one.role for one in audit.records if same_name(one.name, request.name) and one.role is not role]
    if others:
        raise CallError(
            f"{request.name} has signed for {others[0].value} already: in one audit a person signs in one role.",
            advice="Let somebody else sign for the other role.",
        )
    if request.decision is not Decision.AGREE and not request.comment:
        raise CallError("Reservations and refusals need a remark.", advice="Say why with --comment.")


def _expect_present(manifest: Manifest, name: str, signed_at: datetime) -> None:
    """Somebody whose last day is not over."""
    for one, day in manifest.leaving.items():
        if same_name(one, name) and signed_at.date().isoformat() > day:
            raise CallError(
                f"{one} left on {day} by this audit, and signs nothing after that day.",
                advice="Let the deputy sign, or mend [[people]] in the settings and report again.",
            )


def _comment(manifest: Manifest, request: SignOffRequest) -> str:
    """The remark of the sign-off; a deputy's begins with whose place they take."""
    named = manifest.roles.get(request.role.value, "")
    deputy = manifest.deputies.get(request.role.value, "")
    if not named or not deputy or same_name(named, request.name) or not same_name(deputy, request.name):
        return request.comment
    return f"as the deputy of {named}" + (f": {request.comment}" if request.comment else "")


def _record_of(path: str, content: bytes) -> FileRecord:
    return FileRecord(path=path, size=len(content), sha256=hashlib.sha256(content).hexdigest())
