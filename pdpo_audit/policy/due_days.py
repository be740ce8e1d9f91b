"""The day of every disposition, the rule that gives it, and the act that it is about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pdpo_audit.model.findings import Act, Outcome
from pdpo_audit.policy.constellations import OUTCOMES, Picture
from pdpo_audit.policy.dating import Days
from pdpo_audit.policy.effects import Turn, days_of
from pdpo_audit.policy.fact_table import Codes
from pdpo_audit.policy.ladder import Says

ACTS = tuple(Act)

_FAR = int(np.iinfo(np.int32).max)
_ENDED = (Says.PERMISSION_ENDED, Says.PURPOSE_ENDED)


@dataclass(frozen=True, slots=True)
class Given:
    """For every unit a day (0: none) and the position of the rule that gives it (-1: no rule)."""

    days: Days
    by: NDArray[np.int32]

    @staticmethod
    def none(size: int, day: int = 0) -> Given:
        """No rule has given a day yet."""
        return Given(np.full(size, day, np.int32), np.full(size, -1, np.int32))

    def where(self, better: NDArray[np.bool_], days: Days, index: int) -> Given:
        """The other rule's day where it is better."""
        return Given(np.where(better, days, self.days), np.where(better, np.int32(index), self.by))

    def earlier(self, days: Days, index: int, where: NDArray[np.bool_]) -> Given:
        """The earlier day counts; of equal ones the first rule's."""
        return self.where(where & (days > 0) & (days < self.days), days, index)


def due_days(picture: Picture) -> Given:
    """For every unit the day its disposition counts from or runs to.

    ``due``: since when its act is due; ``must_keep``: until when; ``not_yet_due`` and ``flag``: the next day something
    falls due; ``on_hold``: the next review of a hold, which no rule gives.
    """
    due = Given.none(len(picture.outcome))
    for outcome, work in _WORK.items():
        units = np.flatnonzero(picture.outcome == OUTCOMES.index(outcome))
        if len(units):
            given = work(picture, units)
            due.days[units], due.by[units] = given.days, given.by
    return due


def acts_due(picture: Picture) -> NDArray[np.int8]:
    """For every unit the act that is due, as its position in ``ACTS``; -1 where nothing is due.

    Of several it is the one that takes most away; the findings name the others.
    """
    acts = np.full(len(picture.outcome), -1, np.int8)
    units = np.flatnonzero(picture.outcome == OUTCOMES.index(Outcome.DUE))
    strongest = np.full(len(units), len(ACTS), np.int8)
    for index, effect in enumerate(picture.effects):
        says = _deciding(picture, index, units, Says.CEILING_OUT, *_ENDED)
        strongest = np.where(says, np.minimum(strongest, np.int8(ACTS.index(effect.rule.act))), strongest)
    acts[units] = np.where(strongest == len(ACTS), np.int8(-1), strongest)
    return acts


def says_any(turn: Turn, *kinds: Says) -> bool:
    """Whether a turn may be saying one of ``kinds``."""
    return any(word.says in kinds for words in turn.alternatives for word in words)


def _deciding(picture: Picture, index: int, units: Codes, *kinds: Says) -> NDArray[np.bool_]:
    """Where the rule decided by saying one of ``kinds``."""
    spoken = picture.effects[index].table(lambda turn: says_any(turn, *kinds), np.bool_)
    found: NDArray[np.bool_] = picture.deciding[index][units] & spoken[picture.turns(index, units)]
    return found


def _hold_reviews(picture: Picture, units: Codes) -> Given:
    reviews = [
        min((hold.review_on.toordinal() for hold in holds if hold.review_on), default=0) for holds in picture.holds.sets
    ]
    return Given(np.array(reviews, np.int32)[picture.unit_holds[units]], np.full(len(units), -1, np.int32))


def _since(picture: Picture, units: Codes) -> Given:
    """The earliest end; or the day the last of the purposes ran out, each with its shortest maximum."""
    sets, acts = picture.unit_set[units], acts_due(picture)[units]
    ended = Given.none(len(units), _FAR)
    purposes: dict[str, Given] = {}
    for index, effect in enumerate(picture.effects):
        mine = acts == ACTS.index(effect.rule.act)
        if not mine.any():
            continue
        over = mine & _deciding(picture, index, units, *_ENDED)
        ended = ended.earlier(days_of(effect, sets, "end"), index, over)
        out = mine & _deciding(picture, index, units, Says.CEILING_OUT)
        for purpose in _purposes(effect.turns):
            shortest = purposes.get(purpose, Given.none(len(units), _FAR))
            purposes[purpose] = shortest.earlier(days_of(effect, sets, "ceiling"), index, out)
    return _near(_first_of(ended, _last_of(list(purposes.values()), len(units))))


def _last_of(found: Sequence[Given], size: int) -> Given:
    last = Given.none(size)
    for given in found:
        later = (given.days != _FAR) & (given.days > last.days)
        last = Given(np.where(later, given.days, last.days), np.where(later, given.by, last.by))
    return last


def _first_of(ended: Given, last: Given) -> Given:
    take = (last.days > 0) & (last.days < ended.days)
    return Given(np.where(take, last.days, ended.days), np.where(take, last.by, ended.by))


def _near(given: Given) -> Given:
    """No day where none was found."""
    return Given(np.where(given.days == _FAR, np.int32(0), given.days), given.by)


def _purposes(turns: Sequence[Turn]) -> list[str]:
    said = {
        word.purpose for turn in turns for words in turn.alternatives for word in words if word.says is Says.CEILING_OUT
    }
    return sorted(said)


def _until(picture: Picture, units: Codes) -> Given:
    """The end of the longest statutory minimum; none where erasure is forbidden without end."""
    latest = Given.none(len(units))
    endless = np.zeros(len(units), bool)
    for index, effect in enumerate(picture.effects):
        endless |= _deciding(picture, index, units, Says.KEEP)
        floors = days_of(effect, picture.unit_set[units], "floor")
        runs = _deciding(picture, index, units, Says.FLOOR_RUNS)
        latest = latest.where(runs & (floors > latest.days), floors, index)
    return Given(np.where(endless, np.int32(0), latest.days), np.where(endless, np.int32(-1), latest.by))


def _next_due(picture: Picture, units: Codes) -> Given:
    """The next day on which a maximum or an end falls."""
    sets, today = picture.unit_set[units], picture.on.toordinal()
    earliest = Given.none(len(units), _FAR)
    for index, effect in enumerate(picture.effects):
        decided = picture.deciding[index][units]
        if decided.any():
            for days in (days_of(effect, sets, "ceiling"), days_of(effect, sets, "end")):
                earliest = earliest.earlier(days, index, decided & (days > today))
    return _near(earliest)


def _next_review(picture: Picture, units: Codes) -> Given:
    earliest = Given.none(len(units), _FAR)
    for index, effect in enumerate(picture.effects):
        decided = picture.deciding[index][units]
        if decided.any():
            earliest = earliest.earlier(days_of(effect, picture.unit_set[units], "review"), index, decided)
    return _near(earliest)


_WORK: dict[Outcome, Callable[[Picture, Codes], Given]] = {
    Outcome.ON_HOLD: _hold_reviews,
    Outcome.DUE: _since,
    Outcome.MUST_KEEP: _until,
    Outcome.NOT_YET_DUE: _next_due,
    Outcome.FLAG: _next_review,
}
