"""Owners who do not answer: the day on which a question was put is kept, and silence becomes a finding."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from pdpo_audit import Workspace
from pdpo_audit.catalogue.sayings.questions import load_put
from pdpo_audit.policy.asking.questions import Ask, Question
from pdpo_audit.workspace.project import ScanOptions
from pdpo_audit.workspace.rules.asking import export_questions, given_answers, import_answers, undo_answer
from pdpo_audit.workspace.rules.assessing import project_facts
from pdpo_audit.workspace.rules.awaiting import note_put
from tests.workspace.library import make_library
from tests.workspace.test_answers import answered

ASKED_ON = "question.purpose_asked_on"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    make_library(tmp_path / "share", 2, copies=1)
    workspace = Workspace.create(tmp_path / "audit")
    workspace.add(tmp_path / "share")
    settings = workspace.project.settings_path
    text = re.sub(r"(?ms)^\[policy\].*?(?=^\[|\Z)", "", settings.read_text("utf-8"))
    more = '\n[[registers]]\nfile = "people.csv"\n\n[policy]\npacks = ["hk-core-pdpo"]\n'
    settings.write_text(text + more, "utf-8")
    (workspace.project.folder / "people.csv").write_text("path,people.other_identifiers\n**,staff_number\n", "utf-8")
    workspace.project.reload()
    workspace.scan(ScanOptions(workers=0, people="off"))
    return workspace


def purpose(source: str = "*") -> Question:
    return Question(
        question_id="q", ask=Ask.ALWAYS, sources=(source,), pattern="**", fact="record.purpose", english="", chinese="",
        holdings=2, resolved=2, choices=(),
    )  # fmt: skip


def fired(workspace: Workspace, days: int) -> bool:
    workspace.assess(workspace.project.clock().date() + timedelta(days=days))
    return "CORE-23" in set(workspace.table("findings")["rule"])


def test_ninety_days_of_silence_are_a_finding(workspace: Workspace, tmp_path: Path) -> None:
    export_questions(workspace.project, tmp_path / "look.xlsx", preview=True)
    assert load_put(workspace.project.store) == [] and not fired(workspace, 400)
    asked = export_questions(workspace.project, tmp_path / "questions.xlsx")
    assert "record.purpose" in {one.fact for one in asked.questions if one.ask is Ask.ALWAYS}
    assert set(project_facts(workspace.project)[ASKED_ON]) == {workspace.project.clock().date()}
    assert not fired(workspace, 89)
    assert fired(workspace, 90)
    found = workspace.table("findings")
    (row,) = found[found["rule"] == "CORE-23"].to_dict("records")
    assert (row["severity"], row["due_on"], row["authority_rank"]) == ("major", "", "suggested_default")
    assert "not adopted" in row["explanation"] and "尚未採納" in row["explanation_zh"]
    assert "九十日內答覆" in row["authority_zh"]


def test_an_answer_ends_the_waiting_and_taking_it_back_begins_it_anew(workspace: Workspace, tmp_path: Path) -> None:
    project = workspace.project
    note_put(project, [purpose()])
    import_answers(project, answered(tmp_path / "a.xlsx", {"record.purpose": "launch"}), "Chan Tai Man")
    assert not fired(workspace, 400)
    (given,) = given_answers(project)
    undo_answer(project, given.answer_id, by="Chan Tai Man")
    assert ASKED_ON not in project_facts(project).dropna(axis=1).columns
    assert not fired(workspace, 400)


def test_a_question_to_one_source_waits_there_alone(workspace: Workspace) -> None:
    note_put(workspace.project, [purpose("elsewhere")])
    assert set(project_facts(workspace.project)[ASKED_ON]) == {None}
    (row,) = load_put(workspace.project.store)
    assert date.fromisoformat(row.asked_on) == workspace.project.clock().date() and row.asked_by
