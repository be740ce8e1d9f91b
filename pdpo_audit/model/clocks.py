"""Whether a clock can be right: this machine's, whose past holds what was recorded, and that of a camera."""

from __future__ import annotations

import calendar
from datetime import date, datetime, timedelta
from enum import StrEnum

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


class DateDoubt(StrEnum):
    """Why a capture date is shown and counted, and never starts a period."""

    FUTURE = "future"  # later than the day on which the file was first seen
    CLOCK_ZERO = "clock_zero"  # where clocks without a battery, and empty fields of file formats, begin
    FACTORY_DATE = "factory_date"  # what cameras say until somebody sets them


#: Days on which clocks begin: of classic Mac OS, Unix, and FAT and MS-DOS; the first days of OLE and of NTP.
_ZEROS = frozenset({"1904-01-01", "1970-01-01", "1980-01-01", "1899-12-30", "1900-01-01"})
#: Moments, to the minute, that cameras show out of the box: the first of a year of manufacture, and the one of a Sony
#: series that photo managers meet most often.
_FACTORY = frozenset({"2002-12-08T12:00"} | {f"{year}-01-01T00:00" for year in range(1998, 2021)})


def doubt_of(captured: str, first_seen: str) -> DateDoubt | None:
    """Whether a capture date (ISO 8601, a year, or a year and month) can be, for a file first seen on ``first_seen``.

    A day is forgiven: a camera may keep the time of a place that is ahead.
    """
    if not captured:
        return None
    if captured[:10] in _ZEROS:
        return DateDoubt.CLOCK_ZERO
    if captured[:16] in _FACTORY:
        return DateDoubt.FACTORY_DATE
    first = _first_day(captured)
    if first_seen and first is not None and first > date.fromisoformat(first_seen[:10]) + timedelta(days=1):
        return DateDoubt.FUTURE
    return None


def last_day(captured: str) -> date | None:
    """The last day that a capture date may mean: a year alone is a range, and nothing is due before its end."""
    first = _first_day(captured)
    if first is None or len(captured) >= 10:
        return first
    month = first.month if len(captured) == 7 else 12
    return date(first.year, month, calendar.monthrange(first.year, month)[1])


def _first_day(captured: str) -> date | None:
    try:
        return date.fromisoformat((captured + "-01-01")[:10] if len(captured) < 10 else captured[:10])
    except ValueError:
        return None
