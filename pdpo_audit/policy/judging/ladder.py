"""The ladder: from what each rule says of a holding to one outcome, rung by rung.

Everything here works on small symbols, not dates: whether a period runs or has run out, whether an event has come.
The same symbols recur for thousands of holdings, so each constellation is climbed once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import product

from pdpo_audit.model.findings import Outcome

#: More constellations of unknown rules than this are not tried: the answer is "cannot decide".
MAX_TRIED = 4096


class Says(StrEnum):
    """What a rule that covers a holding says of it on the day."""

    CEILING_RUNS = "ceiling runs"
    CEILING_OUT = "ceiling has run out"
    FLOOR_RUNS = "floor runs"
    KEEP = "erasure is forbidden"
    PERMISSION_ENDED = "permission has ended"
    PURPOSE_ENDED = "purpose has ended"
    END_AHEAD = "an end is ahead"
    COVERED = "covered"
    BLOCKED = "nothing goes before a person has decided"
    UNDECIDED = "a fact is needed first"
    OBSERVED = "observed"


@dataclass(frozen=True, slots=True)
class Word:
    """One thing said: by its kind, and what of the rule matters beside it.

    ``purpose``: the one that a ceiling belongs to. ``statutory``: a statute stands behind a floor. ``alters``: what the
    rule would have done erases or changes the copy; only then can it stand against a rule that keeps.
    """

    says: Says
    purpose: str = ""
    statutory: bool = False
    alters: bool = False


Words = frozenset[Word]

#: What a rule may be saying while facts are unknown; one element where it is certain.
Alternatives = frozenset[Words]


@dataclass(frozen=True, slots=True)
class Rung:
    """One rung of the ladder, whether it held, and why."""

    outcome: Outcome
    holds: bool
    why: str


_ENDED = frozenset({Says.PERMISSION_ENDED, Says.PURPOSE_ENDED})
_RETAINS = frozenset(Says) - {Says.UNDECIDED, Says.OBSERVED}

#: What decides on each rung: the kinds of words whose rules are named beside the outcome.
_DECIDES: dict[Outcome, frozenset[Says]] = {
    Outcome.ON_HOLD: frozenset(),
    Outcome.CONFLICT: frozenset(
        {Says.CEILING_RUNS, Says.CEILING_OUT, Says.FLOOR_RUNS, Says.PURPOSE_ENDED, Says.BLOCKED}
    ),
    Outcome.MUST_KEEP: frozenset({Says.KEEP, Says.FLOOR_RUNS}),
    Outcome.DUE: frozenset({Says.CEILING_OUT}) | _ENDED,
    Outcome.CANNOT_DECIDE: frozenset({Says.UNDECIDED}),
    Outcome.NOT_YET_DUE: _RETAINS,
    Outcome.FLAG: frozenset({Says.OBSERVED}),
    Outcome.NO_RULE: frozenset(),
}


def rungs(words: Iterable[Word], *, held: bool, other_purpose: bool) -> tuple[Rung, ...]:
    """Every rung in order, with whether it holds on what is said."""
    said = frozenset(words)
    kinds = {word.says for word in said}
    altering = {word for word in said if word.alters}
    out = {word.purpose for word in altering if word.says is Says.CEILING_OUT}
    alive = {word.purpose for word in altering if word.says is Says.CEILING_RUNS} - out
    clash = bool(out) and (bool(alive) or other_purpose)
    ended = any(word.says is Says.PURPOSE_ENDED for word in altering)
    ended_alone = ended and (bool(alive - {""}) or other_purpose)
    floor = Says.FLOOR_RUNS in kinds and bool(out)
    statutory = any(word.says is Says.FLOOR_RUNS and word.statutory for word in said)
    return (
        Rung(Outcome.ON_HOLD, held, "an active hold or open request selects it"),
        Rung(Outcome.CONFLICT, floor, "a minimum that still runs stands against a maximum that has run out"),
        Rung(Outcome.CONFLICT, clash or ended_alone, "one purpose has run out while another is still alive"),
        Rung(Outcome.CONFLICT, Says.BLOCKED in kinds, "an authority that disposal needs is missing"),
        Rung(Outcome.MUST_KEEP, Says.KEEP in kinds, "erasure is forbidden, or a decision to preserve is recorded"),
        Rung(Outcome.MUST_KEEP, statutory, "a statutory minimum has not run out"),
        Rung(Outcome.DUE, bool(kinds & _ENDED), "consent, release, licence or purpose has ended"),
        Rung(Outcome.DUE, Says.CEILING_OUT in kinds, "the shortest maximum of its purpose has run out"),
        Rung(Outcome.CANNOT_DECIDE, Says.UNDECIDED in kinds, "a fact that would decide is unknown"),
        Rung(Outcome.NOT_YET_DUE, bool(kinds & _RETAINS), "rules cover it and none is due"),
        Rung(Outcome.FLAG, Says.OBSERVED in kinds, "only observations"),
        Rung(Outcome.NO_RULE, True, "no rule covers it"),
    )


def rung_of(words: Iterable[Word], *, held: bool = False, other_purpose: bool = False) -> Outcome:
    """The first rung that holds on what is said."""
    return next(rung.outcome for rung in rungs(words, held=held, other_purpose=other_purpose) if rung.holds)


def possible(said: Words, unsure: Sequence[Alternatives], *, other_purpose: bool = False) -> set[Outcome]:
    """The outcomes over every way in which the unsure rules may turn out; it stops as soon as there are two.

    Below rung 4 an outcome stands only where it is the only one; otherwise nobody can decide.
    """
    distinct = {tuple(sorted(found, key=_order)) for found in unsure}
    outcomes: set[Outcome] = set()
    for tried, turn in enumerate(product(*sorted(distinct, key=lambda found: [_order(words) for words in found]))):
        outcomes.add(rung_of(said.union(*turn), other_purpose=other_purpose))
        if len(outcomes) > 1:
            return outcomes
        if tried >= MAX_TRIED:
            return {Outcome.CANNOT_DECIDE}
    return outcomes


def _order(words: Words) -> list[tuple[str, str, bool, bool]]:
    return sorted((word.says.value, word.purpose, word.statutory, word.alters) for word in words)


def decides(outcome: Outcome, found: Alternatives) -> bool:
    """Whether what a rule says, however it may turn out, is what holds on the rung of ``outcome``."""
    kinds = _DECIDES[outcome]
    return all(any(word.says in kinds and _counts(outcome, word) for word in words) for words in found)


def _counts(outcome: Outcome, word: Word) -> bool:
    match outcome:
        case Outcome.MUST_KEEP:
            return word.says is Says.KEEP or word.statutory
        case Outcome.CONFLICT:
            return word.alters or word.says in (Says.FLOOR_RUNS, Says.BLOCKED)
        case _:
            return True


def matters(said: Words, unsure: Sequence[Alternatives], *, other_purpose: bool = False) -> tuple[Alternatives, ...]:
    """The kinds of uncertainty of which one turn leads elsewhere than what is certain; all where only together."""
    base = rung_of(said, other_purpose=other_purpose)
    moving = tuple(
        found
        for found in unsure
        if any(rung_of(said | words, other_purpose=other_purpose) is not base for words in found)
    )
    return moving or tuple(unsure)
