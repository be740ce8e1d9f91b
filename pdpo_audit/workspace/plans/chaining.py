"""What became of each slot, sealed as a record and hung onto the chain of reviews."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from pdpo_audit.catalogue.schedules.chain import Link, append, head, load_chain
from pdpo_audit.catalogue.schedules.plans import load_plans
from pdpo_audit.catalogue.schedules.slots import load_slots
from pdpo_audit.errors import AuditError
from pdpo_audit.model.locations.printed import amount
from pdpo_audit.model.reviews.plans import PlanVersion, SlotRecord, SlotState, differences
from pdpo_audit.scheduling.slots import next_slots, plan_on
from pdpo_audit.signing.cms.signatures import sign_detached
from pdpo_audit.signing.reviews.records import (
    RECORD,
    SEAL,
    WAITING,
    RecordKind,
    ReviewRecord,
    write_record,
    write_waiting,
)
from pdpo_audit.workspace.plans.standing import note_signatures, time_limit
from pdpo_audit.workspace.plans.stating import audit_stated, decisions_stated, sign_offs_stated
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.setup.identities import Seal, has_seal, open_seal
from pdpo_audit.workspace.setup.run_lock import exclusive

#: Where the records lie, in the workspace's folder.
REVIEWS = "reviews"


@exclusive("schedule run-due")
def seal_records(project: Project) -> tuple[Link, ...]:
    """Seal a record of everything that ended and has none yet: slots held or missed, and reviews to be closed.

    While the key of the seal is locked they wait, and ``waiting.json`` beside the records names them. What was locked,
    and what a kill interrupted, is made up for by the next call.
    """
    waiting = waiting_records(project)
    seal = _seal(project) if waiting else None
    if waiting and seal is None:
        _tell_waiting(project.folder / REVIEWS, waiting)
        return ()
    links = tuple(_seal_record(project, kind, slot, seal) for kind, slot in waiting if seal)
    (project.folder / REVIEWS / WAITING).unlink(missing_ok=True)
    return links


def seal_waiting(project: Project) -> tuple[Link, ...]:
    """Seal what a locked key held back, and close what was signed since, where somebody unlocked the key."""
    note_signatures(project)
    links = seal_records(project) if waiting_records(project) else ()
    if links:
        project.progress.note(f"{amount(len(links), 'record of a review', 'records of reviews')} sealed in {REVIEWS}")
    return links


def waiting_records(project: Project) -> list[tuple[RecordKind, SlotRecord]]:
    """What ended and has no sealed record yet, the oldest first."""
    known = {(link.plan, link.day, link.kind) for link in load_chain(project.store)}
    return list(_unrecorded(project, known))


def _tell_waiting(folder: Path, waiting: Sequence[tuple[RecordKind, SlotRecord]]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f".{WAITING}.part"
    part.write_bytes(write_waiting([f"{kind.value} {slot.plan} {slot.day}" for kind, slot in waiting]))
    part.replace(folder / WAITING)


def _unrecorded(project: Project, known: set[tuple[str, str, str]]) -> Iterator[tuple[RecordKind, SlotRecord]]:
    slots = load_slots(project.store)
    ended = [one for of_plan in slots.values() for one in of_plan.values() if one.state is not SlotState.BEGUN]
    for one in sorted(ended, key=lambda one: (one.ended_at, one.plan, one.day)):
        kind = RecordKind.HELD if one.state is SlotState.PERFORMED else RecordKind.MISSED
        if (one.plan, one.day.isoformat(), kind.value) not in known:
            yield kind, one
        superseded = any(
            later.day > one.day and later.state is SlotState.PERFORMED for later in slots[one.plan].values()
        )
        may_close = kind is RecordKind.HELD and (one.signed_at or superseded)
        if may_close and (one.plan, one.day.isoformat(), RecordKind.CLOSED.value) not in known:
            yield RecordKind.CLOSED, one


def _seal_record(project: Project, kind: RecordKind, slot: SlotRecord, seal: Seal) -> Link:
    composed = _compose(project, kind, slot, seal)
    at = project.clock()
    with project.store.transaction() as transaction:
        before = head(transaction)
        record = replace(
            composed, number=before.number + 1 if before else 1, previous_sha256=before.sha256 if before else ""
        )
        raw = write_record(record)
        signature = sign_detached(
            raw, seal.identity, signed_at=at, timestamp_url=project.settings.signing.timestamp_url
        )
        _write(project.folder / REVIEWS / record.folder, raw, signature)
        link = Link(
            number=record.number, plan=record.plan, day=record.slot, kind=kind.value, folder=record.folder,
            sha256=hashlib.sha256(raw).hexdigest(), at=record.at,
        )  # fmt: skip
        append(transaction, link)
        details = {"record": record.folder, "sha256": link.sha256}
        transaction.append_event("review sealed", dict(details), at=at, actor=project.actor)
    return link


def _write(folder: Path, raw: bytes, signature: bytes) -> None:
    """The record appears whole. What a killed call left under this number stands in no catalogue, and goes."""
    part = folder.with_name(f".{folder.name}.part")
    for left in (part, *folder.parent.glob(f"{folder.name[:5]}*")):
        shutil.rmtree(left, ignore_errors=True)
    part.mkdir(parents=True)
    (part / RECORD).write_bytes(raw)
    (part / SEAL).write_bytes(signature)
    part.rename(folder)


def _seal(project: Project) -> Seal | None:
    """The organisation's seal; ``None`` while its key is locked or nobody wants it. Where there is no key at all a
    throw-away one proves the order and not who, and the record says so."""
    if project.no_seal and has_seal(project):
        return None
    try:
        return open_seal(project)
    except AuditError:
        return None


def _compose(project: Project, kind: RecordKind, slot: SlotRecord, seal: Seal) -> ReviewRecord:
    history = load_plans(project.store).get(slot.plan, ())
    reasons = ["sealed with a throw-away key that identifies nobody"] if seal.throw_away else []
    held = kind is not RecordKind.MISSED
    return ReviewRecord(
        number=0,
        kind=kind,
        plan=slot.plan,
        slot=slot.day.isoformat(),
        due_on=slot.due_on.isoformat(),
        at=project.clock().isoformat(timespec="seconds"),
        began_at=slot.began_at,
        previous_sha256="",
        next_slots=_next_slots(project, slot),
        planned=_planned(history, slot, _last_of_plan(project, slot))
        | ({"sign_by": time_limit(project, slot).isoformat()} if held else {}),
        reason=slot.reason,
        audit=audit_stated(project, kind, slot) if held else {},
        decisions=tuple(decisions_stated(project, kind, slot)) if held else (),
        sign_offs=tuple(sign_offs_stated(project, slot)) if held else (),
        draft_reasons=tuple(reasons),
        organisation=project.settings.organisation.name,
        seal_sha256=seal.identity.facts()["sha256"],
    )


def _next_slots(project: Project, slot: SlotRecord) -> dict[str, str]:
    """The slot of each plan that comes next after what the chain tells, with the record in the making."""
    told: dict[str, dict[date, SlotState]] = {slot.plan: {slot.day: slot.state}}
    for link in load_chain(project.store):
        told.setdefault(link.plan, {})[date.fromisoformat(link.day)] = SlotState.PERFORMED
    today = project.clock().date()
    coming = {
        name: next(next_slots(history, told.get(name, {}), today), None)
        for name, history in load_plans(project.store).items()
    }
    return {name: one.day.isoformat() for name, one in coming.items() if one}


def _last_of_plan(project: Project, slot: SlotRecord) -> str:
    """When the last record of this plan was written: plans that changed since are told."""
    return max((link.at for link in load_chain(project.store) if link.plan == slot.plan), default="")


def _planned(history: tuple[PlanVersion, ...], slot: SlotRecord, last: str) -> dict[str, Any]:
    plan = plan_on(history, slot.day)
    changes = [
        {
            "act": one.act, "since": one.since.isoformat(), "by": one.stated_by, "at": one.stated_at,
            "changed": [list(said) for said in differences(before.plan if before else None, one.plan)],
        }
        for before, one in zip((None, *history), history, strict=False)
        if one.stated_at >= last
    ]  # fmt: skip
    return {"plan": plan.document() if plan else {}, "changes": changes}
