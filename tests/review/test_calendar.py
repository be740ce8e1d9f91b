"""Reviews on the pages: the start page names them, and a calendar program reads them by a secret address."""

from __future__ import annotations

from collections.abc import Callable

from icalendar import Calendar

from pdpo_audit.review.house import House
from pdpo_audit.workspace.plans.planning import Wish, add_plan
from pdpo_audit.workspace.plans.timing import calendar_address
from tests.review.conftest import Visitor


def test_the_calendar_is_served_to_who_knows_its_address_and_nobody_else(
    house: House, stranger: Callable[[], Visitor]
) -> None:
    add_plan(house.project, "quarterly", Wish(every="quarterly"), by="Chan Tai Man")
    address = calendar_address(house.project)
    answer = stranger().get(address)
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/calendar")
    events = Calendar.from_ical(answer.content).walk("VEVENT")
    assert len(events) == 8 and "original.png" not in answer.text
    wrong = address.replace(address[10], "0" if address[10] != "0" else "1")
    assert stranger().get(wrong).status_code == 404


def test_the_start_page_names_reviews_that_come_up(house: House, join: Callable[[str], Visitor]) -> None:
    add_plan(house.project, "quarterly", Wish(every="quarterly"), by="Chan Tai Man")
    assert ">quarterly<" in join("Chan Tai Man").get("/").text
