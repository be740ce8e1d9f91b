"""The workbook of a plan: every line as it is, whatever its place is called, in every program that reads workbooks."""

from __future__ import annotations

from pathlib import Path

from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from pdpo_audit.model.disposition.acts import DisposalAct
from pdpo_audit.model.disposition.plans import Companion, Keeper, PlanItem
from pdpo_audit.reports.disposals.sheets import HEADERS, write_workbook

ODD = ("a/IMG_1.jpg", "=HYPERLINK(1)", "@sum", " 空 格 ", "tab\there", "右\u202egpj.exe", "<&>")


def line(number: int, path: str) -> PlanItem:
    keepers = (Keeper(source="nas", path="m.jpg", sha256="b" * 64, master=True),)
    return PlanItem(
        number=number, source="nas", path=path, sha256="a" * 64, bytes=5_000_000_000, act=DisposalAct.ERASE, rule="R",
        authority="s.26", due_on="2026-01-01", outcome="due", proposed="erase", owner="o", cluster_id="C1",
        people_level="P2", keepers=keepers, frees=7,
        companions=(Companion(path="a/IMG_1.xmp", sha256="c" * 64, bytes=9),),
    )  # fmt: skip


def test_lines_are_read_back_as_they_are(tmp_path: Path) -> None:
    file = tmp_path / "plan.xlsx"
    write_workbook(file, [line(number, path) for number, path in enumerate(ODD, start=1)])
    sheet = load_workbook(file)["Plan"]
    head, *rows = sheet.iter_rows(values_only=True)
    assert head == HEADERS and len(rows) == len(ODD)
    assert [row[2] for row in rows] == [*ODD[:4], "tab[U+0009]here", "右[U+202E]gpj.exe", ODD[6]]
    assert all(sheet.cell(place, 3).data_type == "s" for place in range(2, len(ODD) + 2)), "a path became a formula"
    assert rows[0][:1] + rows[0][3:4] + rows[0][13:18] == (
        1, 5_000_000_000, "nas: m.jpg (master)", "a/IMG_1.xmp", 1, "no", 7,
    )  # fmt: skip
    assert sheet.auto_filter.ref == f"A1:V{len(ODD) + 1}"
    assert len(CalamineWorkbook.from_path(str(file)).get_sheet_by_name("Plan").to_python()) == len(ODD) + 1


def test_more_lines_than_are_poured_at_once_follow_each_other(tmp_path: Path) -> None:
    write_workbook(tmp_path / "plan.xlsx", [line(number, f"{number}.jpg") for number in range(1, 4_003)])
    rows = CalamineWorkbook.from_path(str(tmp_path / "plan.xlsx")).get_sheet_by_name("Plan").to_python()
    assert [(row[0], row[2]) for row in rows[1:]] == [(number, f"{number}.jpg") for number in range(1, 4_003)]
