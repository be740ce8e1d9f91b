"""What this organisation has said of rules, laid over the packs: adopted periods and lawyers' reviews."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd

from pdpo_audit.catalogue.sayings.standings import load_standings
from pdpo_audit.policy.telling.standings import Standing, StandingKind, adopted_policies, with_standings
from pdpo_audit.policy.terms.rules import Pack
from pdpo_audit.workspace.project import Project

_POLICY = "record.retention_policy"


def standings(project: Project) -> tuple[Standing, ...]:
    """Everything that was said of rules here, oldest first."""
    return tuple(
        Standing(
            kind=StandingKind(row.kind),
            rule=row.rule,
            by=row.by,
            on=date.fromisoformat(row.on),
            until=date.fromisoformat(row.until) if row.until else None,
            reference=row.reference,
            period=row.period,
            firm=row.firm,
            wording=row.wording,
        )
        for row in load_standings(project.store)
    )


def standing_packs(project: Project, packs: Sequence[Pack]) -> tuple[Pack, ...]:
    """The packs with what was said of their rules here."""
    return with_standings(packs, standings(project))


def lay_policies(facts: pd.DataFrame, packs: Sequence[Pack], on: date) -> pd.DataFrame:
    """``facts`` with the adopted retention policy of each record class, where nothing else names one."""
    adopted = adopted_policies(packs, on)
    if not adopted or "record.class" not in facts.columns:
        return facts
    here = facts["record.class"].map(lambda name: adopted.get(str(name))).to_numpy(object)
    stated = facts[_POLICY].to_numpy(object) if _POLICY in facts.columns else np.full(len(facts), None, object)
    column = np.where(pd.isna(stated), here, stated)
    return facts.assign(**{_POLICY: pd.Series(column, index=facts.index, dtype=object)})
