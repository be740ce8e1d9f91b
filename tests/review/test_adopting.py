"""Suggested periods on the pages: seen by everybody who looks, adopted by whom it is for, in their own name."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pdpo_audit import Workspace
from pdpo_audit.workspace.rules.adopting import periods
from tests.review.conftest import HOSTILE, ORIGIN, Clock, Visitor

Join = Callable[[str], Visitor]
WRITTEN = {"rule": "CAMP-01", "on": "2026-11-02", "reference": "Retention schedule 4.2"}


@pytest.fixture
def workspace(made: Path, tmp_path: Path, clock: Clock) -> Iterator[Workspace]:
    """The workspace of the pages with a pack that suggests periods, and a lawyer who sees one source only."""
    shutil.copytree(made, tmp_path / "review")
    file = tmp_path / "review" / "audit" / "pdpo-audit.toml"
    text = file.read_text("utf-8").replace('["./rules"]', '["./rules", "hk-campaign-portraits", "hk-children-schools"]')
    part = '[[people]]\nname = "Wong Lai"\nroles = ["legal"]\nsees = ["studio"]\n\n[[people]]\nname = "Vera Wong"'
    file.write_text(text.replace('[[people]]\nname = "Vera Wong"', part), "utf-8")
    opened = Workspace.open(tmp_path / "review" / "audit", clock=clock)
    yield opened
    opened.close()


def in_force(workspace: Workspace) -> dict[str, str]:
    return {line.rule: line.adopted_by for line in periods(workspace.project) if line.in_force}


def test_a_period_is_adopted_in_ones_own_name_and_said_in_both_languages(workspace: Workspace, join: Join) -> None:
    visitor = join("Chan Tai Man")
    before = visitor.get("/periods")
    assert "CAMP-01" in before.text and "not adopted" in before.text and in_force(workspace) == {}
    answer = visitor.submit("/periods", **WRITTEN)
    assert answer.url.path == "/periods" and "CAMP-01 was adopted by Chan Tai Man" in answer.text
    assert in_force(workspace) == {"CAMP-01": "Chan Tai Man"}
    (event,) = [one.event for one in workspace.project.store.events() if one.event.kind == "period adopted"]
    assert event.details["reference"] == "Retention schedule 4.2" and event.details["by"] == "Chan Tai Man"
    chinese = visitor.get("/periods?lang=zh-Hant").text
    assert "由Chan Tai Man" in chinese and "活動結束後的額外副本" in chinese


def test_another_period_and_a_last_day_are_taken(workspace: Workspace, join: Join) -> None:
    visitor = join("Chan Tai Man")
    visitor.submit("/periods", **WRITTEN, period="P60D", until="2027-12-31")
    (line,) = [one for one in periods(workspace.project) if one.rule == "CAMP-01"]
    assert line.until == "2027-12-31" and "The period of 60 days (suggested: 90 days) is" in line.standing["en"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"on": ""}, "the day of the adoption is missing"), ({"on": "2.11.2026"}, "is no day"),
        ({"on": "2026-12-01"}, "is not over"), ({"rule": "CAMP-99"}, "there is no rule"),
        ({"rule": "CAMP-02"}, "is no suggestion"), ({"period": "60 days"}, "is not a period"),
        ({"rule": "CHILD-02", "period": "P60D"}, "no length of time"), ({"until": "2026-11-01"}, "before it was made"),
        ({"reference": "x" * 301}, "more than 300 characters"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_and_nothing_recorded(
    workspace: Workspace, join: Join, change: dict[str, str], said: str
) -> None:
    answer = join("Chan Tai Man").submit("/periods", **(WRITTEN | change))
    assert answer.status_code == 400 and said in answer.text and in_force(workspace) == {}


@pytest.mark.parametrize("name", ["Ho Mei", "Vera Wong", "Wong Lai", "Ada Lam"])
def test_nobody_adopts_who_may_not_or_sees_a_part_only(workspace: Workspace, join: Join, name: str) -> None:
    visitor = join(name)
    page = visitor.get("/periods")
    assert page.status_code == (403 if name == "Ada Lam" else 200) and 'name="rule"' not in page.text
    assert visitor.submit("/periods", **WRITTEN).status_code == 403
    assert in_force(workspace) == {}


def test_a_form_of_another_site_adopts_nothing(workspace: Workspace, join: Join) -> None:
    visitor = join("Chan Tai Man")
    assert visitor.post("/periods", data={"csrf": "0" * 64, **WRITTEN}, headers={"origin": ORIGIN}).status_code == 403
    assert visitor.post("/periods", data=WRITTEN, headers={"origin": "https://elsewhere.example"}).status_code == 403
    assert in_force(workspace) == {}


def test_a_reference_is_text_and_the_same_adoption_is_recorded_once(workspace: Workspace, join: Join) -> None:
    visitor = join("Chan Tai Man")
    answer = visitor.submit("/periods", **(WRITTEN | {"reference": HOSTILE}))
    assert HOSTILE not in answer.text and "&lt;script&gt;" in answer.text
    again = visitor.submit("/periods", **(WRITTEN | {"reference": HOSTILE}))
    assert again.status_code == 400 and "already" in again.text
    assert len(re.findall(r'<section id="CAMP-01"', visitor.get("/periods").text)) == 1
