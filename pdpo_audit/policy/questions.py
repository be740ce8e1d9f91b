"""What ``cannot_decide`` waits for, as few questions as possible, most effective first; and answers as facts.

A rule usually waits for several facts, and most rules fall away once the first of them is known: a record class decides
which of thirty rules apply at all. So each waiting rule asks only the one fact that most rules ask; what then still
matters is asked in the next round. What has to be asked whatever the answers are is asked at once.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import translate
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from pdpo_audit.model.findings import Hold, Outcome
from pdpo_audit.policy.constellations import OUTCOMES, Picture, constellate, fact_names_of
from pdpo_audit.policy.disposing import names_of
from pdpo_audit.policy.fact_table import Codes, Known, UnfitError, normalise
from pdpo_audit.policy.facts import BITS, REGISTRY, Fact, FactType
from pdpo_audit.policy.holds import select
from pdpo_audit.policy.identities import Texts, identities_of
from pdpo_audit.policy.rules import Pack

if TYPE_CHECKING:
    import pandas as pd

EVERYWHERE = "*"

#: Asked once for the whole library, to be split where sources differ: one answer mostly fits all of them.
_OF_THE_LIBRARY = ("sensitivity", "people.minors_declared", "location.jurisdiction", "location.city")

#: How often neutral answers are assumed to see what has to be asked besides.
ROUNDS = 4

#: The answer that there is no purpose (any more): the day of the answer becomes the day the purpose ended.
NO_PURPOSE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question: the fact for the holdings of ``source`` (``*``: all sources) whose path matches ``pattern``.

    ``holdings`` wait for it; ``resolved`` is how many holdings wait for nothing more of what is asked here once this
    question and all before it are answered. An answer may lead to further questions.
    """

    question_id: str
    source: str
    pattern: str
    fact: str
    english: str
    chinese: str
    holdings: int
    resolved: int
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A fact supplied by a person for part of a library."""

    source: str
    pattern: str
    fact: str
    value: Known
    answered_by: str
    answered_on: date


@dataclass(frozen=True, slots=True)
class _Part:
    """The part of a library that one question is about."""

    source: str
    pattern: str
    fact: str


def questions(packs: Sequence[Pack], facts: pd.DataFrame, holds: Sequence[Hold], *, on: date) -> tuple[Question, ...]:
    """The questions that resolve most holdings with fewest answers, in the order in which to answer them."""
    waiting = np.zeros(len(facts), np.int64)
    assumed = facts
    for _ in range(ROUNDS if len(facts) else 0):
        picture = constellate(packs, assumed, select(holds, facts, on), on)
        asked = _gates(picture)[picture.row_unit] & ~waiting
        if not asked.any():
            break
        waiting |= asked
        assumed = _with_neutral_answers(assumed, asked)
    sets = _parts(identities_of(facts), waiting)
    return tuple(_ask(_in_order(sets), sets))


def _with_neutral_answers(facts: pd.DataFrame, asked: Codes) -> pd.DataFrame:
    """The facts as if what is asked had been answered with something that concerns no rule in particular.

    What is still waiting then has to be asked whatever the answers are, and is asked at once.
    """
    import pandas as pd

    filled = facts.copy(deep=False)
    for name in names_of(int(np.bitwise_or.reduce(asked))):
        neutral = _neutral(REGISTRY[name])
        if neutral is not None:
            rows = (asked >> BITS[name] & 1).astype(bool)
            present = filled[name].to_numpy(object) if name in filled.columns else np.full(len(filled), None, object)
            column = present.copy()
            for row in np.flatnonzero(rows):
                column[row] = neutral
            filled[name] = pd.Series(column, index=filled.index, dtype=object)
    return filled


def _neutral(fact: Fact) -> object:
    if fact.name in _QUIET:
        return _QUIET[fact.name]
    match fact.type:
        case FactType.TEXT:
            return "any"
        case FactType.CHOICE:
            return "any"
        case FactType.FLAGS:
            return ()
        case FactType.YES_NO:
            return False
        case FactType.COUNT | FactType.DATE | FactType.LEVEL:
            return None


#: Answers that start no period and find nothing.
_QUIET = {
    "location.jurisdiction": "HK",
    "location.city": "Hong Kong",
    "applicant.outcome": "pending",
    "employment.status": "current",
    "kyc.relationship": "current",
}


def _gates(picture: Picture) -> Codes:
    """For every unit that cannot be decided the bits of the facts to ask first."""
    asked = Counter(name for effect in picture.effects for name in set(fact_names_of(effect.rule)))
    order = sorted((name for name in REGISTRY if REGISTRY[name].asked), key=lambda name: (-asked[name], BITS[name]))
    undecided = picture.outcome == OUTCOMES.index(Outcome.CANNOT_DECIDE)
    gates = np.zeros(len(picture.outcome), np.int64)
    for index, effect in enumerate(picture.effects):
        first = [_first(turn.unknown, order) for turn in effect.turns] or [0]
        decided = undecided & picture.deciding[index]
        gates |= np.where(decided, np.array(first, np.int64)[picture.turns(index)], 0)
    return gates


def _first(unknown: int, order: Sequence[str]) -> int:
    """The bit of the fact to ask first; 0 where no person can answer (the face pass has to run)."""
    return next((1 << BITS[name] for name in order if unknown >> BITS[name] & 1), 0)


def _parts(texts: Texts, waiting: Codes) -> Counter[frozenset[_Part]]:
    """What the waiting rows ask together, with the number of rows."""
    rows = np.flatnonzero(waiting)
    masks, sources, paths = waiting[rows].tolist(), texts["source"][rows].tolist(), texts["path"][rows].tolist()
    ends: dict[tuple[int, str], tuple[str, str]] = {}
    alike: Counter[tuple[int, str]] = Counter()
    for mask, source, path in zip(masks, sources, paths, strict=True):
        first, last = ends.get((mask, source), (path, path))
        ends[mask, source] = (min(first, path), max(last, path))
        alike[mask, source] += 1
    patterns = _patterns(ends)
    found: Counter[frozenset[_Part]] = Counter()
    for (mask, source), count in alike.items():
        found[frozenset(_part(name, source, patterns) for name in names_of(mask))] += count
    return found


def _patterns(ends: dict[tuple[int, str], tuple[str, str]]) -> dict[tuple[str, str], str]:
    """For every source and fact the deepest folder that holds all that waits for it."""
    spans: dict[tuple[str, str], list[str]] = {}
    for (mask, source), pair in ends.items():
        for name in names_of(mask):
            spans.setdefault((source, name), []).extend(pair)
    return {key: _common_folder(min(paths), max(paths)) for key, paths in spans.items()}


def _common_folder(first: str, last: str) -> str:
    """The folders that two paths share, as a pattern; between the least and the greatest path lie all others."""
    shared = []
    for left, right in zip(first.split("/")[:-1], last.split("/")[:-1], strict=False):
        if left != right:
            break
        shared.append(_literal(left))
    return "/".join([*shared, "**"])


def _part(name: str, source: str, patterns: dict[tuple[str, str], str]) -> _Part:
    if name in _OF_THE_LIBRARY:
        return _Part(EVERYWHERE, "**", name)
    return _Part(source, patterns[source, name], name)


def _literal(text: str) -> str:
    """A folder's name as a pattern that matches nothing else."""
    return re.sub(r"([*?\[])", r"[\1]", text)


def _in_order(sets: Counter[frozenset[_Part]]) -> Iterator[tuple[_Part, int]]:
    """Greedy: always the set of open questions that frees most holdings for each answer; with the running total."""
    answered: set[_Part] = set()
    free = 0
    while open_ := [found for found in sets if not found <= answered]:
        best = max(open_, key=lambda found: (_gain(found, sets, answered), sorted(map(repr, found))))
        remaining = sorted(best - answered, key=lambda part: (-_asking(part, sets), repr(part)))
        for part in remaining:
            answered.add(part)
            free = sum(count for found, count in sets.items() if found <= answered)
            yield part, free


def _gain(found: frozenset[_Part], sets: Counter[frozenset[_Part]], answered: set[_Part]) -> float:
    after = answered | found
    freed = sum(count for other, count in sets.items() if other <= after and not other <= answered)
    return freed / len(found - answered)


def _asking(part: _Part, sets: Counter[frozenset[_Part]]) -> int:
    return sum(count for found, count in sets.items() if part in found)


def _ask(order: Iterator[tuple[_Part, int]], sets: Counter[frozenset[_Part]]) -> Iterator[Question]:
    for part, resolved in order:
        fact = REGISTRY[part.fact]
        where = "all sources" if part.source == EVERYWHERE else f"“{part.source}”"
        place = "所有來源" if part.source == EVERYWHERE else f"「{part.source}」"
        inside = "" if part.pattern == "**" else f", {part.pattern}"
        yield Question(
            question_id=sha256(repr(part).encode("utf-8", "surrogatepass")).hexdigest()[:12],
            source=part.source,
            pattern=part.pattern,
            fact=part.fact,
            english=f"For {where}{inside}: what is {fact.gloss.en}?{_hint(fact)}",
            chinese=f"{place}{inside}：{fact.gloss.zh}是甚麼？",
            holdings=_asking(part, sets),
            resolved=resolved,
            choices=choices_of(fact),
        )


def _hint(fact: Fact) -> str:
    if fact.name == "record.purpose":
        return f" Write the purpose, or “{NO_PURPOSE}” where there is none (any more)."
    if fact.type is FactType.FLAGS:
        return " Several may be written with commas."
    if fact.type is FactType.DATE:
        return " A date such as 2026-11-20; where folders differ, copy the row and narrow its pattern."
    return ""


def choices_of(fact: Fact) -> tuple[str, ...]:
    """The words offered as an answer; none where free text, a number or a date is asked."""
    if fact.type is FactType.YES_NO:
        return ("yes", "no")
    if fact.type is FactType.FLAGS:
        return ("none of these", *fact.values)
    return tuple(fact.values)


# --- answers -------------------------------------------------------------------------------------------------------


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
    """``facts`` with every answer filled in where nothing was recorded; of several answers the latest counts.

    What a source, a register or the picture itself records is never overwritten.
    """
    import pandas as pd

    filled = facts.copy()
    texts = identities_of(facts)
    absent: dict[str, NDArray[np.bool_]] = {}
    for answer in sorted(answers, key=lambda item: item.answered_on):
        for name, value in _facts_of(answer):
            if name not in filled.columns:
                filled[name] = pd.Series(np.full(len(filled), None, object), index=filled.index, dtype=object)
            if name not in absent:
                absent[name] = filled[name].isna().to_numpy() | _blank(filled[name])
                filled[name] = filled[name].astype(object)
            chosen = np.flatnonzero(absent[name] & _matching(answer, texts))
            column = filled[name].to_numpy(object, copy=True)
            for row in chosen:
                column[row] = value
            filled[name] = pd.Series(column, index=filled.index, dtype=object)
    return filled


def _blank(column: pd.Series[Any]) -> NDArray[np.bool_]:
    return np.fromiter((isinstance(value, str) and value == "" for value in column), bool, len(column))


def _facts_of(answer: Answer) -> Iterator[tuple[str, object]]:
    value = tuple(sorted(answer.value)) if isinstance(answer.value, frozenset) else answer.value
    if answer.fact == "record.purpose" and answer.value == NO_PURPOSE:
        yield "record.purpose", "no purpose any more"
        yield "record.purpose_ended_on", answer.answered_on
    else:
        yield answer.fact, value


def _matching(answer: Answer, texts: Texts) -> NDArray[np.bool_]:
    paths = texts["path"]
    everywhere = answer.source == EVERYWHERE
    chosen: NDArray[np.bool_] = np.ones(len(paths), bool) if everywhere else texts["source"] == answer.source
    if answer.pattern in ("**", "**/*", "*", ""):
        return chosen
    matches = re.compile(translate(answer.pattern)).match
    chosen &= np.fromiter((matches(path) is not None for path in paths), bool, len(paths))
    return chosen
