"""Holds: placed by a role, released by the same role only, and every change an event."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from pdpo_audit import Workspace
from pdpo_audit.errors import CallError
from pdpo_audit.workspace.project import ScanOptions
from pdpo_audit.workspace.review.holds import Placed, Selectors, add_hold, list_holds, release_hold
from tests.workspace.library import make_library, picture


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    make_library(tmp_path / "share", 4, copies=1)
    picture(0).save(tmp_path / "share" / "set3" / "smaller.jpg", quality=70)
    workspace = Workspace.create(tmp_path / "audit")
    workspace.add(tmp_path / "share")
    workspace.scan(ScanOptions(workers=0, people="off"))
    return workspace


def place(workspace: Workspace, selectors: Selectors, kind: str = "legal_hold") -> str:
    return add_hold(
        workspace.project, kind=kind, matter="HCA 1", issued_by="Wong", issuer_role="legal", selectors=selectors
    ).hold.hold_id


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


def test_a_hold_by_content_takes_several_pictures(workspace: Workspace) -> None:
    digests = workspace.table("holdings").set_index("path")["sha256"]
    place(workspace, Selectors(sha256=(digests["set0/IMG_0000.jpg"].upper(), digests["set2/IMG_0002.jpg"])))
    found = outcomes(workspace)
    assert {path for path, outcome in found.items() if outcome == "on_hold"} == {
        "set0/IMG_0000.jpg", "copies/copy of 0.jpg", "set2/IMG_0002.jpg"
    }  # fmt: skip


def test_a_person_search_is_held_with_every_copy_of_what_it_found(workspace: Workspace, tmp_path: Path) -> None:
    found = tmp_path / "found.json"
    listed = {"by_picture": [], "by_face": [{"rank": 1, "source": "share", "path": "set0/IMG_0000.jpg"}]}
    found.write_text(json.dumps(listed), "utf-8")
    placed = add_hold(
        workspace.project, kind="access_request", matter="DAR 7", issued_by="Chan", issuer_role="dpo",
        selectors=Selectors(found=found),
    )  # fmt: skip
    assert placed.holdings == 3
    after = outcomes(workspace)
    assert after["copies/copy of 0.jpg"] == after["set3/smaller.jpg"] == "on_hold"
    listed["by_face"][0]["path"] = "set0/gone.jpg"
    for text, words in (
        (json.dumps(listed), "does not know"),
        ("[]", "no result of a person search"),
        ("{", "no result"),
    ):
        found.write_text(text, "utf-8")
        with pytest.raises(CallError, match=words):
            place(workspace, Selectors(found=found))


@pytest.mark.parametrize(
    ("selectors", "words"),
    [
        (Selectors(sha256=("abc",)), "no SHA-256"),
        (Selectors(cluster_id="nowhere"), "no duplicate cluster"),
        (Selectors(source="shar"), 'did you mean "share"'),
        (Selectors(captured_from=date(2024, 2, 1), captured_until=date(2024, 1, 1)), "ends before it begins"),
        (Selectors(found=Path("nowhere.json")), "cannot be read"),
    ],
)
def test_a_selector_that_cannot_be_is_refused(workspace: Workspace, selectors: Selectors, words: str) -> None:
    with pytest.raises(CallError, match=words):
        place(workspace, selectors)


def test_every_change_is_an_event(workspace: Workspace) -> None:
    hold = place(workspace, Selectors(source="share"))
    release_hold(workspace.project, hold, released_by="Wong", role="legal")
    kinds = [entry.event.kind for entry in workspace.project.store.events()]
    assert kinds == ["scanned", "hold placed", "hold released"]
    details = workspace.project.store.events()[1].event.details
    assert (details["issued_by"], details["selects"], details["holdings"]) == ("Wong", "source share", 6)


def test_a_new_hold_says_what_it_selects_and_one_that_selects_nothing_is_not_placed(workspace: Workspace) -> None:
    def add(pattern: str, *, expect_none: bool = False) -> Placed:
        return add_hold(
            workspace.project, kind="legal_hold", matter="HCA 1", issued_by="Wong", issuer_role="legal",
            selectors=Selectors(path_pattern=pattern), expect_none=expect_none,
        )  # fmt: skip

    placed = add("**/*.jpg")
    assert (placed.holdings, len(placed.first), placed.first[0]) == (6, 5, "share:copies/copy of 0.jpg")
    with pytest.raises(CallError, match="select none of 6 holdings"):
        add("*.jpg")
    assert [one.hold_id for one in list_holds(workspace.project)] == [placed.hold.hold_id]
    assert add("2027/**", expect_none=True).holdings == 0


def test_a_list_of_version_0_1_is_read_though_it_spells_places_otherwise(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "share" / "50% off.jpg").write_bytes((tmp_path / "share" / "set1" / "IMG_0001.jpg").read_bytes())
    workspace.scan(ScanOptions(workers=0, people="off"))
    found = tmp_path / "found.json"
    found.write_text(json.dumps({"by_picture": [{"source": "share", "path": "50% off.jpg"}], "by_face": []}), "utf-8")
    place(workspace, Selectors(found=found))
    assert outcomes(workspace)["50%25 off.jpg"] == "on_hold"
