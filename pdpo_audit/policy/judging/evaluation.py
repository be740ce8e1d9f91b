"""Rule packs against facts: every finding and one disposition for each holding.

The work is done once for each distinct set of facts and then spread over the rows: conditions over the few distinct
values of each fact, dates over distinct days, the ladder over distinct constellations of what rules say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from pdpo_audit.model.findings import Hold
from pdpo_audit.policy.judging.constellations import constellate
from pdpo_audit.policy.judging.disposing import dispose
from pdpo_audit.policy.judging.findings import find
from pdpo_audit.policy.stating.holds import select
from pdpo_audit.policy.terms.identities import Who
from pdpo_audit.policy.terms.rules import Pack

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Assessment:
    """What the packs say: the tables ``findings`` and ``dispositions`` with the columns of ``model.tables.COLUMNS``.

    ``warnings`` name supplied values that do not fit their fact and were taken as not supplied.
    """

    findings: pd.DataFrame
    dispositions: pd.DataFrame
    warnings: tuple[str, ...] = ()


def decide(packs: Sequence[Pack], facts: pd.DataFrame, holds: Sequence[Hold], *, on: date) -> pd.DataFrame:
    """The table ``dispositions`` alone, as ``evaluate`` gives it: findings take most of its time and memory."""
    picture = constellate(packs, facts, select(holds, facts, on), on)
    return dispose(picture, Who.of(facts))


def evaluate(packs: Sequence[Pack], facts: pd.DataFrame, holds: Sequence[Hold], *, on: date) -> Assessment:
    """Every active rule of ``packs`` over ``facts`` (one row per holding) on the day ``on``.

    ``facts`` has the columns ``source, path, sha256, cluster_id, owner, jurisdiction, people_level`` and any fact of
    the registry by its name; None or NaN is absence. The same input gives the same tables, byte for byte: findings in
    the order of packs, rules and rows (findings about a whole source have an empty ``path``), dispositions in the
    order of the rows.
    """
    picture = constellate(packs, facts, select(holds, facts, on), on)
    who = Who.of(facts)
    return Assessment(find(picture, who), dispose(picture, who), picture.table.warnings)
