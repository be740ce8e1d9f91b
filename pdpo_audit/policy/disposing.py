"""One disposition for each holding."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Literal

import numpy as np

from pdpo_audit.model.findings import Outcome
from pdpo_audit.model.tables import COLUMNS, Table
from pdpo_audit.policy.constellations import Constellation, Picture
from pdpo_audit.policy.effects import Days, days_of
from pdpo_audit.policy.fact_table import Codes, distinct
from pdpo_audit.policy.facts import REGISTRY
from pdpo_audit.policy.ladder import Says
from pdpo_audit.policy.phrases import disposed

if TYPE_CHECKING:
    import pandas as pd

_FAR = np.iinfo(np.int32).max


def dispose(picture: Picture, frame: pd.DataFrame) -> pd.DataFrame:
    """The table ``dispositions``, one row for each row of ``frame`` in its order."""
    import pandas as pd

    due, missing = due_days(picture), missing_facts(picture)
    copies = _unreleased_copies(picture)
    kinds, first = distinct(
        [picture.unit_state, due.astype(np.int64), _compact(missing), picture.unit_holds, copies], len(due)
    )
    texts = [_texts(picture, int(unit), int(due[unit]), int(missing[unit]), bool(copies[unit])) for unit in first]
    row_kind = kinds[picture.row_unit] if len(kinds) else np.zeros(0, np.int64)
    columns = {
        name: pd.Series(np.array([text[at] for text in texts] or [""], object)[row_kind], dtype=object)
        for at, name in enumerate(COLUMNS[Table.DISPOSITIONS][2:])
    }
    named = {name: frame[name].reset_index(drop=True) for name in ("source", "path")}
    return pd.DataFrame({**named, **columns}, columns=list(COLUMNS[Table.DISPOSITIONS]))


def _compact(masks: np.ndarray[tuple[int, ...], np.dtype[np.uint64]]) -> Codes:
    return np.unique(masks, return_inverse=True)[1].astype(np.int64)


def _texts(picture: Picture, unit: int, due: int, missing: int, copy: bool) -> tuple[str, ...]:
    state = picture.constellations[picture.unit_state[unit]]
    outcome = state.climb.outcome
    day = date.fromordinal(due) if due else None
    rules = ", ".join(picture.effects[index].rule.rule_id for index in state.climb.deciding)
    lacking = tuple(names_of(missing))
    holds = picture.holds.sets[picture.unit_holds[unit]]
    words = ", ".join(REGISTRY[name].gloss.en for name in lacking)
    explanation = disposed(outcome, rules, day, words, holds, copy=copy)
    return outcome.value, day.isoformat() if day else "", rules, ", ".join(lacking), explanation


def names_of(mask: int) -> Iterator[str]:
    """The facts whose bits are set, in the order of the registry."""
    return (name for bit, name in enumerate(REGISTRY) if mask >> bit & 1)


def _groups(picture: Picture) -> Iterator[tuple[Constellation, Codes]]:
    """Every constellation with its units."""
    order = np.argsort(picture.unit_state, kind="stable")
    edges = np.searchsorted(picture.unit_state[order], np.arange(len(picture.constellations) + 1))
    for number, state in enumerate(picture.constellations):
        yield state, order[edges[number] : edges[number + 1]]


def due_days(picture: Picture) -> Days:
    """For every unit the day its disposition counts from or runs to; 0 where there is none.

    ``due``: since when; ``must_keep``: until when; ``not_yet_due`` and ``flag``: the next day something falls due;
    ``on_hold``: the next review of a hold.
    """
    due = np.zeros(len(picture.unit_state), np.int32)
    for state, units in _groups(picture):
        due[units] = _due(picture, state, units)
    return due


def _due(picture: Picture, state: Constellation, units: Codes) -> Days:
    match state.climb.outcome:
        case Outcome.ON_HOLD:
            return _hold_reviews(picture, units)
        case Outcome.DUE:
            return _since(picture, state, units)
        case Outcome.MUST_KEEP:
            return _until(picture, state, units)
        case Outcome.NOT_YET_DUE | Outcome.FLAG:
            return _next(picture, state, units)
        case _:
            return np.zeros(len(units), np.int32)


def _hold_reviews(picture: Picture, units: Codes) -> Days:
    reviews = [
        min((hold.review_on.toordinal() for hold in holds if hold.review_on), default=0) for holds in picture.holds.sets
    ]
    return np.array(reviews, np.int32)[picture.unit_holds[units]]


def _since(picture: Picture, state: Constellation, units: Codes) -> Days:
    """The earliest end; or the day the last of the purposes ran out, each with its shortest maximum."""
    sets = picture.unit_set[units]
    ended = np.full(len(units), _FAR, np.int32)
    purposes: dict[str, Days] = {}
    for index in state.climb.deciding:
        effect = picture.effects[index]
        for word in next(iter(state.alternatives[index])):
            if word.says in (Says.PERMISSION_ENDED, Says.PURPOSE_ENDED):
                ended = np.minimum(ended, _or_far(days_of(effect, sets, "end")))
            elif word.says is Says.CEILING_OUT:
                shortest = purposes.get(word.purpose, np.full(len(units), _FAR, np.int32))
                purposes[word.purpose] = np.minimum(shortest, _or_far(days_of(effect, sets, "ceiling")))
    last = np.maximum.reduce(list(purposes.values())) if purposes else ended
    due = np.minimum(ended, last)
    return np.where(due == _FAR, 0, due).astype(np.int32)


def _or_far(days: Days) -> Days:
    return np.where(days == 0, _FAR, days).astype(np.int32)


def _until(picture: Picture, state: Constellation, units: Codes) -> Days:
    """The end of the longest statutory minimum; none where erasure is forbidden without end."""
    latest = np.zeros(len(units), np.int32)
    for index in state.climb.deciding:
        if any(word.says is Says.KEEP for words in state.alternatives[index] for word in words):
            return np.zeros(len(units), np.int32)
        latest = np.maximum(latest, days_of(picture.effects[index], picture.unit_set[units], "floor"))
    return latest


def _next(picture: Picture, state: Constellation, units: Codes) -> Days:
    sets = picture.unit_set[units]
    earliest = np.full(len(units), _FAR, np.int32)
    fields: tuple[Literal["review", "ceiling", "end"], ...] = (
        ("review",) if state.climb.outcome is Outcome.FLAG else ("ceiling", "end")
    )
    for index in state.climb.deciding:
        for field in fields:
            days = days_of(picture.effects[index], sets, field)
            ahead = (days > picture.on.toordinal()) | (field == "review")
            earliest = np.minimum(earliest, np.where(ahead, _or_far(days), _FAR))
    return np.where(earliest == _FAR, 0, earliest).astype(np.int32)


def missing_facts(picture: Picture) -> np.ndarray[tuple[int, ...], np.dtype[np.uint64]]:
    """For every unit the bits of the facts that would decide, or could still stand against ``due``."""
    missing = np.zeros(len(picture.unit_state), np.uint64)
    for state, units in _groups(picture):
        for index in _asking(state):
            missing[units] |= picture.effects[index].unknown[picture.unit_set[units]]
    return missing


def _asking(state: Constellation) -> tuple[int, ...]:
    if state.climb.outcome is Outcome.CANNOT_DECIDE:
        return state.climb.deciding
    if state.climb.outcome is Outcome.DUE:
        return tuple(index for index in state.climb.unsure if _may_keep(state, index))
    return ()


def _may_keep(state: Constellation, index: int) -> bool:
    keeping = (Says.FLOOR_RUNS, Says.KEEP)
    return any(word.says in keeping for words in state.alternatives[index] for word in words)


def _unreleased_copies(picture: Picture) -> Codes:
    """1 for additional copies that stay bound."""
    column = picture.table.column(REGISTRY["duplicate.is_master"])
    copies = np.array([value is False for value in column.values], np.int64)[column.codes]
    return copies[picture.unit_set]
