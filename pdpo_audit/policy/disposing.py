"""One disposition for each holding."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pdpo_audit.model.findings import Outcome
from pdpo_audit.model.tables import COLUMNS, Table
from pdpo_audit.policy.conditions import Masks
from pdpo_audit.policy.constellations import OUTCOMES, Picture
from pdpo_audit.policy.dating import Days
from pdpo_audit.policy.effects import Turn, days_of
from pdpo_audit.policy.fact_table import Codes, distinct
from pdpo_audit.policy.facts import REGISTRY
from pdpo_audit.policy.identities import Texts
from pdpo_audit.policy.ladder import Says
from pdpo_audit.policy.phrases import disposed

if TYPE_CHECKING:
    import pandas as pd

_FAR = np.int32(np.iinfo(np.int32).max)


def dispose(picture: Picture, identities: Texts) -> pd.DataFrame:
    """The table ``dispositions``, one row for each row of the library in its order."""
    import pandas as pd

    due, missing = due_days(picture), missing_facts(picture)
    copies = _additional_copies(picture)
    keys: list[NDArray[np.signedinteger]] = [
        picture.outcome,
        due,
        missing.view(np.int64),
        picture.unit_holds,
        copies,
        *_patterns(picture.deciding),
    ]
    kinds, first = distinct(keys, len(due))
    texts = [_texts(picture, int(unit), int(due[unit]), int(missing[unit]), bool(copies[unit])) for unit in first]
    row_kind = kinds[picture.row_unit] if len(kinds) else np.zeros(0, np.int64)
    columns = {
        name: pd.Series(np.array([text[at] for text in texts] or [""], object)[row_kind], dtype=object)
        for at, name in enumerate(COLUMNS[Table.DISPOSITIONS][2:])
    }
    named = {name: pd.Series(identities[name], dtype=object) for name in ("source", "path")}
    return pd.DataFrame({**named, **columns}, copy=False)


def _patterns(flags: Sequence[NDArray[np.bool_]]) -> list[Codes]:
    """Many yes-or-no columns as a few numbers."""
    found = []
    for start in range(0, len(flags), 60):
        packed = np.zeros(len(flags[start]), np.int64)
        for bit, flag in enumerate(flags[start : start + 60]):
            packed |= flag.astype(np.int64) << bit
        found.append(packed)
    return found


def _texts(picture: Picture, unit: int, due: int, missing: int, copy: bool) -> tuple[str, ...]:
    outcome = OUTCOMES[picture.outcome[unit]]
    day = date.fromordinal(due) if due else None
    rules = ", ".join(
        effect.rule.rule_id for effect, decided in zip(picture.effects, picture.deciding, strict=True) if decided[unit]
    )
    lacking = tuple(names_of(missing))
    words = ", ".join(REGISTRY[name].gloss.en for name in lacking)
    holds = picture.holds.sets[picture.unit_holds[unit]]
    explanation = disposed(outcome, rules, day, words, holds, copy=copy)
    return outcome.value, day.isoformat() if day else "", rules, ", ".join(lacking), explanation


def names_of(mask: int) -> Iterator[str]:
    """The facts whose bits are set, in the order of the registry."""
    return (name for bit, name in enumerate(REGISTRY) if mask >> bit & 1)


def _at(picture: Picture, *outcomes: Outcome) -> Codes:
    """The units with one of these outcomes."""
    return np.flatnonzero(np.isin(picture.outcome, [OUTCOMES.index(outcome) for outcome in outcomes]))


def due_days(picture: Picture) -> Days:
    """For every unit the day its disposition counts from or runs to; 0 where there is none.

    ``due``: since when; ``must_keep``: until when; ``not_yet_due`` and ``flag``: the next day something falls due;
    ``on_hold``: the next review of a hold.
    """
    due = np.zeros(len(picture.outcome), np.int32)
    for outcome, work in (
        (Outcome.ON_HOLD, _hold_reviews),
        (Outcome.DUE, _since),
        (Outcome.MUST_KEEP, _until),
        (Outcome.NOT_YET_DUE, _next_due),
        (Outcome.FLAG, _next_review),
    ):
        units = _at(picture, outcome)
        if len(units):
            due[units] = work(picture, units)
    return due


def _hold_reviews(picture: Picture, units: Codes) -> Days:
    reviews = [
        min((hold.review_on.toordinal() for hold in holds if hold.review_on), default=0) for holds in picture.holds.sets
    ]
    return np.array(reviews, np.int32)[picture.unit_holds[units]]


def _says(turn: Turn, *kinds: Says) -> bool:
    return any(word.says in kinds for words in turn.alternatives for word in words)


def _deciding(picture: Picture, index: int, units: Codes, *kinds: Says) -> NDArray[np.bool_]:
    """Where the rule decided by saying one of ``kinds``."""
    spoken = picture.effects[index].table(lambda turn: _says(turn, *kinds), np.bool_)
    found: NDArray[np.bool_] = picture.deciding[index][units] & spoken[picture.turns(index, units)]
    return found


def _since(picture: Picture, units: Codes) -> Days:
    """The earliest end; or the day the last of the purposes ran out, each with its shortest maximum."""
    sets = picture.unit_set[units]
    ended = np.full(len(units), _FAR)
    purposes: dict[str, Days] = {}
    for index, effect in enumerate(picture.effects):
        over = _deciding(picture, index, units, Says.PERMISSION_ENDED, Says.PURPOSE_ENDED)
        if over.any():
            ended = np.where(over, np.minimum(ended, _or_far(days_of(effect, sets, "end"))), ended)
        for purpose in _purposes(effect.turns):
            out = _deciding(picture, index, units, Says.CEILING_OUT)
            shortest = purposes.get(purpose, np.full(len(units), _FAR))
            ran_out = np.minimum(shortest, _or_far(days_of(effect, sets, "ceiling")))
            purposes[purpose] = np.where(out, ran_out, shortest)
    last = np.zeros(len(units), np.int32)
    for days in purposes.values():
        last = np.maximum(last, np.where(days == _FAR, 0, days))
    return np.where(ended == _FAR, last, np.minimum(ended, _or_far(last))).astype(np.int32)


def _purposes(turns: Sequence[Turn]) -> list[str]:
    said = {
        word.purpose for turn in turns for words in turn.alternatives for word in words if word.says is Says.CEILING_OUT
    }
    return sorted(said)


def _or_far(days: Days) -> Days:
    return np.where(days == 0, _FAR, days)


def _until(picture: Picture, units: Codes) -> Days:
    """The end of the longest statutory minimum; none where erasure is forbidden without end."""
    latest = np.zeros(len(units), np.int32)
    endless = np.zeros(len(units), bool)
    for index, effect in enumerate(picture.effects):
        endless |= _deciding(picture, index, units, Says.KEEP)
        runs = _deciding(picture, index, units, Says.FLOOR_RUNS)
        latest = np.where(runs, np.maximum(latest, days_of(effect, picture.unit_set[units], "floor")), latest)
    return np.where(endless, np.int32(0), latest)


def _next_due(picture: Picture, units: Codes) -> Days:
    """The next day on which a maximum or an end falls."""
    sets, today = picture.unit_set[units], picture.on.toordinal()
    earliest = np.full(len(units), _FAR)
    for index, effect in enumerate(picture.effects):
        decided = picture.deciding[index][units]
        if decided.any():
            for days in (days_of(effect, sets, "ceiling"), days_of(effect, sets, "end")):
                earliest = np.where(decided & (days > today), np.minimum(earliest, days), earliest)
    return np.where(earliest == _FAR, np.int32(0), earliest)


def _next_review(picture: Picture, units: Codes) -> Days:
    earliest = np.full(len(units), _FAR)
    for index, effect in enumerate(picture.effects):
        decided = picture.deciding[index][units]
        if decided.any():
            days = _or_far(days_of(effect, picture.unit_set[units], "review"))
            earliest = np.where(decided, np.minimum(earliest, days), earliest)
    return np.where(earliest == _FAR, np.int32(0), earliest)


def missing_facts(picture: Picture) -> Masks:
    """For every unit the bits of the facts that would decide, or could still stand against ``due``."""
    missing = np.zeros(len(picture.outcome), np.uint64)
    undecided = picture.outcome == OUTCOMES.index(Outcome.CANNOT_DECIDE)
    due = picture.outcome == OUTCOMES.index(Outcome.DUE)
    for index, effect in enumerate(picture.effects):
        may_keep = effect.table(lambda turn: len(turn.alternatives) > 1 and _says(turn, *_KEEPING), np.bool_)
        unknown = np.array([turn.unknown for turn in effect.turns] or [0], np.uint64)
        turns = picture.turns(index)
        asks = (undecided & picture.deciding[index]) | (due & may_keep[turns])
        missing |= np.where(asks, unknown[turns], np.uint64(0))
    return missing


_KEEPING = (Says.FLOOR_RUNS, Says.KEEP)


def _additional_copies(picture: Picture) -> Codes:
    """1 for additional copies."""
    column = picture.table.column(REGISTRY["duplicate.is_master"])
    copies = np.array([value is False for value in column.values], np.int64)[column.codes]
    return copies[picture.unit_set]
