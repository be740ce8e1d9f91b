"""What rules say of holdings: findings, dispositions, and the ladder's outcomes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Outcome(StrEnum):
    """The ladder, from the first rung to the last; one disposition per holding, the first rung that applies."""

    ON_HOLD = "on_hold"
    CONFLICT = "conflict"
    MUST_KEEP = "must_keep"
    DUE = "due"
    CANNOT_DECIDE = "cannot_decide"
    NOT_YET_DUE = "not_yet_due"
    FLAG = "flag"
    NO_RULE = "no_rule"


class Severity(StrEnum):
    """The grade of a finding, worst first."""

    CRITICAL = "critical"
    MAJOR = "major"
    MINOR = "minor"
    OBSERVATION = "observation"


class Act(StrEnum):
    """What is done where something is due, from what takes most away to what only asks people."""

    ERASE = "erase"
    TAKE_DOWN = "take_down"
    RESTRICT = "restrict"
    MASK = "mask"
    STRIP = "strip"
    STOP_USE = "stop_use"
    RENEW = "renew"
    REVIEW = "review"


#: Acts after which the copy is not what it was: what has to be kept is kept from these.
ALTERING = frozenset({Act.ERASE, Act.MASK, Act.STRIP})

#: Acts that leave the copy where it is and as it is: tasks for people.
TASKS = frozenset({Act.STOP_USE, Act.RENEW, Act.REVIEW})


class AuthorityRank(StrEnum):
    """Where a rule's period comes from, strongest first; the report prints it beside every period.

    ``RECORDED_EVENT`` is no authority: the day stands in the organisation's own records (a purpose ended, consent was
    withdrawn) and the law attaches a duty to it without fixing a day. ``SUGGESTED_DEFAULT`` is a figure of the rule
    pack that decides nothing until a named person adopts it.
    """

    ORDINANCE = "ordinance"
    SUBSIDIARY_LEGISLATION = "subsidiary_legislation"
    COURT = "court"
    AAB = "aab"
    CODE_OF_PRACTICE = "code_of_practice"
    PCPD_GUIDANCE = "pcpd_guidance"
    SECTOR_REGULATOR = "sector_regulator"
    GOVERNMENT_ADMINISTRATIVE = "government_administrative"
    CONTRACT = "contract"
    ORGANISATION_POLICY = "organisation_policy"
    RECORDED_EVENT = "recorded_event"
    SUGGESTED_DEFAULT = "suggested_default"
    CUSTOM = "custom"


#: The flag of pictures that nobody may look at, copy or erase, and the kind of the standing hold on them. A person or a
#: register sets it, never the program.
STOP_RULE = "suspected_intimate_or_child_abuse"

#: The kind of the standing hold on what an open matter may concern, until somebody places a hold for it.
OPEN_MATTER = "open_matter"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A legal hold, open request, complaint or investigation, as selectors over holdings.

    A holding is selected when every selector that is set matches it: ``sha256`` (hex), ``pictures`` (any of these
    SHA-256), ``path_pattern``, ``cluster_id``, ``source``, ``captured_from``, ``captured_until``. ``language`` is that
    of the pattern (``model.locations.patterns``), empty for holds placed before there was one.
    """

    hold_id: str
    kind: str  # legal_hold | access_request | correction_request | complaint | investigation
    matter: str
    issued_by: str
    issuer_role: str
    starts_on: date
    review_on: date | None = None
    released_on: date | None = None
    sha256: str = ""
    path_pattern: str = ""
    cluster_id: str = ""
    source: str = ""
    captured_from: date | None = None
    captured_until: date | None = None
    pictures: tuple[str, ...] = ()
    #: Places (source, path) that it selected before and goes on selecting; worked out, never recorded with the hold.
    also: frozenset[tuple[str, str]] = frozenset()
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackIdentity:
    """Which rules decided: printed on every report and stored with every assessment."""

    name: str
    version: str
    sha256: str
    title: dict[str, str]
    legal_review: str  # "not legally reviewed", or who and when


class CountedBy(StrEnum):
    """What findings are counted by when they are rolled up."""

    RULE = "rule"
    PRINCIPLE = "principle"  # a data protection principle, or the section that a finding is measured against
    SOURCE = "source"
    OWNER = "owner"
