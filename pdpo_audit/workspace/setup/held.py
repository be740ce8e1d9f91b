"""Holds outlive the catalogue: those in force are kept in every sealed audit, and are brought back from there."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from pdpo_audit.catalogue.sayings.holds import (
    add_selected,
    hold_from,
    hold_text,
    known_holds,
    load_holds,
    load_selected,
)
from pdpo_audit.catalogue.sayings.holds import record_hold as record
from pdpo_audit.errors import CallError, VerificationError
from pdpo_audit.signing.verification import verify_path
from pdpo_audit.workspace.project import Project

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
    return (json.dumps(kept, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def restore_holds(project: Project, audit: Path) -> RestoredHolds:
    """Bring back the holds that were in force when ``audit`` was sealed, after its seal was checked.

    A hold that the catalogue knows, released or not, stays as it is there.

    :raises VerificationError: the audit does not verify. :raises CallError: it keeps no holds.
    """
    result = verify_path(audit, now=project.clock())
    if not result.ok:
        raise VerificationError(f"{audit} does not verify", advice=f"pdpo-audit verify {audit} says why")
    file = audit / HOLDS
    if not file.is_file():
        raise CallError(f"{audit} keeps no holds", advice="audits of version 0.1.0 and distribution copies keep none")
    kept = [
        (hold_from(one["hold"]), [(bytes.fromhex(a), bytes.fromhex(b)) for a, b in one["selected"]])
        for one in json.loads(file.read_text("utf-8"))
    ]
    with project.store.transaction() as transaction:
        there = {hold.hold_id for hold in known_holds(transaction.connection)}
        back = [(hold, selected) for hold, selected in kept if hold.hold_id not in there]
        for hold, selected in back:
            record(transaction, hold)
            add_selected(transaction, hold.hold_id, selected)
        details: dict[str, str | int | float | bool | None] = {"audit": audit.name, "holds": len(back)}
        transaction.append_event("holds restored", details, at=project.clock(), actor=project.actor)
    return RestoredHolds(
        restored=tuple(hold.hold_id for hold, _ in back),
        known=tuple(hold.hold_id for hold, _ in kept if hold.hold_id in there),
    )
