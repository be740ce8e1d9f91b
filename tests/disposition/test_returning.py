"""What was erased and lies somewhere again is told, by its bytes and its pixels, until a stated day."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest

from pdpo_audit.catalogue import log
from pdpo_audit.catalogue.schedules.outbox import waiting
from pdpo_audit.workspace.acts.undoing import finish, undo
from pdpo_audit.workspace.returning.keys import FOLDER
from pdpo_audit.workspace.returning.listing import returned_copies
from tests.disposition.material import House
from tests.workspace.library import picture


@pytest.fixture(scope="module")
def erased(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A house in which three pictures were erased; a copy of the first was kept as it lay."""
    house = House(tmp_path_factory.mktemp("house"))
    (house.share / "kept" / "before.png").write_bytes((house.share / "due" / "p0.png").read_bytes())
    house.scan()
    made = house.approved(places=("due/**",))
    assert house.run(made).states == {"quarantined": 3}
    assert finish(house.project, made.plan_id, early=True).states == {"done": 3}
    house.scan()
    return house


def told(house: House) -> dict[str, str]:
    """The copies in which erased ones came back, by the finding, with their likely cause."""
    house.workspace.assess()
    findings = house.workspace.table("findings")
    rows = findings[findings["rule"] == "CORE-26"]
    assert set(rows["severity"]) <= {"major"}
    return dict(zip(rows["path"], rows["explanation"], strict=True))


def test_nothing_is_told_of_what_was_there_all_along(erased: House) -> None:
    assert told(erased) == {}


def test_bytes_and_pixels_are_known_again(erased: House, tmp_path: Path) -> None:
    house = erased.copied(tmp_path)
    (house.share / "due" / "p1.png").write_bytes(coded(1))
    (house.share / "kept" / "renamed.dat.png").write_bytes(coded(1))
    for number, format in ((0, "BMP"), (1, "TIFF"), (2, "WEBP")):
        options = {"lossless": True} if format == "WEBP" else {}
        picture(number).save(house.share / "kept" / f"other{number}.{format.lower()}", format, **options)
    picture(7).save(house.share / "kept" / "new.png")
    almost = picture(2).convert("RGB")
    almost.putpixel((0, 0), (1, 2, 3))
    almost.save(house.share / "kept" / "almost.png")
    house.settings('\n[notices]\nwebhook = "http://127.0.0.1:9/hook"\n')
    house.scan()
    assert waiting(house.project.store)[0] == 1
    assert set(told(house)) == {
        "due/p1.png", "kept/renamed.dat.png", "kept/other0.bmp", "kept/other1.tiff", "kept/other2.webp",
    }  # fmt: skip
    house.scan()
    assert len(told(house)) == 5 and waiting(house.project.store)[0] == 1
    causes = {one.path: (one.match, one.cause, one.erased_path) for one in returned_copies(house.project)}
    assert causes == {
        "due/p1.png": ("bytes", "restored", "due/p1.png"),
        "kept/renamed.dat.png": ("bytes", "uploaded", "due/p1.png"),
        "kept/other0.bmp": ("pixels", "made_again", "due/p0.png"),
        "kept/other1.tiff": ("pixels", "made_again", "due/p1.png"),
        "kept/other2.webp": ("pixels", "made_again", "due/p2.png"),
    }


def coded(number: int) -> bytes:
    written = BytesIO()
    picture(number).save(written, "PNG")
    return written.getvalue()


def test_after_its_day_nothing_is_told_and_the_key_is_gone(erased: House, tmp_path: Path) -> None:
    house = erased.copied(tmp_path)
    (house.share / "due" / "p1.png").write_bytes(coded(1))
    house.scan()
    assert set(told(house)) == {"due/p1.png"}
    keys = list((house.project.folder / FOLDER).iterdir())
    assert len(keys) == 1 and keys[0].stat().st_mode & 0o077 == 0
    house.later(3 * 365 + 2)
    (house.share / "kept" / "late.png").write_bytes(coded(2))
    house.scan()
    assert list((house.project.folder / FOLDER).iterdir()) == []
    assert told(house) == {}
    assert "alarm keys destroyed" in kinds(house)


def kinds(house: House) -> set[str]:
    with house.project.store.reading() as connection:
        return {entry.event.kind for entry in log.read(connection)}


def test_what_was_put_back_never_went(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.scan()
    made = house.approved()
    house.run(made)
    undo(house.project, made.plan_id, by="Ho Mei", reason="the wrong campaign")
    house.scan()
    assert told(house) == {}
    assert not (house.project.folder / FOLDER).exists()
