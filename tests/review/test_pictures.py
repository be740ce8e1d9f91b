"""Pictures: covered by the server, clear for a logged reason, never against the stop rule; and a new look ends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from pdpo_audit import Workspace
from pdpo_audit.catalogue.queries.naming import holdings_named
from pdpo_audit.catalogue.reviewing.invitations import load_accesses
from pdpo_audit.review.house import House
from pdpo_audit.review.pages.comparing import Box, align
from pdpo_audit.workspace.setup.endings import end_own_data
from tests.review.conftest import Clock, Visitor
from tests.review.test_access import cluster

Join = Callable[[str], Visitor]


def test_a_clear_picture_needs_a_reason_that_is_logged_first(workspace: Workspace, join: Join) -> None:
    visitor, key = join("Chan Tai Man"), cluster(workspace)
    assert visitor.submit(f"/case/{key}/reveal", reason=" ").status_code == 400
    assert "picture shown clear" not in {one.event.kind for one in workspace.project.store.events()}
    shown = visitor.submit(f"/case/{key}/reveal", reason="compare the two")
    assert shown.status_code == 200 and shown.text.count("data:image/jpeg;base64") == 2
    told = [one.event.details for one in workspace.project.store.events() if one.event.kind == "picture shown clear"]
    assert [(one["by"], one["reason"]) for one in told] == [("Chan Tai Man", "compare the two")] * len(told)
    assert "original.png" not in str(told) and len(told) in (1, 2)
    assert "data:image" not in visitor.get(f"/case/{key}").text.replace('href="data:,"', "")


def test_what_cannot_be_logged_is_not_shown(
    house: House, workspace: Workspace, join: Join, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor, key = join("Chan Tai Man"), cluster(workspace)
    made: list[int] = []

    def refuse(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(house.pictures, "_log", refuse)
    monkeypatch.setattr(house.pictures, "_made", lambda content, **_: made.append(content))
    assert visitor.submit(f"/case/{key}/reveal", reason="compare").status_code == 500
    assert made == []


def test_the_stop_rule_holds_from_the_flag_on(workspace: Workspace, join: Join) -> None:
    visitor, key = join("Chan Tai Man"), cluster(workspace)
    content = holdings_named(workspace.project.store, "original.png")[0].content
    assert visitor.get(f"/picture/{content}").status_code in (200, 404)  # 404 without a face engine
    settings = workspace.project.settings_path
    flagged = '\n[[sources.facts]]\nmatch = "again.png"\nsensitivity = ["suspected_intimate_or_child_abuse"]\n'
    settings.write_text(settings.read_text("utf-8") + flagged, "utf-8")
    refused = visitor.get(f"/picture/{content}")
    assert refused.status_code == 400 and "stop rule" in refused.text
    assert "data:image/jpeg" not in visitor.submit(f"/case/{key}/reveal", reason="compare").text


def test_looks_end_after_their_time(workspace: Workspace, join: Join, clock: Clock) -> None:
    visitor = join("Chan Tai Man")
    visitor.get(f"/case/{cluster(workspace)}")
    project = workspace.project
    clock.now += timedelta(days=300)
    join("Chan Tai Man").get(f"/case/{cluster(workspace)}")
    assert len(load_accesses(project.store)) == 2
    clock.now += timedelta(days=70)
    with project.store.transaction() as transaction:
        end_own_data(project, transaction)
    assert len(load_accesses(project.store)) == 1


def test_a_copy_is_laid_where_it_was_found() -> None:
    crop = align((800, 600), (200, 100), {"crop": "100,50,400,200", "crop_in": "master"})
    assert crop.copy == crop.crop == Box(x=100, y=50, width=400, height=200)
    inside = align((400, 200), (800, 600), {"crop": "100,50,400,200", "crop_in": "holding"})
    assert inside.copy == Box(x=-100, y=-50, width=800, height=600) and inside.crop is None
    turned = align((800, 600), (600, 800), {"angle": 90.0})
    assert turned.copy == Box(x=100, y=-100, width=600, height=800)
    assert turned.transform == "rotate(-90 400 300)"
    mirrored = align((800, 600), (800, 600), {"mirrored": 1, "angle": 0.0})
    assert mirrored.transform == "translate(800 0) scale(-1 1)"
    assert align((800, 600), (800, 600), {"crop": "a,b,c,d"}).copy == Box(x=0, y=0, width=800, height=600)
