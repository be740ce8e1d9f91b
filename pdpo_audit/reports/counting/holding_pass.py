"""One streaming pass over the holdings: all counted, and the copies of the pictures that the report shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pdpo_audit.model.people import band
from pdpo_audit.model.tables import Table
from pdpo_audit.reports.counting import columns
from pdpo_audit.reports.counting.cubes import Cube, Weight, add
from pdpo_audit.reports.counting.passes import CHUNK, picture_key
from pdpo_audit.reports.figures import Copy

if TYPE_CHECKING:
    import pandas as pd

    from pdpo_audit.ports import TableSource

#: How many copies of a picture are kept while streaming; the report lists fewer and counts all.
KEPT_COPIES = 60

HOLDING_DIMENSIONS = (
    "source",
    "jurisdiction",
    "place",
    "people_level",
    "relation",
    "sensitivity",
    "numbers",
    "hints",
    "band",
    "format",
    "decoded",
    "doubt",
)


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
            "numbers": columns.text(frame, "identity_numbers"),
            "hints": columns.text(frame, "text_hints"),
            "band": np.select([faces <= 0, faces == 1, faces <= 5], ["0", "1", "2-5"], "more than 5"),
            "format": columns.text(frame, "format"),
            "doubt": columns.text(frame, "captured_doubt"),
            "decoded": np.where(columns.text(frame, "skipped_reason") == "", "yes", "no"),
            "bytes": columns.numbers(frame, "bytes"),
        }
    )


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
