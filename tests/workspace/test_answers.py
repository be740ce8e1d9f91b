"""Every choice that `questions` offers goes through spreadsheet, catalogue and assessment; answers are kept."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import update

from pdpo_audit import Workspace
from pdpo_audit.catalogue import schema
from pdpo_audit.catalogue.proofs.sayings import unsaid
from pdpo_audit.errors import CallError
from pdpo_audit.policy.asking.question_sheets import write_questions
from pdpo_audit.policy.asking.questions import Ask, Question
from pdpo_audit.policy.stating.answers import choices_of, parse_answer
from pdpo_audit.policy.terms.facts import REGISTRY, Fact, FactType
from pdpo_audit.workspace.project import ScanOptions
from pdpo_audit.workspace.rules.asking import export_questions, given_answers, import_answers, undo_answer
from pdpo_audit.workspace.rules.assessing import answers
from tests.workspace.library import make_library

ASKED = [fact for fact in REGISTRY.values() if fact.asked]
FREE = {FactType.DATE: ("2024-02-29",), FactType.COUNT: ("3",), FactType.TEXT: ("somewhere",)}
#: Places have choices of their own: a code, and words that lead to one.
PLACES = {"location.jurisdiction": ("HK", "Singapore")}


def said(fact: Fact) -> tuple[str, ...]:
    return choices_of(fact) or PLACES.get(fact.name) or FREE[fact.type]


@pytest.fixture
def workspace(tmp_path: Path, catalogue_url: str) -> Workspace:
    make_library(tmp_path / "share", 3, copies=2)
    settings = Workspace.create(tmp_path / "audit").project.settings_path
    settings.write_text(settings.read_text("utf-8").replace("sqlite:///catalogue.db", catalogue_url), "utf-8")
    workspace = Workspace.open(tmp_path / "audit")
    workspace.add(tmp_path / "share")
    workspace.scan(ScanOptions(workers=0))
    return workspace


def answered(file: Path, words: dict[str, str], **cells: str) -> Path:
    """A sheet of questions, as it is written, with answers filled in."""
    asked = [
        Question(
            question_id=name, ask=Ask.ALWAYS, sources=("*",), pattern="**", fact=name, english="", chinese="",
            holdings=1, resolved=1, choices=choices_of(REGISTRY[name]),
        )
        for name in words
    ]  # fmt: skip
    write_questions(asked, file)
    book = load_workbook(file)
    sheet = book.worksheets[0]
    columns = {str(cell.value): number for number, cell in enumerate(sheet[1], 1)}
    for row, word in enumerate(words.values(), 2):
        for name, value in {"answer": word, **cells}.items():
            sheet.cell(row, columns[name]).value = value
    book.save(file)
    return file


def test_every_choice_of_every_fact_can_be_answered_and_assessed(workspace: Workspace, tmp_path: Path) -> None:
    for turn in range(max(len(said(fact)) for fact in ASKED)):
        words = {fact.name: said(fact)[turn % len(said(fact))] for fact in ASKED}
        assert import_answers(workspace.project, answered(tmp_path / "q.xlsx", words), "Ho") == len(words)
        kept = {one.fact: one.value for one in answers(workspace.project)}
        assert kept == {name: parse_answer(REGISTRY[name], word) for name, word in words.items()}
        assert workspace.assess().warnings == ()
        export_questions(workspace.project, tmp_path / "next.xlsx")


def test_who_answered_stays_on_record_and_an_answer_can_be_taken_back(workspace: Workspace, tmp_path: Path) -> None:
    for who, word in (("Chan", "production"), ("Wong", "archive")):
        import_answers(workspace.project, answered(tmp_path / "q.xlsx", {"record.purpose": word}), who)
    assert [(one.answered_by, one.standing) for one in given_answers(workspace.project)] == [
        ("Chan", "answered again since"), ("Wong", "counts"),
    ]  # fmt: skip
    undo_answer(workspace.project, "A-2", by="Lee")
    assert [one.value for one in answers(workspace.project)] == ["production"]
    assert "taken back by Lee" in given_answers(workspace.project)[1].standing
    with pytest.raises(CallError, match="no answer that stands"):
        undo_answer(workspace.project, "A-2", by="Lee")
    undo_answer(workspace.project, "a-1", by="Lee")
    assert answers(workspace.project) == []
    with workspace.project.store.reading() as connection:
        assert list(unsaid(connection, workspace.project.store.events())) == []
    with workspace.project.store.transaction() as transaction:
        transaction.connection.execute(update(schema.answers).where(schema.answers.c.id == 1).values(answered_by="X"))
    with workspace.project.store.reading() as connection:
        assert list(unsaid(connection, workspace.project.store.events())) == ["the answers are not what the log says"]
    assert workspace.project.store.events()[-1].event.details["by"] == "Lee"


@pytest.mark.parametrize("stored", [{"fact": "no.longer_known"}, {"value": '"a word of another version"'}])
def test_an_answer_that_is_understood_no_more_costs_itself(
    workspace: Workspace, tmp_path: Path, stored: dict[str, str]
) -> None:
    import_answers(workspace.project, answered(tmp_path / "q.xlsx", {"sensitivity": "none of these"}), "Ho")
    with workspace.project.store.transaction() as transaction:
        transaction.connection.execute(update(schema.answers).values(**stored))
    # What is said next vouches for the answers as they are, as if another version had recorded them.
    import_answers(workspace.project, answered(tmp_path / "r.xlsx", {"record.purpose": "launch"}), "Ho")
    told = workspace.assess().warnings
    assert len(told) == 1 and "A-1 by Ho" in told[0] and "questions undo A-1" in told[0]
    undo_answer(workspace.project, "A-1", by="Ho")
    assert workspace.assess().warnings == ()


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({"answer": "", "answered_by": "former"}, "put the answer under answer"),
        ({"answer": "production", "answered_on": "2999-01-01"}, "in the future"),
    ],
)
def test_what_is_wrong_in_a_sheet_is_told(
    workspace: Workspace, tmp_path: Path, cells: dict[str, str], told: str
) -> None:
    with pytest.raises(CallError, match=told):
        import_answers(workspace.project, answered(tmp_path / "q.xlsx", {"record.purpose": ""}, **cells), "Ho")


def test_a_wrong_word_is_answered_with_the_words_there_are(workspace: Workspace, tmp_path: Path) -> None:
    for fact in ASKED:
        if fact.closed or fact.type in (FactType.YES_NO, FactType.DATE):
            with pytest.raises(CallError) as refused:
                import_answers(workspace.project, answered(tmp_path / "q.xlsx", {fact.name: "perhaps"}), "Ho")
            assert all(word in refused.value.message for word in choices_of(fact)), fact.name


def test_the_day_of_an_answer_is_today_where_the_sheet_says_nothing(workspace: Workspace, tmp_path: Path) -> None:
    import_answers(workspace.project, answered(tmp_path / "q.xlsx", {"record.purpose": "archive"}), "Ho")
    assert [one.answered_on for one in answers(workspace.project)] == [workspace.project.clock().date()]
    assert isinstance(answers(workspace.project)[0].answered_on, date)
