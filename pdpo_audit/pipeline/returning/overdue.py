"""What rules are told of a copy that somebody was to erase elsewhere and has not confirmed in time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from pdpo_audit.catalogue.disposition.plans import items_of, load_plans
from pdpo_audit.catalogue.store import Store
from pdpo_audit.model.disposition.acts import State

if TYPE_CHECKING:
    import pandas as pd

#: The fact of a copy whose confirmation has not come.
OVERDUE = "disposal.overdue_since"
_EVERY = 1_000_000


def overdue_since(store: Store, on: date) -> dict[tuple[str, str], date]:
    """The day by which each confirmation was due that has not come, by source and path."""
    found: dict[tuple[str, str], date] = {}
    for stored in load_plans(store):
        if stored.ended == "rejected":
            continue
        for one in items_of(store, stored.header.plan_id, states=(State.AWAITING_OWNER,), most=_EVERY):
            due = one.result.ends_on if one.result is not None else ""
            if due and due < on.isoformat():
                found[one.item.source, one.item.path] = date.fromisoformat(due)
    return found


def lay_overdue(frame: pd.DataFrame, overdue: Mapping[tuple[str, str], date]) -> pd.DataFrame:
    """The fact for the copies that wait."""
    if not overdue:
        return frame
    import pandas as pd

    laid = frame.copy(deep=False)
    values = [overdue.get(place) for place in zip(frame["source"], frame["path"], strict=True)]
    laid[OVERDUE] = pd.Series(values, index=frame.index, dtype=object)
    return laid
