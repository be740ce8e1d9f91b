"""When reviews come: words and RRULEs, month ends and leap days, holidays, and rules that nobody could live with."""

from __future__ import annotations

from datetime import date
from itertools import islice

import pytest

from pdpo_audit.errors import CallError
from pdpo_audit.model.reviews.plans import Plan, PlanVersion
from pdpo_audit.scheduling.rules import read_rule, rule_days
from pdpo_audit.scheduling.slots import slots
from pdpo_audit.scheduling.working_days import is_working_day, working_day_from


def days(said: str, anchor: date, count: int = 4) -> list[str]:
    return [day.isoformat() for day in islice(rule_days(read_rule(said, anchor), anchor), count)]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("quarterly", ["2026-11-30", "2027-02-28", "2027-05-30", "2027-08-30"]),
        ("monthly", ["2026-11-30", "2026-12-30", "2027-01-30", "2027-02-28"]),
        ("every 6 months", ["2026-11-30", "2027-05-30", "2027-11-30", "2028-05-30"]),
        ("Every two years", ["2026-11-30", "2028-11-30", "2030-11-30", "2032-11-30"]),
        ("every other week", ["2026-11-30", "2026-12-14", "2026-12-28", "2027-01-11"]),
        ("last weekday of the quarter", ["2026-12-31", "2027-03-31", "2027-06-30", "2027-09-30"]),
        ("first Monday of the month", ["2026-12-07", "2027-01-04", "2027-02-01", "2027-03-01"]),
        ("first working day of each half-year", ["2027-01-01", "2027-07-01", "2028-01-03", "2028-07-03"]),
        ("15th of the month", ["2026-12-15", "2027-01-15", "2027-02-15", "2027-03-15"]),
        ("31st of the month", ["2026-11-30", "2026-12-31", "2027-01-31", "2027-02-28"]),
        ("end of the year", ["2026-12-31", "2027-12-31", "2028-12-31", "2029-12-31"]),
        ("每季", ["2026-11-30", "2027-02-28", "2027-05-30", "2027-08-30"]),
        ("RRULE:FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=1", ["2027-06-01", "2028-06-01", "2029-06-01", "2030-06-01"]),
    ],
)  # fmt: skip
def test_words_and_rrules_give_these_days(said: str, expected: list[str]) -> None:
    assert days(said, date(2026, 11, 30)) == expected


def test_a_plan_of_the_leap_day_comes_every_year() -> None:
    assert days("yearly", date(2028, 2, 29), 5) == [
        "2028-02-29", "2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "said",
    [
        "now and then", "every", "every 0 months", "last Blursday of the month", "32nd of the month", "FREQ=DAILY",
        "FREQ=WEEKLY;BYDAY=MO,TH", "FREQ=MONTHLY;BYMONTHDAY=1,3", "FREQ=MONTHLY;BYHOUR=9", "FREQ=SOMETIMES",
        "FREQ=YEARLY;UNTIL=20200101", "FREQ=MONTHLY;DTSTART=20260101", "FREQ=MONTHLY;BYDAY=XX", "",
    ],
)  # fmt: skip
def test_what_is_no_plan_is_refused_with_a_way_out(said: str) -> None:
    with pytest.raises(CallError) as refused:
        read_rule(said, date(2026, 11, 30))
    assert "quarterly" in refused.value.advice


def test_a_slot_on_a_holiday_is_due_on_the_next_working_day_and_keeps_its_date() -> None:
    # 2026: Christmas Day is a Friday, the day after a Saturday; New Year's Day 2027 is a Friday.
    plan = Plan(name="p", every="", rrule="FREQ=WEEKLY", anchor=date(2026, 12, 25))
    history = [PlanVersion(name="p", plan=plan, since=date(2026, 12, 25))]
    found = [(slot.day.isoformat(), slot.due_on.isoformat()) for slot in slots(history, date(2027, 1, 9))]
    assert found == [("2026-12-25", "2026-12-28"), ("2027-01-01", "2027-01-04"), ("2027-01-08", "2027-01-08")]


def test_offices_are_closed_on_saturdays_sundays_and_general_holidays() -> None:
    # The second and third days of Lunar New Year 2027 (6 to 8 February, the 7th a Sunday).
    assert not any(is_working_day(date(2027, 2, day)) for day in (6, 7, 8, 9))
    assert working_day_from(date(2027, 2, 6)) == date(2027, 2, 10)


def test_two_slots_are_never_due_on_one_day() -> None:
    # Christmas 2026 closes offices from Friday to Sunday; the plan is changed on the Friday.
    yearly = [
        Plan(name="p", every="", rrule=f"FREQ=YEARLY;BYMONTH=12;BYMONTHDAY={day}", anchor=date(2026, 12, 1))
        for day in (25, 27)
    ]
    since = (date(2026, 12, 1), date(2026, 12, 26))
    history = [PlanVersion(name="p", plan=plan, since=day) for plan, day in zip(yearly, since, strict=True)]
    found = [(slot.day.day, slot.due_on.isoformat()) for slot in slots(history, date(2027, 1, 31))]
    assert found == [(25, "2026-12-28"), (27, "2026-12-29")]
