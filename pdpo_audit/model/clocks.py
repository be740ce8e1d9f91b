"""Whether a clock can be right: what was recorded is in its past."""

from __future__ import annotations

from datetime import datetime, timedelta

from pdpo_audit.errors import VerificationError

#: Rules, holds and losses count in days: a clock that a time server corrected by minutes does no harm.
_FORGIVEN = timedelta(days=1)


def clock_is_back(recorded_at: str, now: datetime) -> bool:
    """Whether ``now`` lies more than a day before what was ``recorded_at`` (ISO 8601; empty: nothing was).

    :raises VerificationError: it is no moment, so somebody changed it.
    """
    if not recorded_at:
        return False
    try:
        return now < datetime.fromisoformat(recorded_at) - _FORGIVEN
    except (ValueError, TypeError) as error:
        raise VerificationError(
            "the newest event of the log has no time: it was changed", advice="pdpo-audit catalogue check"
        ) from error
