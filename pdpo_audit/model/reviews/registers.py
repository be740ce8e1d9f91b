"""The register of reviews as values: what it prints of each slot, plan and record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewDetails:
    """One review that was held, as its sealed record tells it.

    ``covered`` are sources with copies, ``changes`` counts by kind since the audit ``since`` (empty for the first),
    ``decided`` (person, role, decision, findings). ``opened_by`` and ``closed_by`` count findings by cause;
    ``not_compared`` are sources that this review or the one before did not reach.
    """

    owner: str
    authorised_by: str
    run_by: str
    covered: tuple[tuple[str, int], ...]
    not_reached: tuple[str, ...]
    skipped: int
    methods: tuple[str, ...]
    packs: tuple[str, ...]
    since: str
    changes: Mapping[str, int]
    decided: tuple[tuple[str, str, str, int], ...]
    #: Person, role, what they said, on which day, and how many days after the time limit.
    signed: tuple[tuple[str, str, str, str, int], ...]
    opened_by: Mapping[str, int] = field(default_factory=dict)
    closed_by: Mapping[str, int] = field(default_factory=dict)
    not_compared: tuple[str, ...] = ()
    #: Sources that were reached in part: name, files that were missing, files that were known.
    partly: tuple[tuple[str, int, int], ...] = ()
    #: The last day for signatures, and the roles that have not agreed.
    sign_by: str = ""
    unsigned: tuple[str, ...] = ()
    #: The audit that the review made by itself, where a report that people made took its place.
    in_place_of: str = ""
    #: Rule packs that are others than at the review before: name, and version (with digest) before and now.
    packs_changed: tuple[tuple[str, str, str], ...] = ()


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
    details: ReviewDetails | None = None
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
    #: On which day it was said, and what it says otherwise than before: field, old and new.
    on: str = ""
    changed: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredRule:
    """What somebody said of a rule: its period ``adopted`` (until, under a reference), or the rule ``reviewed``."""

    on: str
    kind: str
    rule: str
    by: str
    reference: str = ""
    until: str = ""
    period: str = ""


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
    #: What is past its day when the register is made: ``review`` or ``sign-off``, plan, day on which it was due.
    overdue: tuple[tuple[str, str, str], ...] = ()
    #: The next slot of each plan that goes on: plan, day, working day on which it is due.
    coming: tuple[tuple[str, str, str], ...] = ()
    #: What was said of rules in the period, oldest first.
    rules: tuple[RegisteredRule, ...] = ()
    #: Who is to hear of reviews and has no mail address, where mail is sent.
    unreachable: tuple[str, ...] = ()

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
