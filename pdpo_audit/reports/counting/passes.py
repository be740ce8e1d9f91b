"""Streaming passes over the tables: what the ladder said, what was skipped, and words that several passes share."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from pdpo_audit.model.tables import Table
from pdpo_audit.reports.counting import columns
from pdpo_audit.reports.counting.cubes import Cube, Weight, add
from pdpo_audit.reports.figures import SkippedShare

if TYPE_CHECKING:
    import pandas as pd

    from pdpo_audit.ports import TableSource

#: Rows read at a time: at 50,000 the peak was 160 MB higher for the same time.
CHUNK = 10_000
FINDING_DIMENSIONS = (
    "rule",
    "pack",
    "authority",
    "authority_rank",
    "severity",
    "proposal",
    "source",
    "owner",
    "action",
    "people_level",
    "determination",
)
DISPOSITION_DIMENSIONS = ("source", "outcome", "act", "due_rank", "window", "missing_facts")

#: A finding with which a named person disagreed waits for nobody; one that was agreed to, in part or later, does.
DISAGREED = "disagree"
#: Nor does one with one of these statuses.
CLOSED = frozenset({"closed", "resolved", "dismissed", "accepted", "done"})
#: Between source and path where they name a single picture; numpy drops a NUL at the end of a text.
SEPARATOR = "\x1f"
_SEPARATORS = re.compile(r"[;,|]")


@dataclass(frozen=True, slots=True, kw_only=True)
class DispositionPass:
    """What the ladder said: counted, per wanted copy, and the earliest day per source."""

    cube: Cube
    of_copy: dict[tuple[str, str], tuple[str, date | None]]
    earliest: dict[str, date]


def picture_key(cluster_id: str, source: str, path: str) -> str:
    """What names a picture within one report: its cluster, or its only holding."""
    return cluster_id or f"{source}{SEPARATOR}{path}"


def split(cell: str) -> tuple[str, ...]:
    """The parts of a cell that holds several: rules, flags, jurisdictions."""
    return tuple(part for part in map(str.strip, _SEPARATORS.split(cell)) if part)


def pass_dispositions(tables: TableSource, on: date, wanted: frozenset[tuple[str, str]]) -> DispositionPass:
    """Count the ladder's outcomes by source, act, time window and the rank of the rule that gives the day."""
    import pandas as pd

    cells: dict[tuple[str, ...], Weight] = {}
    of_copy: dict[tuple[str, str], tuple[str, date | None]] = {}
    earliest: dict[str, date] = {}
    paths = {path for _, path in wanted}
    for frame in tables.chunks(Table.DISPOSITIONS, CHUNK):
        source, outcome = columns.text(frame, "source"), columns.text(frame, "outcome")
        due = columns.text(frame, "due_on")
        counted = pd.DataFrame(
            {
                "source": source,
                "outcome": outcome,
                "window": due.map({value: window(value, on) for value in due.unique()}),
                "act": columns.text(frame, "act"),
                "due_rank": columns.text(frame, "due_rank"),
                "missing_facts": columns.text(frame, "missing_facts"),
            }
        )
        add(cells, counted, DISPOSITION_DIMENSIONS)
        _earliest(earliest, source, outcome, due)
        path = columns.text(frame, "path")
        mask = path.isin(paths)
        for key, result, value in zip(
            zip(source[mask], path[mask], strict=True), outcome[mask], due[mask], strict=True
        ):
            if key in wanted:
                of_copy[key] = (result, columns.day(value))
    return DispositionPass(
        cube=Cube(dimensions=DISPOSITION_DIMENSIONS, cells=cells), of_copy=of_copy, earliest=earliest
    )


def _earliest(earliest: dict[str, date], source: pd.Series[str], outcome: pd.Series[str], due: pd.Series[str]) -> None:
    waiting = due[(outcome == "due") & (due != "")]
    for name, value in waiting.groupby(source[waiting.index]).min().items():
        found = columns.day(value)
        if found is not None:
            earliest[str(name)] = min(found, earliest.get(str(name), found))


def window(value: str, on: date) -> str:
    """In which window a day lies, seen from ``on``; the due day itself counts as passed."""
    due = columns.day(value)
    if due is None:
        return "no_date"
    days = (due - on).days
    for limit, name in ((0, "passed"), (30, "30_days"), (90, "90_days"), (365, "one_year")):
        if days <= limit:
            return name
    return "later"


def pass_skipped(tables: TableSource) -> tuple[SkippedShare, ...]:
    """What was not examined, by source and reason, with the first path of each as an example."""
    found: dict[tuple[str, str], tuple[int, str]] = {}
    for frame in tables.chunks(Table.SKIPPED, CHUNK):
        keyed = frame.assign(source=columns.text(frame, "source"), reason=columns.text(frame, "reason"))
        for pair, rows in keyed.groupby(["source", "reason"], sort=False):
            source, reason = map(str, pair)
            items, example = found.get((source, reason), (0, str(columns.text(rows, "path").iloc[0])))
            found[(source, reason)] = (items + len(rows), example)
    return tuple(
        SkippedShare(source=source, reason=reason, items=items, example=example)
        for (source, reason), (items, example) in sorted(found.items(), key=lambda e: (-e[1][0], e[0]))
    )


def pass_column(tables: TableSource, table: Table, column: str) -> tuple[dict[str, int], str, str]:
    """Count a table by one column; the first and last value of its column ``at`` where it has one."""
    counts: dict[str, int] = {}
    first = last = ""
    for frame in tables.chunks(table, CHUNK):
        for value, number in columns.text(frame, column).value_counts().items():
            counts[str(value)] = counts.get(str(value), 0) + int(number)
        at = columns.text(frame, "at")
        if len(at):
            first, last = first or str(at.iloc[0]), str(at.iloc[-1])
    return dict(sorted(counts.items())), first, last
