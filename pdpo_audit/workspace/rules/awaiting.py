"""Questions that were put and have no answer yet: the day of asking becomes a fact."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from pdpo_audit.catalogue.sayings.judgements import answer_history
from pdpo_audit.catalogue.sayings.questions import digest_of_put, load_put, record_put
from pdpo_audit.catalogue.sayings.rows import RECORD
from pdpo_audit.model.events import Details
from pdpo_audit.policy.asking.questions import Ask, Question
from pdpo_audit.policy.stating.answers import EVERYWHERE, matching
from pdpo_audit.policy.terms.identities import identities_of
from pdpo_audit.workspace.project import Project

#: The questions whose day of asking rules may look at: the fact that is asked, and the fact that holds the day.
WAITED_FOR = {"record.purpose": "question.purpose_asked_on"}


def note_put(project: Project, asked: Sequence[Question]) -> int:
    """Record that the questions that are asked in any case are put today; gives how many."""
    put = [question for question in asked if question.ask is Ask.ALWAYS]
    today = project.clock().date().isoformat()
    rows = [
        {"source": source, "pattern": item.pattern, "fact": item.fact, "asked_on": today, "asked_by": project.actor}
        for item in put
        for source in item.sources
    ]
    if rows:
        with project.store.transaction() as transaction:
            record_put(transaction, rows)
            details: Details = {"questions": len(put), "on": today, RECORD: digest_of_put(transaction)}
            transaction.append_event("questions put", details, at=project.clock(), actor=project.actor)
    return len(put)


def lay_awaited(project: Project, facts: pd.DataFrame) -> pd.DataFrame:
    """``facts`` with the day since which each question of ``WAITED_FOR`` waits for an answer.

    That day is the first on which it was put, or put again after an answer to it was taken back.
    """
    put = [row for row in load_put(project.store) if row.fact in WAITED_FOR]
    if not put:
        return facts
    texts, history = identities_of(facts), answer_history(project.store)
    laid = facts.copy(deep=False)
    for fact, name in WAITED_FOR.items():
        known = facts[fact].to_numpy(object) if fact in facts.columns else np.full(len(facts), None, object)
        open_rows = np.array([value is None or value != value or value == "" for value in known], bool)
        column = np.full(len(facts), None, object)
        for row in reversed(put):  # the oldest last: it stays
            if row.fact == fact and not _answered_since(row, history):
                column[open_rows & matching(row.source, row.pattern, texts)] = date.fromisoformat(row.asked_on)
        laid[name] = pd.Series(column, index=facts.index, dtype=object)
    return laid


def _answered_since(put: Any, history: Sequence[Any]) -> bool:
    """Whether it was answered after it was put; where that answer was taken back, the question was opened anew."""
    return any(
        answer.fact == put.fact
        and answer.taken_back_by
        and put.asked_on <= answer.taken_back_at[:10]
        and put.asked_on <= answer.recorded_at[:10]
        and (EVERYWHERE in (answer.source, put.source) or answer.source == put.source)
        for answer in history
    )
