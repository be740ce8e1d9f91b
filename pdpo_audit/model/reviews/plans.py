"""Periodic reviews: plans with their history, slots, and what was recorded of each slot."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any


class Step(StrEnum):
    """What a review does, in this order."""

    SCAN = "scan"
    ASSESS = "assess"
    REPORT = "report"
    HANDOUTS = "handouts"


#: What a review does where nothing else is said: handouts name people and places, and are written where asked for.
USUAL = (Step.SCAN, Step.ASSESS, Step.REPORT)


class SlotState(StrEnum):
    """What became of a slot; ``BEGUN`` until the review that was started for it has ended."""

    BEGUN = "begun"
    PERFORMED = "performed"
    MISSED = "missed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A review that comes again. ``every`` are the words that were said, ``rrule`` (RFC 5545) what they mean.

    The rule counts from ``anchor``. Empty ``sources`` and ``packs`` are those of the settings; ``sign_offs`` are roles
    that have ``sign_off_within`` (ISO 8601) from the day of the review.
    """

    name: str
    every: str
    rrule: str
    anchor: date
    sources: tuple[str, ...] = ()
    packs: tuple[str, ...] = ()
    owner: str = ""
    sign_offs: tuple[str, ...] = ()
    sign_off_within: str = "P14D"
    does: tuple[Step, ...] = USUAL
    paused: bool = False

    def document(self) -> dict[str, Any]:
        """The plan ready for JSON."""
        return {**asdict(self), "anchor": self.anchor.isoformat(), "does": [step.value for step in self.does]}


def plan_from(document: dict[str, Any]) -> Plan:
    """The plan of a ``document``."""
    lists = {name: tuple(document[name]) for name in ("sources", "packs", "sign_offs")}
    does = tuple(Step(step) for step in document["does"])
    return Plan(**{**document, **lists, "does": does, "anchor": date.fromisoformat(document["anchor"])})


def differences(before: Plan | None, after: Plan | None) -> tuple[tuple[str, str, str], ...]:
    """What was said otherwise of a plan: the field's name, what it was, and what it is; lists with commas."""
    if before is None or after is None:
        return ()
    old, new = before.document(), after.document()
    told = ("every", "sources", "packs", "owner", "sign_offs", "sign_off_within", "does")
    return tuple((name, _told(old[name]), _told(new[name])) for name in told if _told(old[name]) != _told(new[name]))


def _told(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list | tuple) else str(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanVersion:
    """What was said of a plan: it counts from the day ``since`` on, until the next one does. No plan: removed."""

    name: str
    plan: Plan | None
    since: date
    stated_at: str = ""
    stated_by: str = ""
    #: What was done: added, changed, paused, resumed, removed, read from the settings.
    act: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Slot:
    """One date of a plan: ``day`` is its identity, ``due_on`` the working day that it is due on."""

    day: date
    due_on: date
    plan: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotRecord:
    """What is recorded of a slot. ``number`` is its place in the chain of reviews, ``sha256`` the digest of its record
    there (both empty while it is begun)."""

    plan: str
    day: date
    due_on: date
    state: SlotState
    began_at: str
    ended_at: str = ""
    audit_id: str = ""
    reason: str = ""
    sealed: bool = False
    #: When everybody who must sign had signed; empty until then.
    signed_at: str = ""
