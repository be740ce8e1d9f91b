"""Checks the sign-offs of an audit: their records, their chain, and that the reports carry exactly these signatures."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from cryptography import x509

from pdpo_audit.signing.checks import Check, Verdict, failed
from pdpo_audit.signing.cms.checks import check_detached
from pdpo_audit.signing.cms.trust import Trust
from pdpo_audit.signing.evidence.manifest import Manifest
from pdpo_audit.signing.keys.identities import common_name
from pdpo_audit.signing.pdf.checks import PdfReading
from pdpo_audit.signing.roles import SEAL_FIELD, Role, state_reason
from pdpo_audit.signing.signoffs.bindings import Binding, Bond, bind
from pdpo_audit.signing.signoffs.enrolments import fingerprint, key_of
from pdpo_audit.signing.signoffs.judgements import judge_person, judge_required
from pdpo_audit.signing.signoffs.records import RECORD, SignOff, read_record


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOffReading:
    """The checks of all records; the valid ones in order, and who is behind each (by its number).

    ``trust`` is the given one, with the certificates that countersigned enrolments vouch for.
    """

    checks: tuple[Check, ...]
    records: tuple[SignOff, ...]
    bindings: Mapping[int, Binding]
    trust: Trust


@dataclass(slots=True)
class _Progress:
    """What the records read so far tell the next one."""

    trust: Trust
    seals: frozenset[str]
    previous: bytes = b""
    records: list[SignOff] = field(default_factory=list)
    bindings: dict[int, Binding] = field(default_factory=dict)
    keys: dict[bytes, Role] = field(default_factory=dict)


def check_records(
    manifest: Manifest, present: Mapping[str, Path], trust: Trust, seals: frozenset[str] = frozenset()
) -> SignOffReading:
    """Every record below ``evidence/sign-offs``, in order; a gap or a record that does not fit its place fails.

    ``seals`` are fingerprints of further seals of the organisation, earlier and later ones: no person signs with them.
    """
    named = sorted(path for path in present if RECORD.match(path) and path.endswith(".json"))
    checks: list[Check] = []
    so_far = _Progress(trust=trust, seals=seals | {manifest.seal_sha256})
    for path in named:
        judged, record = _check_record(path, present, manifest, so_far)
        checks += judged
        if record is None:
            break
        so_far.records.append(record)
    checks += [failed(path, "A signature without its record.") for path in _orphans(present)]
    return SignOffReading(
        checks=tuple(checks), records=tuple(so_far.records), bindings=so_far.bindings, trust=so_far.trust
    )


def check_coverage(
    reading: SignOffReading, manifest: Manifest, reports: Mapping[str, PdfReading], *, all_required: bool
) -> list[Check]:
    """Whether each report carries the recorded signatures and no others, and whether the required people agree."""
    recorded = {record.field: record for record in reading.records}
    checks: list[Check] = []
    for path, report in reports.items():
        checks += [
            failed(path, f"It carries a signature in {name} that no record of this audit names.")
            for name in report.signers
            if name != SEAL_FIELD and name not in recorded
        ]
        for name, record in recorded.items():
            if name not in report.signers or fingerprint(report.signers[name]) != record.signer_sha256:
                checks.append(failed(path, f"The signature of {record.name} ({record.role.value}) is not on it."))
            elif report.stated[name] != (record.name, state_reason(record.role, record.decision, record.comment)):
                checks.append(failed(path, f"The signature in {name} states something else than its record."))
    return [*checks, *judge_required(reading.records, reading.bindings, manifest, all_required=all_required)]


def _check_record(
    path: str, present: Mapping[str, Path], manifest: Manifest, so_far: _Progress
) -> tuple[list[Check], SignOff | None]:
    seal = present.get(path + ".p7s")
    if seal is None:
        return [failed(path + ".p7s", "The signature of this sign-off is missing.")], None
    raw, signature = present[path].read_bytes(), seal.read_bytes()
    # Whose key it is comes first: then the certificate is judged with what is known of it.
    plain = check_detached(path, raw, signature, replace(so_far.trust, roots=()), seal=path + ".p7s")
    if plain.signer is None:
        return list(plain.checks), None
    try:
        record = read_record(raw)
    except ValueError as error:
        return [*plain.checks, failed(path, f"It cannot be read ({error}).")], None
    if record.timestamped and not plain.stamped:
        return [*plain.checks, failed(path, "The timestamp of this sign-off was taken off.")], None
    wrong = _misfit(record, path, manifest, plain.signer, so_far)
    if wrong:
        return [*plain.checks, failed(path, wrong)], None
    binding = _bind(record, plain.signer, manifest, so_far)
    reading = check_detached(path, raw, signature, so_far.trust, seal=path + ".p7s")
    if not binding.holds and so_far.trust.roots and not any(one.verdict is Verdict.FAILED for one in reading.checks):
        how = "it leads to the trust list"
        binding = Binding(bond=Bond.TRUSTED, how=how, holder=common_name(plain.signer))
    so_far.previous = raw
    so_far.bindings[record.number] = binding
    so_far.keys[key_of(plain.signer)] = record.role
    return [*reading.checks, *judge_person(record, binding, plain.signer, manifest, so_far.records)], record


def _bind(record: SignOff, signer: x509.Certificate, manifest: Manifest, so_far: _Progress) -> Binding:
    """Who is behind the signer; a countersignature that holds makes the certificate known to all later checks."""
    binding = bind(signer, so_far.trust, record.enrolments, stated=manifest.stated, seals=so_far.seals)
    if binding.bond is Bond.COUNTERSIGNED:
        vouched = {**so_far.trust.vouched, fingerprint(signer): binding.how}
        so_far.trust = replace(so_far.trust, vouched=vouched)
    return binding


def _misfit(record: SignOff, path: str, manifest: Manifest, signer: x509.Certificate, so_far: _Progress) -> str:
    """Why a valid record does not belong where it lies; empty when it does."""
    previous = hashlib.sha256(so_far.previous).hexdigest() if so_far.previous else ""
    if record.path != path or record.number != len(so_far.records) + 1:
        return "This sign-off is out of its place: one before it was removed, or it was moved."
    if record.audit_id != manifest.audit_id or record.manifest_sha256 != hashlib.sha256(manifest.raw).hexdigest():
        return "This sign-off belongs to another audit."
    if record.previous_sha256 != previous:
        return "This sign-off was given upon another one than the one before it."
    if record.signer_sha256 != fingerprint(signer):
        return "This sign-off names another certificate than the one that signed it."
    if record.signer_sha256 in so_far.seals:
        return "This sign-off was made with a seal of the organisation: no person signed."
    if manifest.asks_decisions and record.decision is None:
        return "This sign-off does not say what was decided."
    if {one.path for one in record.reports} != {one.path for one in manifest.reports}:
        return "This sign-off does not cover the reports of the audit."
    return _misfit_in_role(record, signer, so_far)


def _misfit_in_role(record: SignOff, signer: x509.Certificate, so_far: _Progress) -> str:
    earlier = [one for one in so_far.records if one.role is record.role]
    if record.supersedes != (earlier[-1].number if earlier else 0):
        return "This sign-off does not say which one it takes the place of."
    if len(earlier) >= len(record.role.fields) or record.field != record.role.fields[len(earlier)]:
        return "This sign-off stands in another field than the next one of its role."
    before = so_far.keys.get(key_of(signer), record.role)
    if before is not record.role:
        return f"Its key signed for {before.value} already: one key signs in one role, so this binds nobody."
    return ""


def _orphans(present: Mapping[str, Path]) -> list[str]:
    return [path for path in present if RECORD.match(path) and path.endswith(".p7s") and path[:-4] not in present]
