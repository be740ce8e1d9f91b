"""Periods on the Hong Kong calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from pdpo_audit.policy.terms.periods import (
    add_period,
    chinese_period,
    hong_kong_day,
    next_working_day,
    parse_period,
    spoken_period,
)


@pytest.mark.parametrize(
    ("start", "period", "end"),
    [
        ("2026-08-31", "P6M", "2027-02-28"),
        ("2027-08-31", "P6M", "2028-02-29"),
        ("2024-02-29", "P1Y", "2025-02-28"),
        ("2024-02-29", "P4Y", "2028-02-29"),
        ("2026-01-31", "P1M", "2026-02-28"),
        ("2026-12-31", "P2W", "2027-01-14"),
        ("2026-01-31", "P1M1D", "2026-03-01"),
        ("2026-11-20", "P0D", "2026-11-20"),
        ("9999-06-01", "P1Y", "9999-12-31"),
        ("9998-06-15", "P1Y", "9999-06-15"),
        ("9999-12-30", "P5D", "9999-12-31"),
    ],
)
def test_the_day_on_which_a_period_has_run_out(start: str, period: str, end: str) -> None:
    found = parse_period(period)
    assert found is not None
    assert add_period(date.fromisoformat(start), found) == date.fromisoformat(end)


@pytest.mark.parametrize(
    "text", ["", "P", "2Y", "P2", "PT1H", "P-1D", "31 days", "P1D1Y", "p1y", "P1.5Y", "P٣D", "P1Y "]
)
def test_what_is_no_period(text: str) -> None:
    assert parse_period(text) is None


@given(st.dates(date(1950, 1, 1), date(2100, 1, 1)), st.integers(0, 60), st.integers(0, 40), st.integers(0, 500))
def test_as_another_calendar_counts(start: date, years: int, months: int, days: int) -> None:
    found = parse_period(f"P{years}Y{months}M{days}D")
    assert found is not None
    assert add_period(start, found) == start + relativedelta(years=years, months=months, days=days)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-02-17", "2026-02-20"),  # Lunar New Year's Day, and the two days after it
        ("2026-12-25", "2026-12-28"),  # Christmas, the first weekday after it (a Saturday), a Sunday
        ("2026-11-22", "2026-11-23"),  # an ordinary Sunday
        ("2026-11-21", "2026-11-21"),  # a Saturday is no general holiday
        ("2026-07-01", "2026-07-02"),  # Establishment Day
    ],
)
def test_sundays_and_general_holidays_in_hong_kong(day: str, expected: str) -> None:
    assert next_working_day(date.fromisoformat(day)) == date.fromisoformat(expected)


def test_a_moment_is_a_day_in_hong_kong() -> None:
    assert hong_kong_day(datetime(2026, 11, 19, 16, 30, tzinfo=UTC)) == date(2026, 11, 20)
    assert hong_kong_day(datetime(2026, 11, 19, 15, 59, tzinfo=UTC)) == date(2026, 11, 19)
    assert hong_kong_day(datetime(2026, 11, 19, 23, 59)) == date(2026, 11, 19)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("period", "english", "chinese"),
    [
        ("P1Y6M", "1 year 6 months", "1年6個月"),
        ("P2Y", "2 years", "2年"),
        ("P12M", "1 year", "1年"),
        ("P1M1D", "1 month 1 day", "1個月1日"),
        ("P2W", "14 days", "14日"),
        ("P0D", "0 days", "0日"),
    ],
)
def test_a_period_in_words(period: str, english: str, chinese: str) -> None:
    found = parse_period(period)
    assert found is not None
    assert (spoken_period(found), chinese_period(found)) == (english, chinese)
