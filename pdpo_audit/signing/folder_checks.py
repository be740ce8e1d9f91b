"""Checks a whole audit folder: manifest, its seal, every file, the event log, and that one key sealed all of it."""

from __future__ import annotations

import hashlib
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from pdpo_audit.errors import MachineError
from pdpo_audit.signing.answers import lend
from pdpo_audit.signing.bundle import BUNDLE
from pdpo_audit.signing.bundle_checks import check_bundle, compare_bundle
from pdpo_audit.signing.checks import Check, failed, merge_questions, open_question, proved
from pdpo_audit.signing.cms_checks import Reading, check_detached
from pdpo_audit.signing.eventlog import broken_line, read_event
from pdpo_audit.signing.inventory import INVENTORY, read_leaves
from pdpo_audit.signing.manifest import (
    MANIFEST,
    MANIFEST_SEAL,
    FileRecord,
    Manifest,
    is_regular,
    list_files,
    read_manifest,
    record_file,
)
from pdpo_audit.signing.merkle import root_of
from pdpo_audit.signing.pdf_checks import PdfReading, check_pdf
from pdpo_audit.signing.roles import SEAL_FIELD
from pdpo_audit.signing.signoff_checks import check_coverage, check_records
from pdpo_audit.signing.signoffs.pending import complete_interrupted
from pdpo_audit.signing.signoffs.records import RECORD, SignOff
from pdpo_audit.signing.trust import Trust
from pdpo_audit.signing.workbook_checks import check_workbook

EVENTS = "evidence/events.jsonl"
WORKBOOK = "workbook.xlsx"
REPORTS = "report.*.pdf"


def check_folder(folder: Path, trust: Trust, *, unpacked: bool = False, all_required: bool = False) -> list[Check]:
    """Everything that an audit folder proves and leaves open; fails closed on anything missing or added.

    ``unpacked`` says that the folder comes out of a bundle, and so holds none; ``all_required`` that every required
    person should have signed by now.
    """
    for named in (MANIFEST, MANIFEST_SEAL):
        if not is_regular(folder / named):
            return [failed(named, "This file is missing: nothing can be proved.")]
    interrupted = [] if unpacked else complete_interrupted(folder)
    trust = lend(trust, (path.read_bytes() for path in sorted(folder.glob(REPORTS)) if is_regular(path)))
    raw, seal = (folder / MANIFEST).read_bytes(), (folder / MANIFEST_SEAL).read_bytes()
    sealed = check_detached(MANIFEST, raw, seal, trust, seal=MANIFEST_SEAL)
    if sealed.signer is None:
        return list(sealed.checks)
    try:
        manifest = read_manifest(raw)
    except ValueError as error:
        return [*sealed.checks, failed(MANIFEST, f"It cannot be read ({error}).")]
    entries = list_files(folder)
    present = {named: path for named, path in entries.items() if is_regular(path)}
    checks = [
        *sealed.checks,
        *interrupted,
        *(failed(named, "This is no regular file.") for named in entries if named not in present),
        *_check_presence(manifest, present),
        *_check_files(manifest, present),
        *_check_log(manifest, present, trust),
        *_check_inventory(manifest, present),
        *_check_seals(manifest, present, trust, sealed, sealed.signer),
        *_check_reports(manifest, present, trust, sealed.signer, all_required=all_required),
        *([] if unpacked else _check_bundle(manifest, present.get(BUNDLE), seal, trust, sealed.signer)),
    ]

    return merge_questions(checks)


def _check_presence(manifest: Manifest, present: dict[str, Path]) -> list[Check]:
    listed = {record.path for record in manifest.files}
    allowed = listed | {MANIFEST, MANIFEST_SEAL, BUNDLE}
    missing = [failed(path, "This file of the audit is missing.") for path in sorted(listed - set(present))]
    added = [
        failed(path, "This file is not part of the audit.")
        for path in sorted(set(present) - allowed)
        if not RECORD.match(path)
    ]
    return missing + added


def _check_files(manifest: Manifest, present: dict[str, Path]) -> list[Check]:
    checks: list[Check] = []
    for record in manifest.files:
        if record.path in present:
            checks += _check_file(record, present[record.path])
    if not checks:
        checks.append(proved(MANIFEST, f"All {len(manifest.files)} files are as they were sealed."))
    return checks


def _check_file(record: FileRecord, path: Path) -> list[Check]:
    try:
        now = _first_bytes(record, path) if record.may_grow else record_file(path, record.path)
    except (MachineError, OSError) as error:
        return [failed(record.path, str(error))]
    if now != record:
        return [failed(record.path, "This file was changed after the audit was sealed.")]
    return []


def _first_bytes(record: FileRecord, path: Path) -> FileRecord:
    """The part of a report that was there when it was sealed: people append their signatures after it."""
    with path.open("rb") as file:
        head = file.read(record.size)
    return FileRecord(path=record.path, size=len(head), sha256=hashlib.sha256(head).hexdigest())


def _check_log(manifest: Manifest, present: dict[str, Path], trust: Trust) -> list[Check]:
    if EVENTS not in present:
        return [failed(EVENTS, "The event log is missing.")]
    try:
        lines = present[EVENTS].read_text(encoding="utf-8").removesuffix("\n").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        return [failed(EVENTS, f"The event log cannot be read ({error}).")]
    lines = [] if lines == [""] else lines
    broken = broken_line(lines, withheld=manifest.masked)
    if broken is not None:
        return [failed(f"{EVENTS}, line {broken}", "This event was edited, removed, added or moved.")]
    head = _head(lines[-1]) if lines else bytes(32).hex()
    if (len(lines), head) != (manifest.event_count, manifest.event_head):
        return [failed(EVENTS, "The event log does not end where the sealed one did: events were cut off or added.")]
    whole = proved(EVENTS, f"The chain of all {len(lines)} events is whole up to the sealed head.")
    withheld = open_question(EVENTS, "What its events tell: this is a distribution copy, their texts are kept back.")
    digests = {read_event(line).digest.hex() for line in lines} if trust.anchors else set()
    return [whole, *([withheld] if manifest.masked else []), *_check_anchors(digests, trust)]


def _check_anchors(digests: set[str], trust: Trust) -> list[Check]:
    """Whether the log passes through every digest that the verifier kept from an earlier report or notice.

    Whoever holds the sealing key could write a whole history again; a digest that is elsewhere cannot be changed.
    """
    return [
        proved(EVENTS, f"The log passes through the digest {anchor}, which was kept elsewhere.")
        if anchor in digests
        else failed(EVENTS, f"The log does not pass through the digest {anchor}: this history is another one.")
        for anchor in trust.anchors
    ]


def _head(line: str) -> str:
    return read_event(line).digest.hex()


def _check_inventory(manifest: Manifest, present: dict[str, Path]) -> list[Check]:
    if manifest.inventory is None or INVENTORY not in present:
        return []
    count, root = root_of(read_leaves(present[INVENTORY]))
    if (count, root.hex()) != (manifest.inventory.count, manifest.inventory.root):
        return [failed(INVENTORY, "The inventory does not lead to its sealed root.")]
    return [proved(INVENTORY, f"All {count} holdings lead to the sealed root.")]


def _check_bundle(
    manifest: Manifest, entry: Path | None, seal: bytes, trust: Trust, signer: x509.Certificate
) -> list[Check]:
    """The bundle beside the folder's files: it must be there, sealed by the same key, and hold the same."""
    if entry is None:
        return [failed(BUNDLE, "The bundle of this audit is missing.")]
    reading, held = check_bundle(BUNDLE, entry, trust)
    if reading.signer is None:
        return list(reading.checks)
    return [
        *reading.checks,
        *_same_key(BUNDLE, reading.signer, signer),
        *compare_bundle(BUNDLE, held, manifest, seal),
    ]


def _check_seals(
    manifest: Manifest, present: dict[str, Path], trust: Trust, sealed: Reading, signer: x509.Certificate
) -> list[Check]:
    checks: list[Check] = []
    if manifest.timestamped and not sealed.stamped:
        checks.append(failed(MANIFEST_SEAL, "The timestamp of the seal was taken off."))
    if _digest(signer) != manifest.seal_sha256:
        checks.append(failed(MANIFEST_SEAL, "The manifest names another certificate than the one that sealed it."))
    if WORKBOOK in present:
        reading = check_workbook(WORKBOOK, present[WORKBOOK], trust)
        checks += [*reading.checks, *_same_key(WORKBOOK, reading.signer, signer)]
    return checks


def _check_reports(
    manifest: Manifest, present: dict[str, Path], trust: Trust, sealer: x509.Certificate, *, all_required: bool
) -> list[Check]:
    """The signatures on each report, the records of the sign-offs, and that both agree to the byte."""
    sign_offs = check_records(manifest, present, trust)
    checks = list(sign_offs.checks)
    readings: dict[str, PdfReading] = {}
    for report in manifest.reports:
        if report.path in present:
            content = present[report.path].read_bytes()
            reading = check_pdf(report.path, content, sign_offs.trust)
            checks += [*reading.checks, *_same_key(report.path, reading.signers.get(SEAL_FIELD), sealer)]
            checks += _check_growth(report, content, sign_offs.records, reading.ends)
            readings[report.path] = reading
    return [*checks, *check_coverage(sign_offs, manifest, readings, all_required=all_required)]


def _check_growth(
    report: FileRecord, content: bytes, records: tuple[SignOff, ...], ends: tuple[int, ...]
) -> list[Check]:
    """Whether a report grew by exactly what the sign-offs recorded, one revision each, and by nothing in between."""
    steps = [report, *(one for record in records for one in record.reports if one.path == report.path)]
    wrong = [step for step in steps if hashlib.sha256(content[: step.size]).hexdigest() != step.sha256]
    if wrong or len(content) != steps[-1].size:
        return [failed(report.path, "It is not as it was after the last recorded sign-off (or the seal).")]
    if ends and ends[1:] != tuple(step.size for step in steps):
        return [failed(report.path, "Something was appended between two recorded signatures.")]
    return []


def _same_key(subject: str, found: x509.Certificate | None, expected: x509.Certificate) -> list[Check]:
    if found is None or _digest(found) == _digest(expected):
        return []
    return [failed(subject, "It is sealed with another certificate than the manifest of its audit.")]


def _digest(certificate: x509.Certificate) -> str:
    return certificate.fingerprint(hashes.SHA256()).hex()
