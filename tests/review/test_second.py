"""Four eyes: the second decision is another person's, in another browser, and made without knowing the first."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from pdpo_audit import Workspace
from pdpo_audit.model.reviewing.records import wilson
from pdpo_audit.review.house import House
from pdpo_audit.workspace.review.four_eyes.record import agreement
from pdpo_audit.workspace.review.invitations import invite
from tests.review.conftest import ORIGIN, Visitor
from tests.review.test_access import cluster, decided

Join = Callable[[str], Visitor]
SECOND = '\n[review]\nsecond_look = 1.0\n\n[[people]]\nname = "Wong Second"\nroles = ["reviewer"]\n'
NONE = "\n[review]\nsecond_look = 0.0\n"


def state(workspace: Workspace, text: str) -> None:
    """Put more into the settings of a workspace."""
    path = workspace.project.settings_path
    path.write_text(path.read_text("utf-8") + text, "utf-8")
    workspace.project.reload()


def look(visitor: Visitor) -> str:
    """The address of the first case that waits for this person as the second."""
    found = re.search(r'href="(/second/\d+)"', visitor.get("/second").text)
    return found[1] if found else ""


def read(visitor: Visitor, address: str, **said: str) -> object:
    version = re.search(r'name="version" value="(\w+)"', visitor.get(address).text)
    return visitor.submit(address, version=version[1] if version else "", **said)


def test_a_second_person_reads_blind_and_the_agreement_is_counted(workspace: Workspace, join: Join) -> None:
    state(workspace, SECOND)
    first, second, key = join("Chan Tai Man"), join("Wong Second"), cluster(workspace)
    first.submit(f"/case/{key}/decide", choice="disagree", reason="a campaign goes on", **first.case(key))
    assert look(first) == ""  # nobody is the second of themselves
    address = look(second)
    for page in (address, f"/case/{key}", "/queue?status=", "/queue?status=&determination=disagree"):
        text = second.get(page).text
        assert "a campaign goes on" not in text and 'class="done"' not in text and ">Disagreed<" not in text, page
    assert f'href="{address}"' in second.get(f"/case/{key}").text
    assert ">Disagreed<" in first.get("/queue?status=").text
    answer = read(second, address, choice="agree")
    assert answer.status_code == 200 and "The two decisions differ" in answer.text  # type: ignore[attr-defined]
    assert "a campaign goes on" in second.get(f"/case/{key}").text
    found = agreement(workspace.project)
    assert (found.drawn, found.read, found.agreed, found.unsettled) == (1, 1, 0, 1)
    assert set(workspace.table("findings")["determination"]) == {"", "disagree"}  # the first stands
    workspace.project.clock.forward(minutes=5)  # type: ignore[attr-defined]
    ids = list(workspace.table("findings").query("determination == 'disagree'")["finding_id"])
    second.submit(f"/case/{key}/decide", choice="agree", version=second.case(key)["version"], finding=ids)
    assert agreement(workspace.project).unsettled == 0


def test_nobody_decides_openly_what_they_have_to_read_blind(workspace: Workspace, join: Join) -> None:
    state(workspace, SECOND)
    first, second, key = join("Chan Tai Man"), join("Wong Second"), cluster(workspace)
    fields = first.case(key)
    first.submit(f"/case/{key}/decide", choice="agree", **fields)
    shown = second.case(key)
    assert shown["finding"] == []
    refused = second.submit(
        f"/case/{key}/decide", choice="disagree", reason="x", **{**shown, "finding": fields["finding"]}
    )
    assert refused.status_code == 400 and "second person" in refused.text


def test_the_browser_of_the_first_is_refused(workspace: Workspace, house: House, join: Join) -> None:
    state(workspace, SECOND)
    visitor, key = join("Chan Tai Man"), cluster(workspace)
    visitor.submit(f"/case/{key}/decide", choice="agree", **visitor.case(key))
    token = invite(house.project, "Wong Second").link.rpartition("=")[2]
    visitor.post("/join", data={"token": token}, headers={"origin": ORIGIN})  # another person in the same browser
    refused = visitor.get(look(visitor))
    assert refused.status_code == 400 and "in this browser" in refused.text
    own = join("Wong Second")
    assert read(own, look(own), choice="agree").status_code == 200  # type: ignore[attr-defined]
    assert agreement(workspace.project).agreed == 1


def test_an_exception_needs_another_person_who_is_asked(workspace: Workspace, join: Join) -> None:
    state(workspace, SECOND.replace("1.0", "0.0"))
    first, key = join("Chan Tai Man"), cluster(workspace)
    keep = {"choice": "keep", "reason": "a book", "until": "2027-06-30"}
    own = first.submit(f"/case/{key}/decide", approver=" chan TAI man ", **keep, **first.case(key))
    assert own.status_code == 400 and "somebody else" in own.text and decided(workspace) == 0
    nobody = first.submit(f"/case/{key}/decide", approver="General Counsel", **keep, **first.case(key))
    assert nobody.status_code == 400 and "not in [[people]]" in nobody.text
    first.submit(f"/case/{key}/decide", approver="Wong Second", **keep, **first.case(key))
    assert decided(workspace) == 6
    owner = join("Ho Mei")
    assert look(owner) == "" and look(join("Wong Second")) != ""  # who approves is asked, and nobody else


def test_without_a_share_nothing_is_drawn(workspace: Workspace, join: Join) -> None:
    state(workspace, NONE)
    visitor, key = join("Chan Tai Man"), cluster(workspace)
    visitor.submit(f"/case/{key}/decide", choice="agree", **visitor.case(key))
    assert agreement(workspace.project).drawn == 0


def test_a_share_is_drawn_and_undoing_draws_no_other(workspace: Workspace, join: Join) -> None:
    state(workspace, SECOND.replace("1.0", "0.5"))
    visitor, drawn = join("Chan Tai Man"), []
    for _ in range(2):
        preview = visitor.submit("/group", choice="agree", rule="T-01", source="studio", status="open")
        version = re.search(r'name="version" value="(\w+)"', preview.text)
        done = visitor.submit(
            "/group/decide", choice="agree", rule="T-01", source="studio", status="open", typed="27",
            version=version[1] if version else "",
        )  # fmt: skip
        second = join("Wong Second")
        drawn.append(re.findall(r'href="/second/\d+">([^<]+)<', second.get("/second").text))
        visitor.submit(f"{done.url.path}/undo")
        assert look(second) == ""  # what was taken back needs no second look
    assert 4 <= len(drawn[0]) <= 22 and drawn[0] == drawn[1]


def test_a_decision_anew_ends_the_look_at_the_old_one(workspace: Workspace, join: Join) -> None:
    state(workspace, SECOND)
    visitor, key = join("Chan Tai Man"), cluster(workspace)
    fields = visitor.case(key)
    visitor.submit(f"/case/{key}/decide", choice="agree", **fields)
    again = {**visitor.case(key), "finding": fields["finding"]}
    visitor.submit(f"/case/{key}/decide", choice="disagree", reason="no", **again)
    found = agreement(workspace.project)
    assert (found.drawn, found.open) == (1, 1)


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [(0, 0, 0.0, 1.0), (0, 10, 0.0, 0.2775), (8, 10, 0.4902, 0.9433), (10, 10, 0.7225, 1.0), (95, 100, 0.8882, 0.9785)],
)
def test_the_interval_is_that_of_wilson(hits: int, of: int, low: float, high: float) -> None:
    found = wilson(hits, of)
    assert found == pytest.approx((low, high), abs=1e-4)
