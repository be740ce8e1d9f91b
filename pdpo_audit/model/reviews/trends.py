"""The trend over all reviews: one point an audit, in numbers that name nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

#: Audits that charts and tables show, the newest.
SHOWN = 12


class Measure(StrEnum):
    """What is followed over time."""

    COPIES = "copies"
    ADDITIONAL = "additional"
    FINDINGS = "findings"
    PEOPLE = "people"
    COST = "cost"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendPoint:
    """One audit: stored copies, additional ones, findings that need action, pictures with a recognisable or named
    person (``None`` where nobody looked for people), and HK$ a year for additional copies at the high rate."""

    audit_id: str
    on: str
    copies: int
    additional: int
    findings: int
    people: int | None
    cost: float
    #: Sources that the audit did not reach, or not wholly: its numbers lack them.
    missing: int = 0

    def value(self, measure: Measure) -> float | None:
        """The number of one measure."""
        found: float | None = getattr(self, measure.value)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """The newest audit of each day, oldest first; ``left_out`` are those whose numbers are not as they were sealed."""

    points: tuple[TrendPoint, ...] = ()
    left_out: tuple[str, ...] = ()

    @property
    def shown(self) -> tuple[TrendPoint, ...]:
        """What charts and tables show."""
        return self.points[-SHOWN:]


def trend_of(points: Iterable[TrendPoint], left_out: Iterable[str] = ()) -> Trend:
    """Points in the order of their audits. A report that was written again on its day, after decisions, takes the
    place of the one before."""
    return Trend(points=tuple({point.on: point for point in points}.values()), left_out=tuple(left_out))
