"""Which rules say what of which rows, and where the ladder ends: everything in whole columns.

Thousands of holdings meet the rules in the same few ways. What is certain becomes one bit for each word that is said,
what is unsure one bit for each kind of uncertainty; every distinct pattern of bits climbs the ladder once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pdpo_audit.model.findings import Act, Outcome
from pdpo_audit.policy.judging.conditions import Evaluator, fact_names_in
from pdpo_audit.policy.judging.dating import FALL_BACKS
from pdpo_audit.policy.judging.effects import RuleEffect, effect_of
from pdpo_audit.policy.judging.ladder import Alternatives, Says, Word, Words, decides, matters, possible, rung_of
from pdpo_audit.policy.judging.masters import Releases, released_by_master
from pdpo_audit.policy.judging.overriding import giving_way
from pdpo_audit.policy.stating.holds import HoldSets
from pdpo_audit.policy.terms.fact_table import Codes, FactTable, Narrow, Small, distinct, narrow, tabulate
from pdpo_audit.policy.terms.facts import REGISTRY, Fact
from pdpo_audit.policy.terms.rules import IfUnknown, Pack, Retention, Rule

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

OUTCOMES = tuple(Outcome)
_BITS = 60  # bits of a pattern that fit one signed word


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything that was worked out.

    Rows (holdings) point to ``units``: a distinct set of facts (``unit_set``) with its releases and its holds.
    ``outcome`` numbers ``OUTCOMES`` for each unit; ``deciding[r]`` and ``unsure[r]`` say of which units the r-th rule
    decided, and of which it is not certain.
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
    releases: Releases
    other_purpose: NDArray[np.bool_]
    outcome: NDArray[np.int8]
    deciding: tuple[NDArray[np.bool_], ...]

    def turns(self, index: int, units: Codes | slice = slice(None)) -> Narrow:
        """The r-th rule's turn for each unit."""
        return self.effects[index].code[self.unit_set[units]]

    def alternatives(self, index: int, unit: int) -> Alternatives:
        """What the r-th rule may be saying of a unit."""
        effect = self.effects[index]
        turn = effect.turns[effect.code[self.unit_set[unit]]]
        return freed(turn.alternatives) if self.releases.of_rule(index, len(self.unit_set))[unit] else turn.alternatives


def constellate(packs: Sequence[Pack], frame: pd.DataFrame, holds: HoldSets, on: date) -> Picture:
    """Evaluate every active rule and climb the ladder for every row of ``frame``."""
    pairs = giving_way([(pack, rule) for pack in packs for rule in pack.rules_in_force(on)])
    table = tabulate(frame, _facts_of([rule for _, rule in pairs]))
    effects = _effects([rule for _, rule in pairs], table, on)
    row_master = released_by_master(frame, table, effects)
    row_unit, first = distinct([table.row_sets, row_master + 2, holds.rows], len(frame))
    unit_set, unit_holds = table.row_sets[first], holds.rows[first]
    releases = Releases.of_units(unit_set, row_master[first], effects)
    other = _other_purpose(table, on)[unit_set]
    outcome, deciding = _climb(effects, unit_set, releases, unit_holds > 0, other)
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
        releases=releases,
        other_purpose=other,
        outcome=outcome,
        deciding=deciding,
    )


def _effects(rules: Sequence[Rule], table: FactTable, on: date) -> tuple[RuleEffect, ...]:
    """Every rule over the sets of the facts that it asks; rules that ask the same share them."""
    asked: dict[frozenset[str], tuple[Evaluator, Small]] = {}
    effects = []
    for rule in rules:
        names = frozenset(fact_names_of(rule))
        if names not in asked:
            narrowed = table.narrowed(names)
            asked[names] = Evaluator(narrowed, on), narrowed.row_sets.astype(np.int32)
        effects.append(effect_of(rule, *asked[names]))
    return tuple(effects)


def _facts_of(rules: Sequence[Rule]) -> list[Fact]:
    names = dict.fromkeys(name for rule in rules for name in fact_names_of(rule))
    if any(rule.act is Act.MASK for rule in rules):
        names["people.level"] = None  # whether anybody was looked for is told beside such an act
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


def freed(found: Alternatives) -> Alternatives:
    """The alternatives of a copy whose master keeps the record: floors and prohibitions no longer bind it."""
    binding = (Says.FLOOR_RUNS, Says.KEEP)
    return frozenset(
        frozenset(Word(Says.COVERED) if word.says in binding else word for word in words) for words in found
    )


# --- the climb -----------------------------------------------------------------------------------------------------


def _climb(
    effects: Sequence[RuleEffect],
    unit_set: Codes,
    releases: Releases,
    held: NDArray[np.bool_],
    other: NDArray[np.bool_],
) -> tuple[NDArray[np.int8], tuple[NDArray[np.bool_], ...]]:
    """The outcome of every unit, and for every rule the units that it decided."""
    spoken = [_spoken(effect, unit_set, releases.of_rule(index, len(unit_set))) for index, effect in enumerate(effects)]
    words = _Bits({word for _, found in spoken for said in found if len(said) == 1 for word in next(iter(said))})
    kinds = _Bits({said for _, found in spoken for said in found if len(said) > 1})
    certain, unsure = words.nothing(len(unit_set)), kinds.nothing(len(unit_set))
    for code, found in spoken:
        words.add(certain, code, [next(iter(said)) if len(said) == 1 else () for said in found])
        kinds.add(unsure, code, [(said,) if len(said) > 1 else () for said in found])
    patterns, first = distinct([*certain, *unsure, held.astype(np.int8), other.astype(np.int8)], len(unit_set))
    climbed = [
        _one_climb(words.read(certain, row), kinds.read(unsure, row), bool(held[row]), bool(other[row]))
        for row in first
    ]
    by_pattern = np.array([OUTCOMES.index(outcome) for outcome, _ in climbed] or [0], np.int8)
    outcome = by_pattern[patterns]
    return outcome, tuple(_decided(code, found, outcome, patterns, climbed) for code, found in spoken)


def _spoken(effect: RuleEffect, unit_set: Codes, released: NDArray[np.bool_]) -> tuple[Narrow, list[Alternatives]]:
    """For every unit a number into the list of what the rule may be saying; the second half is for released units."""
    plain = [turn.alternatives for turn in effect.turns]
    code = narrow(effect.code[unit_set] + released * np.int64(len(plain)), 2 * len(plain))
    return code, [*plain, *map(freed, plain)]


def _one_climb(
    said: frozenset[object], unsure: frozenset[object], held: bool, other: bool
) -> tuple[Outcome, frozenset[object]]:
    """The outcome of one pattern, and the kinds of uncertainty that it waits for."""
    words: Words = frozenset(word for word in said if isinstance(word, Word))
    kinds: list[Alternatives] = [kind for kind in unsure if isinstance(kind, frozenset)]
    outcome = rung_of(words, held=held, other_purpose=other)
    if outcome in (Outcome.ON_HOLD, Outcome.CONFLICT, Outcome.MUST_KEEP, Outcome.DUE) or not kinds:
        return outcome, frozenset()
    outcomes = possible(words, kinds, other_purpose=other)
    if len(outcomes) == 1 and outcomes != {Outcome.CANNOT_DECIDE}:
        return next(iter(outcomes)), frozenset()
    return Outcome.CANNOT_DECIDE, frozenset(matters(words, kinds, other_purpose=other))


def _decided(
    code: Narrow,
    found: Sequence[Alternatives],
    outcome: NDArray[np.int8],
    patterns: Codes,
    climbed: Sequence[tuple[Outcome, frozenset[object]]],
) -> NDArray[np.bool_]:
    """The units that a rule decided: what it says counts on their rung, or they wait for what it may say."""
    by_outcome = np.array([[decides(rung, said) for said in found] for rung in OUTCOMES], bool)
    waits = np.array([[said in awaited for said in found] for _, awaited in climbed], bool)
    if not len(patterns):
        return np.zeros(0, bool)
    decided: NDArray[np.bool_] = by_outcome[outcome, code] | waits[patterns, code]
    return decided


class _Bits:
    """A set of things as bits over several signed words."""

    def __init__(self, things: set[Word] | set[Alternatives]) -> None:
        self.things: list[Word | Alternatives] = sorted(things, key=_spelled)
        self.place = {thing: divmod(number, _BITS) for number, thing in enumerate(self.things)}

    def nothing(self, size: int) -> list[Codes]:
        """Patterns without any bit."""
        return [np.zeros(size, np.int64) for _ in range(max(1, -(-len(self.things) // _BITS)))]

    def add(self, patterns: list[Codes], code: Narrow, said: Sequence[Iterable[Word | Alternatives]]) -> None:
        """Set the bits of what each code says."""
        places = [[self.place[thing] for thing in each] for each in said]
        for number, pattern in enumerate(patterns):
            masks = [sum(1 << bit for word, bit in found if word == number) for found in places]
            if any(mask > 0 for mask in masks):
                pattern |= np.array(masks, np.int64)[code]

    def read(self, patterns: list[Codes], row: int) -> frozenset[object]:
        """The things whose bits are set in one row."""
        return frozenset(thing for thing, (word, bit) in self.place.items() if int(patterns[word][row]) >> bit & 1)


def _spelled(thing: Word | Alternatives) -> str:
    """A stable order: the same packs give the same bits."""
    if isinstance(thing, Word):
        return repr(thing)
    return repr(sorted(sorted(map(repr, words)) for words in thing))
