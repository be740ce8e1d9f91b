"""Decisions in a spreadsheet that people can work with; legal determinations of many pictures at once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import Workbook as Book
from openpyxl import load_workbook

from pdpo_audit import Workspace
from pdpo_audit.errors import CallError
from pdpo_audit.model.judgements import LegalDetermination, LegalReason
from pdpo_audit.model.tables import Table
from pdpo_audit.policy.stating.decisions import read_decisions, write_decisions
from pdpo_audit.workspace.project import ScanOptions
from pdpo_audit.workspace.review.determining import determine_many, pictures_named
from tests.reports import example
from tests.workspace.library import make_library

ON = date(2026, 11, 30)


@pytest.fixture
def findings() -> pd.DataFrame:
    return pd.DataFrame(example.tables(clusters=4, singles=4).rows[Table.FINDINGS])


def test_the_most_severe_come_first_with_master_and_picture(findings: pd.DataFrame, tmp_path: Path) -> None:
    file = tmp_path / "d.xlsx"
    write_decisions(findings, file, {"dc-00000": "studio-nas: m.jpg"}, lambda _cluster: example.picture(1))
    sheet = load_workbook(file).active
    assert sheet is not None
    headers = [cell.value for cell in sheet[1]]
    assert {"owner", "cluster_id", "master", "people_level", "picture"} <= set(headers)
    grades = [cell.value for cell in sheet["C"][1:]] if headers[2] == "severity" else []
    order = ["critical", "major", "minor", "observation"]
    assert grades and [order.index(str(one)) for one in grades] == sorted(order.index(str(one)) for one in grades)
    assert sheet.auto_filter.ref == sheet.dimensions
    assert len(sheet._images) > 0  # type: ignore[attr-defined]  # openpyxl has no public list of pictures
    masters = [cell.value for cell in sheet[chr(ord("A") + headers.index("master"))]]
    assert "studio-nas: m.jpg" in masters


@pytest.mark.parametrize(
    ("role", "told"), [("intern", "is no role that decides; it is one of"), ("dpoo", 'mean "dpo"')]
)
def test_a_role_that_is_none_is_told_with_the_roles(
    findings: pd.DataFrame, tmp_path: Path, role: str, told: str
) -> None:
    file = tmp_path / "d.xlsx"
    write_decisions(findings, file)
    book = load_workbook(file)
    sheet = book["decisions"]
    names = {cell.value: cell.column for cell in sheet[1]}
    for name, value in (("decision", "agree"), ("decided_by", "Wong"), ("role", role)):
        sheet.cell(2, names[name] or 0).value = value
    book.save(file)
    with pytest.raises(CallError, match=told):
        read_decisions(file, findings, today=ON)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    base = tmp_path_factory.mktemp("many")
    make_library(base / "share", 6, copies=2)
    workspace = Workspace.create(base / "audit")
    workspace.add(base / "share")
    workspace.scan(ScanOptions(workers=0, people="off"))
    return workspace


def test_clusters_patterns_and_spreadsheets_are_determined(workspace: Workspace, tmp_path: Path) -> None:
    project = workspace.project
    cluster = str(workspace.table("clusters")["cluster_id"].iloc[0])
    assert len(pictures_named(project, [cluster])) == 1
    assert len(pictures_named(project, ["set2/**", cluster])) == 2
    assert len(pictures_named(project, ["share:set1/*.jpg"])) == 2
    book = Book()
    assert book.active is not None
    book.active.append(["source", "path"])
    book.active.append(["share", "set2/IMG_0002.jpg"])
    book.save(tmp_path / "list.xlsx")
    made = determine_many(
        project, [cluster, str(tmp_path / "list.xlsx")], LegalDetermination.NOT_PERSONAL_DATA,
        code=LegalReason.NOT_COLLECTED_EASTWEEK, by="Wong", role="legal",
    )  # fmt: skip
    assert len(made) == 2
    held = workspace.table("holdings")
    assert int((held["legal_determination"] == "not_personal_data").sum()) == 3
    for wrong in ("DC-nothing", "none/**"):
        with pytest.raises(CallError, match="means nothing that is held"):
            pictures_named(project, [wrong])
