"""One disposition for each holding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pdpo_audit.model.findings import Act, AuthorityRank, Outcome
from pdpo_audit.model.tables import COLUMNS, Table
from pdpo_audit.policy.judging.constellations import OUTCOMES, Picture
from pdpo_audit.policy.judging.due_days import Given, act_given, due_days, says_any
from pdpo_audit.policy.judging.effects import rank_of_day
from pdpo_audit.policy.judging.ladder import Says
from pdpo_audit.policy.judging.words.disposed import Disposed, disposed
from pdpo_audit.policy.terms.fact_table import Codes, distinct
from pdpo_audit.policy.terms.facts import FACT_BITS, REGISTRY
from pdpo_audit.policy.terms.identities import Who
from pdpo_audit.policy.terms.masks import Masks

if TYPE_CHECKING:
    import pandas as pd


def dispose(picture: Picture, who: Who) -> pd.DataFrame:
    """The table ``dispositions``, one row for each row of the library in its order."""
    import pandas as pd

    due, missing = due_days(picture), missing_facts(picture)
    copies, unseen = _additional_copies(picture), _not_looked_for(picture)
    keys: list[NDArray[np.signedinteger]] = [
        picture.outcome,
        due.days,
        due.by + np.int32(1),
        _ranks(picture, due.by),
        *FACT_BITS.keys(missing),
        picture.unit_holds,
        copies,
        unseen,
        *_patterns(picture.deciding),
    ]
    kinds, first = distinct(keys, len(copies))
    texts = [_texts(picture, _Told.of(int(unit), due, missing, copies, unseen)) for unit in first]
    row_kind = kinds[picture.row_unit] if len(kinds) else np.zeros(0, np.int64)
    columns = {
        name: pd.Series(np.array([text[name] for text in texts] or [""], object)[row_kind], dtype=object)
        for name in COLUMNS[Table.DISPOSITIONS][2:]
    }
    named = {name: who.column(name) for name in ("source", "path")}
    return pd.DataFrame({**named, **columns}, copy=False)


def _ranks(picture: Picture, by: NDArray[np.int32]) -> Codes:
    """For every unit a number for the rank of its day: the same rule may give days of its own or of an exception."""
    found = np.zeros(len(by), np.int64)
    for index, effect in enumerate(picture.effects):
        mine = np.flatnonzero(by == index)
        if len(mine):
            found[mine] = effect.table(lambda turn: turn.variant, np.int8)[picture.turns(index, mine)]
    return found


def _patterns(flags: Sequence[NDArray[np.bool_]]) -> list[Codes]:
    """Many yes-or-no columns as a few numbers."""
    found = []
    for start in range(0, len(flags), 60):
        packed = np.zeros(len(flags[start]), np.int64)
        for bit, flag in enumerate(flags[start : start + 60]):
            packed |= flag.astype(np.int64) << bit
        found.append(packed)
    return found


@dataclass(frozen=True, slots=True)
class _Told:
    """What is to be told of one unit; ``by`` is the position of the rule that gives the day, -1 where none does."""

    unit: int
    day: date | None
    by: int
    lacking: tuple[str, ...]
    copy: bool
    unseen: bool

    @staticmethod
    def of(unit: int, due: Given, missing: Masks, copies: Codes, unseen: Codes) -> _Told:
        day = int(due.days[unit])
        return _Told(
            unit=unit,
            day=date.fromordinal(day) if day else None,
            by=int(due.by[unit]) if day else -1,
            lacking=tuple(FACT_BITS.names_of(FACT_BITS.number(missing[unit]))),
            copy=bool(copies[unit]),
            unseen=bool(unseen[unit]),
        )


def _texts(picture: Picture, told: _Told) -> dict[str, str]:
    outcome = OUTCOMES[picture.outcome[told.unit]]
    deciding = [index for index, decided in enumerate(picture.deciding) if decided[told.unit]]
    rules = ", ".join(picture.effects[index].rule.rule_id for index in deciding)
    rule, rank = _giver(picture, told)
    act = act_given(picture, told.by) if outcome is Outcome.DUE and told.by >= 0 else None
    said = Disposed(
        outcome=outcome,
        act=act,
        rules=rules,
        due=told.day,
        due_rule=rule,
        due_rank=rank,
        missing=[REGISTRY[name].gloss for name in told.lacking],
        holds=picture.holds.sets[picture.unit_holds[told.unit]],
        suggested=any(picture.effects[index].waits for index in deciding),
        copy=told.copy,
        unseen=told.unseen,
    )
    explanation = disposed(said)
    return {
        "outcome": outcome.value,
        "act": act.value if act else "",
        "due_on": told.day.isoformat() if told.day else "",
        "due_rule": rule,
        "due_rank": rank.value if rank else "",
        "rules": rules,
        "missing_facts": ", ".join(told.lacking),
        "explanation": explanation.en,
        "explanation_zh": explanation.zh,
    }


def _giver(picture: Picture, told: _Told) -> tuple[str, AuthorityRank | None]:
    """The rule, or the exception, that gives the day, and its rank."""
    if told.by < 0:
        return "", None
    effect = picture.effects[told.by]
    variant = effect.turns[int(picture.turns(told.by, np.array([told.unit]))[0])].variant
    if variant:
        return effect.exceptions[variant - 1].exception_id, AuthorityRank.ORGANISATION_POLICY
    return effect.rule.rule_id, rank_of_day(effect.rule, picture.on)


def missing_facts(picture: Picture) -> Masks:
    """For every unit the bits of the facts that would decide, or could still stand against ``due``."""
    missing = FACT_BITS.nothing(len(picture.outcome))
    undecided = picture.outcome == OUTCOMES.index(Outcome.CANNOT_DECIDE)
    due = picture.outcome == OUTCOMES.index(Outcome.DUE)
    for index, effect in enumerate(picture.effects):
        may_keep = effect.table(lambda turn: len(turn.alternatives) > 1 and says_any(turn, *_KEEPING), np.bool_)
        unknown = FACT_BITS.rows([turn.unknown for turn in effect.turns] or [0])
        turns = picture.turns(index)
        asks = (undecided & picture.deciding[index]) | (due & may_keep[turns])
        missing |= FACT_BITS.only(unknown[turns], asks)
    return missing


_KEEPING = (Says.FLOOR_RUNS, Says.KEEP)


def _not_looked_for(picture: Picture) -> Codes:
    """1 where a rule may ask for masking and nobody was looked for; 0 where no rule asks for it."""
    column = picture.table.columns.get("people.level")
    if column is None or not any(effect.rule.act is Act.MASK for effect in picture.effects):
        return np.zeros(len(picture.outcome), np.int64)
    unknown = np.array([value is None for value in column.values], np.int64)[column.codes]
    return unknown[picture.unit_set]


def _additional_copies(picture: Picture) -> Codes:
    """1 for additional copies."""
    column = picture.table.column(REGISTRY["duplicate.is_master"])
    copies = np.array([value is False for value in column.values], np.int64)[column.codes]
    return copies[picture.unit_set]
