"""Holds outlive the catalogue: those in force are kept in every sealed audit, and are brought back from there."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pdpo_audit.catalogue import log
from pdpo_audit.catalogue.proofs.told import newest
from pdpo_audit.catalogue.sayings.holds import (
    SELECTED,
    Selected,
    add_selected,
    hold_digest,
    hold_digests,
    hold_from,
    hold_text,
    known_selected,
    load_holds,
    load_selected,
    vouch_for_selected,
)
from pdpo_audit.catalogue.sayings.holds import record_hold as record
from pdpo_audit.catalogue.sayings.rows import RECORD
from pdpo_audit.errors import CallError, VerificationError
from pdpo_audit.model.events import Details
from pdpo_audit.model.findings import Hold
from pdpo_audit.signing.evidence.manifest import MANIFEST, read_manifest
from pdpo_audit.signing.verification import verify_path
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.setup.paths import named_path

if TYPE_CHECKING:
    from pdpo_audit.catalogue.store import Transaction

#: A hold, and what it had selected.
_Kept = tuple[Hold, list[Selected]]

#: Where an audit keeps the holds that were in force.
HOLDS = "evidence/holds.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoredHolds:
    """The holds that were brought back, and those that the catalogue knew already."""

    restored: tuple[str, ...]
    known: tuple[str, ...]


def holds_in_force(project: Project) -> bytes:
    """The holds in force as the file that an audit keeps: selectors, and what each has selected so far."""
    selected = load_selected(project.store)
    kept = [
        {
            "hold": json.loads(hold_text(hold)),
            "selected": [[sha256.hex(), place.hex()] for sha256, place in sorted(selected.get(hold.hold_id, ()))],
        }
        for hold in load_holds(project.store)
        if hold.released_on is None
    ]
    content = {"workspace": project.memory.mark(), "holds": kept}
    return (json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def restore_holds(project: Project, audit: Path, *, other: bool = False) -> RestoredHolds:
    """Bring back the holds that were in force when ``audit`` was sealed, after its seal was checked.

    A hold that the catalogue knows, released or not, stays as it is there, unless it is not what the log says and the
    audit has what the log says; one in force also gets back what it selected. ``other`` takes the
    holds of an audit of another workspace, too, as where this one's keys were lost: they are then on every copy with
    the same bytes.

    :raises VerificationError: the audit does not verify.
    :raises CallError: there is no such audit, it keeps no holds, or it is of another workspace.
    """
    audit = named_path(project.folder, audit)
    if not audit.is_dir():
        there = sorted(one.parent.parent.name for one in project.reports.glob(f"*/{MANIFEST}"))
        raise CallError(
            f"there is no audit {audit}",
            advice=f"in reports: {', '.join(there[-5:])}" if there else "reports is empty",
        )
    result = verify_path(audit, now=project.clock())
    if not result.ok:
        raise VerificationError(f"{audit} does not verify", advice=f"pdpo-audit verify {audit} says why")
    file = audit / HOLDS
    if not file.is_file():
        raise CallError(f"{audit} keeps no holds", advice="audits of version 0.1.0 and distribution copies keep none")
    content = json.loads(file.read_text("utf-8"))
    _refuse_other(project, audit, content["workspace"] if isinstance(content, dict) else "", other=other)
    kept = [
        (hold_from(one["hold"]), [(bytes.fromhex(a), bytes.fromhex(b)) for a, b in one["selected"]])
        for one in (content["holds"] if isinstance(content, dict) else content)
    ]
    with project.store.transaction() as transaction:
        back = list(_lacking(transaction, kept))
        for hold, selected in back:
            record(transaction, hold)
            add_selected(transaction, hold.hold_id, selected)
            told: Details = {
                "hold": hold.hold_id, "kind": hold.kind, "matter": hold.matter, "role": hold.issuer_role,
                "issued_by": hold.issued_by, RECORD: hold_digest(hold),
                SELECTED: vouch_for_selected(transaction.connection, [hold.hold_id]),
            }  # fmt: skip
            transaction.append_event("hold restored", told, at=project.clock(), actor=project.actor)
        details: Details = {"audit": audit.name, "holds": len(back)}
        transaction.append_event("holds restored", details, at=project.clock(), actor=project.actor)
    restored = tuple(hold.hold_id for hold, _ in back)
    return RestoredHolds(
        restored=restored, known=tuple(hold.hold_id for hold, _ in kept if hold.hold_id not in restored)
    )


def _lacking(transaction: Transaction, kept: Sequence[_Kept]) -> Iterator[_Kept]:
    """Those of an audit's holds that are gone, are not what the log says, or do not select what they did."""
    connection = transaction.connection
    digests, selected = hold_digests(connection), known_selected(connection)
    told = {hold: details.get(RECORD) for hold, (_, details) in newest(list(log.read(connection)), "hold").items()}
    for hold, pairs in kept:
        stands, said = digests.get(hold.hold_id), told.get(hold.hold_id)
        edited = stands is not None and said not in (None, stands) and said == hold_digest(hold)
        less = stands == hold_digest(hold) and not set(pairs) <= set(selected.get(hold.hold_id, ()))
        if stands is None or edited or less:
            yield hold, pairs


def refuse_unsaid(faults: Sequence[str], done: str) -> None:
    """:raises VerificationError: there are such faults; ``done`` is what is not done while there are."""
    if faults:
        more = f"; and {len(faults) - 10} more" if len(faults) > 10 else ""
        raise VerificationError(
            f"nothing is {done} while what people said is not what the event log says: {'; '.join(faults[:10])}{more}",
            advice="keep everything as it is and ask who had access; pdpo-audit catalogue restore BACKUP brings back"
            " what was said, hold restore AUDIT the holds; what is said anew counts from then on",
        )


def _refuse_other(project: Project, audit: Path, mark: str, *, other: bool) -> None:
    """Audits name their workspace by a mark that its key gives; earlier ones only name the organisation."""
    stated = read_manifest((audit / MANIFEST).read_bytes()).organisation
    organisation = project.settings.organisation.name or "Unnamed organisation"
    ours = mark == project.memory.mark() if mark else stated == organisation
    if not ours and not other:
        raise CallError(
            f"{audit} is an audit of another workspace{'' if mark else f' ({stated})'}, or keys/memory.key was lost",
            advice="--other takes its holds all the same",
        )
