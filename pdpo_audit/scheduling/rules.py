"""When a review comes again: in words or as an RRULE (RFC 5545), and the days that this gives."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, time
from functools import lru_cache
from itertools import islice, pairwise
from typing import TYPE_CHECKING

from pdpo_audit.errors import CallError

if TYPE_CHECKING:
    from dateutil.rrule import rrule

#: Days between two slots at least: a review that comes more often leaves no time to decide anything.
SHORTEST = 7
#: Slots that are looked at to find the shortest distance; ten years of a monthly plan.
_LOOKED_AT = 120

ADVICE = (
    'say it in words ("monthly", "quarterly", "every 6 months", "last weekday of the quarter", "first Monday of the '
    'month", "15th of the month") or as an RRULE ("FREQ=MONTHLY;INTERVAL=3;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1")'
)
_PERIODS = {
    "weekly": (1, "week"), "fortnightly": (2, "week"), "monthly": (1, "month"), "quarterly": (1, "quarter"),
    "half-yearly": (1, "half-year"), "half yearly": (1, "half-year"), "yearly": (1, "year"), "annually": (1, "year"),
    "每週": (1, "week"), "每月": (1, "month"), "每季": (1, "quarter"), "每半年": (1, "half-year"), "每年": (1, "year"),
}  # fmt: skip
_NUMBERS = {
    "": 1, "one": 1, "two": 2, "second": 2, "other": 2, "three": 3, "third": 3, "four": 4, "five": 5, "six": 6,
    "nine": 9, "ten": 10, "twelve": 12,
}  # fmt: skip
_MONTHS = {"month": 1, "quarter": 3, "half-year": 6, "half year": 6, "year": 12}
_POSITIONS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}
_DAYS = {
    "monday": "MO", "tuesday": "TU", "wednesday": "WE", "thursday": "TH", "friday": "FR", "saturday": "SA",
    "sunday": "SU",
}  # fmt: skip
_WEEKDAYS = "MO,TU,WE,TH,FR"
_UNIT = r"(?:the |every |each |a )?(month|quarter|half[- ]year|year)"
_EVERY = re.compile(r"every (?:(\d+|[a-z]+) )?(week|month|quarter|half[- ]year|year)s?")
_PLACED = re.compile(rf"(?:on )?(?:the )?(\w+) (weekday|working day|day|[a-z]+day) of {_UNIT}")
_NUMBERED = re.compile(rf"(?:on )?(?:the )?(\d{{1,2}})(?:st|nd|rd|th)? (?:day )?of {_UNIT}")


def read_rule(said: str, anchor: date) -> str:
    """The RRULE that words mean when they count from ``anchor``; an RRULE is checked and given back.

    :raises CallError: nothing of the kind, or a rule that comes more often than every seven days or never.
    """
    words = " ".join(said.strip().split())
    found = words.upper().removeprefix("RRULE:") if "FREQ=" in words.upper() else _from_words(words.lower(), anchor)
    if not found:
        raise CallError(f'"{said}" is not understood as a time for reviews', advice=ADVICE)
    _check(found, said, anchor)
    return found


def rule_days(rule: str, anchor: date) -> Iterator[date]:
    """The days of a rule from ``anchor`` on, in order, to its end if it has one."""
    return (moment.date() for moment in _parsed(rule, anchor))


@lru_cache(maxsize=256)
def days_between(rule: str, anchor: date, first: date, last: date) -> tuple[date, ...]:
    """The days of a rule from ``first`` to ``last``, both included."""
    found = _parsed(rule, anchor).between(_midnight(first), _midnight(last), inc=True)
    return tuple(moment.date() for moment in found)


def _from_words(words: str, anchor: date) -> str:
    if words in _PERIODS:
        return _recurring(*_PERIODS[words], anchor)
    if found := _EVERY.fullmatch(words):
        count = found[1] or ""
        number = int(count) if count.isdigit() else _NUMBERS.get(count, 0)
        return _recurring(number, found[2], anchor) if number else ""
    if found := _NUMBERED.fullmatch(words):
        day = int(found[1])
        return f"{_in_months(found[2], 1)}{_month_day(day)}" if 1 <= day <= 31 else ""
    if (found := _PLACED.fullmatch(words)) and found[1] in _POSITIONS:
        return _placed(_POSITIONS[found[1]], found[2], found[3])
    if found := re.fullmatch(rf"(?:at )?(?:the )?end of {_UNIT}", words):
        return _placed(-1, "day", found[1])
    return ""


def _recurring(number: int, unit: str, anchor: date) -> str:
    """Every so many weeks or months; a day that a month does not have is its last one."""
    if unit == "week":
        return f"FREQ=WEEKLY;INTERVAL={number}"
    return f"FREQ=MONTHLY;INTERVAL={number * _MONTHS[unit]}{_month_day(anchor.day)}"


def _month_day(day: int) -> str:
    if day <= 28:
        return f";BYMONTHDAY={day}"
    return f";BYMONTHDAY={','.join(map(str, range(28, day + 1)))};BYSETPOS=-1"


def _placed(position: int, kind: str, unit: str) -> str:
    months = _in_months(unit, position)
    if kind in ("weekday", "working day"):
        return f"{months};BYDAY={_WEEKDAYS};BYSETPOS={position}"
    if kind == "day":
        return f"{months};BYMONTHDAY={position}"
    return f"{months};BYDAY={position}{_DAYS[kind]}" if kind in _DAYS else ""


def _in_months(unit: str, position: int) -> str:
    """The months in which a calendar quarter, half-year or year begins; those in which it ends, counted from there."""
    length = _MONTHS[unit.replace(" ", "-")]
    if length == 1:
        return "FREQ=MONTHLY"
    first = length if position < 0 else 1
    return f"FREQ=MONTHLY;BYMONTH={','.join(map(str, range(first, 13, length)))}"


def _check(rule: str, said: str, anchor: date) -> None:
    wrong = re.search(r"BYHOUR|BYMINUTE|BYSECOND|DTSTART|FREQ=(SECONDLY|MINUTELY|HOURLY)", rule)
    if wrong:
        raise CallError(f'"{said}": {wrong[0]} has no place here: a review has a day, and no hour', advice=ADVICE)
    try:
        days = list(islice(rule_days(rule, anchor), _LOOKED_AT))
    except (ValueError, KeyError, TypeError) as error:
        raise CallError(f'"{said}" is no RRULE: {error}', advice=ADVICE) from error
    if not days:
        raise CallError(f'"{said}" never comes after {anchor}', advice=ADVICE)
    if any((after - before).days < SHORTEST for before, after in pairwise(days)):
        raise CallError(f'"{said}" comes more often than once a week', advice=ADVICE)


@lru_cache(maxsize=64)
def _parsed(rule: str, anchor: date) -> rrule:
    from dateutil.rrule import rrulestr

    parsed = rrulestr(rule, dtstart=_midnight(anchor), cache=True)
    assert not hasattr(parsed, "exdate")
    return parsed


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())
