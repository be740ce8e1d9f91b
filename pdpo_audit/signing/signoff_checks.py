"""Checks the sign-offs of an audit: their records, their chain, and that the reports carry exactly these signatures."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from pdpo_audit.signing.checks import Check, failed, open_question, proved
from pdpo_audit.signing.cms_checks import check_detached
from pdpo_audit.signing.manifest import Manifest
from pdpo_audit.signing.roles import SEAL_FIELD
from pdpo_audit.signing.signoffs import SIGN_OFFS, SignOff, read_record
from pdpo_audit.signing.trust import Trust

RECORD = re.compile(rf"{SIGN_OFFS}/\d{{4}}-[a-z]+\.json(\.p7s)?\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOffReading:
    """The checks of all records, and the valid ones in order."""

    checks: tuple[Check, ...]
    records: tuple[SignOff, ...]


def check_records(manifest: Manifest, present: Mapping[str, Path], trust: Trust) -> SignOffReading:
    """Every record below ``evidence/sign-offs``, in order; a gap or a record that does not fit its place fails."""
    named = sorted(path for path in present if RECORD.match(path) and path.endswith(".json"))
    checks: list[Check] = []
    records: list[SignOff] = []
    previous = b""
    for number, path in enumerate(named, start=1):
        raw = present[path].read_bytes()
        judged, record = _check_record(path, number, raw, previous, present, manifest, trust)
        checks += judged
        if record is None:
            break
        records.append(record)
        previous = raw
    checks += [failed(path, "A signature without its record.") for path in _orphans(present)]
    return SignOffReading(checks=tuple(checks), records=tuple(records))


def check_coverage(
    records: tuple[SignOff, ...],
    manifest: Manifest,
    signers: Mapping[str, Mapping[str, x509.Certificate]],
    *,
    all_required: bool,
) -> list[Check]:
    """Whether each report carries the recorded signatures and no others; ``signers``: report, field, certificate."""
    recorded = {record.role.field: record for record in records}
    checks: list[Check] = []
    for path, fields in signers.items():
        checks += [
            failed(path, f"It carries a signature in {field} that no record of this audit names.")
            for field in fields
            if field != SEAL_FIELD and field not in recorded
        ]
        for field, record in recorded.items():
            if field not in fields or _digest(fields[field]) != record.signer_sha256:
                checks.append(failed(path, f"The signature of {record.name} ({record.role.value}) is not on it."))
    return [*checks, *_judge_required(records, manifest, all_required=all_required)]


def _judge_required(records: tuple[SignOff, ...], manifest: Manifest, *, all_required: bool) -> list[Check]:
    """A missing sign-off is an open question while people still sign, and a failure once all of them should have."""
    given = {record.role.value for record in records}
    say = failed if all_required else open_question
    checks = [
        say(SIGN_OFFS, f"Whether {role} agrees: this required sign-off has not been given; nobody reviewed it.")
        for role in manifest.required_sign_offs
        if role not in given
    ]
    later = open_question(
        SIGN_OFFS, "That no later sign-off was removed together with its record: compare with the signers' own copies."
    )
    return [*checks, later]


def _check_record(
    path: str,
    number: int,
    raw: bytes,
    previous: bytes,
    present: Mapping[str, Path],
    manifest: Manifest,
    trust: Trust,
) -> tuple[list[Check], SignOff | None]:
    seal = present.get(path + ".p7s")
    if seal is None:
        return [failed(path + ".p7s", "The signature of this sign-off is missing.")], None
    reading = check_detached(path, raw, seal.read_bytes(), trust, seal=path + ".p7s")
    if reading.signer is None:
        return list(reading.checks), None
    try:
        record = read_record(raw)
    except ValueError as error:
        return [*reading.checks, failed(path, f"It cannot be read ({error}).")], None
    if record.timestamped and not reading.stamped:
        return [*reading.checks, failed(path, "The timestamp of this sign-off was taken off.")], None
    wrong = _misfit(record, path, number, previous, manifest, reading.signer)
    if wrong:
        return [*reading.checks, failed(path, wrong)], None
    said = proved(path, f"Signed off for {record.role.value} in the name of {record.name}.")
    return [*reading.checks, said, *_judge_name(path, record, manifest)], record


def _judge_name(path: str, record: SignOff, manifest: Manifest) -> list[Check]:
    """Whether the person who signed is the one whom the report names; a deputy may be right, so it stays a question."""
    named = manifest.roles.get(record.role.value, record.name)
    if named == record.name:
        return []
    question = f"Whether {record.name} may sign for {record.role.value}: the report names {named} in this role."
    return [open_question(path, question)]


def _misfit(
    record: SignOff, path: str, number: int, previous: bytes, manifest: Manifest, signer: x509.Certificate
) -> str:
    """Why a valid record does not belong where it lies; empty when it does."""
    if record.path != path or record.number != number:
        return "This sign-off is out of its place: one before it was removed, or it was moved."
    if record.audit_id != manifest.audit_id or record.manifest_sha256 != hashlib.sha256(manifest.raw).hexdigest():
        return "This sign-off belongs to another audit."
    if record.previous_sha256 != (hashlib.sha256(previous).hexdigest() if previous else ""):
        return "This sign-off was given upon another one than the one before it."
    if record.signer_sha256 != _digest(signer):
        return "This sign-off names another certificate than the one that signed it."
    if record.signer_sha256 == manifest.seal_sha256:
        return "This sign-off was made with the organisation's seal: no person signed."
    if {one.path for one in record.reports} != {one.path for one in manifest.reports}:
        return "This sign-off does not cover the reports of the audit."
    return ""


def _orphans(present: Mapping[str, Path]) -> list[str]:
    return [path for path in present if RECORD.match(path) and path.endswith(".p7s") and path[:-4] not in present]


def _digest(certificate: x509.Certificate) -> str:
    return certificate.fingerprint(hashes.SHA256()).hex()
