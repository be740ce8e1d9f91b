"""Which rules say what of which rows: distinct constellations, each climbed once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pdpo_audit.policy.conditions import Evaluator, fact_names_in
from pdpo_audit.policy.effects import FALL_BACKS, RuleEffect, effect_of
from pdpo_audit.policy.fact_table import Codes, FactTable, distinct, tabulate
from pdpo_audit.policy.facts import REGISTRY, Fact
from pdpo_audit.policy.holds import HoldSets
from pdpo_audit.policy.ladder import Alternatives, Climb, Says, Word, climb
from pdpo_audit.policy.masters import Releases, released_by_master
from pdpo_audit.policy.rules import IfUnknown, Pack, Retention, Rule

if TYPE_CHECKING:
    import pandas as pd

#: Asked by the engine itself, whatever the rules ask.
_ALWAYS = (
    "duplicate.is_master",
    "duplicate.relation",
    "duplicate.master_record_class",
    "record.class",
    "record.continuing_purpose",
    "record.continuing_purpose_ends_on",
)


@dataclass(frozen=True, slots=True)
class Constellation:
    """One way in which all rules speak together, and where the ladder ends."""

    alternatives: tuple[Alternatives, ...]
    held: bool
    other_purpose: bool
    climb: Climb


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything that was worked out, on three levels.

    Rows (holdings) point to ``units`` (a distinct set of facts together with its master's and its holds), units point
    to sets of facts (``unit_set``), to a set of holds and to a constellation.
    """

    on: date
    packs: tuple[Pack, ...]
    rule_packs: tuple[Pack, ...]
    effects: tuple[RuleEffect, ...]
    table: FactTable
    holds: HoldSets
    row_unit: Codes
    unit_set: Codes
    unit_holds: Codes
    unit_state: Codes
    releases: Releases
    constellations: tuple[Constellation, ...]


def constellate(packs: Sequence[Pack], frame: pd.DataFrame, holds: HoldSets, on: date) -> Picture:
    """Evaluate every active rule and climb every distinct constellation once."""
    pairs = [(pack, rule) for pack in packs for rule in pack.active_rules]
    table = tabulate(frame, _facts_of([rule for _, rule in pairs]))
    evaluator = Evaluator(table, on)
    effects = tuple(effect_of(rule, evaluator) for _, rule in pairs)
    releases = released_by_master(frame, table, effects)
    row_unit, first = distinct([table.row_sets, releases.row_master + 2, holds.rows], len(frame))
    unit_set, unit_holds = table.row_sets[first], holds.rows[first]
    unit_releases = releases.for_units(unit_set, releases.row_master[first], effects)
    other = _other_purpose(table, on)[unit_set]
    unit_state, constellations = _climb_all(effects, unit_set, unit_releases, unit_holds > 0, other)
    return Picture(
        on=on,
        packs=tuple(packs),
        rule_packs=tuple(pack for pack, _ in pairs),
        effects=effects,
        table=table,
        holds=holds,
        row_unit=row_unit,
        unit_set=unit_set,
        unit_holds=unit_holds,
        unit_state=unit_state,
        releases=unit_releases,
        constellations=constellations,
    )


def _facts_of(rules: Sequence[Rule]) -> list[Fact]:
    names = dict.fromkeys(name for rule in rules for name in fact_names_of(rule))
    return [REGISTRY[name] for name in REGISTRY if name in names or name in _ALWAYS]


def fact_names_of(rule: Rule) -> Iterator[str]:
    """Every fact that a rule asks, in its conditions, exceptions and dates."""
    yield from fact_names_in(rule.when)
    for exception in rule.exceptions:
        yield from fact_names_in(exception.when)
    for retention in (rule.retention, *(exception.retention for exception in rule.exceptions)):
        yield from _dates_of(retention)


def _dates_of(retention: Retention | None) -> Iterator[str]:
    if retention is None:
        return
    facts = (*retention.ends_with, *retention.undecided_without)
    if retention.start:
        falls = FALL_BACKS if retention.start.if_unknown is IfUnknown.FALL_BACK else ()
        facts = (*facts, *retention.start.facts, *falls)
    yield from (fact.name for fact in facts)


def _other_purpose(table: FactTable, on: date) -> NDArray[np.bool_]:
    """Where another purpose is recorded as continuing."""
    named = table.column(REGISTRY["record.continuing_purpose"]).codes > 0
    column = table.column(REGISTRY["record.continuing_purpose_ends_on"])
    over = np.array([isinstance(value, date) and value <= on for value in column.values], bool)
    other: NDArray[np.bool_] = named & ~over[column.codes]
    return other


def _climb_all(
    effects: Sequence[RuleEffect],
    unit_set: Codes,
    releases: Releases,
    held: NDArray[np.bool_],
    other: NDArray[np.bool_],
) -> tuple[Codes, tuple[Constellation, ...]]:
    released = [releases.of_rule(index, len(unit_set)) for index in range(len(effects))]
    keys = [effect.code[unit_set] * 2 + free for effect, free in zip(effects, released, strict=True)]
    keys += [held.astype(np.int64), other.astype(np.int64)]
    states, first = distinct(keys, len(unit_set))
    found = []
    for row in first:
        alternatives = tuple(
            _freed(effect.alternatives[effect.code[unit_set[row]]], bool(free[row]))
            for effect, free in zip(effects, released, strict=True)
        )
        climbed = climb(alternatives, held=bool(held[row]), other_purpose=bool(other[row]))
        found.append(Constellation(alternatives, bool(held[row]), bool(other[row]), climbed))
    return states, tuple(found)


def _freed(found: Alternatives, released: bool) -> Alternatives:
    """The alternatives of a copy whose master keeps the record: floors and prohibitions no longer bind it."""
    if not released:
        return found
    binding = (Says.FLOOR_RUNS, Says.KEEP)
    return frozenset(
        frozenset(Word(Says.COVERED) if word.says in binding else word for word in words) for words in found
    )
