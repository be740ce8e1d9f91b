"""Findings rolled up: by rule, by what they are measured against, by source and by owner."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pdpo_audit.model.findings import CountedBy, Severity
from pdpo_audit.policy.terms.rules import Pack

if TYPE_CHECKING:
    import pandas as pd


def roll_up(findings: pd.DataFrame, packs: Sequence[Pack], by: CountedBy) -> pd.DataFrame:
    """Findings counted: one row for each value of ``by``, with ``findings`` and a column for each grade.

    Worst grade first, then the larger number. A rule with several criteria counts under each of them, one without any
    under "".
    """
    import pandas as pd

    counted = findings[["rule", "source", "owner", "severity"]].copy()
    if by is CountedBy.PRINCIPLE:
        criteria = {rule.rule_id: rule.criteria or ("",) for pack in packs for rule in pack.rules}
        counted["principle"] = [criteria.get(str(rule), ("",)) for rule in counted["rule"]]
        counted = counted.explode("principle")
    if counted.empty:
        return pd.DataFrame(columns=[by.value, "findings", *(grade.value for grade in Severity)])
    grades = [grade.value for grade in Severity]
    table = pd.crosstab(counted[by.value], counted["severity"]).reindex(columns=grades, fill_value=0)
    table.insert(0, "findings", table.sum(axis=1))
    ordered = table.sort_index().sort_values([*grades, "findings"], ascending=False, kind="stable")
    return ordered.rename_axis(columns=None).reset_index()
