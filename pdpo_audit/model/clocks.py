"""Whether a clock can be right: what was recorded is in its past."""

from __future__ import annotations

from datetime import datetime, timedelta

#: Rules, holds and losses count in days: a clock that a time server corrected by minutes does no harm.
_FORGIVEN = timedelta(days=1)


def clock_is_back(recorded_at: str, now: datetime) -> bool:
    """Whether ``now`` lies more than a day before what was ``recorded_at`` (ISO 8601; empty: nothing was)."""
    return bool(recorded_at) and now < datetime.fromisoformat(recorded_at) - _FORGIVEN
