"""Periods of the ISO 8601 kind, counted on the Hong Kong calendar."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

HONG_KONG = ZoneInfo("Asia/Hong_Kong")

_PERIOD = re.compile(r"P(?=\d)(?:(\d{1,3})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,5})D)?", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A calendar period; ``P1Y6M`` is 18 months, weeks are seven days."""

    months: int
    days: int
    text: str


def parse_period(text: str) -> Period | None:
    """``P2Y``, ``P6M``, ``P2W``, ``P31D`` and their sums as a period, or None where the text is none."""
    match = _PERIOD.fullmatch(text)
    if not match:
        return None
    years, months, weeks, days = (int(part or 0) for part in match.groups())
    return Period(months=years * 12 + months, days=weeks * 7 + days, text=text)


def add_period(start: date, period: Period) -> date:
    """The day on which ``period``, counted from ``start``, has run out.

    Months keep the day of the month and clamp to the month's end (31 August + P6M = 28 February; 29 February + P1Y =
    28 February); days are added after. Beyond the calendar's end the last representable day is returned.
    """
    index = start.year * 12 + start.month - 1 + period.months
    year, month = divmod(index, 12)
    if year > date.max.year:
        return date.max
    day = min(start.day, monthrange(year, month + 1)[1])
    try:
        return date(year, month + 1, day) + timedelta(days=period.days)
    except OverflowError:
        return date.max


def hong_kong_day(moment: datetime) -> date:
    """The calendar day in Hong Kong; a moment without a zone is taken as Hong Kong time already."""
    return moment.date() if moment.tzinfo is None else moment.astimezone(HONG_KONG).date()


def next_working_day(day: date) -> date:
    """``day`` itself, or the next day that is neither a Sunday nor a general holiday in Hong Kong (Cap. 149).

    There is one for every day: the calendar's last, in 9999, is a Friday and no holiday.
    """
    while day.weekday() == 6 or day in _general_holidays(day.year):
        day += timedelta(days=1)
    return day


@lru_cache(maxsize=256)
def _general_holidays(year: int) -> frozenset[date]:
    import holidays

    return frozenset(holidays.country_holidays("HK", years=year))


def spoken_period(period: Period) -> str:
    """``P1Y6M`` as "1 year 6 months"."""
    years, months = divmod(period.months, 12)
    parts = [(years, "year"), (months, "month"), (period.days, "day")]
    said = [f"{count} {unit}" if count == 1 else f"{count} {unit}s" for count, unit in parts if count]
    return " ".join(said) or "0 days"


def chinese_period(period: Period) -> str:
    """``P1Y6M`` as 「1年6個月」."""
    years, months = divmod(period.months, 12)
    parts: list[tuple[int, Callable[[int], str]]] = [
        (years, lambda count: f"{count}年"),
        (months, lambda count: f"{count}個月"),
        (period.days, lambda count: f"{count}日"),
    ]
    return "".join(say(count) for count, say in parts if count) or "0日"
