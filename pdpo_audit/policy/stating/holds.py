"""Which holdings the active holds select; an unknown never releases a hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pdpo_audit.model.findings import STOP_RULE, Hold
from pdpo_audit.model.locations.patterns import matched_before, matches
from pdpo_audit.policy.terms.fact_table import UnfitError, normalise
from pdpo_audit.policy.terms.facts import REGISTRY
from pdpo_audit.policy.terms.flags import says_stop
from pdpo_audit.policy.terms.identities import Texts, identities_of

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class HoldSets:
    """For every row the number of its set of holds; set 0 is no hold at all."""

    rows: NDArray[np.int64]
    sets: tuple[tuple[Hold, ...], ...]


def is_active(hold: Hold, on: date) -> bool:
    """From its first day until the day before its release."""
    return hold.starts_on <= on and (hold.released_on is None or hold.released_on > on)


def select(holds: Sequence[Hold], frame: pd.DataFrame, on: date) -> HoldSets:
    """The active holds on every row of ``frame``.

    A hold by capture date also selects holdings whose capture date is unknown, as long as its other selectors match:
    what might fall under a hold is kept until somebody says that it does not.
    """
    active = sorted((hold for hold in holds if is_active(hold, on)), key=lambda hold: hold.hold_id)
    rows = np.zeros(len(frame), np.int64)
    sets: list[tuple[Hold, ...]] = [()]
    texts = identities_of(frame) if active else {}
    for hold in active:
        chosen = _selected(hold, texts, frame)
        for number in np.unique(rows[chosen]):
            sets.append((*sets[number], hold))
            rows[chosen & (rows == number)] = len(sets) - 1
    stopped = stopped_rows(frame)
    for number in np.unique(rows[stopped]):
        sets.append((_STOP, *sets[number]))
        rows[stopped & (rows == number)] = len(sets) - 1
    return HoldSets(rows, tuple(sets))


#: The stop rule as a hold that nobody has to place, and that ends only with the flag.
_STOP = Hold(hold_id="", kind=STOP_RULE, matter="", issued_by="the stop rule", issuer_role="legal", starts_on=date.min)


def stopped_rows(frame: pd.DataFrame) -> NDArray[np.bool_]:
    """The rows with the stop flag, and every other copy of the same picture or of its duplicate cluster."""
    rows = np.zeros(len(frame), bool)
    if "sensitivity" not in frame.columns:
        return rows
    rows = np.fromiter(map(says_stop, frame["sensitivity"]), bool, len(frame))
    if rows.any():
        texts = identities_of(frame)
        for column in ("sha256", "cluster_id"):
            named = {name for name in texts[column][rows] if name}
            rows = rows | np.fromiter((name in named for name in texts[column]), bool, len(rows))
    return rows


def _selected(hold: Hold, texts: Texts, frame: pd.DataFrame) -> NDArray[np.bool_]:
    chosen = np.ones(len(frame), bool)
    for column, wanted in (("sha256", hold.sha256), ("cluster_id", hold.cluster_id), ("source", hold.source)):
        if wanted:
            chosen &= texts[column] == wanted
    if hold.pictures:
        pictures = frozenset(hold.pictures)
        chosen &= np.fromiter((digest in pictures for digest in texts["sha256"]), bool, len(frame))
    if hold.path_pattern:
        chosen &= np.fromiter((_matches(hold, path) for path in texts["path"]), bool, len(frame))
    if hold.captured_from or hold.captured_until:
        chosen &= _captured(hold, frame)
    if hold.also:
        places = zip(texts["source"], texts["path"], strict=True)
        chosen |= np.fromiter((place in hold.also for place in places), bool, len(frame))
    return chosen


def _matches(hold: Hold, path: str) -> bool:
    """A hold placed before patterns were one language goes on selecting what it selected then."""
    return matches(hold.path_pattern, path) or (not hold.language and matched_before(hold.path_pattern, path))


def _captured(hold: Hold, frame: pd.DataFrame) -> NDArray[np.bool_]:
    """True inside the range and where the capture date is unknown."""
    import pandas as pd

    if "image.captured_on" not in frame.columns:
        return np.ones(len(frame), bool)
    codes, uniques = pd.factorize(frame["image.captured_on"])
    inside = np.array([*(_in_range(hold, raw) for raw in uniques), True], bool)
    return inside[codes]


def _in_range(hold: Hold, raw: object) -> bool:
    try:
        taken = normalise(raw, REGISTRY["image.captured_on"])
    except UnfitError:
        return True
    if not isinstance(taken, date):
        return True
    return (hold.captured_from or date.min) <= taken <= (hold.captured_until or date.max)
