"""What has become of a copy that a plan named as staying, as it is looked for again when it is told."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pdpo_audit.model.disposition.plans import Keeper


class Fate(StrEnum):
    """How a copy that was to stay was found."""

    STAYS = "stays"  # it is at its place and has its bytes
    WAITS = "waits"  # another plan took it: it waits in a quarantine, still held
    TAKEN = "taken"  # another plan erased, moved or replaced it
    CHANGED = "changed"  # other bytes are at its place, and no plan put them there
    GONE = "gone"  # nothing is at its place, and no plan took it
    NOT_LOOKED = "not_looked"  # nobody could look: its source is not reached, or it cannot be read


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenSince:
    """The plan that took a copy, by which act, on which day; ``ends_on`` is the last day in its quarantine."""

    plan_id: str
    act: str
    on: str
    waits: bool
    ends_on: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stayed:
    """A copy that was to stay, and how it was found; ``since`` is the plan that took it, where one did."""

    keeper: Keeper
    fate: Fate
    since: TakenSince | None = None
