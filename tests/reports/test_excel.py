"""The workbook: every row once, numbers equal to the content, text that stays text."""

from __future__ import annotations

import base64
import hashlib
import re
import zipfile
from datetime import date, timedelta
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from pdpo_audit.errors import MachineError
from pdpo_audit.model.findings import Hold
from pdpo_audit.model.tables import Table
from pdpo_audit.reports.content.composition import compose
from pdpo_audit.reports.words.labels import load_wording
from pdpo_audit.reports.workbook import filling, sheets
from pdpo_audit.reports.workbook.filling import HEADER_ROW
from pdpo_audit.reports.workbook.writing import write_workbook

from . import example

HOSTILE = (
    "=cmd|'/c calc'!A0",
    "+1+1",
    "-1",
    "@SUM(A1)",
    "<script>alert(1)</script>",
    "a & b",
    "x_x0041_y",
    "影像 / 相片.jpg",
    "😀.jpg",
    " leading and trailing ",
    "n" * 255,
)


def written(tmp_path: Path, tables: example.MemoryTables, **changes: object) -> Path:
    path = tmp_path / "workbook.xlsx"
    write_workbook(compose(example.header(**changes), tables), tables, path)
    return path


def rows(sheet: Worksheet, first: int = HEADER_ROW) -> list[dict[str, object]]:
    lines = list(sheet.iter_rows(min_row=first, values_only=True))
    return [dict(zip(map(str, lines[0]), line, strict=True)) for line in lines[1:]]


def test_every_row_of_every_table_once(tmp_path: Path) -> None:
    tables = example.tables()
    book = load_workbook(written(tmp_path, tables))
    for sheet, table in (
        ("Holdings", Table.HOLDINGS),
        ("Clusters", Table.CLUSTERS),
        ("Findings", Table.FINDINGS),
        ("Dispositions", Table.DISPOSITIONS),
        ("Links", Table.LINKS),
        ("Skipped", Table.SKIPPED),
        ("EvidenceLog", Table.EVENTS),
    ):
        assert len(rows(book[sheet])) == len(tables.rows[table]), sheet
    first = rows(book["Holdings"])[0]
    assert first["Path"] == "2023-summer/selects/DSC_0000.jpg"
    assert first["Bytes"] == 2_400_000
    assert first["Master"] == "yes"


def test_only_due_holdings_are_proposed_for_erasure(tmp_path: Path) -> None:
    tables = example.tables()
    book = load_workbook(written(tmp_path, tables))
    due = [row["path"] for row in tables.rows[Table.DISPOSITIONS] if row["act"] == "erase"]
    assert [row["Path"] for row in rows(book["ProposedErasure"])] == due


def test_the_summary_sheet_says_the_contents_numbers(tmp_path: Path) -> None:
    tables = example.tables()
    totals = compose(example.header(), tables).totals
    said = {str(a): b for a, b, *_ in load_workbook(written(tmp_path, tables))["Summary"].iter_rows(values_only=True)}
    assert said["Holdings (stored copies)"] == totals.holdings
    assert said["Additional copies"] == totals.additional_copies
    assert said["Findings that need action"] == totals.findings_for_action


def test_people_are_listed_in_bands_and_never_with_boxes(tmp_path: Path) -> None:
    book = load_workbook(written(tmp_path, example.tables()))
    review = rows(book["PeopleReview"])
    assert {row["Faces (band)"] for row in review} == {"0", "1", "2-5", "more than 5"}
    assert {row["Faces (band)"] for row in rows(book["Holdings"])} == {"0", "1", "2-5", "more than 5"}
    assert not {"x", "y", "X", "Y"} & set(review[0])
    assert all(row["People level"] != "P0" for row in review)
    shown = [row for row in example.tables().rows[Table.HOLDINGS] if row["people_level"] != "P0"]
    assert len(review) == len(shown)


def test_hostile_text_is_shown_literally_and_is_never_a_formula(tmp_path: Path) -> None:
    tables = example.tables(clusters=1, singles=len(HOSTILE))
    for row, name in zip(tables.rows[Table.HOLDINGS][3:], HOSTILE, strict=True):
        row["path"] = name
    path = written(tmp_path, tables)
    sheet = load_workbook(path)["Holdings"]
    cells = [sheet.cell(HEADER_ROW + 4 + place, 2) for place in range(len(HOSTILE))]
    for cell, name in zip(cells, HOSTILE, strict=True):
        assert str(cell.value).replace("_x005F_", "_") == name
        assert cell.data_type == "s"
        assert bool(cell.style and cell.quotePrefix) == name.startswith(("=", "+", "-", "@"))
    with zipfile.ZipFile(path) as package:
        assert not any(b"<f>" in package.read(name) for name in package.namelist() if "worksheets" in name)


def test_acting_characters_are_spelled_out_and_counted(tmp_path: Path) -> None:
    tables = example.tables(clusters=0, singles=3)
    tables.rows[Table.HOLDINGS][0]["path"] = "photo\u202egpj.exe"
    tables.rows[Table.HOLDINGS][1]["path"] = "a\nb\x07.jpg"
    for row in tables.rows[Table.HOLDINGS]:
        row["people_level"] = "P0"
    book = load_workbook(written(tmp_path, tables))
    paths = [row["Path"] for row in rows(book["Holdings"])]
    assert paths[0] == "photo[U+202E]gpj.exe"
    assert paths[1] == "a[U+000A]b[U+0007].jpg"
    text = " ".join(str(cell) for row in book["README"].iter_rows(values_only=True) for cell in row)
    assert "2 cells held control characters" in text


def test_text_too_long_for_a_cell_is_cut_and_said(tmp_path: Path) -> None:
    tables = example.tables(clusters=0, singles=1)
    tables.rows[Table.SKIPPED][0]["detail"] = "&" * 40_000
    book = load_workbook(written(tmp_path, tables))
    detail = str(rows(book["Skipped"])[0]["Detail"])
    assert len(detail) == 32_767
    assert detail.endswith("[…cut: 40000 characters]")


def test_a_full_sheet_goes_on_in_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (sheets, filling, __import__("pdpo_audit.reports.workbook.writing", fromlist=["writing"])):
        monkeypatch.setattr(module, "ROWS_PER_SHEET", 20)
    tables = example.tables()
    book = load_workbook(written(tmp_path, tables))
    parts = [rows(book[name]) for name in ("Holdings", "Holdings (2)", "Holdings (3)")]
    assert [len(part) for part in parts] == [20, 20, 14]
    paths = [row["Path"] for part in parts for row in part]
    assert paths == [row["path"] for row in tables.rows[Table.HOLDINGS]]


def test_long_sheets_have_frozen_headers_filters_formats_and_links(tmp_path: Path) -> None:
    tables = example.tables()
    book = load_workbook(written(tmp_path, tables))
    findings = book["Findings"]
    assert findings.freeze_panes == f"A{HEADER_ROW + 1}"
    assert findings.auto_filter.ref == f"A{HEADER_ROW}:Z{HEADER_ROW + len(tables.rows[Table.FINDINGS])}"
    due = findings["E5"]
    assert due.number_format == "yyyy-mm-dd"
    assert str(due.value).startswith("2026-11-20")
    link = findings.cell(HEADER_ROW + 1, 7).hyperlink
    assert link is not None
    assert link.location == "'Clusters'!A4"
    assert len(book["Summary"]._charts) >= 6  # type: ignore[attr-defined]  # openpyxl has no public list of charts


def test_the_same_audit_gives_the_same_bytes(tmp_path: Path) -> None:
    first = written(tmp_path, example.tables()).read_bytes()
    second = written(tmp_path, example.tables()).read_bytes()
    assert first == second


def test_the_digests_of_the_long_sheets_are_those_of_their_members(tmp_path: Path) -> None:
    tables = example.tables()
    digests = write_workbook(compose(example.header(), tables), tables, tmp_path / "w.xlsx")
    assert len(digests) == len(sheets.long_sheets(compose(example.header(), tables)))
    with zipfile.ZipFile(tmp_path / "w.xlsx") as package:
        for member, digest in digests.items():
            assert base64.b64decode(digest) == hashlib.sha256(package.read(member)).digest(), member


def test_draft_reasons_are_on_the_first_sheet(tmp_path: Path) -> None:
    path = written(tmp_path, example.tables(), draft_reasons=("source hr-archive has no owner",))
    text = " ".join(str(c) for row in load_workbook(path)["README"].iter_rows(values_only=True) for c in row)
    assert "DRAFT because source hr-archive has no owner" in text
    assert "Unreviewed draft" not in text


def test_an_empty_audit_gives_a_workbook(tmp_path: Path) -> None:
    book = load_workbook(written(tmp_path, example.MemoryTables({}, {})))
    assert rows(book["Holdings"]) == []


def test_a_folder_that_is_missing_is_told(tmp_path: Path) -> None:
    tables = example.MemoryTables({}, {})
    with pytest.raises(MachineError):
        write_workbook(compose(example.header(), tables), tables, tmp_path / "none" / "workbook.xlsx")


CHINESE = load_wording(Path(__file__).parents[2] / "report_templates" / "audit", "zh-Hant")
#: What has no Chinese word, or is somebody's own.
NAMES = {source.name for source in example.SOURCES}
LATIN = re.compile(r"SHA-256|pHash|URI|UTC|GB|HK\$|P2|P3|DPP|PDF|HKT|pdpo-audit|[A-Z]+-\d+|English")


def both(tmp_path: Path) -> tuple[Workbook, Workbook]:
    tables = example.tables()
    decided = tables.rows[Table.FINDINGS][0]
    decided |= {"status": "decided", "determination": "agree", "decided_by": "Wong", "decided_on": "2026-11-21"}
    content = compose(example.header(), tables)
    write_workbook(content, tables, tmp_path / "en.xlsx")
    write_workbook(content, tables, tmp_path / "zh.xlsx", CHINESE)
    return load_workbook(tmp_path / "en.xlsx"), load_workbook(tmp_path / "zh.xlsx")


def test_the_chinese_workbook_says_the_same_in_chinese(tmp_path: Path) -> None:
    english, chinese = both(tmp_path)
    assert english.sheetnames == chinese.sheetnames
    left = []
    for name in english.sheetnames:
        one, other = english[name], chinese[name]
        assert (one.max_row, one.max_column) == (other.max_row, other.max_column), name
        for row, said in zip(one.iter_rows(values_only=True), other.iter_rows(values_only=True), strict=True):
            numbers = [cell for cell in row if isinstance(cell, int | float)]
            assert numbers == [cell for cell in said if isinstance(cell, int | float)], (name, row)
        first = {"README": range(3, 40), "Summary": range(3, 30), "Glossary": (1,)}.get(name, (1, 3))
        for line in first:
            shown = [cell.value for cell in other[line] if isinstance(cell.value, str)][
                : 1 if name == "README" else None
            ]
            left += [(name, cell) for cell in shown if re.search(r"[A-Za-z]{3}", LATIN.sub("", cell)) and line != 3]
    assert [one for one in left if one[0] not in ("README",) and one[1] not in NAMES] == []
    cells = [cell for cell in chinese["Dispositions"]["C"][3:] if cell.value]
    assert {cell.value for cell in cells} <= set(CHINESE.labels["outcomes"].values())  # type: ignore[attr-defined]
    assert {cell.value for cell in chinese["Findings"]["B"][3:]} <= {"嚴重", "重大", "輕微", "觀察事項"}


def test_decisions_stand_in_findings_cases_and_action_plan(tmp_path: Path) -> None:
    english, chinese = both(tmp_path)
    assert "Wong" in [cell.value for cell in english["Findings"]["S"]] or any(
        "Wong" in row for row in english["Findings"].iter_rows(values_only=True)
    )
    plan = {row[0]: row for row in english["ActionPlan"].iter_rows(min_row=2, values_only=True)}
    assert any(str(row[9]).startswith("1 of ") for row in plan.values())
    assert any(row[7] == "agree: 1" for row in plan.values())
    said = list(chinese["ActionPlan"].iter_rows(min_row=2, values_only=True))
    assert any(row[7] == "同意: 1" and "已決定 1 項" in str(row[9]) for row in said)


def readme(path: Path) -> dict[str, str]:
    return {str(row[0]): str(row[1]) for row in load_workbook(path)["README"].iter_rows(values_only=True) if row[0]}


def test_the_readme_says_when_the_scan_ran_apart_from_the_rules_and_the_report(tmp_path: Path) -> None:
    began, ended = example.START - timedelta(hours=2), example.START - timedelta(hours=1)
    ran: dict[str, object] = {"scan_began_at": began, "scan_ended_at": ended, "scan_partly": True, "scans": 3}
    tables = example.tables(clusters=1, singles=1)
    content = compose(example.header(**ran), tables)
    write_workbook(content, tables, tmp_path / "en.xlsx")
    write_workbook(content, tables, tmp_path / "zh.xlsx", CHINESE)
    said = readme(tmp_path / "en.xlsx")
    assert said["Last scan"] == (
        "began 2026-11-20 07:12 HKT, ended 2026-11-20 08:12 HKT; of some of the sources; the last of 3 scans"
    )
    assert said["Assessed"] == (
        "for 2026-11-20; rules applied 2026-11-20 09:12 HKT, report written 2026-11-20 09:54 HKT"
    )
    chinese = readme(tmp_path / "zh.xlsx")
    assert chinese["最近一次掃描"] == (
        "2026-11-20 07:12 HKT 開始，2026-11-20 08:12 HKT 結束；只涉部分來源；是 3 次掃描中的最後一次"
    )
    assert "2026-11-20 09:12 HKT 套用規則" in chinese["評估"]


def test_every_sheet_has_its_line_in_the_readme(tmp_path: Path) -> None:
    english, chinese = both(tmp_path)
    for book in (english, chinese):
        lines = {str(row[0]): str(row[1]) for row in book["README"].iter_rows(values_only=True)}
        assert {name for name in book.sheetnames if name != "README"} - set(lines) == set()
    told = {str(row[0]): str(row[1]) for row in chinese["README"].iter_rows(values_only=True)}
    assert [told[name] for name in chinese.sheetnames[1:] if not re.search("[\u4e00-\u9fff]", told[name])] == []


def test_the_chinese_workbook_has_no_english_word_for_the_seal_the_legal_review_or_a_hold(tmp_path: Path) -> None:
    hold = Hold(
        hold_id="H-1", kind="legal_hold", matter="HCA 1/2026", issued_by="Wong", issuer_role="legal",
        starts_on=date(2026, 1, 2), source="hr-archive", captured_from=date(2020, 1, 2),
    )  # fmt: skip
    tables = example.tables(clusters=1, singles=1)
    content = compose(example.header(holds=(hold,), seal={"pades_level": "B-B"}), tables)
    write_workbook(content, tables, tmp_path / "zh.xlsx", CHINESE)
    said = readme(tmp_path / "zh.xlsx")
    assert "未經法律覆核" in said["hk-core-pdpo 1.0.0"]
    assert said["PDF報告的數碼簽署"].startswith("PAdES B-B：沒有時間戳記")
    scopes = [str(row[-1]) for row in load_workbook(tmp_path / "zh.xlsx")["Exceptions_Holds"].values]
    assert "來源：hr-archive；拍攝日期由：2020-01-02" in scopes
    write_workbook(content, tables, tmp_path / "en.xlsx")
    scopes = [str(row[-1]) for row in load_workbook(tmp_path / "en.xlsx")["Exceptions_Holds"].values]
    assert "source: hr-archive; captured from: 2020-01-02" in scopes
    assert "PAdES B-B: without a timestamp" in readme(tmp_path / "en.xlsx").values()
