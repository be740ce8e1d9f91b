"""Questions and decisions go out as spreadsheets and come back as facts and determinations."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook
from PIL import Image
from skimage import data

from pdpo_audit import Workspace
from pdpo_audit.errors import CallError
from pdpo_audit.workspace.project import ScanOptions
from pdpo_audit.workspace.review.deciding import export_decisions, import_decisions
from pdpo_audit.workspace.rules.asking import export_questions, import_answers


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    (tmp_path / "share").mkdir()
    portrait = Image.fromarray(data.astronaut())  # type: ignore[no-untyped-call]  # scikit-image is typed in part
    portrait.save(tmp_path / "share" / "one.png")
    portrait.save(tmp_path / "share" / "two.jpg")
    workspace = Workspace.create(tmp_path / "audit")
    workspace.add(tmp_path / "share")
    workspace.scan(ScanOptions(workers=0))
    workspace.assess()
    return workspace


def fill(file: Path, row: int, **values: str) -> None:
    book = load_workbook(file)
    sheet = book.worksheets[0]
    columns = {str(cell.value): number for number, cell in enumerate(sheet[1], 1)}
    for name, value in values.items():
        sheet.cell(row, columns[name]).value = value
    book.save(file)


def test_an_answer_becomes_a_fact_that_decides(workspace: Workspace, tmp_path: Path) -> None:
    file = tmp_path / "questions.xlsx"
    asked = export_questions(workspace.project, file).questions
    assert asked[0].fact == "record.purpose" and asked[0].holdings == 2
    fill(file, 2, answer="campaign production")
    assert import_answers(workspace.project, file, "Chan Tai Man") == 1
    assert any("record.purpose" in missing for missing in workspace.table("dispositions")["missing_facts"])
    workspace.assess()
    assert not any("record.purpose" in missing for missing in workspace.table("dispositions")["missing_facts"])
    assert "record.purpose" not in {one.fact for one in export_questions(workspace.project, file).questions}
    assert workspace.project.store.events()[-2].event.details["by"] == "Chan Tai Man"


def test_a_decision_stands_in_this_audit_and_the_next(workspace: Workspace, tmp_path: Path) -> None:
    file = tmp_path / "decisions.xlsx"
    count = export_decisions(workspace.project, file)
    assert count == len(workspace.table("findings")) > 0
    fill(file, 2, decision="disagree", reason="still needed", decided_by="Wong", role="legal")
    assert import_decisions(workspace.project, file) == 1
    for _ in range(2):
        findings = workspace.table("findings")
        decided = findings[findings["status"] == "decided"]
        assert list(decided["determination"]) == ["disagree"]
        workspace.assess()


def test_a_file_of_another_assessment_is_refused_whole(workspace: Workspace, tmp_path: Path) -> None:
    file = tmp_path / "decisions.xlsx"
    export_decisions(workspace.project, file)
    fill(file, 2, decision="agree", decided_by="Wong", state="0" * 16)
    with pytest.raises(CallError, match="has changed or is gone"):
        import_decisions(workspace.project, file)
    assert set(workspace.table("findings")["status"]) == {"open"}
