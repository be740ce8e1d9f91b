"""A point of the trend, out of what an audit says in numbers: also of one that was sealed years ago."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pdpo_audit.model.people import PeopleLevel
from pdpo_audit.model.reviews.trends import TrendPoint

_LOOKED_AT = (PeopleLevel.P0, PeopleLevel.P1, PeopleLevel.P2, PeopleLevel.P3)
_RECOGNISABLE = (PeopleLevel.P2, PeopleLevel.P3)


def point_of(summary: Mapping[str, Any]) -> TrendPoint:
    """The point of an audit.

    :raises ValueError: these are not the numbers of an audit.
    """
    try:
        totals, levels = summary["totals"], summary["people_levels"]
        pictures = {level: int(levels.get(level.value, {}).get("pictures", 0)) for level in PeopleLevel}
        looked = any(pictures[level] for level in _LOOKED_AT)
        return TrendPoint(
            audit_id=str(summary["audit_id"]),
            on=str(summary["assessed_on"]),
            copies=int(totals["holdings"]),
            additional=int(totals["additional_copies"]),
            findings=int(totals["findings_for_action"]),
            people=sum(pictures[level] for level in _RECOGNISABLE) if looked else None,
            cost=float(summary["cost_hkd"]["yearly_high"]),
            missing=len({str(one["source"]) for one in summary.get("not_reached", ())}),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"these are not the numbers of an audit: {error}") from error
