"""The register of reviews as values: what it prints of each slot, plan and record."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredSlot:
    """A planned review; numbers are texts, empty where the review was not held. ``late`` in days."""

    plan: str
    slot: str
    due_on: str
    state: str
    held_on: str = ""
    late: int = 0
    audit: str = ""
    reason: str = ""
    copies: str = ""
    additional: str = ""
    people: str = ""
    findings: str = ""
    opened: str = ""
    closed: str = ""
    signers: tuple[str, ...] = ()
    not_covered: tuple[str, ...] = ()
    #: For the trend.
    additional_copies: float = 0.0
    for_action: float = 0.0
    yearly_cost: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredRecord:
    """A record of the chain."""

    number: int
    folder: str
    at: str
    sha256: str
    draft: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredChange:
    """What was said of a plan."""

    plan: str
    act: str
    every: str
    since: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """The reviews of a period; ``faults`` are checks of the chain that do not hold."""

    organisation: str
    organisation_zh: str
    first: str
    last: str
    made_at: str
    rows: tuple[RegisteredSlot, ...]
    plans: tuple[RegisteredChange, ...]
    records: tuple[RegisteredRecord, ...]
    faults: tuple[str, ...]

    @property
    def head(self) -> str:
        """The digest of the newest record."""
        return self.records[-1].sha256 if self.records else ""

    @property
    def held(self) -> int:
        """Reviews that were held."""
        return sum(bool(row.held_on) for row in self.rows)

    @property
    def missed(self) -> int:
        """Reviews that were missed."""
        return sum(row.state == "missed" for row in self.rows)

    @property
    def signed(self) -> int:
        """Reviews that everybody signed who must."""
        return sum(row.state == "closed" for row in self.rows)
