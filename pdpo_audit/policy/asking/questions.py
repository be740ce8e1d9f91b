"""What ``cannot_decide`` waits for, as few questions as possible, most effective first.

A rule usually waits for several facts, and most rules fall away once the first of them is known: a record class decides
which of thirty rules apply at all. So each waiting rule asks only the one fact that most rules ask, and neutral answers
are assumed to see what has to be asked besides. One question covers every source that waits for the same fact: most
libraries need one answer and a few exceptions, and below it stands a row for each source where the answer may differ.
What only some answers would lead to (a campaign's end, if these are campaign portraits) is offered beforehand, so that
one sheet can settle a library.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pdpo_audit.model.findings import Hold, Outcome
from pdpo_audit.policy.asking.library_parts import Part, ask_together, in_order, part_id, split_by_source
from pdpo_audit.policy.asking.question_texts import chinese_of, english_of
from pdpo_audit.policy.judging.conditions import tests_in
from pdpo_audit.policy.judging.constellations import OUTCOMES, Picture, constellate, fact_names_of
from pdpo_audit.policy.stating.answers import EVERYWHERE, choices_of, facts_of
from pdpo_audit.policy.stating.holds import select
from pdpo_audit.policy.terms.facts import FACT_BITS, REGISTRY, Fact, FactType
from pdpo_audit.policy.terms.identities import identities_of
from pdpo_audit.policy.terms.masks import Mask, Masks, any_of
from pdpo_audit.policy.terms.rules import Operator, Pack

if TYPE_CHECKING:
    import pandas as pd

#: How often neutral answers are assumed to see what has to be asked besides.
ROUNDS = 6

#: So many rows, evenly spread, tell what an answer may lead to; larger libraries are counted up from them.
SAMPLE = 5_000

#: No more answers of one fact are followed up than this.
MAX_CASES = 24


class Ask(StrEnum):
    """When a question is to be answered."""

    ALWAYS = "always"
    IF_IT_APPLIES = "if it applies"  # only one of several answers leads to it
    WHERE_IT_DIFFERS = "where it differs"  # a source whose answer is not the one given for all


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question: the fact for the holdings of ``sources`` (``*``: all of them) whose paths match ``pattern``.

    ``holdings`` wait for it (may wait, unless it is asked always); ``resolved`` is how many holdings wait for nothing
    more once this question and all before it are answered, as long as no answer leads to one that is asked only if it
    applies.
    """

    question_id: str
    ask: Ask
    sources: tuple[str, ...]
    pattern: str
    fact: str
    english: str
    chinese: str
    holdings: int
    resolved: int
    choices: tuple[str, ...]


def questions(packs: Sequence[Pack], facts: pd.DataFrame, holds: Sequence[Hold], *, on: date) -> tuple[Question, ...]:
    """The questions that resolve most holdings with fewest answers, in the order in which to answer them."""
    if not len(facts):
        return ()
    waiting = _awaited(packs, facts, holds, on)
    texts = identities_of(facts)
    library = frozenset(texts["source"].tolist())
    sets = ask_together(texts, waiting)
    asked = list(in_order(sets))
    always = [_question(Ask.ALWAYS, part, library, sets, free) for part, free in asked]
    free = asked[-1][1] if asked else 0
    later = [
        _question(Ask.IF_IT_APPLIES, part, library, Counter({frozenset({part}): count}), free, cases)
        for part, cases, count in _follow_ups(packs, facts, waiting, holds, on)
    ]
    apart = split_by_source(texts, waiting, [part for part, _ in asked])
    differing = [_question(Ask.WHERE_IT_DIFFERS, part, library, apart, free) for part in _by_size(apart)]
    return (*always, *later, *differing)


def _question(
    ask: Ask,
    part: Part,
    library: frozenset[str],
    sets: Counter[frozenset[Part]],
    free: int,
    cases: tuple[str, ...] = (),
) -> Question:
    fact = REGISTRY[part.fact]
    everywhere = library <= part.sources and len(library) > 1
    sources = (EVERYWHERE,) if everywhere else tuple(sorted(part.sources))
    return Question(
        question_id=part_id(part),
        ask=ask,
        sources=sources,
        pattern=part.pattern,
        fact=part.fact,
        english=english_of(fact, sources, part.pattern, cases, differs=ask is Ask.WHERE_IT_DIFFERS),
        chinese=chinese_of(fact, sources, part.pattern, cases, differs=ask is Ask.WHERE_IT_DIFFERS),
        holdings=sum(count for found, count in sets.items() if part in found),
        resolved=free,
        choices=choices_of(fact),
    )


def _by_size(sets: Counter[frozenset[Part]]) -> list[Part]:
    sizes: Counter[Part] = Counter()
    for found, count in sets.items():
        for part in found:
            sizes[part] += count
    order = {name: at for at, name in enumerate(REGISTRY)}
    return sorted(sizes, key=lambda part: (-sizes[part], order[part.fact], sorted(part.sources)))


# --- what is waited for --------------------------------------------------------------------------------------------


def _awaited(packs: Sequence[Pack], facts: pd.DataFrame, holds: Sequence[Hold], on: date, known: Mask = 0) -> Masks:
    """For every row the bits of the facts to ask, whatever the answers are; ``known`` bits were answered before."""
    waiting = FACT_BITS.nothing(len(facts))
    assumed = facts
    for _ in range(ROUNDS):
        picture = constellate(packs, assumed, select(holds, facts, on), on)
        asked = _gates(picture)[picture.row_unit] & ~waiting & ~FACT_BITS.row(known)
        if not asked.any():
            break
        waiting |= asked
        assumed = _with_answers(assumed, asked, on)
    return waiting


def _with_answers(facts: pd.DataFrame, asked: Masks, on: date) -> pd.DataFrame:
    """The facts as if what is asked had been answered with something that concerns no rule in particular.

    What is still waiting then has to be asked whatever the answers are, and is asked at once.
    """
    filled = facts.copy(deep=False)
    for name in FACT_BITS.names_of(FACT_BITS.union(asked)):
        rows = FACT_BITS.has(asked, name)
        for given, value in facts_of(name, _neutral(REGISTRY[name]), on):
            _fill(filled, given, value, rows)
    return filled


def _fill(frame: pd.DataFrame, name: str, value: object, rows: NDArray[np.bool_]) -> None:
    import pandas as pd

    present = frame[name].to_numpy(object) if name in frame.columns else np.full(len(frame), None, object)
    column = present.copy()
    column[rows] = value
    frame[name] = pd.Series(column, index=frame.index, dtype=object)


#: Answers that start no period and find nothing.
_QUIET: dict[str, object] = {
    "location.jurisdiction": "HK",
    "location.city": "Hong Kong",
    "applicant.outcome": "pending",
    "employment.status": "current",
    "kyc.relationship": "current",
}


def _neutral(fact: Fact) -> object:
    if fact.name in _QUIET:
        return _QUIET[fact.name]
    match fact.type:
        case FactType.TEXT | FactType.CHOICE | FactType.LEVEL:
            return "any"
        case FactType.FLAGS:
            return frozenset()
        case FactType.YES_NO:
            return False
        case FactType.COUNT:
            return 1_000_000
        case FactType.DATE:
            return date(2999, 12, 31)


def _gates(picture: Picture) -> Masks:
    """For every unit that cannot be decided the facts to ask first; none where no person can answer."""
    asked = Counter(name for effect in picture.effects for name in set(fact_names_of(effect.rule)))
    order = sorted(
        (name for name in REGISTRY if REGISTRY[name].asked), key=lambda name: (-asked[name], FACT_BITS.place[name])
    )
    undecided = picture.outcome == OUTCOMES.index(Outcome.CANNOT_DECIDE)
    gates = FACT_BITS.nothing(len(picture.outcome))
    for index, effect in enumerate(picture.effects):
        first = FACT_BITS.rows([FACT_BITS.first(turn.unknown, order) for turn in effect.turns] or [0])
        decided = undecided & picture.deciding[index]
        gates |= FACT_BITS.only(first[picture.turns(index)], decided)
    return gates


# --- what an answer may lead to ------------------------------------------------------------------------------------


def _follow_ups(
    packs: Sequence[Pack], facts: pd.DataFrame, waiting: Masks, holds: Sequence[Hold], on: date
) -> Iterator[tuple[Part, tuple[str, ...], int]]:
    """Questions that only some answers to a choice lead to: the part, those answers, and how many rows it may concern.

    Each answer that a rule names is assumed in turn, with neutral answers to everything else that is asked.
    """
    awaiting = np.flatnonzero(any_of(waiting))
    rows = awaiting[:: max(1, len(awaiting) // SAMPLE)]
    if not len(rows):
        return
    known = FACT_BITS.union(waiting)
    sample = _with_answers(facts.iloc[rows].reset_index(drop=True), waiting[rows], on)
    texts = identities_of(sample)
    cases: dict[str, set[str]] = {}
    concerned: dict[str, NDArray[np.bool_]] = {}
    for gate in FACT_BITS.names_of(known):
        if REGISTRY[gate].type is not FactType.CHOICE:
            continue
        asks = FACT_BITS.has(waiting[rows], gate)
        for value in _named(packs, gate, on):
            assumed = sample.copy(deep=False)
            _fill(assumed, gate, value, asks)
            for name, found in _led_to(packs, assumed, holds, on, known):
                cases.setdefault(name, set()).add(value)
                concerned[name] = concerned.get(name, np.zeros(len(rows), bool)) | found
    scale = len(awaiting) / len(rows)
    order = {name: at for at, name in enumerate(REGISTRY)}
    for name in sorted(concerned, key=lambda name: (-int(concerned[name].sum()), order[name])):
        mask = FACT_BITS.where(concerned[name], name)
        ((part,),) = ask_together(texts, mask)
        if scale > 1:  # a sample may miss folders
            part = Part(part.sources, "**", name)
        yield part, tuple(sorted(cases[name])), round(int(concerned[name].sum()) * scale)


def _led_to(
    packs: Sequence[Pack], assumed: pd.DataFrame, holds: Sequence[Hold], on: date, known: Mask
) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    """What is asked on this assumption, and what its own worrying answers lead to in turn."""
    asked = _awaited(packs, assumed, holds, on, known)
    found = FACT_BITS.union(asked)
    for name in FACT_BITS.names_of(found):
        rows = FACT_BITS.has(asked, name)
        yield name, rows
        if REGISTRY[name].type is FactType.CHOICE:
            for value in _named(packs, name, on):
                further = assumed.copy(deep=False)
                _fill(further, name, value, rows)
                yield from _led_to(packs, further, holds, on, known | found)


def _named(packs: Sequence[Pack], name: str, on: date) -> list[str]:
    """The words that rules in force look for in a fact."""
    conditions = [
        condition
        for pack in packs
        for rule in pack.rules_in_force(on)
        for condition in (rule.when, *(exception.when for exception in rule.exceptions))
    ]
    looked_for = [
        str(value)
        for condition in conditions
        for test in tests_in(condition)
        if test.fact.name == name and test.operator in (Operator.IS, Operator.ONE_OF)
        for value in test.values
    ]
    return list(dict.fromkeys(looked_for))[:MAX_CASES]
