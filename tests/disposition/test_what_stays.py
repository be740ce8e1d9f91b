"""What stays: never a copy that is due itself, told to whoever approves, and told anew when a certificate is made."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pypdfium2
import pytest

from pdpo_audit.model.disposition.acts import DisposalAct
from pdpo_audit.workspace.acts.certifying import certify
from pdpo_audit.workspace.acts.plans.planning import MadePlan
from pdpo_audit.workspace.acts.showing import shown_plan
from pdpo_audit.workspace.acts.undoing import finish
from tests.disposition.material import DUE, House
from tests.workspace.library import picture


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A house that is scanned once: of p0 there is another copy that is due, of p1 one that is not."""
    house = House(tmp_path_factory.mktemp("scanned"), 2)
    shutil.copy(house.share / "due" / "p0.png", house.share / "due" / "sub" / "twin.png")
    shutil.copy(house.share / "due" / "p1.png", house.share / "kept" / "p1.png")
    house.scan()
    house.workspace.close()
    return house


@pytest.fixture
def house(scanned: House, tmp_path: Path) -> House:
    """A copy of it, in which approvals count for longer than a quarantine lasts."""
    made = scanned.copied(tmp_path)
    file = made.project.settings_path
    text = file.read_text("utf-8")
    file.write_text(text.replace("[disposition]", '[disposition]\napproval_life = "P90D"'), "utf-8")
    made.project.reload()
    return made


def folder(house: House, made: MadePlan) -> Path:
    return house.project.folder / "disposals" / made.plan_id


def lines(house: House, made: MadePlan) -> dict[str, dict[str, Any]]:
    text = (folder(house, made) / "items.jsonl").read_text("utf-8")
    return {line["path"]: line for line in map(json.loads, text.splitlines())}


def pages(file: Path) -> str:
    document = pypdfium2.PdfDocument(file)
    return " ".join(page.get_textpage().get_text_bounded() for page in document).replace("\r\n", " ")


def test_a_copy_that_is_due_itself_is_none_that_stays(house: House) -> None:
    """Only one of two due copies is planned: the other one's time has come as well, so none stays, and all are told."""
    made = house.plan(places=("due/p0.png", "due/p1.png"))
    found = lines(house, made)
    assert (found["due/p0.png"]["keepers"], found["due/p0.png"]["legal"]) == ([], "no copy stays")
    assert [one["path"] for one in found["due/p1.png"]["keepers"]] == ["kept/p1.png"]
    assert (made.no_copy_stays, made.approvals) == (1, ("owner", "dpo", "legal"))
    sheet = openpyxl.load_workbook(folder(house, made) / "plan.xlsx")["Plan"]
    names, *rows = sheet.iter_rows(values_only=True)
    stays = {row[names.index("path")]: str(row[names.index("what stays")]) for row in rows}
    assert stays["due/p0.png"] == "no copy stays"
    assert stays["due/p1.png"].endswith(": kept/p1.png")
    printed = pages(folder(house, made) / "plan.en.pdf")
    assert "Of 1 copy no other copy stays" in printed and "legal approves: no copy stays" in printed


def test_a_copy_that_stays_and_has_become_due_since_is_none(house: House) -> None:
    made = house.approved(places=("due/p1.png",))
    house.settings(DUE.format(match="kept/p1.png"))
    ran = house.run(made)
    assert (ran.left_alone, ran.states) == ({"no_copy_left": 1}, {"failed": 1})
    assert (house.share / "due" / "p1.png").is_file()


def carried_out(house: House, *places: str, act: DisposalAct | None = None) -> MadePlan:
    """A plan that everybody approves, carried out to its end."""
    made = house.approved(places=places, act=act, reason="a decision" if act else "")
    house.run(made)
    house.later(31)
    finish(house.project, made.plan_id)
    return made


def test_a_later_certificate_tells_what_became_of_what_was_to_stay(house: House) -> None:
    made = carried_out(house, "due/p1.png")
    first = certify(house.project, made.plan_id).folder
    printed = pages(first / "certificate.en.pdf")
    assert "kept/p1.png there at" in printed and "read back at the act" in printed
    house.settings(DUE.format(match="kept/p1.png"))
    other = carried_out(house, "kept/p1.png")
    again = certify(house.project, made.plan_id).folder
    assert f"stays no more: erase under plan {other.plan_id}" in pages(again / "certificate.en.pdf")
    told = json.loads((again / "results.jsonl").read_text("utf-8"))["stays"]
    assert [(one["keeper"]["path"], one["fate"], one["since"]["plan_id"]) for one in told] == [
        ("kept/p1.png", "taken", other.plan_id)
    ]
    (line,) = shown_plan(house.project, made.plan_id).lines
    assert [since.plan_id for _, since in line.stays if since] == [other.plan_id]
    frame = house.workspace.table("disposals").set_index("plan_id")
    assert (frame.loc[made.plan_id, "kept_path"], frame.loc[made.plan_id, "kept_fate"]) == ("kept/p1.png", "taken")
    assert frame.loc[made.plan_id, "kept_plan"] == other.plan_id


@pytest.mark.parametrize(
    ("happens", "fate"),
    [
        (lambda file: file.unlink(), "gone"),
        (lambda file: file.write_bytes(b"other bytes"), "changed"),
        (lambda file: file.parent.parent.rename(file.parent.parent.with_name("away")), "not_looked"),
        (lambda file: None, "stays"),
    ],
)
def test_a_certificate_looks_again_for_what_was_to_stay(
    house: House, happens: Callable[[Path], object], fate: str
) -> None:
    made = carried_out(house, "due/p1.png")
    happens(house.share / "kept" / "p1.png")
    found = certify(house.project, made.plan_id).folder
    told = json.loads((found / "results.jsonl").read_text("utf-8"))
    assert [one["fate"] for one in told["stays"]] == [fate]
    assert told["stays_read_at"] >= told["at"][:10], "it was read back at the end"


def test_a_copy_that_stays_and_waits_since_under_another_plan(house: House) -> None:
    """What was to stay of an ended copy waits itself now: it is still held, and the certificate says where."""
    made = carried_out(house, "due/p1.png")
    house.settings(DUE.format(match="kept/p1.png"))
    other = house.approved(places=("kept/p1.png",))
    assert house.run(other).states == {"quarantined": 1}
    found = certify(house.project, made.plan_id).folder
    assert f"in the quarantine of plan {other.plan_id}, still held" in pages(found / "certificate.en.pdf")


def test_a_printed_plan_shows_each_copy_whatever_its_format(tmp_path: Path) -> None:
    """Single copies of which no scan kept a picture, nobody having been looked for."""
    house = House(tmp_path, 1)
    for number, ending in enumerate(("jpg", "webp", "tif", "bmp", "gif"), start=1):
        picture(number).save(house.share / "due" / f"p.{ending}")
        (house.share / "due" / f"p.{ending}").rename(house.share / "due" / f"p{number}.{ending}")
    house.scan()
    made = house.plan()
    document = pypdfium2.PdfDocument(folder(house, made) / "plan.en.pdf")
    shown = [one for page in document for one in page.get_objects() if one.type == pypdfium2.raw.FPDF_PAGEOBJ_IMAGE]
    assert (made.copies, len(shown)) == (6, 6)


def test_a_chinese_plan_and_certificate_say_nothing_in_english(house: House) -> None:
    """But names, places and codes; what was set to end at once says that nothing can be undone."""
    file = house.project.settings_path
    text = file.read_text("utf-8").replace("[disposition]", '[disposition]\nquarantine = "P0D"')
    file.write_text(text.replace('languages = ["en"]', 'languages = ["en", "zh-Hant"]'), "utf-8")
    house.project.reload()
    (house.share / "again").mkdir()
    (house.share / "again" / "p0.png").hardlink_to(house.share / "due" / "p0.png")
    made = house.plan(source="share")
    for name in ("Ho Mei", "Chan Tai Man", "Wong Lai"):
        house.say(made, name)
    plan = pages(folder(house, made) / "plan.zh-Hant.pdf")
    assert "來源 share" in plan and "不設隔離期" in plan and "法務須批准：不保留任何副本" in plan
    assert " 0 days" not in pages(folder(house, made) / "plan.en.pdf")
    (house.share / "due" / "p1.png").write_bytes(b"other bytes")
    house.run(made)
    certificate = pages(certify(house.project, made.plan_id).folder / "certificate.zh-Hant.pdf")
    assert "同一檔案另有 1 個名稱" in certificate
    for printed in (plan, certificate):
        english = set(re.findall(r"[a-z]{2,}(?: [a-z]{2,}){2,}", printed))
        assert english == set(), english
