"""One audit as its reports present it: who asked, what was examined with which methods, under which rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from pdpo_audit.model.findings import Hold, PackIdentity
from pdpo_audit.model.locations.roots import NotReached
from pdpo_audit.model.reviewing.records import ReviewRecord
from pdpo_audit.model.text.readings import TextRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRecord:
    """A source as the report names it; ``include`` and ``exclude`` are the paths that the settings let in and out."""

    name: str
    uri: str
    owner: str = ""
    jurisdiction: str = ""
    city: str = ""
    vendor: str = ""
    contract: str = ""
    transfer_basis: str = ""
    purpose: str = ""
    purpose_ended_on: date | None = None
    record_class: str = ""
    cost_hkd_per_gb_month: float | None = None
    #: Whether the public can see what lies there: yes, no, "partly", or ``None`` where nobody has said.
    external_facing: bool | Literal["partly"] | None = None
    include: tuple[str, ...] = ("**/*",)
    exclude: tuple[str, ...] = ()

    @property
    def maybe_public(self) -> bool:
        """Whether some of it is declared public."""
        return self.external_facing in (True, "partly")

    @property
    def public(self) -> str:
        """``yes``, ``no``, ``partly`` or ``unknown``."""
        match self.external_facing:
            case None:
                return "unknown"
            case "partly":
                return "partly"
            case _:
                return "yes" if self.external_facing else "no"


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectorRecord:
    """The face engine and what was measured of it, for the report: recall by face height in pixels."""

    name: str
    version: str
    weights_sha256: str
    recall: dict[str, float] = field(default_factory=dict)
    measured_on: str = ""
    #: Candidates of this catalogue that a second look took for no face: in no count of faces, said in the report.
    dropped: int = 0
    #: Pictures of this catalogue with a face whose lower half looks covered.
    covered: int = 0
    #: Of masked and of uncovered faces (``covered``, ``uncovered``): how many reached level P2, of how many, and the
    #: 95 % interval of that share in per cent.
    certain: dict[str, tuple[int, int, float, float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleText:
    """A rule as people read it: rendered sentences keyed by language (``en``, ``zh-Hant``), its authorities in each.

    ``vouched``: a named person adopted its period, or a lawyer reviewed it.
    """

    rule: str
    pack: str
    title: dict[str, str]
    sentence: dict[str, str]
    authority: str
    authority_rank: str
    confidence: str
    legal_review: str
    severity: str
    authority_zh: str = ""
    vouched: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What one person said, in one role, to so many findings of the audit, from one day (ISO 8601) to another."""

    decision: str
    by: str
    role: str
    findings: int
    first_on: str
    last_on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditHeader:
    """Everything a report states that is not in its tables.

    ``draft_reasons`` is empty only when nothing that a final report needs is missing; as long as it is not, every
    page says "draft". ``assumptions`` are printed word for word. ``methods`` maps a stage to method and version.
    ``seal`` describes the certificate that will seal the files (subject, serial, SHA-256, self-signed or not).
    """

    audit_id: str
    tool: str
    version: str
    organisation: str
    organisation_zh: str = ""
    authorised_by: str = ""
    purpose: str = ""
    pia_reference: str = ""
    marking: str = "Restricted"
    roles: dict[str, str] = field(default_factory=dict)
    #: Who may sign in the place of whom ``roles`` names, by role; the last day (ISO 8601) of people who leave, by name.
    deputies: dict[str, str] = field(default_factory=dict)
    leaving: dict[str, str] = field(default_factory=dict)
    #: When the rules began to run, and when the report was written.
    started_at: datetime
    finished_at: datetime
    assessed_on: date
    #: When the last scan that it rests on began and ended, ``None`` where the log does not tell; whether it was of some
    #: sources only, and how many scans there were.
    scan_began_at: datetime | None = None
    scan_ended_at: datetime | None = None
    scan_partly: bool = False
    scans: int = 0
    sources: tuple[SourceRecord, ...] = ()
    packs: tuple[PackIdentity, ...] = ()
    rules: tuple[RuleText, ...] = ()
    methods: dict[str, str] = field(default_factory=dict)
    detector: DetectorRecord | None = None
    people_scope: str = "all"
    #: The text engine, and which pictures it was shown: ``all``, ``duplicates``, ``off``, or ``missing`` (no engine).
    text: TextRecord | None = None
    text_scope: str = "off"
    #: What people said of this audit's findings; how many judgements of pictures stand, by kind.
    decided: tuple[Decided, ...] = ()
    judgements: dict[str, int] = field(default_factory=dict)
    #: Judgements of masters and pairs that are younger than the last scan: the next one follows them.
    judgements_waiting: int = 0
    #: What the review pages add, where they were used.
    review: ReviewRecord | None = None
    #: Matters that are open and for which no hold is placed: what each is called, and the sources that it may concern.
    open_matters: tuple[tuple[str, tuple[str, ...]], ...] = ()
    #: What the pictures in the report show: ``none``, ``pixelated`` or ``clear``.
    pictures: str = "pixelated"
    draft_reasons: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    settings_sha256: str = ""
    event_head: str = ""
    event_count: int = 0
    seal: dict[str, str] = field(default_factory=dict)
    previous_audit: str = ""
    host: str = ""
    operator: str = ""
    required_sign_offs: tuple[str, ...] = ()
    #: Sources, or parts of them, that the scan did not reach: nothing of them is in any count.
    not_reached: tuple[NotReached, ...] = ()
    #: Holds in force when the audit was assessed, and the day of the next review where one is scheduled.
    holds: tuple[Hold, ...] = ()
    next_review_on: date | None = None
    #: Whether this is a distribution copy: names are codes, and ``copy_of`` is the SHA-256 of the audit's own manifest.
    masked: bool = False
    copy_of: str = ""
    #: What the organisation states of people's certificates, by SHA-256 (hex): whose it is, who entered it, when.
    stated: dict[str, str] = field(default_factory=dict)


#: Facts that the settings state of a whole source, by the name of the field of ``SourceRecord``.
SOURCE_FACTS = {
    "location.jurisdiction": "jurisdiction",
    "location.city": "city",
    "location.transfer_basis": "transfer_basis",
    "location.vendor": "vendor",
    "location.contract": "contract",
    "record.class": "record_class",
    "record.purpose": "purpose",
    "record.purpose_ended_on": "purpose_ended_on",
    "record.owner": "owner",
}
