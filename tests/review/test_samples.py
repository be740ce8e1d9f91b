"""A manual check on the pages: drawn, judged without knowing what the program says, logged, and in the report."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from pdpo_audit import Workspace
from pdpo_audit.workspace.project import ScanOptions
from pdpo_audit.workspace.sampling.drawing import NEGATIVE, POSITIVE, Answer, keep_answers
from pdpo_audit.workspace.sampling.results import sample_results, sample_spoken
from tests.review.conftest import Visitor

Join = Callable[[str], Visitor]


def fields(text: str) -> dict[str, str]:
    """What the form of the picture that is shown sends."""
    form = text.partition('action="/samples/judge"')[2].partition("</form>")[0]
    found = dict(re.findall(r'<input type="hidden" name="(sample|number|reason)" value="([^"]*)">', form))
    assert found.keys() == {"sample", "number", "reason"}
    return found


def clear_looks(workspace: Workspace) -> list[Any]:
    events = [one.event for one in workspace.project.store.events()]
    return [one.details for one in events if one.kind == "picture shown clear"]


def test_a_sample_is_judged_picture_by_picture_and_enters_the_report(workspace: Workspace, join: Join) -> None:
    visitor = join("Chan Tai Man")
    early = visitor.submit("/samples/begin", each=3)
    assert early.status_code == 400 and "looked at for people" in early.text
    workspace.scan(ScanOptions(workers=0, people="all"))
    drawn = visitor.submit("/samples/begin", each=3)
    assert drawn.url.path == "/samples" and NEGATIVE not in drawn.text
    sample = re.search(r'name="sample" value="(\w+)"', drawn.text)
    assert sample and clear_looks(workspace) == []
    asked = {"sample": sample[1], "number": 1}
    assert visitor.submit("/samples/look", **asked, reason="").status_code == 400 and clear_looks(workspace) == []
    shown = visitor.submit("/samples/look", **asked, reason="quarterly check")
    kept = json.loads(workspace.project.store.recall("sample_on_pages"))["pictures"]
    said = ["yes", "no", *["cannot"] * (len(kept) - 2)]
    for seen in said:
        assert 'src="data:image/jpeg' in shown.text and NEGATIVE not in shown.text
        shown = visitor.submit("/samples/judge", **fields(shown.text), seen=seen)
    looks = clear_looks(workspace)
    assert [one["reason"] for one in looks] == ["quarterly check"] * len(kept) and looks[0]["by"] == "Chan Tai Man"
    assert shown.url.path == "/samples" and f"{len(kept)} of {len(kept)}" in shown.text
    done = visitor.submit("/samples/finish", sample=sample[1])
    found = sample_results(workspace.project)
    first, second = (says == NEGATIVE for _, says in kept[:2])
    assert (found["negatives"], found["missed"]) == (first + second, first)
    assert (found["positives"], found["false_alarms"]) == (2 - first - second, not second)
    assert found["unanswered"] == len(kept) - 2 and f"Persons missed: {int(first)} of" in done.text
    assert f"said to show none {int(first)} did" in sample_spoken(workspace.project)["sample check"]
    again = visitor.submit("/samples/judge", **asked, reason="quarterly check", seen="no")
    assert again.status_code == 200
    visitor.submit("/samples/finish", sample=sample[1])
    assert sample_results(workspace.project)["missed"] == 0
    assert sample_results(workspace.project)["false_alarms"] == (not first) + (not second)


@pytest.mark.parametrize(("name", "status"), [("Ho Mei", 403), ("Vera Wong", 403), ("Ada Lam", 403)])
def test_who_sees_no_clear_picture_or_not_all_sources_judges_none(
    workspace: Workspace, join: Join, name: str, status: int
) -> None:
    visitor = join(name)
    assert visitor.get("/samples").status_code == status
    for act in ("begin", "look", "judge", "finish"):
        assert visitor.submit(f"/samples/{act}", each=3, sample="x", number=1, seen="yes").status_code == status
    assert workspace.project.store.recall("sample_on_pages") == ""


def test_another_draw_and_pictures_that_are_gone_are_told(workspace: Workspace, join: Join) -> None:
    workspace.scan(ScanOptions(workers=0, people="all"))
    visitor = join("Chan Tai Man")
    first = re.findall(r'name="sample" value="(\w+)"', visitor.submit("/samples/begin", each=2).text)[0]
    second = re.findall(r'name="sample" value="(\w+)"', visitor.submit("/samples/begin", each=2).text)[0]
    assert visitor.submit("/samples/judge", sample=first, number=1, seen="yes", reason="check").status_code == 400
    assert visitor.submit("/samples/judge", sample=second, number=9, seen="yes", reason="check").status_code == 400
    assert visitor.submit("/samples/judge", sample=second, number=1, seen="maybe").status_code == 400
    assert visitor.submit("/samples/finish", sample=second).status_code == 400
    assert visitor.submit("/samples/begin", each=0).status_code == 400
    for folder in ("studio", "archive"):
        for file in (workspace.project.folder.parent / folder).iterdir():
            file.unlink()
    gone = visitor.submit("/samples/look", sample=second, number=1, reason="quarterly check")
    assert gone.status_code == 200 and "cannot be shown" in gone.text and "seen-yes" not in gone.text


def test_false_alarms_and_misses_are_counted_each_among_their_own(workspace: Workspace) -> None:
    said = [(POSITIVE, True), (POSITIVE, False), (POSITIVE, True), (NEGATIVE, False), (NEGATIVE, True)]
    found = keep_answers(workspace.project, [Answer(says=says, seen=seen, by="Ho Mei") for says, seen in said], 4)
    assert (found.positives, found.false_alarms, found.negatives, found.missed, found.unanswered) == (3, 1, 2, 1, 4)
    assert found.false_alarm_rate.low < 1 / 3 < found.false_alarm_rate.high and found.checked_by == ("Ho Mei",)
