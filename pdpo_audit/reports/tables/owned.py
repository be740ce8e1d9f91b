"""One owner's part of every table: that owner's copies, and nothing of where anybody else's lie."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from pdpo_audit.errors import CallError
from pdpo_audit.model.audits import SourceRecord
from pdpo_audit.model.people import quoted_copy, quoted_sidecar
from pdpo_audit.model.tables import Table
from pdpo_audit.reports.counting import columns

if TYPE_CHECKING:
    import pandas as pd

    from pdpo_audit.ports import TableSource

_ROWS = 50_000
_ELSEWHERE = "a copy of another owner"
#: What a text names of other places, and what it says where they are another owner's.
_QUOTED = tuple(
    (re.compile(re.escape(quoted("\0")).replace("\0", '([^"]*)')), instead)
    for quoted, instead in ((quoted_copy, _ELSEWHERE), (quoted_sidecar, "a sidecar of another owner"))
)
#: Columns of texts that may name a copy.
_TEXTS = ("explanation", "explanation_zh", "people_reason", "master_reason", "reason")


class OwnedTables:
    """A ``ports.TableSource`` over another one, with one owner's rows only; the event log and faces are left out."""

    def __init__(self, tables: TableSource, owner: str, sources: Mapping[str, SourceRecord]) -> None:
        self._tables = tables
        self._owner = owner
        self._sources = frozenset(name for name, record in sources.items() if record.owner == owner)
        self._held: dict[str, list[tuple[str, str, int, bool]]] | None = None
        self._paths: frozenset[str] = frozenset()

    def chunks(self, table: Table, rows: int = _ROWS) -> Iterator[pd.DataFrame]:
        """The owner's rows of ``table``."""
        self._learn()
        for frame in self._tables.chunks(table, rows):
            yield self._told(self._part(table, frame))

    def picture(self, cluster_id: str) -> bytes:
        """The cluster's picture, where the owner holds a copy of it."""
        self._learn()
        assert self._held is not None
        return self._tables.picture(cluster_id) if cluster_id in self._held else b""

    def _part(self, table: Table, frame: pd.DataFrame) -> pd.DataFrame:
        match table:
            case Table.HOLDINGS | Table.FINDINGS | Table.RIGHTS | Table.DISPOSALS:
                return frame[columns.text(frame, "owner") == self._owner]
            case Table.DISPOSITIONS | Table.SKIPPED | Table.PEOPLE:
                return frame[columns.text(frame, "source").isin(self._sources)]
            case Table.LINKS:
                sides = (columns.text(frame, f"{side}_source").isin(self._sources) for side in ("left", "right"))
                return frame[next(sides) & next(sides)]
            case Table.CLUSTERS:
                return self._clusters(frame)
            case Table.EVENTS:
                return frame.iloc[:0]

    def _clusters(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Duplicate clusters with the owner's copies counted, and a master that is somebody else's not named."""
        assert self._held is not None
        held = self._held
        kept = frame[columns.text(frame, "cluster_id").isin(held.keys())].copy()
        ids = columns.text(kept, "cluster_id").tolist()
        kept["copies"] = [len(held[one]) for one in ids]
        kept["bytes"] = [sum(size for _, _, size, _ in held[one]) for one in ids]
        kept["additional_bytes"] = [sum(size for _, _, size, master in held[one] if not master) for one in ids]
        kept["sources"] = [";".join(sorted({source for source, *_ in held[one]})) for one in ids]
        for named in ("master", "oldest", "lowest_quality"):
            if f"{named}_source" in kept.columns:
                others = ~columns.text(kept, f"{named}_source").isin(self._sources)
                kept.loc[others, f"{named}_source"] = ""
                kept.loc[others, f"{named}_path"] = _ELSEWHERE
        return kept

    def _learn(self) -> None:
        if self._held is not None:
            return
        held: dict[str, list[tuple[str, str, int, bool]]] = {}
        paths: set[str] = set()
        for frame in self._tables.chunks(Table.HOLDINGS, _ROWS):
            for row in columns.records(frame[columns.text(frame, "owner") == self._owner]):
                path, cluster = columns.cell(row["path"]), columns.cell(row["cluster_id"])
                paths.update((path, *columns.cell(row.get("sidecars", "")).split(";")))
                master = columns.cell(row["is_master"]) in ("True", "true", "1", "1.0")
                if cluster:
                    one = (columns.cell(row["source"]), path, columns.number(row["bytes"]), master)
                    held.setdefault(cluster, []).append(one)
        self._held, self._paths = held, frozenset(paths)

    def _told(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Texts without the places of other owners' copies."""
        named = [name for name in _TEXTS if name in frame.columns]
        return frame.assign(**{name: columns.text(frame, name).map(self._hidden) for name in named}) if named else frame

    def _hidden(self, text: str) -> str:
        for pattern, instead in _QUOTED:
            found = {said[0]: instead for said in pattern.finditer(text) if said[1] not in self._paths}
            for named, hidden in found.items():
                text = text.replace(named, hidden)
        return text


def check_owner(owner: str, sources: Mapping[str, SourceRecord]) -> None:
    """Refuse an owner whom no source names.

    :raises CallError: with those who are named.
    """
    known = list(dict.fromkeys(record.owner for record in sources.values()))
    if owner not in known:
        from difflib import get_close_matches

        close = get_close_matches(owner, [name for name in known if name], n=1)
        hint = f'; did you mean "{close[0]}"?' if close else ""
        named = ", ".join(name for name in known if name) or "nobody"
        raise CallError(f'no source names the owner "{owner[:60]}"{hint}', advice=f"the settings name {named}")
