"""One streaming pass over each table: what is counted of it, and the few rows that the report shows."""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from pdpo_audit.model.findings import AuthorityRank
from pdpo_audit.model.people import band
from pdpo_audit.model.tables import Table
from pdpo_audit.reports import columns
from pdpo_audit.reports.cubes import Cube, Weight, add
from pdpo_audit.reports.figures import Copy, LargeCluster, SkippedShare

if TYPE_CHECKING:
    import pandas as pd

    from pdpo_audit.ports import TableSource

#: Rows read at a time: at 50,000 the peak was 160 MB higher for the same time.
CHUNK = 10_000
#: How many clusters the report lists by number of copies.
LARGEST = 10
#: How many copies of a picture are kept while streaming; the report lists fewer and counts all.
KEPT_COPIES = 60

HOLDING_DIMENSIONS = (
    "source",
    "jurisdiction",
    "place",
    "people_level",
    "relation",
    "sensitivity",
    "band",
    "format",
    "decoded",
)
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
)
DISPOSITION_DIMENSIONS = ("source", "outcome", "window", "rules", "missing_facts")

#: A finding with one of these statuses waits for nobody.
CLOSED = frozenset({"closed", "resolved", "dismissed", "accepted", "done"})
#: Between source and path where they name a single picture; numpy drops a NUL at the end of a text.
SEPARATOR = "\x1f"
_SEPARATORS = re.compile(r"[;,|]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The pictures whose copies the report lists: clusters by id, single holdings by source and path."""

    clusters: frozenset[str]
    singles: frozenset[tuple[str, str]]


@dataclass(slots=True, kw_only=True)
class CopyList:
    """The copies of one wanted picture met so far: all counted, the first kept."""

    copies: list[Copy] = field(default_factory=list)
    total: int = 0
    level: str = ""
    band: str = ""

    def meet(self, copy: Copy) -> None:
        """Count ``copy``; keep it while there is room, the master always."""
        self.total += 1
        if len(self.copies) < KEPT_COPIES or copy.is_master:
            self.copies.append(copy)


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldingPass:
    """What the holdings told."""

    cube: Cube
    copies: dict[str, CopyList]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterPass:
    """What the clusters told; ``reasons`` maps wanted clusters to master reason and status.

    ``levels`` counts clusters by their people level, the highest of their copies: a master whose face was made
    unrecognisable does not hide that its copies show a person.
    """

    rows: int
    levels: dict[str, int]
    across_jurisdictions: int
    across_sources: int
    dates_apart: int
    confirmed: int
    largest: tuple[LargeCluster, ...]
    reasons: dict[str, tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class DispositionPass:
    """What the ladder said: counted, per wanted copy, and the earliest day per source."""

    cube: Cube
    of_copy: dict[tuple[str, str], tuple[str, date | None]]
    earliest: dict[str, date]


def split(cell: str) -> tuple[str, ...]:
    """The parts of a cell that holds several: rules, flags, jurisdictions."""
    return tuple(part for part in map(str.strip, _SEPARATORS.split(cell)) if part)


def pass_holdings(tables: TableSource, wanted: Wanted) -> HoldingPass:
    """Count the holdings and collect the copies of the wanted pictures."""
    cells: dict[tuple[str, ...], Weight] = {}
    copies: dict[str, CopyList] = {}
    for frame in tables.chunks(Table.HOLDINGS, CHUNK):
        counted = _holding_columns(frame)
        add(cells, counted, HOLDING_DIMENSIONS, bytes_column="bytes")
        for key, copy, level, faces in _wanted_copies(frame, counted, wanted):
            listed = copies.setdefault(key, CopyList(level=level, band=faces))
            listed.meet(copy)
    return HoldingPass(cube=Cube(dimensions=HOLDING_DIMENSIONS, cells=cells), copies=copies)


def _holding_columns(frame: pd.DataFrame) -> pd.DataFrame:
    """The chunk reduced to what is counted; ``place`` is ``single``, ``master`` or ``additional``."""
    import numpy as np
    import pandas as pd

    cluster, master = columns.text(frame, "cluster_id"), columns.flags(frame, "is_master")
    faces = columns.numbers(frame, "faces")
    place = np.where(cluster == "", "single", np.where(master, "master", "additional"))
    level = columns.text(frame, "people_level").replace("", "unknown")
    return pd.DataFrame(
        {
            "source": columns.text(frame, "source"),
            "jurisdiction": columns.text(frame, "jurisdiction"),
            "place": place,
            "people_level": level,
            "relation": columns.text(frame, "relation"),
            "sensitivity": columns.text(frame, "sensitivity"),
            "band": np.select([faces <= 0, faces == 1, faces <= 5], ["0", "1", "2-5"], "more than 5"),
            "format": columns.text(frame, "format"),
            "decoded": np.where(columns.text(frame, "skipped_reason") == "", "yes", "no"),
            "bytes": columns.numbers(frame, "bytes"),
        }
    )


def picture_key(cluster_id: str, source: str, path: str) -> str:
    """What names a picture within one report: its cluster, or its only holding."""
    return cluster_id or f"{source}{SEPARATOR}{path}"


def _wanted_copies(frame: pd.DataFrame, counted: pd.DataFrame, wanted: Wanted) -> Iterator[tuple[str, Copy, str, str]]:
    cluster, path = columns.text(frame, "cluster_id"), columns.text(frame, "path")
    paths = {single[1] for single in wanted.singles}
    mask = cluster.isin(wanted.clusters) | ((cluster == "") & path.isin(paths))
    if not mask.any():
        return
    for row, level in zip(columns.records(frame[mask]), counted.loc[mask, "people_level"].tolist(), strict=True):
        copy = _copy(row)
        cluster_id = columns.cell(row.get("cluster_id"))
        if cluster_id or (copy.source, copy.path) in wanted.singles:
            faces = band(columns.number(row.get("faces")))
            yield picture_key(cluster_id, copy.source, copy.path), copy, str(level), faces


def _copy(row: dict[str, object]) -> Copy:
    return Copy(
        source=columns.cell(row.get("source")),
        path=columns.cell(row.get("path")),
        owner=columns.cell(row.get("owner")),
        jurisdiction=columns.cell(row.get("jurisdiction")),
        bytes=columns.number(row.get("bytes")),
        width=columns.number(row.get("width")),
        height=columns.number(row.get("height")),
        relation=columns.cell(row.get("relation")),
        is_master=columns.cell(row.get("is_master")) in ("True", "true", "1", "1.0"),
        captured=columns.cell(row.get("captured"))[:10],
    )


def pass_clusters(tables: TableSource, wanted: frozenset[str]) -> ClusterPass:
    """Count the clusters, keep the largest, and the master's reason of the wanted ones."""
    rows = across_jurisdictions = across_sources = apart = confirmed = 0
    largest: list[tuple[int, int, str, LargeCluster]] = []
    reasons: dict[str, tuple[str, str]] = {}
    levels: dict[str, int] = {}
    for frame in tables.chunks(Table.CLUSTERS, CHUNK):
        for row in columns.records(frame):
            rows += 1
            across_jurisdictions += len(set(split(columns.cell(row["jurisdictions"])))) > 1
            across_sources += _several(row["sources"])
            apart += columns.cell(row["oldest"])[:10] != columns.cell(row["newest"])[:10]
            confirmed += columns.cell(row["master_status"]) == "confirmed"
            found = _large(row)
            levels[found.people_level] = levels.get(found.people_level, 0) + 1
            entry = (found.copies, found.additional_bytes, found.cluster_id, found)
            heapq.heappush(largest, entry) if len(largest) < LARGEST else heapq.heappushpop(largest, entry)
            if found.cluster_id in wanted:
                reasons[found.cluster_id] = (columns.cell(row["master_reason"]), columns.cell(row["master_status"]))
    return ClusterPass(
        rows=rows,
        levels=levels,
        across_jurisdictions=across_jurisdictions,
        across_sources=across_sources,
        dates_apart=apart,
        confirmed=confirmed,
        largest=tuple(entry[-1] for entry in sorted(largest, key=lambda e: (-e[0], -e[1], e[2]))),
        reasons=reasons,
    )


def _several(cell: object) -> bool:
    """Whether the column ``sources`` names or counts more than one."""
    words = columns.cell(cell)
    return int(words) > 1 if words.isdigit() else len(set(split(words))) > 1


def _large(row: dict[str, object]) -> LargeCluster:
    return LargeCluster(
        cluster_id=columns.cell(row["cluster_id"]),
        copies=columns.number(row["copies"]),
        additional_bytes=columns.number(row["additional_bytes"]),
        sources=columns.cell(row["sources"]),
        jurisdictions=columns.cell(row["jurisdictions"]),
        master_source=columns.cell(row["master_source"]),
        master_path=columns.cell(row["master_path"]),
        people_level=columns.cell(row["people_level"]) or "unknown",
    )


def pass_dispositions(tables: TableSource, on: date, wanted: frozenset[tuple[str, str]]) -> DispositionPass:
    """Count the ladder's outcomes by source, time window and deciding rules."""
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
                "rules": columns.text(frame, "rules"),
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


def strongest(ranks: set[str]) -> str:
    """The strongest authority rank of a set; ``unstated`` for none."""
    order = [rank.value for rank in AuthorityRank]
    known = [rank for rank in order if rank in ranks]
    return known[0] if known else "unstated"
