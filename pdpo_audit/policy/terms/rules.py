"""What a rule pack says once it has been read: values, no behaviour."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from pdpo_audit.model.findings import Act, AuthorityRank, PackIdentity, Severity
from pdpo_audit.policy.terms.authorities import Adoption, Authority, LegalReview, Supports
from pdpo_audit.policy.terms.facts import Fact
from pdpo_audit.policy.terms.periods import Period
from pdpo_audit.policy.terms.proposals import Proposal
from pdpo_audit.policy.terms.wording import Gloss
from pdpo_audit.policy.trees import Place

#: A value that a condition compares with: text or choice, level or flag, number, yes or no, date.
Value = str | int | bool | date


class Operator(StrEnum):
    """The comparisons of the language, as they are written after a fact's name."""

    IS = "is"
    IS_NOT = "is not"
    ONE_OF = "is one of"
    NOT_ONE_OF = "is not one of"
    AT_LEAST = "is at least"
    AT_MOST = "is at most"
    MORE_THAN = "is more than"
    LESS_THAN = "is less than"
    BEFORE = "is before"
    AFTER = "is after"
    ON_OR_BEFORE = "is on or before"
    ON_OR_AFTER = "is on or after"
    INCLUDES = "includes"
    INCLUDES_ANY = "includes any of"
    INCLUDES_NONE = "includes none of"
    RECORDED = "is recorded"  # written `is: recorded`
    NOT_RECORDED = "is not recorded"  # written `is: not recorded`


class Quantifier(StrEnum):
    """How the conditions of a group combine."""

    ALL = "all"
    ANY = "any"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Test:
    """A fact compared with values, with the day of the assessment (``today``) or with another fact (``other``).

    ``ago`` is how long before the day of the assessment is meant.
    """

    place: Place
    fact: Fact
    operator: Operator
    values: tuple[Value, ...] = ()
    other: Fact | None = None
    today: bool = False
    ago: Period | None = None

    __test__ = False  # not a test of ours, whatever pytest thinks of the name


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Conditions under a quantifier; ``name`` where the group is a definition of the pack."""

    place: Place
    quantifier: Quantifier
    members: tuple[Condition, ...]
    name: str = ""
    meaning: Gloss | None = None


Condition = Test | Group


class Choice(StrEnum):
    """Which of several dates a period is counted from."""

    EARLIEST = "earliest of"  # of those that are recorded
    LATEST = "latest of"  # needs all of them


class IfUnknown(StrEnum):
    """What happens where the date that a period is counted from is unknown."""

    FALL_BACK = "fall back"  # the capture date, then the day the copy was first seen (never a file time)
    ASK = "ask"  # the rule cannot decide


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """The day a period is counted from."""

    choice: Choice
    facts: tuple[Fact, ...]
    if_unknown: IfUnknown = IfUnknown.FALL_BACK


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long: a ceiling, a floor, a prohibition, an ending event, or a fact that must be known first.

    ``conflict`` stands against any disposal until a person has decided. ``purpose`` is the purpose that the ceiling
    belongs to; empty stands for the holding's recorded purpose.
    """

    place: Place
    no_longer_than: Period | None = None
    at_least: Period | None = None
    start: Start | None = None
    must_keep: bool = False
    conflict: bool = False
    ends_with: tuple[Fact, ...] = ()
    undecided_without: tuple[Fact, ...] = ()
    review_after: Period | None = None
    purpose: str = ""
    to_working_day: bool = False

    @property
    def length(self) -> Period | None:
        """The length that an adoption may replace: of the maximum, else of the minimum, else of the review."""
        return self.no_longer_than or self.at_least or self.review_after

    @property
    def counts(self) -> bool:
        """Whether it has a period."""
        return self.length is not None


#: Ranks of a period on which nobody outside the organisation insists: it counts once it has been adopted.
_HOUSE = (AuthorityRank.SUGGESTED_DEFAULT, AuthorityRank.ORGANISATION_POLICY, AuthorityRank.CUSTOM)


class Scope(StrEnum):
    """What a finding is about."""

    HOLDING = "holding"
    SOURCE = "source"  # one finding for each source, however many of its holdings the rule covers


class Status(StrEnum):
    """Whether a rule takes part."""

    ACTIVE = "active"
    DRAFT = "draft"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOff:
    """Who must agree before a proposal is carried out, and within which time."""

    role: str
    within: Period | None = None
    must_differ_from: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleException:
    """A narrower case in which a rule is suspended or another period takes its place, until a stated day.

    ``to`` names the rule of another pack; once it stands at that rule, ``pack`` is the pack that makes it and
    ``valid_from`` the day from which that pack decides.
    """

    place: Place
    exception_id: str
    when: Group
    reason: Gloss
    approved_by: str
    valid_until: date
    suspend: bool = False
    retention: Retention | None = None
    to: str = ""
    to_place: Place | None = None
    pack: PackIdentity | None = None
    valid_from: date | None = None

    def works(self, on: date) -> bool:
        """Whether it is in force on a day."""
        return self.begun(on) and on <= self.valid_until

    def begun(self, on: date) -> bool:
        """Whether the pack that makes it decides already."""
        return self.valid_from is None or self.valid_from <= on


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule of a pack; ``act`` is what is to be done, ``gives_way_to`` which rules tell it in its place."""

    place: Place
    rule_id: str
    title: Gloss
    reason: Gloss
    status: Status
    severity: Severity
    criteria: tuple[str, ...]
    scope: Scope
    when: Group
    retention: Retention | None
    proposal: Proposal
    act: Act
    authorities: tuple[Authority, ...]
    exceptions: tuple[RuleException, ...] = ()
    sign_offs: tuple[SignOff, ...] = ()
    gives_way_to: tuple[str, ...] = ()
    adoption: Adoption | None = None
    review: LegalReview | None = None

    @property
    def carrying(self) -> tuple[Authority, ...]:
        """The authorities that carry the rule's period, or all of them where none does."""
        return tuple(item for item in self.authorities if item.supports is Supports.PERIOD) or self.authorities

    @property
    def suggested(self) -> bool:
        """Whether its period is a mere suggestion, to be adopted before it counts."""
        periods = [item.rank for item in self.authorities if item.supports is Supports.PERIOD]
        return self.retention is not None and bool(periods) and all(rank in _HOUSE for rank in periods)

    def waits(self, on: date) -> bool:
        """Whether its period counts for nothing on a day, because nobody has adopted it."""
        return self.suggested and not (self.adoption and self.adoption.works(on))

    def deciding(self, on: date) -> Retention | None:
        """The retention that decides on a day: with the adopted period, or without one that nobody adopted."""
        if self.retention is None or not self.suggested:
            return self.retention
        if self.waits(on):
            return replace(
                self.retention, no_longer_than=None, at_least=None, review_after=None, start=None, ends_with=()
            )
        period = self.adoption.period if self.adoption else None
        return with_period(self.retention, period) if period else self.retention


def with_period(retention: Retention, period: Period) -> Retention:
    """The retention with another length: of its maximum, else of its minimum, else of its review."""
    if retention.no_longer_than:
        return replace(retention, no_longer_than=period)
    return replace(retention, at_least=period) if retention.at_least else replace(retention, review_after=period)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A test of the pack: a holding's facts on a day, and what must come out."""

    place: Place
    name: str
    on: date
    given: dict[str, Value | tuple[str, ...]]
    hold_kinds: tuple[str, ...]
    adopted: tuple[str, ...]
    fires: tuple[str, ...]
    silent: tuple[str, ...]
    exceptions: tuple[str, ...]
    outcome: str
    act: str
    due_on: date | None
    due_rule: str
    due_rank: str
    missing: tuple[str, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """A rule pack as read from its folder."""

    identity: PackIdentity
    file: str
    title: Gloss
    summary: Gloss
    jurisdiction: str
    owner: str
    effective_from: date | None
    legal_review: LegalReview
    definitions: tuple[Group, ...]
    rules: tuple[Rule, ...]
    cases: tuple[Case, ...]
    exceptions: tuple[RuleException, ...] = ()

    @property
    def active_rules(self) -> tuple[Rule, ...]:
        """The rules that are switched on."""
        return tuple(rule for rule in self.rules if rule.status is Status.ACTIVE)

    def rules_in_force(self, on: date) -> tuple[Rule, ...]:
        """The rules that take part in an assessment on a day: none before the pack takes effect."""
        waits = self.effective_from is not None and self.effective_from > on
        return () if waits else self.active_rules
