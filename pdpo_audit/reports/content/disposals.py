"""What was done under plans of disposition, as the destruction log of the workbook states it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pdpo_audit.model.disposition.acts import DisposalAct, Method, State
from pdpo_audit.model.tables import Table
from pdpo_audit.reports.counting import columns

if TYPE_CHECKING:
    from pdpo_audit.ports import TableSource

#: Lines of the destruction log at most; the table ``disposals`` has all.
MOST = 20_000
_ENDED = frozenset({State.DONE.value, State.CERTIFIED.value})


@dataclass(frozen=True, slots=True, kw_only=True)
class Destroyed:
    """One copy that was erased, as the record of its destruction states it."""

    plan_id: str
    source: str
    path: str
    sha256: str
    bytes: int
    cluster_id: str
    kept_at: str
    kept_fate: str
    kept_plan: str
    rule: str
    approved_by: str
    acted_at: str
    method: str
    left_behind: str
    proof: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Disposals:
    """How many lines all plans have, the copies that were erased under them, and how many wait in quarantines until
    when at most: these are still held."""

    lines: int = 0
    destroyed: tuple[Destroyed, ...] = ()
    waiting: int = 0
    waiting_until: str = ""


def read_disposals(tables: TableSource) -> Disposals:
    """Count the lines of all plans; keep those whose copy is gone."""
    lines, destroyed, waiting, until = 0, list[Destroyed](), 0, ""
    for frame in tables.chunks(Table.DISPOSALS):
        lines += len(frame)
        waits = columns.text(frame, "quarantined_until")
        waiting, until = waiting + int((waits != "").sum()), max(until, waits.max() if len(waits) else "")
        gone = columns.text(frame, "method") == Method.UNLINKED.value
        ended = columns.text(frame, "state").isin(_ENDED) & (columns.text(frame, "act") == DisposalAct.ERASE.value)
        for row in columns.records(frame[gone & ended]):
            said = {name: columns.cell(value) for name, value in row.items()}
            kept = f"{said['kept_source']}: {said['kept_path']}" if said["kept_path"] else ""
            destroyed.append(
                Destroyed(
                    plan_id=said["plan_id"], source=said["source"], path=said["path"], sha256=said["sha256"],
                    bytes=columns.number(row["bytes"]), cluster_id=said["cluster_id"], kept_at=kept,
                    kept_fate=said["kept_fate"], kept_plan=said["kept_plan"],
                    rule=": ".join(part for part in (said["rule"], said["authority"]) if part),
                    approved_by=said["approved_by"], acted_at=said["acted_at"], method=said["method"],
                    left_behind=said["left_behind"], proof=said["proof"],
                )
            )  # fmt: skip
    return Disposals(lines=lines, destroyed=tuple(destroyed[:MOST]), waiting=waiting, waiting_until=until)
