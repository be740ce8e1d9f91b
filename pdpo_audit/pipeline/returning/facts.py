"""What rules are told of a copy in which an erased one came back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from pdpo_audit.catalogue.disposition.returns import came_back
from pdpo_audit.catalogue.store import Store

if TYPE_CHECKING:
    import pandas as pd

#: The facts of a copy that was erased and came back.
CAME_BACK = ("disposal.came_back_on", "disposal.came_back_by", "disposal.erased_copy")


def returns_of(store: Store, on: date) -> dict[tuple[str, str, str], dict[str, Any]]:
    """What is known of copies in which erased ones came back, while the key of the alarm has not ended."""
    return {
        (one.source, one.path, one.sha256): dict(
            zip(
                CAME_BACK,
                (date.fromisoformat(one.seen_on), one.cause.value, f"{one.plan_id}, {one.number}"),
                strict=True,
            )
        )
        for one in came_back(store, on.isoformat())
    }


def lay_returns(frame: pd.DataFrame, returned: Mapping[tuple[str, str, str], Mapping[str, Any]]) -> None:
    """Facts of copies in which erased ones came back; of the very bytes in which they did."""
    if not returned:
        return
    import pandas as pd

    copies = list(zip(frame["source"], frame["path"], frame["sha256"], strict=True))
    for name in CAME_BACK:
        values = [returned.get(copy, {}).get(name) for copy in copies]
        frame[name] = pd.Series(values, index=frame.index, dtype=object)
