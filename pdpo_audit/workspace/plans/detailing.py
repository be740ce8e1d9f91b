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


def details_of(record: ReviewRecord, closed: ReviewRecord | None, earlier: ReviewRecord | None = None) -> ReviewDetails:
    """The details of a review; where it is closed, those of the audit that people signed. ``earlier`` is the record of
    the review of its plan that was held before."""
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
            (
                str(one["name"]),
                str(one["role"]),
                str(one["decision"]),
                str(one["at"])[:10],
                int(one.get("days_late", 0)),
            )
            for one in last.sign_offs
        ),
        sign_by=str(record.planned.get("sign_by", "")),
        unsigned=tuple(sorted(_asked(record) - agreed_in(last))),
        in_place_of=str(audit.get("in_place_of", "")),
        packs_changed=_packs_changed(earlier.audit if earlier else {}, audit),
        opened_by=_causes(changes, "opened_by"),
        closed_by=_causes(changes, "closed_by"),
        not_compared=tuple(str(name) for name in changes.get("not_compared", ())),
    )


def agreed_in(record: ReviewRecord) -> set[str]:
    """The roles that agreed."""
    return {str(one["role"]) for one in record.sign_offs if str(one["decision"]).startswith("agree")}


def _asked(record: ReviewRecord) -> set[str]:
    return {str(role) for role in record.planned.get("plan", {}).get("sign_offs", ())}


def _packs_changed(before: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[tuple[str, str, str], ...]:
    """Packs that came, went or read otherwise."""
    old, new = (
        {str(one["name"]): f"{one['version']} ({str(one['sha256'])[:12]})" for one in audit.get("packs", ())}
        for audit in (before, now)
    )
    names = sorted(old.keys() | new.keys()) if before else []
    return tuple((name, old.get(name, ""), new.get(name, "")) for name in names if old.get(name) != new.get(name))


def _changes(told: Mapping[str, Any]) -> dict[str, int]:
    return {name: int(told[group][name]) for group, name in _CHANGES if group in told and name in told[group]}


def _causes(told: Mapping[str, Any], turn: str) -> dict[str, int]:
    """Causes that are known here, and count for something."""
    counted = told.get("findings", {}).get(turn, {})
    return {cause.value: int(counted[cause.value]) for cause in Cause if counted.get(cause.value)}
