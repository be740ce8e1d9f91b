"""Checks the chain of reviews: a record altered, removed or moved, and a slot that nobody recorded, by its name."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pdpo_audit.signing.bounds import read_within
from pdpo_audit.signing.checks import Check, failed, open_question, proved
from pdpo_audit.signing.cms.checks import check_detached
from pdpo_audit.signing.cms.trust import Trust
from pdpo_audit.signing.evidence.manifest import LARGEST_MANIFEST, MANIFEST, fingerprint, is_regular
from pdpo_audit.signing.reviews.audits import check_audits
from pdpo_audit.signing.reviews.records import (
    RECORD,
    SEAL,
    WAITING,
    RecordKind,
    ReviewRecord,
    read_record,
    read_waiting,
)

#: The folder of one record.
FOLDER = re.compile(r"\d{4,}-(?:held|missed|closed)-[\w.-]+\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A record with the digest of its bytes, where it could be read and its seal holds."""

    named: str
    record: ReviewRecord
    sha256: str


def is_chain(folder: Path) -> bool:
    """Whether a folder holds records of reviews, or is the folder of one."""
    return (
        _is_record(folder)
        or is_regular(folder / WAITING)
        or any(FOLDER.match(one.name) and is_regular(one / RECORD) for one in folder.iterdir() if one.is_dir())
    )


def _is_record(folder: Path) -> bool:
    """Whether a folder is one record's: an audit's has a file of that name, too, where people used the review pages."""
    return is_regular(folder / RECORD) and not (folder / MANIFEST).exists()


def check_chain(folder: Path, trust: Trust) -> list[Check]:
    """Every record by its seal, and then all of them as one chain from the first to the newest."""
    if _is_record(folder):
        read, checks = _read(folder, trust)
        alone = "What came before and after it: that takes the folder of all reviews."
        return [*checks, *([open_question(folder.name, alone)] if read else [])]
    waiting, found = _check_waiting(folder / WAITING), []
    checks = list(waiting)
    for one in sorted(folder.iterdir()):
        if waiting and one.name == WAITING:
            continue
        if not one.is_dir() or one.is_symlink() or not FOLDER.match(one.name):
            checks.append(failed(one.name, "This is no record of a review."))
            continue
        read, said = _read(one, trust)
        checks += said
        found += [read] if read else []
    return [
        *checks,
        *_check_links(found),
        *_check_slots(found),
        *_check_anchors(found, trust),
        *check_audits(folder, [one.record for one in found]),
        *_check_end(found, waiting),
    ]


def _read(folder: Path, trust: Trust) -> tuple[Read | None, list[Check]]:
    named = folder.name
    strange = sorted(one.name for one in folder.iterdir() if one.name not in (RECORD, SEAL))
    checks = [failed(f"{named}/{one}", "This file is not part of the record.") for one in strange]
    try:
        raw, seal = (read_within(folder / name, LARGEST_MANIFEST) for name in (RECORD, SEAL))
        record = read_record(raw)
    except (OSError, ValueError) as error:
        return None, [*checks, failed(named, f"This record cannot be read ({error}).")]
    if record.folder != named:
        checks.append(failed(named, f"This folder has another name than its record, which is {record.folder}."))
    trust = trust.for_seal(record.organisation) if record.organisation else trust
    sealed = check_detached(f"{named}/{RECORD}", raw, seal, trust, seal=f"{named}/{SEAL}")
    checks += sealed.checks
    if sealed.signer is None:
        return None, checks
    if fingerprint(sealed.signer) != record.seal_sha256:
        checks.append(failed(named, "The record names another certificate than the one that sealed it."))
    return Read(named=named, record=record, sha256=hashlib.sha256(raw).hexdigest()), checks


def _check_links(found: Sequence[Read]) -> list[Check]:
    """Numbers without a gap, and each record naming the digest of the one before it."""
    checks, previous, expected = [], "", 1
    for one in found:
        number = one.record.number
        if number > expected:
            gap = f"number {expected}" if number == expected + 1 else f"numbers {expected} to {number - 1}"
            checks.append(failed(f"reviews, {gap}", "The record is missing: it was removed, or does not stand."))
        elif number < expected:
            checks.append(failed(one.named, "This number stands twice, or in another place of the chain."))
        elif one.record.previous_sha256 != previous:
            checks.append(
                failed(one.named, "It does not follow the record before it: one of them was replaced or moved.")
            )
        previous, expected = one.sha256, number + 1
    if found and not checks:
        checks.append(proved("reviews", f"All {len(found)} records follow each other, up to {found[-1].sha256}."))
    return checks


def _check_slots(found: Sequence[Read]) -> list[Check]:
    """Each slot that a record said to come next, unless the plan was changed meanwhile and says so, is recorded."""
    checks: list[Check] = []
    awaited: dict[str, str] = {}
    for one in found:
        record = one.record
        if record.kind is not RecordKind.CLOSED:
            expected = awaited.get(record.plan, "")
            if expected and expected != record.slot and not _was_changed(record, expected):
                checks.append(
                    failed(
                        f"{record.plan}, slot {expected}",
                        f"No record says what became of this slot: the next of its plan is {record.slot}.",
                    )
                )
        awaited = {**awaited, **record.next_slots}
    return checks


def _was_changed(record: ReviewRecord, expected: str) -> bool:
    """Whether the plan was changed before the slot that was awaited, by the record's own account."""
    changes = record.planned.get("changes", ())
    return any(str(change.get("since", "")) <= expected for change in changes if change.get("new"))


def _check_anchors(found: Sequence[Read], trust: Trust) -> list[Check]:
    digests = {one.sha256 for one in found}
    return [
        proved("reviews", f"The chain passes through {anchor}, which was kept elsewhere.")
        if anchor in digests
        else failed("reviews", f"The chain does not pass through {anchor}: this history is another one, or cut off.")
        for anchor in trust.anchors
    ]


def _check_waiting(file: Path) -> list[Check]:
    """What is to be recorded once the seal is unlocked. It is told and proves nothing: nobody sealed it yet."""
    if not is_regular(file):
        return []
    try:
        names = read_waiting(read_within(file, LARGEST_MANIFEST))
    except (OSError, ValueError) as error:
        return [failed(file.name, f"What waits for the seal cannot be read ({error}).")]
    return [
        open_question("reviews", f"{name} is waiting for the seal: its key was locked when it was to be recorded.")
        for name in names
    ]


def _check_end(found: Sequence[Read], waiting: Sequence[Check]) -> list[Check]:
    """A chain cut off at its end is whole by itself."""
    if not found and waiting:
        return []
    if not found:
        return [failed("reviews", "There is no record of a review.")]
    coming = ", ".join(f"{plan} of {slot}" for plan, slot in sorted(found[-1].record.next_slots.items()))
    said = "That the last record here is the newest: compare its digest with a notice or calendar entry (--anchor)."
    return [open_question("reviews", f"{said}{f' To come: {coming}.' if coming else ''}")]
