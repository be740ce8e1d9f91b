"""Questions: what the rules wait for, as a spreadsheet to fill in; answers become facts with who and when."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pdpo_audit.catalogue.proofs.sayings import digest_of_answers
from pdpo_audit.catalogue.sayings.judgements import record_answers
from pdpo_audit.catalogue.sayings.rows import RECORD
from pdpo_audit.pipeline.holds import holds_over
from pdpo_audit.policy.asking.question_sheets import read_answers, write_questions
from pdpo_audit.policy.asking.questions import Question, questions
from pdpo_audit.policy.stating.answers import Answer
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.rules.assessing import lock_pictures, project_facts, project_packs
from pdpo_audit.workspace.setup.persons import refuse_leaver
from pdpo_audit.workspace.setup.spreadsheets import note_spreadsheet

__all__ = ["Asked", "Question", "export_questions", "import_answers"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The questions in the order in which to answer them, and how many holdings wait for any of them."""

    questions: tuple[Question, ...]
    file: Path


def export_questions(project: Project, file: Path) -> Asked:
    """Write the fewest questions that resolve most holdings to a spreadsheet."""
    facts = project_facts(project)
    held = holds_over(project.store, project.memory, facts)
    asked = questions(project_packs(project), facts, held, on=project.clock().date())
    write_questions(asked, file)
    note_spreadsheet(project, file)
    return Asked(questions=asked, file=file)


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
    for name in dict.fromkeys(answer.answered_by for answer in answers):
        refuse_leaver(project, name)
    with project.store.transaction() as transaction:
        record_answers(transaction, [_row(answer) for answer in answers])
        details: dict[str, str | int | float | bool | None] = {
            "answers": len(answers), "by": "; ".join(sorted({answer.answered_by for answer in answers})),
            RECORD: digest_of_answers(transaction.connection),
        }  # fmt: skip
        transaction.append_event("questions answered", details, at=project.clock(), actor=project.actor)
    lock_pictures(project)
    return len(answers)


def _row(answer: Answer) -> dict[str, str]:
    value = sorted(answer.value) if isinstance(answer.value, frozenset) else answer.value
    return {
        "source": answer.source,
        "pattern": answer.pattern,
        "fact": answer.fact,
        "value": json.dumps(value.isoformat() if isinstance(value, date) else value, ensure_ascii=False),
        "answered_by": answer.answered_by,
        "answered_on": answer.answered_on.isoformat(),
    }
