"""Questions: what the rules wait for, as a spreadsheet to fill in; answers become facts with who and when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pdpo_audit.catalogue.proofs.sayings import digest_of_answers
from pdpo_audit.catalogue.sayings.judgements import answer_history, load_answers, record_answers, take_back_answer
from pdpo_audit.catalogue.sayings.rows import RECORD
from pdpo_audit.catalogue.stated.texts import hint_counts
from pdpo_audit.errors import CallError
from pdpo_audit.model.events import Details
from pdpo_audit.pipeline.holds import holds_over
from pdpo_audit.pipeline.remembered import TEXT_METHOD
from pdpo_audit.policy.asking.question_sheets import read_answers, write_questions
from pdpo_audit.policy.asking.question_texts import chinese_hint, english_hint
from pdpo_audit.policy.asking.questions import Question, questions
from pdpo_audit.policy.stating.answers import EVERYWHERE, Answer, stored_answer, written_answer
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.rules.assessing import lock_pictures, project_facts, project_packs
from pdpo_audit.workspace.rules.awaiting import note_put
from pdpo_audit.workspace.rules.classes import RECORD_CLASS, check_answered_class, known_classes
from pdpo_audit.workspace.rules.matters import standing_holds
from pdpo_audit.workspace.setup.persons import check_speaker
from pdpo_audit.workspace.setup.spreadsheets import note_spreadsheet

__all__ = [
    "Asked",
    "GivenAnswer",
    "Question",
    "export_questions",
    "given_answers",
    "import_answers",
    "take_answers",
    "undo_answer",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The questions in the order in which to answer them, and how many holdings wait for any of them."""

    questions: tuple[Question, ...]
    file: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenAnswer:
    """An answer as it was given (``value`` as JSON), and whether it counts: ``standing`` says so in words."""

    answer_id: str
    fact: str
    value: str
    source: str
    pattern: str
    answered_by: str
    answered_on: str
    standing: str


def export_questions(project: Project, file: Path, *, preview: bool = False) -> Asked:
    """Write the fewest questions that resolve most holdings to a spreadsheet.

    Today is kept as the day on which they were put, unless this is a ``preview``.
    """
    facts = project_facts(project)
    held = holds_over(project.store, project.memory, facts, standing_holds(project))
    asked = _hinted(project, questions(project_packs(project), facts, held, on=project.clock().date()))
    write_questions(asked, file)
    note_spreadsheet(project, file)
    if not preview:
        note_put(project, asked)
    return Asked(questions=asked, file=file)


def _hinted(project: Project, asked: Sequence[Question]) -> tuple[Question, ...]:
    """Questions for record classes with what words in the pictures of their sources hint at."""
    counts = hint_counts(project.store, project.store.recall(TEXT_METHOD))
    return tuple(_with_hint(one, counts) if one.fact == RECORD_CLASS else one for one in asked)


def _with_hint(question: Question, counts: Mapping[str, Mapping[str, int]]) -> Question:
    sources = set(counts) if question.sources == (EVERYWHERE,) else set(question.sources)
    topics: Counter[str] = Counter()
    for name in sources & set(counts):
        topics.update(counts[name])
    return replace(
        question,
        english=question.english + english_hint(topics),
        chinese=question.chinese + chinese_hint(topics),
    )


def import_answers(project: Project, file: Path, answered_by: str = "") -> int:
    """Take every answered row of the spreadsheet as a fact; gives how many.

    :raises CallError: a row is wrong; then none is taken.
    """
    answers = read_answers(
        file,
        answered_by=answered_by or project.actor,
        today=project.clock().date(),
        sources={source.name for source in project.settings.sources},
    )
    return take_answers(project, answers)


def take_answers(project: Project, answers: Sequence[Answer]) -> int:
    """Take answers as facts, whichever way they come; gives how many.

    :raises CallError: one is wrong; then none is taken.
    """
    known = known_classes(project, project_packs(project))
    for answer in answers:
        if answer.fact == RECORD_CLASS:
            check_answered_class(answer.value, known)
    for name in dict.fromkeys(answer.answered_by for answer in answers):
        check_speaker(project, name)
    with project.store.transaction() as transaction:
        record_answers(transaction, [_row(answer) for answer in answers], at=project.clock())
        details: Details = {
            "answers": len(answers), "by": "; ".join(sorted({answer.answered_by for answer in answers})),
            RECORD: digest_of_answers(transaction.connection),
        }  # fmt: skip
        transaction.append_event("questions answered", details, at=project.clock(), actor=project.actor)
    lock_pictures(project)
    return len(answers)


def given_answers(project: Project) -> list[GivenAnswer]:
    """Every answer ever given, in the order in which they were recorded."""
    rows = answer_history(project.store)
    counting = {row.id for row in load_answers(project.store)}
    return [
        GivenAnswer(
            answer_id=f"A-{row.id}",
            fact=row.fact,
            value=row.value,
            source=row.source,
            pattern=row.pattern,
            answered_by=row.answered_by,
            answered_on=row.answered_on,
            standing=_standing(row, counting),
        )
        for row in rows
    ]


def undo_answer(project: Project, answer_id: str, *, by: str) -> GivenAnswer:
    """``by`` takes an answer back: what was answered before it counts again, or the question is open again.

    :raises CallError: nobody is named, or no answer that stands has this id.
    """
    if not any(char.isalpha() for char in by):
        raise CallError("taking an answer back needs the person who does it", advice='--by "Chan Tai Man"')
    check_speaker(project, by)
    one = next((one for one in given_answers(project) if one.answer_id == answer_id.strip().upper()), None)
    if one is None or one.standing.startswith("taken back"):
        raise CallError(f"no answer that stands is called {answer_id}", advice="pdpo-audit questions list")
    with project.store.transaction() as transaction:
        take_back_answer(transaction, int(one.answer_id[2:]), by=by, at=project.clock())
        details: Details = {
            "answer": one.answer_id, "fact": one.fact, "source": one.source, "pattern": one.pattern, "by": by,
            RECORD: digest_of_answers(transaction.connection),
        }  # fmt: skip
        transaction.append_event("answer taken back", details, at=project.clock(), actor=project.actor)
    lock_pictures(project)
    return one


def _standing(row: Any, counting: Collection[int]) -> str:
    if row.taken_back_by:
        return f"taken back by {row.taken_back_by} on {row.taken_back_at[:10]}"
    if row.id not in counting:
        return "answered again since"
    read = stored_answer(row)
    return read if isinstance(read, str) else "counts"


def _row(answer: Answer) -> dict[str, str]:
    return {
        "source": answer.source,
        "pattern": answer.pattern,
        "fact": answer.fact,
        "value": written_answer(answer.value),
        "answered_by": answer.answered_by,
        "answered_on": answer.answered_on.isoformat(),
    }
