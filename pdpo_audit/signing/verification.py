"""``verify``: what an audit folder, a lone report, workbook, bundle or proof proves, and what it cannot."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from cryptography import x509

from pdpo_audit.errors import AuditError
from pdpo_audit.model.locations.printed import printed
from pdpo_audit.signing.bounds import LARGEST_READ, read_within
from pdpo_audit.signing.checks import Check, Verdict, VerificationResult, failed, open_question, proved
from pdpo_audit.signing.cms.checks import check_detached
from pdpo_audit.signing.cms.trust import Trust, read_trust
from pdpo_audit.signing.disposals.checks import PRINTED, check_disposal, check_printed, is_disposal
from pdpo_audit.signing.evidence.bundle_checks import check_bundle, check_unpacked
from pdpo_audit.signing.evidence.manifest import LARGEST_MANIFEST, MANIFEST, is_regular
from pdpo_audit.signing.folders.checks import check_folder
from pdpo_audit.signing.grammar.statements import StatedAudit
from pdpo_audit.signing.pdf.checks import check_pdf
from pdpo_audit.signing.proofs import check_proof
from pdpo_audit.signing.reviews.checks import check_chain, is_chain
from pdpo_audit.signing.reviews.gates import check_gate, is_gate
from pdpo_audit.signing.roles import SEAL_FIELD
from pdpo_audit.signing.rotations import told_of_keys
from pdpo_audit.signing.workbook.checks import check_workbook

__all__ = ["Check", "Verdict", "VerificationResult", "verify_path"]


#: A register of reviews; its seal lies beside it.
REGISTER = re.compile(r"register\.[\w-]+\.pdf\Z")
#: What is said of a folder beside audits that is none: its evidence may have been taken away.
LOOSE = "Whether it belongs to an audit: it lies beside the audits and was not checked. Verify it by itself."
STRAY = "This folder is no audit: it has no manifest."


def verify_path(
    path: Path,
    *,
    trust: Sequence[bytes] = (),
    signers: Sequence[str] = (),
    anchors: Sequence[str] = (),
    statements: Sequence[bytes] = (),
    now: datetime,
    online: bool = False,
    all_required: bool = False,
) -> VerificationResult:
    """Check the seals of an audit folder, its evidence folder alone, a folder of audits, or a single file.

    Single files are a report (PDF), a workbook (XLSX), a bundle (ASiC-E) or a proof (JSON). ``trust`` holds
    certificates (PEM or DER) that the caller vouches for; with any given, every signer and timestamp must lead to one
    of them, and with ``online`` their issuers are asked whether a certificate was revoked. ``signers`` names single
    certificates by their SHA-256: a seal must be made with one of them, or lead to ``trust``. ``anchors`` are digests
    of events that the caller kept: the log must pass through each; ``statements`` are rotations of keys that the caller
    was told. With ``all_required`` an audit fails while a required person, bound to a certificate, has not agreed;
    otherwise that is an open question. Hostile input yields failed checks, never an exception; only wrong ``trust``,
    ``signers`` or ``anchors`` raise ``CallError``.
    """
    vouched = read_trust(trust, now, online=online, signers=signers, anchors=anchors, statements=statements)
    named = printed(bytes(path))
    try:
        checks = [*_check(path, vouched, all_required=all_required), *_unanswered(path, vouched, all_required)]
    except Exception as error:  # noqa: BLE001  hostile bytes: whatever a parser throws is a failed check
        checks = [failed(printed(bytes(path)), f"It cannot be read ({_reason(error)}).")]
    return VerificationResult(path=named, checks=tuple(checks))


def _check(path: Path, trust: Trust, *, all_required: bool) -> list[Check]:
    named = printed(bytes(Path(path.name)))
    if path.is_dir():
        return _check_directory(path, trust, all_required=all_required)
    if not path.is_file():
        return [failed(named, "There is no such file.")]
    if path.suffix.lower() != ".asice":
        trust = told_of_keys(trust)
    match path.suffix.lower():
        case ".pdf" | ".xlsx" if PRINTED.match(path.name) and is_regular(path.with_name(f"{path.name}.p7s")):
            return check_printed(named, path, trust)
        case ".pdf" if REGISTER.match(path.name) and is_regular(path.with_name(f"{path.name}.p7s")):
            return _check_register(named, path, trust)
        case ".pdf":
            report = check_pdf(named, read_within(path, LARGEST_READ), trust)
            return [
                *_which(named, report.audit, report.signers.get(SEAL_FIELD)),
                *report.checks,
                _alone(named, "report"),
            ]
        case ".xlsx":
            book = check_workbook(named, path, trust)
            return [*_which(named, book.audit, book.signer), *book.checks, _alone(named, "workbook")]
        case ".asice":
            return _check_bundle(named, path, trust)
        case ".json":
            return check_proof(named, read_within(path, LARGEST_MANIFEST), trust)
        case _:
            return [failed(named, "It is no audit folder, report (.pdf), workbook (.xlsx), bundle (.asice) or proof.")]


def _check_register(named: str, path: Path, trust: Trust) -> list[Check]:
    """A register of reviews by the detached seal beside it; what it says is proved by the records themselves."""
    seal = read_within(path.with_name(f"{path.name}.p7s"), LARGEST_MANIFEST)
    reading = check_detached(named, read_within(path, LARGEST_READ), seal, trust, seal=f"{named}.p7s")
    return [*reading.checks, open_question(named, "What it says of reviews: that takes the folder of their records.")]


def _unanswered(path: Path, trust: Trust, all_required: bool) -> list[Check]:
    """What was demanded and a file by itself cannot show: a demand that nothing answers fails."""
    named = printed(bytes(Path(path.name)))
    checks: list[Check] = []
    if all_required and not path.is_dir():
        checks.append(failed(named, "Whether everybody who is required agrees: that takes the whole audit folder."))
    if trust.anchors and not path.is_dir() and path.suffix.lower() != ".asice":
        checks.append(failed(named, "Whether the log passes through the digest: that takes the folder or bundle."))
    return checks


def _check_bundle(named: str, path: Path, trust: Trust) -> list[Check]:
    """A bundle by its own signature, and then everything in it as the audit folder that it was."""
    reading, held = check_bundle(named, path, trust)
    if reading.signer is None:
        return list(reading.checks)
    inside = check_unpacked(path, lambda folder: check_folder(folder, trust, unpacked=held))
    return [*reading.checks, *inside, _alone(named, "bundle")]


def _check_directory(folder: Path, trust: Trust, *, all_required: bool) -> list[Check]:
    """Records of reviews, an audit folder, or a folder of several: each, and whatever beside them is none."""
    if is_gate(folder):
        return check_gate(folder, told_of_keys(trust))
    if is_disposal(folder):
        return check_disposal(folder, told_of_keys(trust))
    if is_chain(folder):
        return check_chain(folder, told_of_keys(trust))
    inside = sorted(one for one in folder.iterdir() if one.is_dir() and not one.is_symlink())
    audits = [one for one in inside if is_regular(one / MANIFEST)]
    if is_regular(folder / MANIFEST) or not audits:
        return check_folder(folder, trust, all_required=all_required)
    checks = [
        open_question(printed(bytes(Path(one.name))), LOOSE) for one in sorted(folder.iterdir()) if one not in inside
    ]
    for one in inside:
        named = printed(bytes(Path(one.name)))
        found = check_folder(one, trust, all_required=all_required) if one in audits else [failed(named, STRAY)]
        checks += [
            check if one not in audits else replace(check, subject=f"{named}/{check.subject}") for check in found
        ]
    return checks


def _which(named: str, audit: StatedAudit | None, signer: x509.Certificate | None) -> list[Check]:
    """Which audit a lone file says that it belongs to, where its seal is whole."""
    if audit is None or signer is None:
        return []
    standing = "a draft" if audit.draft else "no draft"
    said = f"It states to be of the audit {audit.audit} of {audit.organisation}, and to be {standing}."
    return [proved(named, said)]


def _alone(named: str, kind: str) -> Check:
    return open_question(
        named,
        f"That this {kind} belongs to the audit it names, that it is the latest, and that no later signature was taken "
        "off it: that takes the whole audit folder with its evidence.",
    )


def _reason(error: Exception) -> str:
    return error.message if isinstance(error, AuditError) else f"{type(error).__name__}: {error}"
