"""Which cut a decision was held against, and what was measured there."""

from __future__ import annotations

from dataclasses import dataclass

from pdpo_audit.model.clusters import Evidence
from pdpo_audit.similarity.cuts import CUTS

#: How far beyond a cut counts as the furthest, where nothing was measured or the cut lies at nought.
_FAR = float("inf")


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What was measured (``at``), and the name of the cut that it was held against (``by``); no cut where that is
    empty."""

    by: str
    at: float

    @property
    def strain(self) -> float:
        """How near the measure comes to its cut (1) from the side of copies, or how far beyond it lies."""
        one = CUTS[self.by]
        over, under = (one.value, self.at) if one.above else (self.at, one.value)
        return over / under if under else _FAR

    @property
    def told(self) -> Evidence:
        """What the evidence of a pair says of it."""
        return {"decided_by": self.by, "decided_at": round(self.at, 4)}


def tightest(*held: Held) -> Held:
    """Of several conditions the one that decided: the nearest to its cut if all hold, else the furthest beyond it."""
    return max(held, key=lambda one: one.strain)
