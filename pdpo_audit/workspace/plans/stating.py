"""What the record of a review states of its audit: what was sealed, and what people had said of it by then."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from pdpo_audit.catalogue.sayings.decided import decided_in
from pdpo_audit.catalogue.sayings.standings import load_standings
from pdpo_audit.catalogue.schedules.slots import load_slots
from pdpo_audit.model.reviews.plans import SlotRecord, SlotState
from pdpo_audit.signing.evidence.manifest import MANIFEST
from pdpo_audit.signing.reviews.records import RecordKind
from pdpo_audit.workspace.plans.standing import audits_of, signed_since, time_limit
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.sampling.results import sample_results

#: What of an audit's numbers a record states.
_RESULTS = ("totals", "severities", "outcomes", "people_levels", "cost_hkd")


def audit_stated(project: Project, kind: RecordKind, slot: SlotRecord) -> dict[str, Any]:
    """The sealed audit of a review; when it is closed, the one that took its place."""
    until, audit_id = _until(project, kind, slot), _audit_of(project, kind, slot)
    audit = _audit(project, audit_id, until)
    return audit | {"in_place_of": slot.audit_id} if audit_id != slot.audit_id else audit


def decisions_stated(project: Project, kind: RecordKind, slot: SlotRecord) -> Iterator[dict[str, Any]]:
    """What people had decided on the findings of the review's audit when it was held, or closed, by person.

    A record that is sealed late (its key was locked, nobody woke the program up) tells nothing of what came after.
    """
    for one in decided_in(project.store, _audit_of(project, kind, slot), until=_until(project, kind, slot)):
        yield {name: _plain(value) for name, value in asdict(one).items()}


def sign_offs_stated(project: Project, slot: SlotRecord) -> Iterator[dict[str, Any]]:
    """Who signed the review's audit, or a report that took its place, and how many days after the time limit."""
    limit = time_limit(project, slot)
    for one in signed_since(project, slot):
        decision = one.decision.value if one.decision else ""
        yield {
            "role": one.role.value, "name": one.name, "decision": decision, "at": one.signed_at,
            "audit": one.audit_id, "manifest_sha256": one.manifest_sha256,
            "days_late": max(0, (date.fromisoformat(one.signed_at[:10]) - limit).days),
        }  # fmt: skip


def _until(project: Project, kind: RecordKind, slot: SlotRecord) -> datetime:
    """The moment whose state a record tells: the end of the review; of a closed one the last signature that it waited
    for, or the beginning of the next review where that was first."""
    if kind is RecordKind.HELD:
        return datetime.fromisoformat(slot.ended_at)
    later = [
        datetime.fromisoformat(one.began_at)
        for one in load_slots(project.store)[slot.plan].values()
        if one.day > slot.day and one.state is SlotState.PERFORMED
    ]
    signed = [datetime.fromisoformat(slot.signed_at)] if slot.signed_at else []
    return min([*later, *signed], default=project.clock())


def _audit_of(project: Project, kind: RecordKind, slot: SlotRecord) -> str:
    return (audits_of(project, slot) or (slot.audit_id,))[-1 if kind is RecordKind.CLOSED else 0]


def _audit(project: Project, audit_id: str, until: datetime) -> dict[str, Any]:
    """The sealed audit: its manifest's digest, scope and what was not covered, methods, packs, results, changes."""
    folder = project.reports / audit_id
    try:
        raw = (folder / MANIFEST).read_bytes()
        manifest = json.loads(raw)
        numbers = json.loads((folder / "evidence" / "summary.json").read_bytes())
    except (OSError, ValueError):
        return {"id": audit_id}
    return {
        "id": audit_id,
        "manifest_sha256": hashlib.sha256(raw).hexdigest(),
        "assessed_on": numbers["assessed_on"],
        "draft_reasons": manifest["audit"]["draft_reasons"],
        "authorised_by": manifest["audit"]["authorised_by"],
        "run_by": _run_by(project, audit_id),
        "methods": manifest["methods"],
        "packs": manifest["packs"],
        "scope": [_scope(source) for source in numbers["sources"]],
        "not_covered": {"not_reached": numbers["not_reached"], "skipped": numbers["skipped"]},
        "results": {name: numbers[name] for name in _RESULTS if name in numbers},
        "changes": _changes(numbers.get("delta")),
        "samples": _samples(project, until),
        "rules_said": _rules_said(project, until),
        "event_log": manifest["event_log"],
    }


def _run_by(project: Project, audit_id: str) -> str:
    """The account that wrote the report, which need not be the one that seals the record."""
    reported = [one for one in project.store.events_of("reported") if one.event.details.get("audit") == audit_id]
    return reported[-1].event.actor if reported else project.actor


def _rules_said(project: Project, until: datetime) -> list[dict[str, str]]:
    """Every period that was adopted and every rule that a lawyer reviewed by then: by whom, on which day."""
    told = ("kind", "rule", "by", "on", "until", "reference", "period", "firm")
    return [
        {name: str(row._mapping[name]) for name in told}
        for row in load_standings(project.store)
        if row._mapping["on"] <= until.date().isoformat()
    ]


def _samples(project: Project, until: datetime) -> dict[str, Any]:
    """The manual check that stood at a moment."""
    checked = sample_results(project)
    return checked if str(checked.get("on", "")) <= until.date().isoformat() else {}


def _scope(source: Mapping[str, Any]) -> dict[str, Any]:
    return {name: source[name] for name in ("name", "holdings", "bytes", "skipped")}


def _changes(delta: Mapping[str, Any] | None) -> dict[str, Any]:
    if not delta:
        return {}
    counted = {name: delta[name] for name in ("holdings", "clusters", "people", "findings")}
    return {"since": delta["before"]["audit_id"], "not_compared": delta.get("not_compared", []), **counted}


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
