"""Why one holding stands where it stands: every rule considered, every condition with its value, and the ladder.

The trace is made on demand by the engine that decided, over the holding and its duplicate cluster alone, so it cannot
say anything else than what decided.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from pdpo_audit.errors import CallError
from pdpo_audit.model.findings import Hold
from pdpo_audit.policy.judging.conditions import Evaluator, Verdict
from pdpo_audit.policy.judging.constellations import OUTCOMES, Picture, constellate
from pdpo_audit.policy.judging.disposing import dispose
from pdpo_audit.policy.judging.effects import days_of
from pdpo_audit.policy.judging.ladder import Rung, Says, rungs
from pdpo_audit.policy.stating.holds import select
from pdpo_audit.policy.telling.sentence_words import Language
from pdpo_audit.policy.telling.sentences import test_text
from pdpo_audit.policy.terms.fact_table import Known
from pdpo_audit.policy.terms.facts import REGISTRY
from pdpo_audit.policy.terms.identities import Who
from pdpo_audit.policy.terms.rules import Condition, Group, Pack, Quantifier, RuleException, Test
from pdpo_audit.policy.terms.wording import Gloss

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionTrace:
    """A condition as it was met: ``line`` in the pack's file, the value found ("" for a group), what it says."""

    line: int
    text: str
    value: str
    verdict: Verdict
    members: tuple[ConditionTrace, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTrace:
    """A rule as it was considered."""

    rule: str
    title: str
    pack: str
    file: str
    line: int
    verdict: Verdict
    decided: bool
    released: bool
    when: ConditionTrace
    exceptions: tuple[tuple[str, Verdict, ConditionTrace], ...]
    says: tuple[tuple[Says, ...], ...]  # one entry where it is certain
    dates: dict[str, date]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Everything that led to one holding's disposition."""

    source: str
    path: str
    outcome: str
    act: str
    due_on: str
    due_rule: str
    due_rank: str
    missing_facts: str
    explanation: str
    facts: dict[str, str]
    holds: tuple[str, ...]
    rules: tuple[RuleTrace, ...]
    ladder: tuple[Rung, ...]


def explain(
    packs: Sequence[Pack],
    facts: pd.DataFrame,
    holds: Sequence[Hold],
    *,
    on: date,
    source: str,
    path: str,
    language: Language = "en",
) -> Explanation:
    """The trace of the holding at ``source`` and ``path``, its conditions and its explanation in ``language``.

    Raises ``CallError`` where the library has no such holding.
    """
    near = _with_cluster(facts, source, path)
    picture = constellate(packs, near, select(holds, near, on), on)
    row = dispose(picture, Who.of(near)).iloc[0]
    unit = int(picture.row_unit[0])
    return Explanation(
        source=source,
        path=path,
        outcome=str(row["outcome"]),
        act=str(row["act"]),
        due_on=str(row["due_on"]),
        due_rule=str(row["due_rule"]),
        due_rank=str(row["due_rank"]),
        missing_facts=str(row["missing_facts"]),
        explanation=str(row["explanation_zh" if language == "zh-Hant" else "explanation"]),
        facts=_facts(picture, unit),
        holds=tuple(hold.hold_id for hold in picture.holds.sets[picture.unit_holds[unit]]),
        rules=tuple(_rules(picture, unit, language)),
        ladder=_ladder(picture, unit),
    )


def _with_cluster(facts: pd.DataFrame, source: str, path: str) -> pd.DataFrame:
    """The holding's row first, then the rest of its duplicate cluster."""
    import pandas as pd

    here = (facts["source"] == source) & (facts["path"] == path)
    if not here.any():
        raise CallError(f"no holding {path!r} in the source {source!r}", advice="`export holdings` lists them.")
    own = facts[here].iloc[:1]
    cluster = str(own["cluster_id"].fillna("").iloc[0]) if "cluster_id" in facts.columns else ""
    if not cluster:
        return own.reset_index(drop=True)
    others = facts[(facts["cluster_id"] == cluster) & ~here]
    return pd.concat([own, others], ignore_index=True)


def _facts(picture: Picture, unit: int) -> dict[str, str]:
    """The facts that rules ask, as they were supplied."""
    at = picture.unit_set[unit]
    values = {name: column.values[column.codes[at]] for name, column in picture.table.columns.items()}
    return {name: shown_value(value) for name, value in values.items() if value is not None}


_NOT_RECORDED = Gloss(en="not recorded", zh="沒有記錄")
_YES_NO = {True: Gloss(en="yes", zh="是"), False: Gloss(en="no", zh="否")}
_NONE = Gloss(en="none of them", zh="全無")


def shown_value(value: Known | None, language: Language = "en") -> str:
    """A fact's value for people; "not recorded" where it is absent."""
    if value is None:
        return _NOT_RECORDED.in_language(language)
    if isinstance(value, bool):
        return _YES_NO[value].in_language(language)
    if isinstance(value, frozenset):
        return ", ".join(sorted(value)) or _NONE.in_language(language)
    return value.isoformat() if isinstance(value, date) else str(value)


def _rules(picture: Picture, unit: int, language: Language) -> Iterator[RuleTrace]:
    evaluator = Evaluator(picture.table, picture.on)
    at = int(picture.unit_set[unit])
    for index, effect in enumerate(picture.effects):
        turn = effect.turns[effect.code[at]]
        exceptions = tuple(
            (_exception_name(item), verdict, _trace(item.when, evaluator, at, language))
            for item, verdict in zip(effect.exceptions, turn.exceptions, strict=True)
        )
        yield RuleTrace(
            rule=effect.rule.rule_id,
            title=effect.rule.title.in_language(language),
            pack=picture.rule_packs[index].identity.name,
            file=picture.rule_packs[index].file,
            line=effect.rule.place.line,
            verdict=turn.verdict,
            decided=bool(picture.deciding[index][unit]),
            released=bool(picture.releases.of_rule(index, len(picture.unit_set))[unit]),
            when=_trace(effect.rule.when, evaluator, at, language),
            exceptions=exceptions,
            says=_says(picture, index, unit),
            dates=_dates(picture, index, at),
        )


def _exception_name(item: RuleException) -> str:
    return item.exception_id + (f" ({item.pack.name})" if item.pack else "")


def _says(picture: Picture, index: int, unit: int) -> tuple[tuple[Says, ...], ...]:
    """What the rule may be saying: one entry where it is certain."""
    found = picture.alternatives(index, unit)
    return tuple(sorted(tuple(sorted(word.says for word in words)) for words in found))


def _dates(picture: Picture, index: int, at: int) -> dict[str, date]:
    effect, one = picture.effects[index], np.array([at])
    names = {"counted": "counted from", "ceiling": "no longer than", "floor": "at least until", "end": "ended on"}
    found = {}
    for field in ("counted", "ceiling", "floor", "review", "end"):
        day = int(days_of(effect, one, field)[0])
        if day:
            found[names.get(field, field)] = date.fromordinal(day)
    return found


def _trace(condition: Condition, evaluator: Evaluator, at: int, language: Language) -> ConditionTrace:
    verdict = Verdict(int(evaluator.evaluate(condition).verdict[at]))
    if isinstance(condition, Test):
        text, value = test_text(condition, language), _found(condition, evaluator, at, language)
        return ConditionTrace(line=condition.place.line, text=text, value=value, verdict=verdict)
    members = tuple(_trace(member, evaluator, at, language) for member in condition.members)
    text = _named(condition, language) if condition.name else _GROUP[condition.quantifier].in_language(language)
    return ConditionTrace(line=condition.place.line, text=text, value="", verdict=verdict, members=members)


def _named(group: Group, language: Language) -> str:
    if language == "en" or group.meaning is None:
        return f'definition "{group.name}"'
    return f"定義「{group.meaning.in_language(language)}」"


_GROUP = {
    Quantifier.ALL: Gloss(en="all of", zh="以下全部"),
    Quantifier.ANY: Gloss(en="any of", zh="以下任何一項"),
    Quantifier.NONE: Gloss(en="none of", zh="以下全不"),
}


def _found(test: Test, evaluator: Evaluator, at: int, language: Language) -> str:
    facts = [fact for fact in (test.fact, test.other) if fact is not None]
    columns = [evaluator.table.column(REGISTRY[fact.name]) for fact in facts]
    return ", ".join(shown_value(column.values[column.codes[at]], language) for column in columns)


def _ladder(picture: Picture, unit: int) -> tuple[Rung, ...]:
    """The rungs on what is certain, in order; the outcome may be ``cannot_decide`` although a lower rung holds."""
    certain = [
        next(iter(found))
        for found in (picture.alternatives(index, unit) for index in range(len(picture.effects)))
        if len(found) == 1
    ]
    words = frozenset(word for said in certain for word in said)
    climbed = rungs(words, held=bool(picture.unit_holds[unit]), other_purpose=bool(picture.other_purpose[unit]))
    outcome = OUTCOMES[picture.outcome[unit]]
    if any(rung.holds and rung.outcome is outcome for rung in climbed):
        return climbed
    # What is unsure decided: its rung holds although nothing certain says so.
    return tuple(replace(rung, holds=True) if rung.outcome is outcome else rung for rung in climbed)
