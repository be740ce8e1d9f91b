"""The lines of a plan as a workbook: to sort, to filter, to discuss; what is approved is the sealed plan beside it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from pdpo_audit.model.disposition.plans import PlanItem
from pdpo_audit.reports.words.literal import unformulated

HEADERS = (
    "number", "source", "path", "bytes", "sha256", "act", "outcome", "rule", "authority", "due_on", "owner",
    "cluster_id", "people_level", "what stays", "belongs to it", "names of the file", "blocks shared", "bytes freed",
    "task for people", "keep until", "legal approves because", "decision",
)  # fmt: skip
_WIDTHS = (8, 16, 56, 12, 20, 12, 14, 16, 40, 12, 20, 18, 8, 56, 40, 10, 10, 12, 16, 12, 24, 40)


def write_workbook(file: Path, items: Iterable[PlanItem]) -> None:
    """One row a line, in their order."""
    from openpyxl import Workbook
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Plan")
    for place, width in enumerate(_WIDTHS, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.freeze_panes = "D2"
    sheet.append(HEADERS)
    for item in items:
        sheet.append([unformulated(cell) if isinstance(cell, str) else cell for cell in _cells(item)])
    book.save(file)


def _cells(item: PlanItem) -> Sequence[str | int]:
    stays = "; ".join(f"{one.source}: {one.path}{' (master)' if one.master else ''}" for one in item.keepers)
    return (
        item.number, item.source, item.path, item.bytes, item.sha256, item.act.value, item.outcome, item.rule,
        item.authority, item.due_on, item.owner, item.cluster_id, item.people_level, stays or "no copy stays",
        "; ".join(one.path for one in item.companions), item.links, "yes" if item.shared else "no", item.frees,
        item.task, item.until, item.legal, item.decision,
    )  # fmt: skip
