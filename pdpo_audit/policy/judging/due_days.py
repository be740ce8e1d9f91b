"""The day of every disposition, and the rule that gives it: its act is what is due, its rank stands beside the day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pdpo_audit.model.findings import ALTERING, Act, Outcome
from pdpo_audit.policy.judging.constellations import OUTCOMES, Picture
from pdpo_audit.policy.judging.dating import Days
from pdpo_audit.policy.judging.effects import Turn, days_of
from pdpo_audit.policy.judging.ladder import Says
from pdpo_audit.policy.terms.fact_table import Codes

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


def act_given(picture: Picture, by: int) -> Act:
    """The act of the rule that gives a day."""
    return picture.effects[by].rule.act


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
    """The earliest day on which something fell due; of equal days that of the act that takes most away.

    An end falls due on its day, and so does a maximum whose act leaves the copy as it is. Of maxima that erase or
    change it the shortest of each purpose counts, and the last of the purposes.
    """
    sets = picture.unit_set[units]
    due = Given.none(len(units), _FAR)
    purposes: dict[str, Given] = {}
    for index in _gravest_first(picture):
        effect = picture.effects[index]
        due = due.earlier(days_of(effect, sets, "end"), index, _deciding(picture, index, units, *_ENDED))
        out, ceiling = _deciding(picture, index, units, Says.CEILING_OUT), days_of(effect, sets, "ceiling")
        if effect.rule.act not in ALTERING:
            due = due.earlier(ceiling, index, out)
            continue
        for purpose in _purposes(effect.turns):
            shortest = purposes.get(purpose, Given.none(len(units), _FAR))
            purposes[purpose] = shortest.earlier(ceiling, index, out)
    last = _last_of(list(purposes.values()), len(units))
    sooner = (last.days > 0) & (last.days <= due.days)
    return _near(Given(np.where(sooner, last.days, due.days), np.where(sooner, last.by, due.by)))


def _gravest_first(picture: Picture) -> list[int]:
    """The rules' positions by what their act takes away; in the order of the packs where that is the same."""
    order = list(Act)
    return sorted(range(len(picture.effects)), key=lambda index: order.index(picture.effects[index].rule.act))


def _last_of(found: Sequence[Given], size: int) -> Given:
    last = Given.none(size)
    for given in found:
        later = (given.days != _FAR) & (given.days > last.days)
        last = Given(np.where(later, given.days, last.days), np.where(later, given.by, last.by))
    return last


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
