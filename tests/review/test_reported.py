"""What was decided, read again and said on the pages stands in the report, the workbook and the evidence."""

from __future__ import annotations

import json
from collections.abc import Callable

import openpyxl
import pypdfium2

from pdpo_audit import Workspace
from pdpo_audit.signing.verification import verify_path
from tests.review.conftest import Visitor
from tests.review.test_access import cluster
from tests.review.test_second import SECOND, look, read, state

Join = Callable[[str], Visitor]


def words(file: object) -> str:
    document = pypdfium2.PdfDocument(file)
    return " ".join(" ".join(page.get_textpage().get_text_range() for page in document).split())


def test_the_review_flows_into_report_workbook_and_evidence(workspace: Workspace, join: Join) -> None:
    state(workspace, SECOND + '\n[report]\nlanguages = ["en", "zh-Hant"]\n')
    first, second, key = join("Chan Tai Man"), join("Wong Second"), cluster(workspace)
    fields = {"choice": "escalate", "role": "legal", "reason": "which law"}
    first.submit(f"/case/{key}/decide", **fields, **first.case(key))
    read(second, look(second), choice="agree")
    first.post(
        f"/case/{key}/reveal",
        data={"csrf": first.token, "reason": "to compare"},
        headers={"origin": "http://127.0.0.1:8080"},
    )
    folder = workspace.report().folder
    assert verify_path(folder, now=workspace.project.clock()).ok
    said = json.loads((folder / "review.json").read_text("utf-8"))
    assert said["batches"] == 1 and said["postponed"] == [{"role": "legal", "findings": 6}]
    looks = said["second_looks"]
    assert (looks["drawn"], looks["read"], looks["agreed"], looks["unsettled"]) == (1, 1, 0, 1)
    assert (looks["low"], round(looks["high"], 4)) == (0, 0.7935)
    who = {one["person"]: (one["cases"], one["clear_pictures"]) for one in said["lookers"]}
    assert who["Chan Tai Man"][1] >= 1 and who["Wong Second"] == (1, 0)
    english, chinese = words(folder / "report.en.pdf"), words(folder / "report.zh-Hant.pdf")
    assert "1 decision on the review pages stands" in english
    assert "chose the same in 0 (0%" in english and "6 findings wait for" in english and "Wong Second" in english
    assert "由不知道首項決定的第二人覆核的 1 項中" in chinese.replace("  ", " ")
    rows = list(openpyxl.load_workbook(folder / "workbook.xlsx", read_only=True)["Summary"].values)
    numbers = {row[0]: row[1] for row in rows if len(row) > 1}
    assert numbers["Drawn for a second reader"] == 1 and numbers["Findings that wait for: legal"] == 6
    sheet = openpyxl.load_workbook(folder / "workbook.xlsx")["Summary"]
    rate = next(row for row in sheet.iter_rows() if str(row[0].value).startswith("Agreement, "))
    assert (rate[1].value, rate[1].number_format) == (0, "0%")
    masked = workspace.report(masked=True).folder
    told = (masked / "review.json").read_text("utf-8")
    assert "Wong Second" not in told and "person-" in told and "Wong Second" not in words(masked / "report.en.pdf")


def test_where_nobody_used_the_pages_nothing_is_said_of_them(workspace: Workspace) -> None:
    folder = workspace.report().folder
    assert not (folder / "review.json").exists()
    assert "review pages" not in words(folder / "report.en.pdf")
