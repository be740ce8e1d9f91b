"""What a report says, as values: every number that the PDF, the workbook and the JSON print stands here once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from pdpo_audit.model.audits import RuleText, SourceRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """The audit in numbers. ``pictures`` counts each picture once, however many holdings show it."""

    holdings: int
    bytes: int
    pictures: int
    clusters: int
    holdings_in_clusters: int
    additional_copies: int
    additional_bytes: int
    not_decoded: int
    #: Seen and not examined; sidecars, which are read with their pictures, are counted by themselves.
    skipped: int
    sidecars: int
    findings: int
    findings_for_action: int
    dispositions: int
    links: int
    events: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One value of a breakdown: how many pictures (0 where only holdings are counted), holdings and bytes.

    ``held``, of people levels only: all copies of these pictures, those included that show less by themselves.
    """

    key: str
    pictures: int = 0
    holdings: int = 0
    bytes: int = 0
    held: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Grades:
    """Findings by grade."""

    critical: int = 0
    major: int = 0
    minor: int = 0
    observation: int = 0

    @property
    def total(self) -> int:
        """All grades together."""
        return self.critical + self.major + self.minor + self.observation


@dataclass(frozen=True, slots=True, kw_only=True)
class Graded:
    """Findings by grade for one owner, principle or rule."""

    key: str
    grades: Grades


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleResult:
    """What one rule found; ``text`` is missing where the header does not carry the rule's sentences."""

    rule: str
    pack: str
    authority: str
    authority_rank: str
    text: RuleText | None
    grades: Grades

    @property
    def printed(self) -> bool:
        """Whether the report prints it word for word: it found something, or a named person stands behind it."""
        return bool(self.grades.total) or (self.text is not None and self.text.vouched)


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A yearly or monthly amount in HK$, from the low to the high rate."""

    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceResult:
    """One source: what it holds and what became of it. Sources stand in order of risk, the riskiest first."""

    record: SourceRecord
    declared: bool
    holdings: int
    bytes: int
    pictures: int
    additional_copies: int
    additional_bytes: int
    recognisable: int
    named: int
    unknown_people: int
    sensitive: int
    grades: Grades
    outcomes: dict[str, int]
    skipped: int
    monthly_cost: Band
    stated_monthly_cost: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Urgent:
    """What cannot wait: recognisable people and sensitive pictures in holdings, public sources apart."""

    external_holdings: int
    external_recognisable: int
    external_sensitive: int
    children: int
    identity_documents: int
    legible: int
    external_legible: int
    critical_findings: int
    on_hold: int

    @property
    def anything(self) -> bool:
        """Whether there is anything to say first."""
        return bool(
            self.external_recognisable
            or self.external_sensitive
            or self.children
            or self.identity_documents
            or self.legible
            or self.critical_findings
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """Where one holding of a picture lies, and what the ladder says of it."""

    source: str
    path: str
    owner: str
    jurisdiction: str
    bytes: int
    width: int
    height: int
    relation: str
    is_master: bool
    captured: str
    outcome: str = ""
    due_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRule:
    """What one rule says of the holdings of a case."""

    rule: str
    severity: str
    proposal: str
    authority: str
    authority_rank: str
    confidence: str
    counted_from: str
    due_on: date | None
    explanation: Mapping[str, str]
    holdings: int
    status: str
    determination: str
    decided_by: str = ""
    decided_on: str = ""
    decision_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """The findings on one picture that one owner answers for; ``copies`` lists the first, ``holdings`` counts all.

    ``number`` is its place in the order of urgency over all owners.

    A finding on a whole source has no ``path``, no copies and no picture.
    """

    number: int
    owner: str
    source: str
    path: str
    cluster_id: str
    severity: str
    due_on: date | None
    people_level: str
    face_band: str
    rules: tuple[CaseRule, ...]
    copies: tuple[Copy, ...]
    holdings: int
    master_reason: str
    master_status: str
    picture: bytes

    @property
    def findings(self) -> int:
        """How many findings the case gathers."""
        return sum(rule.holdings for rule in self.rules)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerCases:
    """One owner's list, as it can be handed over; ``findings`` counts all that need action, listed here or not."""

    owner: str
    findings: int
    cases: tuple[Case, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LargeCluster:
    """A duplicate cluster among those with the most copies."""

    cluster_id: str
    copies: int
    additional_bytes: int
    sources: str
    jurisdictions: str
    master_source: str
    master_path: str
    people_level: str
    #: The fields of the metadata in which its copies state different things.
    contradictions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SkippedShare:
    """What was seen and not examined in one source for one reason, with an example."""

    source: str
    reason: str
    items: int
    example: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Storage of additional copies: yearly band at the assumed rates, and at the organisation's own where stated."""

    gigabytes: float
    yearly: Band
    stated_yearly: float | None
    rates: Band
    #: Whether it is less than HK$100 a year at any rate: then it is no reason for anything.
    is_small: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Integrity:
    """How far the versions of one picture agree."""

    exact_copies: int
    altered_copies: int
    clusters_with_dates_apart: int
    doubtful_dates: int
    masters_confirmed: int
    masters_proposed: int
    contradicting_clusters: int
    contradictions: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Custody:
    """The event log's ends: what ties this report to what was done."""

    first_at: str
    last_at: str
    head: str
    kinds: tuple[Share, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One number now and in the previous audit."""

    measure: str
    before: int
    now: int
