"""Answers: facts that people supply for part of a library."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from pdpo_audit.model.findings import STOP_RULE
from pdpo_audit.model.locations.patterns import compiled, fixed_start
from pdpo_audit.policy.terms.fact_table import Known, UnfitError, normalise
from pdpo_audit.policy.terms.facts import Fact, FactType
from pdpo_audit.policy.terms.flags import joined_flags
from pdpo_audit.policy.terms.identities import Texts, identities_of

if TYPE_CHECKING:
    import pandas as pd

#: The source of an answer that holds for all sources.
EVERYWHERE = "*"

#: The answer that there is no purpose (any more): the day of the answer becomes the day the purpose ended.
NO_PURPOSE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A fact supplied by a person for part of a library."""

    source: str
    pattern: str
    fact: str
    value: Known
    answered_by: str
    answered_on: date


def choices_of(fact: Fact) -> tuple[str, ...]:
    """The words offered as an answer; none where free text, a number or a date is asked."""
    if fact.type is FactType.YES_NO:
        return ("yes", "no")
    if fact.type is FactType.FLAGS:
        return ("none of these", *fact.values)
    return tuple(fact.values)


def parse_answer(fact: Fact, raw: object) -> Known | None:
    """What a person wrote as the fact's value; None for nothing. Raises ``UnfitError``."""
    if fact.type is FactType.FLAGS and isinstance(raw, str) and raw.strip() == "none of these":
        return frozenset()
    if isinstance(raw, str) and raw.strip().lower() in ("", "unknown", "not recorded"):
        return None
    value = normalise(raw, fact)
    if fact.type is FactType.CHOICE and fact.values and value not in fact.values and fact.closed:
        raise UnfitError(f"{fact.name}: {str(raw)[:80]!r} is none of {', '.join(fact.values)}")
    return value


def apply_answers(facts: pd.DataFrame, answers: Sequence[Answer]) -> pd.DataFrame:
    """``facts`` with every answer filled in where nothing was recorded.

    Of several answers the narrower counts: one for a source before one for all sources, a longer pattern before a
    shorter; among equals the latest. What a source, a register or the picture itself records is never overwritten; the
    flag of the stop rule joins it.
    """
    import pandas as pd

    filled = facts.copy()
    texts = identities_of(facts)
    absent: dict[str, NDArray[np.bool_]] = {}
    for answer in sorted(answers, key=_narrowness):
        for name, value in facts_of(answer.fact, answer.value, answer.answered_on):
            if name not in filled.columns:
                filled[name] = pd.Series(np.full(len(filled), None, object), index=filled.index, dtype=object)
            if name not in absent:
                absent[name] = filled[name].isna().to_numpy() | _blank(filled[name])
                filled[name] = filled[name].astype(object)
            column = filled[name].to_numpy(object, copy=True)
            column[absent[name] & _matching(answer, texts)] = value
            filled[name] = pd.Series(column, index=filled.index, dtype=object)
    return _stopping(filled, answers, texts)


def _stopping(filled: pd.DataFrame, answers: Sequence[Answer], texts: Texts) -> pd.DataFrame:
    """The stop flag joins whatever is recorded, and no narrower or later answer takes it away."""
    import pandas as pd

    for answer in answers:
        if answer.fact == "sensitivity" and isinstance(answer.value, frozenset) and STOP_RULE in answer.value:
            column = filled["sensitivity"].to_numpy(object, copy=True)
            for row in np.flatnonzero(_matching(answer, texts)):
                column[row] = joined_flags(column[row], STOP_RULE)
            filled["sensitivity"] = pd.Series(column, index=filled.index, dtype=object)
    return filled


def _narrowness(answer: Answer) -> tuple[bool, int, date, bool]:
    return (
        answer.source != EVERYWHERE,
        len(fixed_start(answer.pattern)),
        answer.answered_on,
        answer.fact != "sensitivity",
    )


def facts_of(name: str, value: object, answered_on: date) -> Iterator[tuple[str, object]]:
    """The facts that one answer states.

    That there is no purpose any more ends it on the day of the answer. Who looked for the sensitive kinds has also
    said whether a child is among them.
    """
    if name == "record.purpose" and value == NO_PURPOSE:
        yield "record.purpose", "no purpose any more"
        yield "record.purpose_ended_on", answered_on
        return
    yield name, value
    if name == "sensitivity" and isinstance(value, frozenset):
        yield "people.minors_declared", "child" in value


def _blank(column: pd.Series[Any]) -> NDArray[np.bool_]:
    return np.fromiter((isinstance(value, str) and value == "" for value in column), bool, len(column))


def _matching(answer: Answer, texts: Texts) -> NDArray[np.bool_]:
    paths = texts["path"]
    everywhere = answer.source == EVERYWHERE
    chosen: NDArray[np.bool_] = np.ones(len(paths), bool) if everywhere else texts["source"] == answer.source
    if answer.pattern in ("**", "**/*", ""):
        return chosen
    matches = compiled(answer.pattern).matches
    chosen &= np.fromiter(map(matches, paths), bool, len(paths))
    return chosen
