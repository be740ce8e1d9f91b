"""What stays: never a copy that is due itself, told to whoever approves, and told anew when a certificate is made."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import openpyxl
import pypdfium2
import pytest

from pdpo_audit.workspace.acts.plans.planning import MadePlan
from tests.disposition.material import DUE, House


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
    return scanned.copied(tmp_path)


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
