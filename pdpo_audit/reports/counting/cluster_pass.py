"""One streaming pass over the duplicate clusters: all counted, the largest and the contradictory ones listed."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pdpo_audit.model.tables import Table
from pdpo_audit.reports.counting import columns
from pdpo_audit.reports.counting.passes import CHUNK, split
from pdpo_audit.reports.figures import LargeCluster

if TYPE_CHECKING:
    from pdpo_audit.ports import TableSource

#: How many clusters the report lists by number of copies.
LARGEST = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterPass:
    """What the clusters told; ``reasons`` maps wanted clusters to master reason and status.

    ``contradictions`` counts clusters by the field in which their copies state different things, and ``contradicting``
    lists the largest of them. ``levels`` counts clusters by their people level, the highest of their copies: a master
    whose face was made unrecognisable does not hide that its copies show a person. ``copies`` counts what they hold.
    """

    rows: int
    levels: dict[str, int]
    copies: dict[str, int]
    across_jurisdictions: int
    across_sources: int
    dates_apart: int
    confirmed: int
    largest: tuple[LargeCluster, ...]
    contradicting: tuple[LargeCluster, ...]
    contradicting_clusters: int
    contradictions: dict[str, int]
    reasons: dict[str, tuple[str, str]]


class _Most:
    """The clusters with the most copies among those met, in flat memory."""

    def __init__(self) -> None:
        self.met = 0
        self._heap: list[tuple[int, int, str, LargeCluster]] = []

    def meet(self, found: LargeCluster) -> None:
        self.met += 1
        entry = (found.copies, found.additional_bytes, found.cluster_id, found)
        if len(self._heap) < LARGEST:
            heapq.heappush(self._heap, entry)
        else:
            heapq.heappushpop(self._heap, entry)

    def listed(self) -> tuple[LargeCluster, ...]:
        """Most copies first."""
        return tuple(entry[-1] for entry in sorted(self._heap, key=lambda one: (-one[0], -one[1], one[2])))


def pass_clusters(tables: TableSource, wanted: frozenset[str]) -> ClusterPass:
    """Count the clusters, keep the largest, and the master's reason of the wanted ones."""
    rows = across_jurisdictions = across_sources = apart = confirmed = 0
    largest, contradicting = _Most(), _Most()
    fields: dict[str, int] = {}
    reasons: dict[str, tuple[str, str]] = {}
    levels: dict[str, int] = {}
    copies: dict[str, int] = {}
    for frame in tables.chunks(Table.CLUSTERS, CHUNK):
        for row in columns.records(frame):
            rows += 1
            across_jurisdictions += len(set(split(columns.cell(row["jurisdictions"])))) > 1
            across_sources += _several(row["sources"])
            apart += columns.cell(row["oldest"])[:10] != columns.cell(row["newest"])[:10]
            confirmed += columns.cell(row["master_status"]) == "confirmed"
            found = _large(row)
            levels[found.people_level] = levels.get(found.people_level, 0) + 1
            copies[found.people_level] = copies.get(found.people_level, 0) + found.copies
            largest.meet(found)
            for name in found.contradictions:
                fields[name] = fields.get(name, 0) + 1
            if found.contradictions:
                contradicting.meet(found)
            if found.cluster_id in wanted:
                reasons[found.cluster_id] = (columns.cell(row["master_reason"]), columns.cell(row["master_status"]))
    return ClusterPass(
        rows=rows,
        levels=levels,
        copies=copies,
        across_jurisdictions=across_jurisdictions,
        across_sources=across_sources,
        dates_apart=apart,
        confirmed=confirmed,
        largest=largest.listed(),
        contradicting=contradicting.listed(),
        contradicting_clusters=contradicting.met,
        contradictions=dict(sorted(fields.items())),
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
        contradictions=split(columns.cell(row.get("contradictions"))),
    )
