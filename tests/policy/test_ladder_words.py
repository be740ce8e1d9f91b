"""The ladder's small functions, each by itself: what decides, what matters, what many unknowns come to."""

from __future__ import annotations

import pytest

from pdpo_audit.model.findings import Outcome
from pdpo_audit.policy.judging import ladder
from pdpo_audit.policy.judging.ladder import Alternatives, Says, Word, decides, matters, possible, rung_of

OUT = Word(Says.CEILING_OUT, alters=True)
COVERED = frozenset({Word(Says.COVERED)})


def either(*said: Word) -> Alternatives:
    """A rule that may say any one of these."""
    return frozenset(frozenset({one}) for one in said)


def test_a_word_is_neither_statutory_nor_altering_unless_it_says_so() -> None:
    assert rung_of([Word(Says.FLOOR_RUNS)]) is Outcome.NOT_YET_DUE
    assert rung_of([Word(Says.FLOOR_RUNS, statutory=True)]) is Outcome.MUST_KEEP
    assert rung_of([Word(Says.FLOOR_RUNS), Word(Says.CEILING_OUT)]) is Outcome.DUE
    assert rung_of([Word(Says.FLOOR_RUNS), OUT]) is Outcome.CONFLICT


def test_nothing_is_held_and_no_other_purpose_lives_unless_it_is_said() -> None:
    assert rung_of([]) is Outcome.NO_RULE and rung_of([], held=True) is Outcome.ON_HOLD
    assert rung_of([OUT]) is Outcome.DUE and rung_of([OUT], other_purpose=True) is Outcome.CONFLICT
    said = frozenset({OUT})
    assert possible(said, []) == {Outcome.DUE} and possible(said, [], other_purpose=True) == {Outcome.CONFLICT}
    assert possible(frozenset(), [either(OUT, Word(Says.CEILING_OUT))]) == {Outcome.DUE}


def test_possible_outcomes_stop_at_two() -> None:
    unsure = [either(Word(Says.COVERED), Word(Says.PURPOSE_ENDED), Word(Says.KEEP))]
    assert len(possible(frozenset(), unsure)) == 2


@pytest.mark.parametrize(("turns", "outcome"), [((16, 256), Outcome.NOT_YET_DUE), ((17, 241), Outcome.CANNOT_DECIDE)])
def test_as_many_constellations_as_are_tried(turns: tuple[int, int], outcome: Outcome) -> None:
    """4,096 ways all lead to one outcome; of 4,097 nobody knows where the last one leads."""
    assert ladder.MAX_TRIED == 4096
    unsure = [
        frozenset(frozenset({Word(Says.COVERED, purpose=f"{rule} {turn}")}) for turn in range(number))
        for rule, number in enumerate(turns)
    ]
    assert possible(frozenset(), unsure) == {outcome}


@pytest.mark.parametrize(
    ("outcome", "found", "expected"),
    [
        (Outcome.DUE, either(OUT), True),
        (Outcome.DUE, either(Word(Says.OBSERVED)), False),
        (Outcome.DUE, either(OUT, Word(Says.COVERED)), False),
        (Outcome.MUST_KEEP, either(Word(Says.KEEP)), True),
        (Outcome.MUST_KEEP, either(Word(Says.FLOOR_RUNS)), False),
        (Outcome.MUST_KEEP, either(Word(Says.FLOOR_RUNS, statutory=True)), True),
        (Outcome.CONFLICT, either(OUT), True),
        (Outcome.CONFLICT, either(Word(Says.CEILING_OUT)), False),
        (Outcome.CONFLICT, either(Word(Says.PURPOSE_ENDED)), False),
        (Outcome.CONFLICT, either(Word(Says.FLOOR_RUNS)), True),
        (Outcome.CONFLICT, either(Word(Says.BLOCKED)), True),
        (Outcome.ON_HOLD, either(Word(Says.KEEP)), False),
    ],
)
def test_what_decides_an_outcome(outcome: Outcome, found: Alternatives, expected: bool) -> None:
    assert decides(outcome, found) is expected


def test_only_what_leads_elsewhere_matters() -> None:
    said = frozenset({Word(Says.COVERED)})
    moving, still = either(Word(Says.KEEP), Word(Says.COVERED)), either(Word(Says.OBSERVED))
    assert matters(said, [still, moving]) == (moving,)
    assert matters(said, [still]) == (still,)
    due = either(OUT)
    assert matters(frozenset({OUT}), [due]) == (due,)
    together = either(Word(Says.CEILING_RUNS, purpose="p", alters=True))
    assert matters(frozenset({OUT}), [together, still], other_purpose=True) == (together, still)
    assert matters(frozenset({OUT}), [together, still]) == (together,)
