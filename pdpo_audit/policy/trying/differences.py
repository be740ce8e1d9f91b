"""What would change on a library if one set of packs took the place of another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from pdpo_audit.model.findings import Hold
from pdpo_audit.policy.judging.evaluation import evaluate
from pdpo_audit.policy.terms.rules import Pack

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Difference:
    """The change in numbers and lists.

    ``outcomes``: ``before, after, holdings`` for every pair of outcomes that occurs; ``holdings``: one row for each
    holding whose outcome, day or deciding rules change (``source, path, outcome_before, outcome_after,
    due_on_before, due_on_after, rules_before, rules_after``); ``appeared`` and ``gone``: whole findings.
    """

    outcomes: pd.DataFrame
    holdings: pd.DataFrame
    appeared: pd.DataFrame
    gone: pd.DataFrame


def diff(
    old: Sequence[Pack], new: Sequence[Pack], facts: pd.DataFrame, holds: Sequence[Hold], *, on: date
) -> Difference:
    """Evaluate both on the same facts and compare."""
    import pandas as pd

    before, after = evaluate(old, facts, holds, on=on), evaluate(new, facts, holds, on=on)
    parts = ["outcome", "due_on", "rules"]
    joined = before.dispositions[["source", "path", *parts]].copy()
    for part in parts:
        joined[f"{part}_before"] = before.dispositions[part]
        joined[f"{part}_after"] = after.dispositions[part]
    counts = joined.groupby(["outcome_before", "outcome_after"], sort=True).size().reset_index(name="holdings")
    counts.columns = pd.Index(["before", "after", "holdings"])
    changed = (
        joined[[f"{part}_before" for part in parts]].to_numpy()
        != joined[[f"{part}_after" for part in parts]].to_numpy()
    ).any(axis=1)
    columns = ["source", "path", *(f"{part}_{when}" for part in parts for when in ("before", "after"))]
    return Difference(
        outcomes=counts,
        holdings=joined.loc[changed, columns].reset_index(drop=True),
        appeared=_without(after.findings, before.findings),
        gone=_without(before.findings, after.findings),
    )


def _without(findings: pd.DataFrame, others: pd.DataFrame) -> pd.DataFrame:
    """The findings whose names do not stand among the others."""
    return findings[~findings["finding_id"].isin(others["finding_id"])].reset_index(drop=True)
