"""What a rule pack says once it has been read: values, no behaviour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from pdpo_audit.model.findings import AuthorityRank, PackIdentity, Severity
from pdpo_audit.policy.facts import Fact
from pdpo_audit.policy.periods import Period
from pdpo_audit.policy.reading import Place
from pdpo_audit.policy.wording import Gloss

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
    """A fact compared with values, with the day of the assessment (``today``) or with another fact (``other``)."""

    place: Place
    fact: Fact
    operator: Operator
    values: tuple[Value, ...] = ()
    other: Fact | None = None
    today: bool = False

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

    ``purpose`` is the purpose that the ceiling belongs to; empty stands for the holding's recorded purpose.
    """

    place: Place
    no_longer_than: Period | None = None
    at_least: Period | None = None
    start: Start | None = None
    must_keep: bool = False
    ends_with: tuple[Fact, ...] = ()
    undecided_without: tuple[Fact, ...] = ()
    review_after: Period | None = None
    purpose: str = ""
    to_working_day: bool = False


class Confidence(StrEnum):
    """How sure the pack's author is of an authority."""

    FOUND = "found"
    FOUND_OLDER_TEXT = "found_older_text"
    GENERAL_KNOWLEDGE = "general_knowledge"
    JUDGEMENT = "judgement"


class Supports(StrEnum):
    """What an authority carries: the period itself, or the duty that the period serves."""

    PERIOD = "period"
    DUTY = "duty"


class AuthorityKind(StrEnum):
    """What sort of thing an authority is."""

    LAW = "law"
    DECISION = "decision"
    CODE = "code"
    GUIDANCE = "guidance"
    CONTRACT = "contract"
    HOUSE_POLICY = "house_policy"
    PRACTICE = "practice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """On whose word a rule stands."""

    place: Place
    kind: AuthorityKind
    rank: AuthorityRank
    cite: str
    confidence: Confidence
    supports: Supports = Supports.DUTY


class Proposal(StrEnum):
    """What a rule proposes; people decide."""

    KEEP_ONE_MASTER = "keep_one_master"
    ERASE_THIS_COPY = "erase_this_copy"
    ERASE_ADDITIONAL_COPIES = "erase_additional_copies"
    ERASE_ALL_COPIES = "erase_all_copies"
    RECORD_PURPOSE_OR_ERASE = "record_purpose_or_erase"
    RECORD_PURPOSE = "record_purpose"
    RECORD_OWNER = "record_owner"
    RECORD_CLASS = "record_class"
    RECORD_TRANSFER_BASIS = "record_transfer_basis"
    RECORD_CONTRACT = "record_contract"
    RECORD_LICENCE = "record_licence"
    RESTRICT_ACCESS = "restrict_access"
    UNPUBLISH = "unpublish"
    MOVE_TO_PROPER_SYSTEM = "move_to_proper_system"
    RENEW_OR_RETIRE = "renew_or_retire"
    SEEK_CONSENT = "seek_consent"
    REVIEW = "review"
    KEEP = "keep"
    # Set by the ladder in place of a rule's own proposal:
    KEEP_ON_HOLD = "keep_on_hold"
    DECIDE = "decide"


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
    """One rule of a pack."""

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
    authorities: tuple[Authority, ...]
    exceptions: tuple[RuleException, ...] = ()
    sign_offs: tuple[SignOff, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A test of the pack: a holding's facts on a day, and what must come out."""

    place: Place
    name: str
    on: date
    given: dict[str, Value | tuple[str, ...]]
    hold_kinds: tuple[str, ...]
    fires: tuple[str, ...]
    silent: tuple[str, ...]
    exceptions: tuple[str, ...]
    outcome: str
    due_on: date | None
    missing: tuple[str, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalReview:
    """Who read the pack as a lawyer; all empty where nobody has."""

    by: str = ""
    on: date | None = None
    next_due: date | None = None


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
