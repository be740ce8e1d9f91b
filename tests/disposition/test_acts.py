"""Each kind of act: what it leaves, what goes with it, and how it is undone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin

from pdpo_audit.errors import CallError
from pdpo_audit.model.disposition.acts import DisposalAct
from pdpo_audit.workspace.acts.listing import list_items
from pdpo_audit.workspace.acts.plans.planning import MadePlan
from pdpo_audit.workspace.acts.undoing import finish, undo
from tests.disposition.material import House
from tests.workspace.library import picture


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """One house for all: each test undoes what it did, or works on a file of its own."""
    base = tmp_path_factory.mktemp("acts")
    house = House(base, 2)
    named = PngImagePlugin.PngInfo()
    named.add_text("Description", "Chan Tai Man at the opening")
    picture(8).save(house.share / "due" / "named.png", pnginfo=named)
    picture(9).save(house.share / "due" / "raw.png")
    picture(10).save(house.share / "due" / "raw.jpg")
    (house.share / "due" / "raw.xmp").write_text("<x:xmpmeta/>")
    (house.share / "due" / "p1.png.xmp").write_text("<x:xmpmeta/>")
    for name in ("first.png", "second.png"):
        picture(30).save(house.share / "kept" / name)
    for name in ("restricted", "down"):
        (base / name).mkdir()
    file = house.project.settings_path
    places = f'places = {{ restricted = "{base / "restricted"}", taken_down = "{base / "down"}" }}'
    file.write_text(file.read_text("utf-8").replace("[disposition]\n", f"[disposition]\n{places}\n"), "utf-8")
    house.project.reload()
    house.scan()
    return house


def back(house: House, made: MadePlan) -> None:
    undo(house.project, made.plan_id, by="Ho Mei", reason="the test is over")


def stands(house: House, made: MadePlan) -> dict[str, tuple[str, str]]:
    return {one.path: (one.state, one.detail) for one in list_items(house.project, made.plan_id)}


@pytest.mark.parametrize(("act", "place"), [(DisposalAct.RESTRICT, "restricted"), (DisposalAct.TAKE_DOWN, "down")])
def test_moved_to_a_declared_place_with_what_belongs_to_it(house: House, act: DisposalAct, place: str) -> None:
    before = house.files()
    made = house.approved(places=("due/p1.png",), act=act)
    assert house.run(made).states == {"done": 1}
    moved = sorted(
        str(file.relative_to(house.base / place / made.plan_id)) for file in (house.base / place).rglob("*.*")
    )
    assert [name for name in moved if "p1" in name] == ["share/due/p1.png", "share/due/p1.png.xmp"]
    assert not (house.share / "due" / "p1.png.xmp").exists()
    back(house, made)
    assert house.files() == before
    assert stands(house, made) == {"due/p1.png": ("undone", "")}


def test_a_place_on_another_file_system_is_refused(house: House) -> None:
    other = Path("/dev/shm") / f"pdpo-test-{os.getpid()}"
    if not other.parent.is_dir() or other.parent.stat().st_dev == house.share.stat().st_dev:
        pytest.skip("no second file system here")
    other.mkdir()
    file, before = house.project.settings_path, house.files()
    text = file.read_text("utf-8")
    try:
        made = house.approved(places=("due/p1.png",), act=DisposalAct.RESTRICT)
        file.write_text(text.replace(str(house.base / "restricted"), str(other)), "utf-8")
        house.project.reload()
        assert house.run(made).left_alone == {"other_mount": 1}
        assert house.files() == before
        assert [one for one in other.rglob("*") if one.is_file()] == []
    finally:
        file.write_text(text, "utf-8")
        house.project.reload()
        os.system(f"rm -r {other}")


def test_an_additional_copy_becomes_a_pointer(house: House) -> None:
    before = house.files()
    made = house.approved(places=("kept/second.png", "kept/first.png"), act=DisposalAct.LINK)
    assert made.copies == 1
    (item,) = list_items(house.project, made.plan_id)
    assert house.run(made).states == {"quarantined": 1}
    pointer = house.share / f"{item.path}.moved.txt"
    other = ({"kept/first.png", "kept/second.png"} - {item.path}).pop()
    assert f"share: {other}" in pointer.read_text("utf-8")
    back(house, made)
    assert house.files() == before


def test_a_pointer_that_somebody_edited_is_not_taken_away(house: House) -> None:
    made = house.approved(places=("kept/second.png", "kept/first.png"), act=DisposalAct.LINK)
    house.run(made)
    (pointer,) = (house.share / "kept").glob("*.moved.txt")
    pointer.write_text("mine")
    back(house, made)
    assert stands(house, made).popitem()[1] == ("quarantined", "changed")
    assert pointer.read_text() == "mine"
    pointer.unlink()
    back(house, made)
    assert stands(house, made).popitem()[1][0] == "undone"


def test_names_are_stripped_and_the_old_file_waits(house: House) -> None:
    before = house.files()
    made = house.approved(places=("due/named.png",), act=DisposalAct.STRIP)
    assert house.run(made).states == {"quarantined": 1}
    new = house.share / "due" / "named.png"
    assert b"Chan" not in new.read_bytes()
    house.scan()
    old = house.quarantined()
    house.later(31)
    house.hold("due/named.png")
    assert finish(house.project, made.plan_id).left_alone == {"on_hold": 1}
    assert house.quarantined() == old
    house.later(-31)
    with Image.open(new) as shown:
        assert shown.tobytes() == picture(8).tobytes()
    back(house, made)
    assert house.files() == before


def test_what_cannot_be_masked_is_left_as_it_is(house: House) -> None:
    before = house.files()
    made = house.approved(places=("due/p0.png",), act=DisposalAct.STRIP)
    assert house.run(made).left_alone == {"not_masked": 1}
    assert house.files() == before


def test_pictures_of_one_name_are_one_decision(house: House) -> None:
    made = house.approved(places=("due/raw.jpg",), act=DisposalAct.RESTRICT)
    assert set(stands(house, made)) == {"due/raw.jpg", "due/raw.png"}
    before = house.files()
    assert house.run(made).states == {"done": 2}
    assert not list((house.share / "due").glob("raw.*"))
    back(house, made)
    assert house.files() == before


def test_a_companion_that_changed_keeps_the_copy_where_it_is(house: House) -> None:
    made = house.approved(places=("due/p1.png",), act=DisposalAct.RESTRICT)
    sidecar = house.share / "due" / "p1.png.xmp"
    sidecar.write_text("somebody works on it")
    before = house.files()
    assert house.run(made).left_alone == {"companion": 1}
    assert (house.files(), house.quarantined()) == (before, [])
    sidecar.write_text("<x:xmpmeta/>")


def test_to_keep_needs_a_reason_and_an_end(house: House) -> None:
    with pytest.raises(CallError, match="reason and the last day"):
        house.quick(places=("due/p0.png",), act=DisposalAct.KEEP, reason="an exhibition")
    made = house.approved(places=("due/p0.png",), act=DisposalAct.KEEP, reason="an exhibition", until="2027-06-30")
    assert house.run(made).states == {"done": 1}
    assert (house.share / "due" / "p0.png").is_file()


def test_without_a_quarantine_it_ends_at_once_and_hard_links_are_told(house: House) -> None:
    file = house.project.settings_path
    text = file.read_text("utf-8")
    os.link(house.share / "due" / "p0.png", house.share / "kept" / "linked.png")
    file.write_text(text.replace("[disposition]\n", '[disposition]\nquarantine = "P0D"\n'), "utf-8")
    house.project.reload()
    made = house.approved(places=("due/p0.png",))
    assert made.frees == 0
    assert house.run(made).states == {"done": 1}
    (item,) = list_items(house.project, made.plan_id)
    assert "1 other names of the same file keep its content" in item.words
    assert not (house.share / "due" / "p0.png").exists()
    assert finish(house.project, made.plan_id).states == {"done": 1}
    file.write_text(text, "utf-8")
    house.project.reload()
