"""What the sealed record of a review tells of it, for the register: who, what was covered, how, what changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pdpo_audit.model.locations.roots import PARTLY
from pdpo_audit.model.reviews.deltas import Cause
from pdpo_audit.model.reviews.registers import ReviewDetails
from pdpo_audit.signing.reviews.records import ReviewRecord

#: What changed, as the register prints it: group and name in the record.
_CHANGES = (
    ("holdings", "new"), ("holdings", "gone"), ("holdings", "moved"), ("holdings", "changed"), ("holdings", "again"),
    ("people", "newly"), ("findings", "opened"), ("findings", "closed"), ("findings", "overdue"),
)  # fmt: skip


def details_of(record: ReviewRecord, closed: ReviewRecord | None) -> ReviewDetails:
    """The details of a review; where it is closed, those of the audit that people signed."""
    audit = closed.audit if closed and closed.audit.get("results") else record.audit
    missing, changes = audit.get("not_covered", {}), audit.get("changes", {})
    last, absent = closed or record, missing.get("not_reached", ())
    return ReviewDetails(
        owner=str(record.planned.get("plan", {}).get("owner", "")),
        authorised_by=str(audit.get("authorised_by", "")),
        run_by=str(record.audit.get("run_by", "")),
        covered=tuple((str(one["name"]), int(one["holdings"])) for one in audit.get("scope", ())),
        not_reached=tuple(str(one.get("source", "")) for one in absent if one.get("doubt") not in PARTLY),
        partly=tuple(
            (str(one["source"]), int(one["lost"]), int(one["files"])) for one in absent if one.get("doubt") in PARTLY
        ),
        skipped=sum(int(one.get("items", 0)) for one in missing.get("skipped", ())),
        methods=tuple(f"{name} {version}" for name, version in audit.get("methods", {}).items()),
        packs=tuple(f"{one['name']} {one['version']}" for one in audit.get("packs", ())),
        since=str(changes.get("since", "")),
        changes=_changes(changes),
        decided=tuple(
            (str(one["by"]), str(one["role"]), str(one["decision"]), int(one["findings"])) for one in last.decisions
        ),
        signed=tuple(
            (str(one["name"]), str(one["role"]), str(one["decision"]), str(one["at"])[:10]) for one in last.sign_offs
        ),
        opened_by=_causes(changes, "opened_by"),
        closed_by=_causes(changes, "closed_by"),
        not_compared=tuple(str(name) for name in changes.get("not_compared", ())),
    )


def _changes(told: Mapping[str, Any]) -> dict[str, int]:
    return {name: int(told[group][name]) for group, name in _CHANGES if group in told and name in told[group]}


def _causes(told: Mapping[str, Any], turn: str) -> dict[str, int]:
    """Causes that are known here, and count for something."""
    counted = told.get("findings", {}).get(turn, {})
    return {cause.value: int(counted[cause.value]) for cause in Cause if counted.get(cause.value)}
