"""Working days in Hong Kong: Monday to Friday, without the general holidays."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

ONE_DAY = timedelta(days=1)


def is_working_day(day: date) -> bool:
    """Whether offices are open."""
    return day.weekday() < 5 and day not in _general_holidays(day.year)


def working_day_from(day: date) -> date:
    """``day``, or the next working day where it is none."""
    while not is_working_day(day):
        day += ONE_DAY
    return day


@cache
def _general_holidays(year: int) -> frozenset[date]:
    import holidays

    return frozenset(holidays.country_holidays("HK", years=year))
