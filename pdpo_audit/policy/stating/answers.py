"""Answers: facts that people supply for part of a library."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from pdpo_audit.model.findings import STOP_RULE
from pdpo_audit.model.locations.patterns import compiled, fixed_start
from pdpo_audit.policy.terms.fact_table import Known, UnfitError, normalise
from pdpo_audit.policy.terms.facts import REGISTRY, Fact, FactType
from pdpo_audit.policy.terms.flags import joined_flags
from pdpo_audit.policy.terms.identities import Texts, identities_of
from pdpo_audit.policy.words.jurisdictions import jurisdiction_code

if TYPE_CHECKING:
    import pandas as pd

#: The source of an answer that holds for all sources.
EVERYWHERE = "*"

#: The answer that there is no purpose (any more): the day of the answer becomes the day the purpose ended.
NO_PURPOSE = "none"

#: The answer that somebody looked for the sensitive kinds and found none.
NO_FLAGS = "none of these"

#: What a fact without a list of words takes.
_EXPECTED = {FactType.DATE: "a date such as 2026-11-20", FactType.COUNT: "a whole number"}


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
        return (NO_FLAGS, *fact.values)
    return tuple(fact.values)


def parse_answer(fact: Fact, raw: object) -> Known | None:
    """What a person wrote as the fact's value; None for nothing. Raises ``UnfitError``, which names the choices."""
    if fact.type is FactType.FLAGS and isinstance(raw, str) and raw.strip().lower() == NO_FLAGS:
        return frozenset()
    if isinstance(raw, str) and raw.strip().lower() in ("", "unknown", "not recorded"):
        return None
    if isinstance(raw, str) and choices_of(fact):
        raw = {word.lower(): word for word in choices_of(fact)}.get(raw.strip().lower(), raw)
    if fact.name == "location.jurisdiction" and isinstance(raw, str):
        try:
            raw = jurisdiction_code(raw)
        except ValueError as error:
            raise UnfitError(f"{fact.name}: {error}") from None
    try:
        return normalise(raw, fact)
    except UnfitError:
        expected = ", ".join(choices_of(fact)) or _EXPECTED.get(fact.type, fact.type.value)
        raise UnfitError(f"{fact.name}: {str(raw)[:80]!r} is none of what can be said here: {expected}") from None


def written_answer(value: Known) -> str:
    """An answer's value as the catalogue keeps it (JSON)."""
    plain = sorted(value) if isinstance(value, frozenset) else value
    return json.dumps(plain.isoformat() if isinstance(plain, date) else plain, ensure_ascii=False)


def stored_answer(row: Any) -> Answer | str:
    """A row of the catalogue's ``answers`` as an answer; a sentence where its fact or value is known no more.

    A version may know other words than the one in which somebody answered: that must cost this answer and no more.
    """
    told = f'the answer A-{row.id} by {row.answered_by} ({row.fact} for "{row.source}", {row.pattern})'
    way_out = f"answer again, or: pdpo-audit questions undo A-{row.id}"
    if row.fact not in REGISTRY:
        return f"{told} does not count: this version knows no such fact; {way_out}"
    try:
        value = parse_answer(REGISTRY[row.fact], json.loads(row.value))
        day = date.fromisoformat(row.answered_on)
    except ValueError as error:  # UnfitError is one
        return f"{told} does not count: {error}; {way_out}"
    if value is None:
        return f"{told} says nothing; {way_out}"
    return Answer(
        source=row.source,
        pattern=row.pattern,
        fact=row.fact,
        value=value,
        answered_by=row.answered_by,
        answered_on=day,
    )


def apply_answers(facts: pd.DataFrame, answers: Sequence[Answer]) -> pd.DataFrame:
    """``facts`` with every answer filled in where nothing was recorded.

    Of several answers the narrower counts: one for a source before one for all sources, a longer pattern before a
    shorter; among equals the latest. What a source, a register or the picture itself records is never overwritten; the
    flag of the stop rule joins it.
    """
    import pandas as pd

    filled = facts.copy(deep=False)  # columns are replaced, never written into
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
    return matching(answer.source, answer.pattern, texts)


def matching(source: str, pattern: str, texts: Texts) -> NDArray[np.bool_]:
    """Which holdings lie in ``source`` (``*``: any) under ``pattern``."""
    paths = texts["path"]
    chosen: NDArray[np.bool_] = np.ones(len(paths), bool) if source == EVERYWHERE else texts["source"] == source
    if pattern in ("**", "**/*", ""):
        return chosen
    matches = compiled(pattern).matches
    chosen &= np.fromiter(map(matches, paths), bool, len(paths))
    return chosen
