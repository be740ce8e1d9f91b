"""The register of reviews: the chain read back, checked, and written for somebody from outside."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from pdpo_audit.catalogue.schedules.plans import load_plans
from pdpo_audit.catalogue.schedules.slots import load_slots, states
from pdpo_audit.errors import CallError
from pdpo_audit.model.reviews.plans import differences
from pdpo_audit.model.reviews.registers import (
    Register,
    RegisteredChange,
    RegisteredRecord,
    RegisteredRule,
    RegisteredSlot,
)
from pdpo_audit.reports.register import render_register
from pdpo_audit.resources import resource
from pdpo_audit.scheduling.slots import next_slots
from pdpo_audit.scheduling.standing import Subject
from pdpo_audit.signing.checks import Verdict
from pdpo_audit.signing.cms.signatures import sign_detached
from pdpo_audit.signing.reviews.records import RECORD, RecordKind, ReviewRecord, read_record
from pdpo_audit.signing.verification import verify_path
from pdpo_audit.workspace.plans.addressing import unreachable
from pdpo_audit.workspace.plans.chaining import REVIEWS, seal_waiting
from pdpo_audit.workspace.plans.detailing import agreed_in, details_of
from pdpo_audit.workspace.plans.standing import schedule_status
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.rules.standing import standings
from pdpo_audit.workspace.setup.identities import open_seal, read_trust_list, try_seal


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenRegister:
    """The register's files, each with its detached seal beside it, and what it says."""

    files: tuple[Path, ...]
    register: Register


def write_register(
    project: Project, folder: Path | None = None, *, first: date | None = None, last: date | None = None
) -> WrittenRegister:
    """Write the register of a period in the settings' languages: PDF, and its detached seal (``.p7s``) beside it.

    Records that waited for the seal are sealed first. The period is the year until today where nobody says otherwise,
    the folder one of its own below ``registers/``.

    :raises CallError: a register is there already.
    """
    try_seal(project)
    seal_waiting(project)
    last = last or project.clock().date()
    first = first or last - timedelta(days=365)
    folder = folder or project.folder / "registers" / f"{first}-to-{last}"
    register = compose_register(project, first=first, last=last)
    files = [folder / f"register.{language}.pdf" for language in project.settings.report.languages]
    if there := next((file for file in files if file.exists()), None):
        raise CallError(f"{there} exists already", advice="choose another folder with -o")
    seal, at, url = open_seal(project), project.clock(), project.settings.signing.timestamp_url
    folder.mkdir(parents=True, exist_ok=True)
    for file, language in zip(files, project.settings.report.languages, strict=True):
        pdf = render_register(register, language=language, templates=resource("report_templates"))
        file.write_bytes(pdf)
        signature = sign_detached(pdf, seal.identity, signed_at=at, timestamp_url=url)
        file.with_name(f"{file.name}.p7s").write_bytes(signature)
    return WrittenRegister(files=tuple(files), register=register)


def compose_register(project: Project, *, first: date, last: date) -> Register:
    """What the sealed records say of the slots of a period, and which slots are open."""
    read = list(_records(project.folder / REVIEWS))
    records = [record for record, _ in read]
    inside = [one for one in records if first.isoformat() <= one.slot <= last.isoformat()]
    closed = {(one.plan, one.slot): one for one in inside if one.kind is RecordKind.CLOSED}
    rows = [
        _row(one, closed.get((one.plan, one.slot)), _before(one, records))
        for one in inside
        if one.kind is not RecordKind.CLOSED
    ]
    told = {(row.plan, row.slot) for row in rows}
    rows += [row for row in _open(project, first, last) if (row.plan, row.slot) not in told]
    settings = project.settings.organisation
    return Register(
        organisation=settings.name or "Unnamed organisation",
        organisation_zh=settings.name_zh,
        first=first.isoformat(),
        last=last.isoformat(),
        made_at=project.clock().isoformat(timespec="seconds"),
        rows=tuple(sorted(rows, key=lambda row: (row.slot, row.plan))),
        plans=tuple(_plans(project)),
        records=tuple(
            RegisteredRecord(
                number=one.number, folder=one.folder, at=one.at, sha256=digest, draft=bool(one.draft_reasons)
            )
            for one, digest in read
        ),
        faults=tuple(_faults(project, records)),
        overdue=tuple(_overdue(project)),
        coming=tuple(_coming(project)),
        rules=tuple(_rules(project, first, last)),
        unreachable=unreachable(project),
    )


def _records(folder: Path) -> Iterator[tuple[ReviewRecord, str]]:
    for file in sorted(folder.glob(f"*/{RECORD}")) if folder.is_dir() else []:
        raw = file.read_bytes()
        try:
            yield read_record(raw), hashlib.sha256(raw).hexdigest()
        except ValueError:
            continue


def _faults(project: Project, records: Sequence[ReviewRecord]) -> Iterator[str]:
    if not records:
        return
    result = verify_path(project.folder / REVIEWS, trust=read_trust_list(project), now=project.clock())
    for one in result.checks:
        if one.verdict is Verdict.FAILED:
            yield f"{one.subject}: {one.statement}"


def _before(record: ReviewRecord, records: Sequence[ReviewRecord]) -> ReviewRecord | None:
    """The record of the review of the same plan that was held before."""
    held = [one for one in records if one.kind is RecordKind.HELD and one.plan == record.plan]
    return next((one for one in reversed(held) if one.number < record.number), None)


def _row(record: ReviewRecord, closed: ReviewRecord | None, earlier: ReviewRecord | None) -> RegisteredSlot:
    if record.kind is RecordKind.MISSED:
        return RegisteredSlot(
            plan=record.plan, slot=record.slot, due_on=record.due_on, state="missed", reason=record.reason
        )
    audit = closed.audit if closed and closed.audit.get("results") else record.audit
    results, changes = audit.get("results", {}), audit.get("changes", {})
    totals, levels = results.get("totals", {}), results.get("people_levels", {})
    people = sum(_number(levels.get(level, {}).get("pictures")) for level in ("P2", "P3"))
    signed = (closed or record).sign_offs
    return RegisteredSlot(
        plan=record.plan,
        slot=record.slot,
        due_on=record.due_on,
        state="closed" if closed and signed_by_all(record, closed) else "held",
        held_on=record.began_at[:10],
        late=max(0, (date.fromisoformat(record.began_at[:10]) - date.fromisoformat(record.due_on)).days),
        audit=str(audit.get("id", "")),
        copies=_shown(totals.get("holdings")),
        additional=_shown(totals.get("additional_copies")),
        people=_shown(people) if levels else "",
        findings=_shown(totals.get("findings")),
        opened=_shown(changes.get("findings", {}).get("opened")),
        closed=_shown(changes.get("findings", {}).get("closed")),
        signers=tuple(f"{one['name']} ({one['role']}: {one['decision']})" for one in signed),
        details=details_of(record, closed, earlier),
        additional_copies=_number(totals.get("additional_copies")),
        for_action=_number(totals.get("findings_for_action")),
        yearly_cost=_number(results.get("cost_hkd", {}).get("yearly_high")),
    )


def signed_by_all(record: ReviewRecord, closed: ReviewRecord) -> bool:
    """Whether everybody agreed whom the plan of a review asks; one that a later review overtook is closed, too."""
    asked = {str(role) for role in record.planned.get("plan", {}).get("sign_offs", ())}
    agreed = agreed_in(closed)
    return bool(agreed) and agreed >= asked


def _open(project: Project, first: date, last: date) -> Iterator[RegisteredSlot]:
    """Slots that were due by today and have no record: whoever reads the register must see them."""
    today, recorded = project.clock().date(), load_slots(project.store)
    for name, history in load_plans(project.store).items():
        for slot in next_slots(history, states(recorded.get(name, {})), today):
            if slot.due_on > today:
                break
            if first <= slot.day <= last:
                yield RegisteredSlot(plan=name, slot=slot.day.isoformat(), due_on=slot.due_on.isoformat(), state="open")


def _overdue(project: Project) -> Iterator[tuple[str, str, str]]:
    """Reviews, and the signatures that they wait for, whose day is over."""
    for due in schedule_status(project).dues:
        if due.subject in (Subject.REVIEW, Subject.SIGN_OFF) and due.due_on < project.clock().date():
            yield due.subject.value, due.name, due.due_on.isoformat()


def _coming(project: Project) -> Iterator[tuple[str, str, str]]:
    """The next slot of each plan after today."""
    today, recorded = project.clock().date(), load_slots(project.store)
    for name, history in load_plans(project.store).items():
        slots = next_slots(history, states(recorded.get(name, {})), today)
        if slot := next((one for one in slots if one.due_on > today), None):
            yield name, slot.day.isoformat(), slot.due_on.isoformat()


def _plans(project: Project) -> Iterator[RegisteredChange]:
    for name, history in load_plans(project.store).items():
        for before, one in zip((None, *history), history, strict=False):
            every = one.plan.every if one.plan else ""
            yield RegisteredChange(
                plan=name, act=one.act, every=every, since=one.since.isoformat(), by=one.stated_by,
                on=one.stated_at[:10], changed=differences(before.plan if before else None, one.plan),
            )  # fmt: skip


def _rules(project: Project, first: date, last: date) -> Iterator[RegisteredRule]:
    for one in standings(project):
        if first <= one.on <= last:
            by = f"{one.by}, {one.firm}" if one.firm else one.by
            yield RegisteredRule(
                on=one.on.isoformat(), kind=one.kind.value, rule=one.rule, by=by, reference=one.reference,
                until=one.until.isoformat() if one.until else "", period=one.period,
            )  # fmt: skip


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _shown(value: Any) -> str:
    return f"{int(value):,}" if isinstance(value, int | float) else ""
