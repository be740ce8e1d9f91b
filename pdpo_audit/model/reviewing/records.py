"""What the review pages add to an audit: second looks with their agreement, who looked, what is open, what was said."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from math import sqrt
from statistics import NormalDist

#: Of the interval around a rate of agreement.
CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondLooks:
    """Decisions that a second person was to read blind: how many were drawn, read, agreed to; differences unsettled."""

    drawn: int
    read: int
    agreed: int
    unsettled: int

    @property
    def open(self) -> int:
        """Drawn and not read yet."""
        return self.drawn - self.read

    @property
    def rate(self) -> float:
        """The share of agreement among those read; 0 where none was."""
        return self.agreed / self.read if self.read else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Between which rates the true one lies at 95 % (Wilson's score interval)."""
        return wilson(self.agreed, self.read)


def wilson(hits: int, of: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """The score interval of Wilson (1927) for a share; from 0 to 1 where nothing was counted."""
    if not of:
        return 0.0, 1.0
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share, weight = hits / of, z * z / of
    middle = (share + weight / 2) / (1 + weight)
    half = z * sqrt(share * (1 - share) / of + weight / (4 * of)) / (1 + weight)
    return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True, slots=True, kw_only=True)
class Looker:
    """Somebody who looked on the pages: at how many different cases, and at how many pictures as they are."""

    person: str
    cases: int
    clear_pictures: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSignOff:
    """What somebody said on the pages of an audit's decisions (``audit``) or of one decision (``batch``); no signature.

    ``stands`` says whether the decisions are still those that were signed off.
    """

    subject: str
    named: str
    findings: int
    role: str
    decision: str
    remark: str
    by: str
    at: str
    stands: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Postponed:
    """Findings on which somebody waits: for a role to decide, or for the owner (``owner``)."""

    role: str
    findings: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRecord:
    """The review of an audit as its report tells it; ``batches`` are decisions made on the pages that stand."""

    batches: int
    undecided: int
    second_looks: SecondLooks
    lookers: tuple[Looker, ...] = ()
    postponed: tuple[Postponed, ...] = ()
    sign_offs: tuple[PageSignOff, ...] = ()

    def told(self) -> dict[str, object]:
        """Everything, ready for JSON."""
        low, high = self.second_looks.interval
        looks = {"open": self.second_looks.open, "rate": self.second_looks.rate, "low": low, "high": high}
        return {**asdict(self), "second_looks": {**asdict(self.second_looks), **looks, "confidence": CONFIDENCE}}

    @property
    def anything(self) -> bool:
        """Whether the pages were used at all."""
        return bool(self.batches or self.lookers or self.sign_offs or self.second_looks.drawn)
