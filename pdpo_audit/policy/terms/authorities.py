"""On whose word a rule stands, who adopted its period, and who reviewed it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from pdpo_audit.model.findings import AuthorityRank
from pdpo_audit.policy.terms.periods import Period
from pdpo_audit.policy.trees import Place


class Confidence(StrEnum):
    """How sure the pack's author is of an authority."""

    FOUND = "found"
    FOUND_OLDER_TEXT = "found_older_text"
    SECONDARY = "secondary"  # read in somebody's account of it, not in the text itself
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
    GOVERNMENT = "government"  # internal rules of the government's own administration: no law
    CONTRACT = "contract"
    HOUSE_POLICY = "house_policy"
    SUGGESTION = "suggestion"  # a figure of the pack's author
    PRACTICE = "practice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """On whose word a rule stands; ``cite_zh`` is the citation as Chinese texts write it, empty where none is given."""

    place: Place
    kind: AuthorityKind
    rank: AuthorityRank
    cite: str
    confidence: Confidence
    supports: Supports = Supports.DUTY
    cite_zh: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Adoption:
    """Who made a suggested period the organisation's own, in writing; ``until`` is the last day on which it counts.

    ``period`` takes the place of the suggested one where the organisation chose another. ``of_earlier_text``: the rule
    reads otherwise since, and nobody adopted what it says now.
    """

    by: str
    on: date
    reference: str = ""
    until: date | None = None
    period: Period | None = None
    of_earlier_text: bool = False

    def works(self, on: date) -> bool:
        """Whether it is in force on a day."""
        return not self.of_earlier_text and self.on <= on and (self.until is None or on <= self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalReview:
    """Who read the pack or a rule as a lawyer; all empty where nobody has."""

    by: str = ""
    firm: str = ""
    on: date | None = None
    next_due: date | None = None
