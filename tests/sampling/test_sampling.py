"""Samples and gates in a real workspace: a sample of everything is the truth; a move is proved to the file."""

from __future__ import annotations

import json
import shutil
from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook

from pdpo_audit import Workspace
from pdpo_audit.catalogue import schema
from pdpo_audit.errors import CallError, VerificationError
from pdpo_audit.signing.checks import Verdict
from pdpo_audit.signing.verification import verify_path
from pdpo_audit.workspace.project import HONG_KONG, Project, ScanOptions
from pdpo_audit.workspace.sampling import gates
from pdpo_audit.workspace.sampling.checking import draw_sample, read_sample
from pdpo_audit.workspace.sampling.estimating import estimate
from pdpo_audit.workspace.sampling.gates import Item
from pdpo_audit.workspace.sampling.results import sample_spoken
from tests.cli.conftest import Call, call
from tests.workspace.library import make_library, picture

__all__ = ["call"]

NOW = datetime(2026, 11, 30, 9, tzinfo=HONG_KONG)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    make_library(tmp_path / "share", 12, copies=5)
    (tmp_path / "share" / "notes.txt").write_text("no picture")
    workspace = Workspace.create(tmp_path / "audit", clock=lambda: NOW)
    workspace.add(tmp_path / "share")
    workspace.project.no_seal = True
    return workspace.project


def test_an_estimate_of_a_small_store_is_its_inventory_and_leaves_no_trace(project: Project) -> None:
    found = estimate(project, people=False, seed=1)
    assert (found.files, found.files_read) == (18, 18)
    assert (found.pictures.low, found.pictures.value, found.pictures.high) == (17, 17, 17)
    assert found.additional_copies.low == found.additional_copies.high == 5
    assert found.formats["JPEG"].value == pytest.approx(17) and found.yearly_hkd is None and found.people_share is None
    assert [(one.rank, one.name, one.files) for one in found.sources] == [(1, "share", 18)]
    with project.store.reading() as connection:
        assert connection.execute(schema.holdings.select()).first() is None
        assert connection.execute(schema.events.select()).first() is None
    assert estimate(project, people=False, seed=1) == found


def test_a_sample_goes_out_and_comes_back_as_error_rates(project: Project, tmp_path: Path) -> None:
    with pytest.raises(CallError, match="looked at for people"):
        draw_sample(project, tmp_path / "early.xlsx", each=5, seed=1)
    Workspace(project).scan(ScanOptions(workers=0, people="all"))
    file = tmp_path / "sample.xlsx"
    drawn = draw_sample(project, file, each=5, seed=1)
    assert (drawn.positives, drawn.negatives, drawn.negatives_of) == (0, 5, 12)
    with pytest.raises(CallError, match="exists already"):
        draw_sample(project, file, each=5, seed=1)
    with pytest.raises(CallError, match="no answer"):
        read_sample(project, file)
    book = load_workbook(file)
    sheet = book.worksheets[0]
    for row, said in enumerate(("no", "yes", "perhaps", "no", None), 2):
        sheet.cell(row, 5).value, sheet.cell(row, 6).value = said, "Ho Mei"
    book.save(file)
    with pytest.raises(CallError, match='row 4: "perhaps"'):
        read_sample(project, file)
    sheet.cell(4, 5).value = "no"
    book.save(file)
    checked = read_sample(project, file)
    assert (checked.negatives, checked.missed, checked.unanswered) == (4, 1, 1)
    assert checked.missed_rate.low < 0.25 < checked.missed_rate.high < 0.71
    assert "of 4 said to show none 1 did" in sample_spoken(project)["sample check"]


def items(**contents: str) -> list[Item]:
    return [Item(path=path, bytes=1, sha256=content) for path, content in contents.items()]


def test_the_counts_of_a_gate_add_up_on_both_sides() -> None:
    before = [*items(a="1", b="2", c="3", d="4", e="5"), Item(path="x", bytes=1, reason="no_permission")]
    now = items(a="1", b="3", c="2", d="9", m="5", n="5", o="8")
    counts, lines = gates.compare(before, now)
    assert counts == {
        "before": 6, "now": 7, "arrived": 1, "moved": 3, "changed": 1, "missing": 0, "multiplied": 1, "additional": 1,
        "not_comparable_before": 1, "not_comparable_now": 0,
    }  # fmt: skip
    assert {(line["what"], line["before"], line["now"]) for line in lines} >= {
        ("moved", "b", "c"), ("moved", "c", "b"), ("moved", "e", "m"), ("multiplied", "", "n"), ("changed", "d", "d"),
    }  # fmt: skip


def wrong(folder: Path) -> list[str]:
    return [one.subject for one in verify_path(folder, now=NOW).checks if one.verdict is Verdict.FAILED]


def test_a_migration_is_proved_and_a_touched_inventory_refused(project: Project, tmp_path: Path, call: Call) -> None:
    new = tmp_path / "cloud"
    frozen = gates.freeze(project, "move", "share")
    assert (frozen.files, frozen.not_read) == (18, 0)
    with pytest.raises(CallError, match="already"):
        gates.freeze(project, "move", "share")
    shutil.copytree(tmp_path / "share", new)
    Workspace(project).add(new)
    assert gates.check(project, "move", "cloud").whole
    (new / "set0" / "IMG_0000.jpg").unlink()
    (new / "notes.txt").write_text("=other")
    picture(77).save(new / "=new.jpg")
    shutil.copy(new / "set1" / "IMG_0001.jpg", new / "again.jpg")
    folder = project.folder
    ended = call("gate", "check", "move", "--source", "cloud", "--no-seal", "--json", "--workspace", folder)
    told = json.loads(ended.out)
    assert ended.code == 3
    kinds = ("before", "now", "arrived", "moved", "changed", "missing", "multiplied", "additional")
    assert [told[kind] for kind in kinds] == [18, 19, 16, 0, 1, 1, 1, 1]
    assert "'=new.jpg" in (Path(told["folder"]) / "differences.csv").read_text("utf-8")
    assert verify_path(frozen.folder, now=NOW).ok
    (frozen.folder / "stray.txt").write_text("x")
    assert wrong(frozen.folder) == ["move/stray.txt"]
    (frozen.folder / "stray.txt").unlink()
    inventory = frozen.folder / "inventory.csv"
    inventory.write_bytes(inventory.read_bytes().replace(b"notes", b"notez"))
    assert wrong(frozen.folder) == ["move/inventory.csv"]
    with pytest.raises(VerificationError, match="not as it was sealed"):
        gates.check(project, "move", "cloud")
    with pytest.raises(CallError, match="no gate"):
        gates.check(project, "other", "cloud")
