"""Checks a whole audit folder: manifest, its seal, every file, the event log, and that one key sealed all of it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

from cryptography import x509

from pdpo_audit.errors import MachineError
from pdpo_audit.signing.archive_stamps import check_archive
from pdpo_audit.signing.bounds import read_within
from pdpo_audit.signing.checks import Check, failed, merge_questions, open_question, proved
from pdpo_audit.signing.cms.checks import Reading, check_detached
from pdpo_audit.signing.cms.revocation import lend
from pdpo_audit.signing.cms.trust import Trust
from pdpo_audit.signing.evidence.bundle import BUNDLE
from pdpo_audit.signing.evidence.bundle_checks import check_bundle, compare_bundle
from pdpo_audit.signing.evidence.eventlog import broken_line, read_event
from pdpo_audit.signing.evidence.lines import INVENTORY, read_leaves
from pdpo_audit.signing.evidence.manifest import (
    LARGEST_MANIFEST,
    MANIFEST,
    MANIFEST_SEAL,
    FileRecord,
    Manifest,
    fingerprint,
    is_regular,
    read_manifest,
    record_file,
)
from pdpo_audit.signing.evidence.merkle import root_of
from pdpo_audit.signing.folders.contents import check_presence, check_sizes, open_folder
from pdpo_audit.signing.folders.standing import check_place, state_standing
from pdpo_audit.signing.pdf.checks import PdfReading, check_pdf
from pdpo_audit.signing.roles import SEAL_FIELD
from pdpo_audit.signing.rotations import judge_lives
from pdpo_audit.signing.signoffs.checks import check_coverage, check_records
from pdpo_audit.signing.signoffs.pending import STAMP, complete_interrupted
from pdpo_audit.signing.signoffs.records import RECORD, SignOff
from pdpo_audit.signing.workbook.checks import check_workbook

EVENTS = "evidence/events.jsonl"
REPORT = re.compile(r"report\.[^/]+\.pdf\Z")
CHANGED = "This file was changed after the audit was sealed."

#: Size and digest of files, by their path in the audit.
Known = Mapping[str, FileRecord]


def check_folder(
    folder: Path, trust: Trust, *, unpacked: Known | None = None, all_required: bool = False
) -> list[Check]:
    """Everything that an audit folder, or its evidence folder alone, proves and leaves open; fails closed.

    ``unpacked`` has the digests of a bundle's files: then the folder holds those of them that are looked into, and no
    bundle. ``all_required`` says that every required person should have signed by now.
    """
    audit = open_folder(folder)
    interrupted: list[Check] = []
    if unpacked is None and audit.whole and is_regular(audit.folder / MANIFEST):
        interrupted = complete_interrupted(audit.folder)
        audit = open_folder(folder)
    present = audit.present
    for named in (MANIFEST, MANIFEST_SEAL):
        if named not in present:
            return [failed(named, "This file is missing: nothing can be proved.")]
    try:
        raw, seal = (read_within(present[named], LARGEST_MANIFEST) for named in (MANIFEST, MANIFEST_SEAL))
        manifest = read_manifest(raw)
    except ValueError as error:
        return [failed(MANIFEST, f"It cannot be read ({error}).")]
    if longer := check_sizes(audit, manifest):
        return longer
    trust = lend(trust, (present[path].read_bytes() for path in sorted(present) if REPORT.match(path)))
    archived = check_archive(manifest, present, trust, whole=audit.whole)
    lives = judge_lives(present, trust, archived.existed_at)
    trust = lives.trust.for_seal(*manifest.organisations)
    sealed = check_detached(MANIFEST, raw, seal, trust, seal=MANIFEST_SEAL)
    if sealed.signer is None:
        return list(sealed.checks)
    known = unpacked or {}
    bundled = audit.whole and unpacked is None
    checks = [
        state_standing(manifest),
        *sealed.checks,
        *interrupted,
        *archived.checks,
        *lives.check(MANIFEST, sealed),
        *([] if unpacked else check_place(audit.folder, manifest, sealed.signer, trust)),
        *check_presence(audit, manifest, elsewhere=known.keys(), may_be_added=_records(present)),
        *_check_files(manifest, present, known),
        *_check_log(manifest, present, trust),
        *_check_inventory(manifest, present),
        *_check_seals(manifest, present, trust, sealed, sealed.signer),
        *_check_reports(manifest, present, trust, sealed.signer, lives.seals, all_required=all_required),
        *(_check_bundle(manifest, present.get(BUNDLE), seal, trust, sealed.signer) if bundled else []),
    ]
    return merge_questions(checks)


def _records(present: Mapping[str, Path]) -> frozenset[str]:
    """What is added after sealing: sign-offs and archive timestamps."""
    return frozenset(path for path in present if RECORD.match(path) or STAMP.match(path))


def _check_files(manifest: Manifest, present: Mapping[str, Path], known: Known) -> list[Check]:
    checks: list[Check] = []
    looked_at = 0
    for record in manifest.files:
        if record.path in known:
            checks += [] if known[record.path] == record else [failed(record.path, CHANGED)]
        elif record.path in present:
            checks += _check_file(record, present[record.path])
        else:
            continue
        looked_at += 1
    if not checks:
        how_many = f"All {looked_at}" if looked_at == len(manifest.files) else f"{looked_at} of {len(manifest.files)}"
        checks.append(proved(MANIFEST, f"{how_many} files are as they were sealed."))
    return checks


def _check_file(record: FileRecord, path: Path) -> list[Check]:
    try:
        now = _first_bytes(record, path) if record.may_grow else record_file(path, record.path)
    except (MachineError, OSError) as error:
        return [failed(record.path, str(error))]
    if now != record:
        return [failed(record.path, CHANGED)]
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
    if fingerprint(signer) != manifest.seal_sha256:
        checks.append(failed(MANIFEST_SEAL, "The manifest names another certificate than the one that sealed it."))
    for named in (record.path for record in manifest.files if record.is_workbook):
        if named in present:
            reading = check_workbook(named, present[named], trust)
            checks += [*reading.checks, *_same_key(named, reading.signer, signer)]
    return checks


def _check_reports(
    manifest: Manifest,
    present: dict[str, Path],
    trust: Trust,
    sealer: x509.Certificate,
    seals: frozenset[str],
    *,
    all_required: bool,
) -> list[Check]:
    """The signatures on each report, the records of the sign-offs, and that both agree to the byte."""
    sign_offs = check_records(manifest, present, trust.for_person(), seals)
    checks = list(sign_offs.checks)
    readings: dict[str, PdfReading] = {}
    for report in manifest.reports:
        if report.path in present:
            content = present[report.path].read_bytes()
            reading = check_pdf(report.path, content, trust, people=sign_offs.trust)
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
    if found is None or fingerprint(found) == fingerprint(expected):
        return []
    return [failed(subject, "It is sealed with another certificate than the manifest of its audit.")]
