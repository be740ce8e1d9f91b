"""Which findings the printed report shows: the first of each owner by grade and day, the rest in the workbook."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from pdpo_audit.model.findings import Severity
from pdpo_audit.model.people import PeopleLevel, rank
from pdpo_audit.model.tables import Table
from pdpo_audit.reports.counting import columns
from pdpo_audit.reports.counting.cubes import Cube, Weight, add
from pdpo_audit.reports.counting.passes import CHUNK, CLOSED, DISAGREED, FINDING_DIMENSIONS, SEPARATOR, picture_key
from pdpo_audit.reports.figures import CaseRule

if TYPE_CHECKING:
    import pandas as pd

    from pdpo_audit.ports import TableSource

#: How many cases the printed report shows.
SHOWN = 300
_GRADES = [severity.value for severity in Severity]
_NEVER = "9999-12-31"
_DECISION = ("status", "determination", "decided_by", "decided_on", "decision_reason")

#: Owner and picture: one case of the report.
CaseKey = tuple[str, str]


@dataclass(slots=True, kw_only=True)
class OpenCase:
    """A case while its findings stream by, one rule at a time."""

    owner: str
    cluster_id: str
    source: str
    path: str
    severity: str
    due: str
    people_level: str
    rules: dict[str, CaseRule] = field(default_factory=dict)

    @property
    def urgency(self) -> tuple[int, str]:
        """Worse grades first, earlier days first."""
        return _grade(self.severity), self.due


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingPass:
    """What the findings told: counted, and the cases shown in order of urgency."""

    cube: Cube
    cases: tuple[OpenCase, ...]
    shown: int


def pass_findings(tables: TableSource, limit: int = SHOWN) -> FindingPass:
    """Count the findings and choose the cases: a second pass collects every finding of the chosen ones.

    Only ``4 * limit`` candidates are held at a time. That loses nothing: a case dropped for ``limit`` better ones
    could only come back with a better finding, and those better ones only become better themselves.
    """
    cells: dict[tuple[str, ...], Weight] = {}
    best: dict[CaseKey, tuple[int, str, int]] = {}
    seen = 0
    for frame in tables.chunks(Table.FINDINGS, CHUNK):
        counted = _counted(frame)
        add(cells, counted, FINDING_DIMENSIONS)
        for key, grade, due in _candidates(counted):
            seen += 1
            rank = (grade, due, seen)
            best[key] = min(rank, best.get(key, rank))
        if len(best) > 4 * limit:
            best = _first(best, limit)
    chosen = _first(best, limit)
    cases, shown = _collect(tables, chosen)
    return FindingPass(cube=Cube(dimensions=FINDING_DIMENSIONS, cells=cells), cases=cases, shown=shown)


def _first(best: dict[CaseKey, tuple[int, str, int]], limit: int) -> dict[CaseKey, tuple[int, str, int]]:
    return dict(sorted(best.items(), key=lambda entry: entry[1])[:limit])


def _counted(frame: pd.DataFrame) -> pd.DataFrame:
    """The chunk with gaps filled, and ``action``: whether somebody has to do something."""
    import numpy as np
    import pandas as pd

    names = [name for name in FINDING_DIMENSIONS if name != "action"]
    counted = pd.DataFrame({name: columns.text(frame, name) for name in names})
    open_ = ~columns.text(frame, "status").isin(CLOSED) & (counted["determination"] != DISAGREED)
    counted["action"] = np.where(open_ & (counted["severity"] != Severity.OBSERVATION.value), "yes", "no")
    counted["key"] = columns.text(frame, "cluster_id")
    single = counted["key"] == ""
    counted.loc[single, "key"] = counted.loc[single, "source"] + SEPARATOR + columns.text(frame, "path")[single]
    counted["due_on"] = columns.text(frame, "due_on").str[:10].replace("", _NEVER)
    return counted


def _candidates(counted: pd.DataFrame) -> Iterator[tuple[CaseKey, int, str]]:
    """The best finding per owner and picture of a chunk, in the order of the table."""
    action = counted[counted["action"] == "yes"]
    if action.empty:
        return
    ranked = action.assign(grade=action["severity"].map(_grade))
    best = ranked.groupby(["owner", "key"], sort=False).agg({"grade": "min"}).reset_index()
    merged = best.merge(ranked, on=["owner", "key", "grade"], how="left")
    days = merged.groupby(["owner", "key", "grade"], sort=False)["due_on"].min().reset_index()
    yield from (
        ((owner, key), int(grade), due)
        for owner, key, grade, due in zip(days["owner"], days["key"], days["grade"], days["due_on"], strict=True)
    )


def _seen(level: str) -> int:
    """How much a level says of people: a case carries the highest of its findings."""
    return rank(PeopleLevel(level)) if level in set(PeopleLevel) else -1


def _grade(severity: str) -> int:
    return _GRADES.index(severity) if severity in _GRADES else len(_GRADES)


def _collect(tables: TableSource, chosen: dict[CaseKey, tuple[int, str, int]]) -> tuple[tuple[OpenCase, ...], int]:
    if not chosen:
        return (), 0
    cases: dict[CaseKey, OpenCase] = {}
    owners, keys = {key[0] for key in chosen}, {key[1] for key in chosen}
    shown = 0
    for frame in tables.chunks(Table.FINDINGS, CHUNK):
        counted = _counted(frame)
        mask = (counted["action"] == "yes") & counted["key"].isin(keys) & counted["owner"].isin(owners)
        for row in columns.records(frame[mask]):
            values = {name: columns.cell(value) for name, value in row.items()}
            key = (values["owner"], picture_key(values["cluster_id"], values["source"], values["path"]))
            if key in chosen:
                shown += 1
                _meet(cases, key, values)
    return tuple(cases[key] for key in chosen if key in cases), shown


def _meet(cases: dict[CaseKey, OpenCase], key: CaseKey, row: dict[str, str]) -> None:
    """Add one finding to its case: a rule is listed once, with the number of holdings it applies to."""
    due = row["due_on"][:10] or _NEVER
    case = cases.get(key)
    if case is None:
        case = cases[key] = OpenCase(
            owner=row["owner"],
            cluster_id=row["cluster_id"],
            source=row["source"],
            path=row["path"],
            severity=row["severity"],
            due=due,
            people_level=row["people_level"],
        )
    if (_grade(row["severity"]), due) < case.urgency:
        case.severity, case.due = row["severity"], due
    if _seen(row["people_level"]) > _seen(case.people_level):
        case.people_level = row["people_level"]
    known = case.rules.get(row["rule"])
    case.rules[row["rule"]] = _rule(row, known)


def _rule(row: dict[str, str], known: CaseRule | None) -> CaseRule:
    day = columns.day(row["due_on"])
    days = [found for found in (day, known.due_on if known else None) if found is not None]
    return CaseRule(
        rule=row["rule"],
        severity=row["severity"],
        proposal=row["proposal"],
        authority=row["authority"],
        authority_rank=row["authority_rank"],
        confidence=row["confidence"],
        counted_from=known.counted_from if known else row["counted_from"],
        due_on=min(days) if days else None,
        explanation=known.explanation if known else {"en": row["explanation"], "zh-Hant": row["explanation_zh"]},
        holdings=(known.holdings if known else 0) + 1,
        **_decision(row, known),
    )


def _decision(row: dict[str, str], known: CaseRule | None) -> dict[str, str]:
    """What people said of the findings of one rule in a case: the first decision, where only some are decided too."""
    if known is not None and known.determination:
        return {name: getattr(known, name) for name in _DECISION}
    return {name: row.get(name, "") for name in _DECISION}


def due_day(case: OpenCase) -> date | None:
    """The case's earliest day, ``None`` where no rule gives one."""
    return None if case.due == _NEVER else columns.day(case.due)
