"""A master keeps the record for its copies: which additional copies a minimum no longer binds.

A minimum attaches to the record that a picture evidences, not to every copy of it. A byte-identical additional copy in
the record class of its master is released where the master itself is bound by the same rule for at least as long; every
other copy goes to a person. Copies that differ in their metadata stay bound, also where every pixel agrees: metadata
are evidence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pdpo_audit.policy.judging.effects import RuleEffect, days_of
from pdpo_audit.policy.judging.ladder import Alternatives, Says
from pdpo_audit.policy.terms.fact_table import Codes, FactTable
from pdpo_audit.policy.terms.facts import REGISTRY

if TYPE_CHECKING:
    import pandas as pd

IDENTICAL = ("byte-identical",)

#: ``row_master`` where no master can release the row, and where a fact vouches for a master outside the frame.
NOBODY, VOUCHED = -1, -2


@dataclass(frozen=True, slots=True)
class Releases:
    """By position of a rule: the units that it no longer binds."""

    by_rule: dict[int, NDArray[np.bool_]]

    def of_rule(self, index: int, units: int) -> NDArray[np.bool_]:
        """Where the rule at this position no longer binds."""
        found = self.by_rule.get(index)
        return np.zeros(units, bool) if found is None else found

    @staticmethod
    def of_units(unit_set: Codes, unit_master: Codes, effects: Sequence[RuleEffect]) -> Releases:
        """The rules from which each unit is released by its master's set of facts."""
        if not len(unit_set) or int(unit_master.max()) == int(unit_master.min()) == NOBODY:
            return Releases({})
        found = {
            index: _released(effect, unit_set, unit_master) for index, effect in enumerate(effects) if _can_bind(effect)
        }
        return Releases(found)


def released_by_master(frame: pd.DataFrame, table: FactTable, effects: Sequence[RuleEffect]) -> Codes:
    """For every row the set of facts of the master that may release it, ``NOBODY`` or ``VOUCHED``."""
    if not any(map(_can_bind, effects)):
        return np.full(len(frame), NOBODY, np.int64)
    is_master = _where(table, "duplicate.is_master", (True, None))[table.row_sets]
    identical = _where(table, "duplicate.relation", IDENTICAL)[table.row_sets] & ~is_master
    row_class = table.column(REGISTRY["record.class"]).codes[table.row_sets]
    master_row = _master_rows(frame, is_master)
    has_master = master_row >= 0
    same = identical & (row_class > 0) & has_master & (row_class == row_class[np.maximum(master_row, 0)])
    vouched = identical & ~has_master & _vouched(table)[table.row_sets]
    masters = np.where(same, table.row_sets[np.maximum(master_row, 0)], NOBODY)
    return np.where(vouched, VOUCHED, masters)


def _can_bind(effect: RuleEffect) -> bool:
    said = (effect.rule.retention, *(exception.retention for exception in effect.exceptions))
    return any(retention is not None and (retention.at_least or retention.must_keep) for retention in said)


def _where(table: FactTable, name: str, values: Sequence[object]) -> NDArray[np.bool_]:
    column = table.column(REGISTRY[name])
    found: NDArray[np.bool_] = np.array([value in values for value in column.values], bool)[column.codes]
    return found


def _vouched(table: FactTable) -> NDArray[np.bool_]:
    """Where a supplied fact says that the master has the same record class."""
    own, masters = table.column(REGISTRY["record.class"]), table.column(REGISTRY["duplicate.master_record_class"])
    own_values = np.array([str(value) if value else "" for value in own.values], object)[own.codes]
    master_values = np.array([str(value) if value else "" for value in masters.values], object)[masters.codes]
    same: NDArray[np.bool_] = (own_values == master_values) & (own_values != "")
    return same


def _master_rows(frame: pd.DataFrame, is_master: NDArray[np.bool_]) -> Codes:
    """For every row the row of its duplicate cluster's master, -1 where there is none."""
    import pandas as pd

    rows = len(frame)
    if "cluster_id" not in frame.columns or not rows:
        return np.full(rows, -1, np.int64)
    clusters, _ = pd.factorize(frame["cluster_id"].replace("", None), use_na_sentinel=True)
    master_of = np.full(int(clusters.max(initial=-1)) + 2, -1, np.int64)
    chosen = np.flatnonzero(is_master & (clusters >= 0))[::-1]
    master_of[clusters[chosen]] = chosen  # reversed: of several the first row stays
    return master_of[clusters]


def _released(effect: RuleEffect, unit_set: Codes, unit_master: Codes) -> NDArray[np.bool_]:
    """Where the master is bound by this rule, certainly and at least as long as the copy."""
    master_set = np.maximum(unit_master, 0)
    bound = effect.table(lambda turn: _binds(turn.alternatives), np.bool_)[effect.code]
    long_enough = days_of(effect, master_set, "floor") >= days_of(effect, unit_set, "floor")
    by_master = (unit_master >= 0) & bound[master_set] & bound[unit_set] & long_enough
    released: NDArray[np.bool_] = (unit_master == VOUCHED) | by_master
    return released


def _binds(found: Alternatives) -> bool:
    """Whether the rule certainly keeps."""
    keeping = (Says.FLOOR_RUNS, Says.KEEP)
    return len(found) == 1 and any(word.says in keeping for words in found for word in words)
