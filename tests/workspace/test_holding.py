"""Holds: placed by a role, released by the same role only, and every change an event."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pdpo_audit import Workspace
from pdpo_audit.errors import CallError
from pdpo_audit.workspace.holding import Selectors, add_hold, list_holds, release_hold
from pdpo_audit.workspace.project import ScanOptions
from tests.workspace.library import make_library


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    make_library(tmp_path / "share", 4)
    workspace = Workspace.create(tmp_path / "audit")
    workspace.add(tmp_path / "share")
    workspace.scan(ScanOptions(workers=0, people="off"))
    return workspace


def place(workspace: Workspace, selectors: Selectors, kind: str = "legal_hold") -> str:
    return add_hold(
        workspace.project, kind=kind, matter="HCA 1", issued_by="Wong", issuer_role="legal", selectors=selectors
    ).hold_id


def outcomes(workspace: Workspace) -> dict[str, str]:
    workspace.assess()
    table = workspace.table("dispositions")
    return dict(zip(table["path"], table["outcome"], strict=True))


def test_a_hold_keeps_what_it_selects_until_it_is_released(workspace: Workspace) -> None:
    hold = place(workspace, Selectors(path_pattern="set1/*"))
    before = outcomes(workspace)
    assert before["set1/IMG_0001.jpg"] == "on_hold" and "on_hold" not in {before["set0/IMG_0000.jpg"]}
    release_hold(workspace.project, hold, released_by="Wong", role="legal")
    assert "on_hold" not in outcomes(workspace).values()
    assert [one.released_on for one in list_holds(workspace.project)] == [workspace.project.clock().date()]


def test_several_holds_on_one_holding_are_released_one_by_one(workspace: Workspace) -> None:
    first = place(workspace, Selectors(path_pattern="set1/*"))
    place(workspace, Selectors(source="share"), kind="complaint")
    release_hold(workspace.project, first, released_by="Wong", role="legal")
    assert set(outcomes(workspace).values()) == {"on_hold"}


def test_only_the_role_that_placed_a_hold_releases_it_and_only_once(workspace: Workspace) -> None:
    hold = place(workspace, Selectors(captured_from=date(2020, 1, 1)))
    with pytest.raises(CallError, match="only that role"):
        release_hold(workspace.project, hold, released_by="Chan", role="dpo")
    release_hold(workspace.project, hold, released_by="Wong", role="legal")
    with pytest.raises(CallError, match="was released"):
        release_hold(workspace.project, hold, released_by="Wong", role="legal")


@pytest.mark.parametrize(
    ("kind", "selectors"),
    [("legal_hold", Selectors()), ("wish", Selectors(source="share")), ("complaint", Selectors(source="?"))],
)
def test_a_hold_on_nothing_or_of_no_kind_is_refused(workspace: Workspace, kind: str, selectors: Selectors) -> None:
    with pytest.raises(CallError):
        place(workspace, selectors, kind)


def test_every_change_is_an_event(workspace: Workspace) -> None:
    hold = place(workspace, Selectors(source="share"))
    release_hold(workspace.project, hold, released_by="Wong", role="legal")
    kinds = [entry.event.kind for entry in workspace.project.store.events()]
    assert kinds == ["scanned", "hold placed", "hold released"]
