"""What changed since the last audit, in a real workspace: in the report, in ``compare``, and after a purge."""

from __future__ import annotations

import json
import shutil
from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook
from PIL import Image
from skimage import data

from pdpo_audit import Workspace
from pdpo_audit.errors import CallError, VerificationError
from pdpo_audit.review.application import application
from pdpo_audit.review.house import House
from pdpo_audit.workspace.changes import what_changed
from pdpo_audit.workspace.project import HONG_KONG, ScanOptions
from pdpo_audit.workspace.purging import purge
from pdpo_audit.workspace.report.comparing import compare
from pdpo_audit.workspace.review.deciding import export_decisions, import_decisions
from pdpo_audit.workspace.review.invitations import invite
from pdpo_audit.workspace.review.picturing import Pictures
from tests.cli.conftest import Call, call
from tests.review.conftest import HOST, ORIGIN, Visitor
from tests.workspace.library import allow_losses, make_library, picture
from tests.workspace.test_judgements import fill

__all__ = ["call"]

HERE = ScanOptions(workers=0, people="off")


def test_the_second_audit_says_what_changed_and_compare_says_the_same_after_a_purge(tmp_path: Path, call: Call) -> None:
    share, day = tmp_path / "share", [datetime(2026, 1, 10, 12, tzinfo=HONG_KONG)]
    make_library(share, 6, copies=2)
    workspace = Workspace.create(tmp_path / "audit", clock=lambda: day[0])
    workspace.add(share)
    allow_losses(workspace)
    workspace.scan(HERE)
    first = workspace.report()
    assert not (first.folder / "delta.json").exists() and first.numbers["delta"] is None
    day[0] = datetime(2026, 4, 10, 12, tzinfo=HONG_KONG)
    (share / "set1" / "IMG_0001.jpg").rename(share / "moved.jpg")
    (share / "set2" / "IMG_0002.jpg").unlink()
    picture(50).save(share / "set3" / "IMG_0003.jpg")
    picture(51).save(share / "=new.jpg")
    shutil.copy(share / "set0" / "IMG_0000.jpg", share / "third copy.jpg")
    workspace.scan(HERE)
    second = workspace.report()
    told = json.loads((second.folder / "delta.json").read_text("utf-8"))
    copies = told["holdings"]
    kinds = ("before", "now", "unchanged", "changed", "moved", "new", "gone", "new_of_known")
    assert [copies[kind] for kind in kinds] == [8, 9, 5, 1, 1, 2, 1, 1]
    assert (told["clusters"]["grew"], told["people"]["newly"]) == (1, 0)
    listed = {(one["kind"], one["path"], one["was_path"]) for one in told["listed"]}
    assert listed == {
        ("new", "=new.jpg", ""), ("new", "third copy.jpg", ""), ("gone", "set2/IMG_0002.jpg", ""),
        ("changed", "set3/IMG_0003.jpg", ""), ("moved", "moved.jpg", "set1/IMG_0001.jpg"),
    }  # fmt: skip
    found = told["findings"]
    assert found["opened"] == sum(found["opened_by"].values())
    assert found["now"] == found["before"] + found["opened"] - found["closed"]
    assert second.verification.ok
    rows = list(load_workbook(second.folder / "workbook.xlsx")["Changes"].iter_rows(min_row=2, values_only=True))
    assert len(rows) == 5
    purge(workspace.project, early=True)
    again = compare(workspace.project, first.audit_id)
    assert json.loads(json.dumps(again.document())) == told
    folder = workspace.project.folder
    assert "third copy.jpg" in call("compare", first.audit_id, "--places", "--workspace", folder).out
    assert json.loads(call("compare", first.audit_id, "--json", "--workspace", folder).out)["holdings"] == copies
    with pytest.raises(CallError, match="there is no audit"):
        compare(workspace.project, "2020")
    with pytest.raises(CallError, match="same audit"):
        compare(workspace.project, second.audit_id)
    trend_and_page(workspace, first.folder, second.folder)
    table = first.folder / "evidence" / "tables" / "holdings.csv"
    table.write_bytes(table.read_bytes().replace(b"set2", b"setX"))
    with pytest.raises(VerificationError, match="not as it was sealed"):
        compare(workspace.project, first.audit_id)


PEOPLE = """
[[people]]
name = "Chan Tai Man"
roles = ["dpo"]

[[people]]
name = "Ho Mei"
roles = ["owner"]
"""


@pytest.mark.slow
def test_a_copy_whose_erasure_a_person_decided_after_the_report_is_known_when_it_comes_again(tmp_path: Path) -> None:
    share, sheet = tmp_path / "share", tmp_path / "decisions.xlsx"
    share.mkdir()
    for name in ("one.png", "two.png"):
        Image.fromarray(data.astronaut()).save(share / name)  # type: ignore[no-untyped-call]
    workspace = Workspace.create(tmp_path / "audit")
    workspace.add(share)
    allow_losses(workspace)
    workspace.scan(ScanOptions(workers=0))
    first = workspace.report()
    found = workspace.table("dispositions")
    assert "erase" not in set(found["act"])
    row = list(workspace.table("findings")["path"]).index("two.png")
    export_decisions(workspace.project, sheet)
    fill(
        sheet,
        row + 2,
        decision="partly",
        reason="Proposed instead: erase. One is enough.",
        decided_by="Wong",
        role="dpo",
    )
    assert import_decisions(workspace.project, sheet) == 1
    (share / "two.png").rename(tmp_path / "aside")
    workspace.scan(HERE)
    workspace.report()
    shutil.copy(tmp_path / "aside", share / "three.png")
    workspace.scan(HERE)
    third = workspace.report()
    told = json.loads((third.folder / "delta.json").read_text("utf-8"))
    assert (told["holdings"]["new"], told["holdings"]["again"]) == (1, 1)
    assert compare(workspace.project, first.audit_id).holdings.again == 0
    workspace.close()


def test_a_source_that_an_audit_did_not_reach_is_not_told_as_gone(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "audit")
    for name in ("share", "cloud"):
        make_library(tmp_path / name, 3, copies=1)
        workspace.add(tmp_path / name)
    workspace.scan(HERE)
    first = workspace.report()
    (tmp_path / "cloud").rename(tmp_path / "away")
    workspace.scan(HERE)
    second = workspace.report()
    told = json.loads((second.folder / "delta.json").read_text("utf-8"))
    found = compare(workspace.project, first.folder.name)
    assert told["not_compared"] == ["cloud"] == list(found.not_compared)
    assert (found.holdings.gone, found.holdings.new, found.findings.closed) == (0, 0, 0) == (
        told["holdings"]["gone"], told["holdings"]["new"], told["findings"]["closed"],
    )  # fmt: skip
    workspace.close()


def test_a_folder_that_cannot_be_looked_into_is_not_told_as_gone(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "audit")
    make_library(tmp_path / "share", 3, copies=1)
    workspace.add(tmp_path / "share")
    workspace.scan(HERE)
    first = workspace.report()
    (tmp_path / "share" / "set0").rename(tmp_path / "away")
    (tmp_path / "share" / "set0").symlink_to(tmp_path / "away")
    workspace.scan(HERE)
    second = workspace.report()
    told = json.loads((second.folder / "delta.json").read_text("utf-8"))
    found = compare(workspace.project, first.folder.name)
    assert told["not_compared"] == ["share: set0/"] == list(found.not_compared)
    assert (found.holdings.gone, told["holdings"]["gone"], found.findings.closed) == (0, 0, 0)
    workspace.close()


def trend_and_page(workspace: Workspace, first: Path, second: Path) -> None:
    """Both audits stand in the trend, also in the workbook and on the page of changes; a touched one is told."""
    rows = list(load_workbook(second / "workbook.xlsx")["Trend"].iter_rows(min_row=2, max_col=3, values_only=True))
    assert rows[:2] == [("2026-01-10", first.name, 8), ("2026-04-10", second.name, 9)]
    file = workspace.project.settings_path
    file.write_text(file.read_text("utf-8").replace("roles = {", "# roles = {") + PEOPLE, "utf-8")
    workspace.project.reload()
    found = what_changed(workspace.project, "en")
    assert [(one.audit_id, one.copies, one.people) for one in found.trend.points] == [
        (first.name, 8, None), (second.name, 9, None),
    ]  # fmt: skip
    assert found.audit_id == second.name and len(found.charts) == 4
    house = House(project=workspace.project, pictures=Pictures(workspace.project))
    app = application(house, scheme="http", hosts={HOST})
    for name, status in (("Chan Tai Man", 200), ("Ho Mei", 403)):
        visitor = Visitor(app, base_url=ORIGIN, follow_redirects=True)
        token = invite(workspace.project, name).link.rpartition("=")[2]
        visitor.post("/join", data={"token": token}, headers={"origin": ORIGIN})
        page = visitor.get("/changes")
        assert page.status_code == status
        assert ("third copy.jpg" in page.text and page.text.count("<figure>") == 4) == (status == 200)
    (first / "evidence" / "summary.json").write_text("{}")
    (second / "delta.json").write_text("{}")
    touched = what_changed(workspace.project, "en")
    assert touched.trend.left_out == (first.name,) and touched.delta == {} and touched.charts == ()
