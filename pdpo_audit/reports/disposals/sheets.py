"""The lines of a plan as a workbook: to sort, to filter, to discuss; what is approved is the sealed plan beside it."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING

from pdpo_audit.model.disposition.plans import PlanItem
from pdpo_audit.reports.workbook.column_kinds import Column, Kind

if TYPE_CHECKING:
    from pdpo_audit.reports.workbook.pouring import Styles

#: The columns: name, width in characters.
_COLUMNS = tuple(
    Column(key=name, title=name, width=width, kind=Kind.NUMBER if number else Kind.TEXT)
    for name, width, number in (
        ("number", 8, True), ("source", 16, False), ("path", 56, False), ("bytes", 12, True), ("sha256", 20, False),
        ("act", 12, False), ("outcome", 14, False), ("rule", 16, False), ("authority", 40, False),
        ("due_on", 12, False), ("owner", 20, False), ("cluster_id", 18, False), ("people_level", 8, False),
        ("what stays", 56, False), ("belongs to it", 40, False), ("names of the file", 10, True),
        ("blocks shared", 10, False), ("bytes freed", 12, True), ("task for people", 16, False),
        ("keep until", 12, False), ("legal approves because", 24, False), ("decision", 40, False),
    )
)  # fmt: skip
HEADERS = tuple(column.title for column in _COLUMNS)
_SHEET = "xl/worksheets/sheet1.xml"
#: Lines turned into XML at once.
_PIECE = 4_000


def write_workbook(file: Path, items: Sequence[PlanItem]) -> None:
    """One row a line, in their order: openpyxl lays the sheet out, the lines are poured into it."""
    from openpyxl import Workbook
    from openpyxl.utils import get_column_letter

    from pdpo_audit.reports.workbook.pages import new_sheet
    from pdpo_audit.reports.workbook.pouring import styled

    book = Workbook(write_only=True)
    styles = styled(book)
    sheet = new_sheet(book, "Plan")
    for place, column in enumerate(_COLUMNS, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = column.width
    sheet.freeze_panes = "D2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(_COLUMNS))}{len(items) + 1}"
    sheet.append(HEADERS)
    with tempfile.TemporaryFile() as laid:
        book.save(laid)
        with zipfile.ZipFile(laid) as layout, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
            for member in layout.namelist():
                if member != _SHEET:
                    package.writestr(member, layout.read(member))
            head, tail = layout.read(_SHEET).split(b"</sheetData>")
            with package.open(_SHEET, "w", force_zip64=True) as stream:
                stream.write(head)
                _pour(stream, items, styles)
                stream.write(b"</sheetData>" + tail)


def _pour(stream: IO[bytes], items: Sequence[PlanItem], styles: Styles) -> None:
    import pandas as pd

    from pdpo_audit.reports.workbook.pouring import Care, rows_of

    care = Care()
    for start in range(0, len(items), _PIECE):
        frame = pd.DataFrame([_cells(item) for item in items[start : start + _PIECE]], columns=list(HEADERS))
        stream.write("".join(rows_of(frame, _COLUMNS, start + 2, styles, care)).encode())


def _cells(item: PlanItem) -> Sequence[str | int]:
    stays = "; ".join(f"{one.source}: {one.path}{' (master)' if one.master else ''}" for one in item.keepers)
    return (
        item.number, item.source, item.path, item.bytes, item.sha256, item.act.value, item.outcome, item.rule,
        item.authority, item.due_on, item.owner, item.cluster_id, item.people_level, stays or "no copy stays",
        "; ".join(one.path for one in item.companions), item.links, "yes" if item.shared else "no", item.frees,
        item.task, item.until, item.legal, item.decision,
    )  # fmt: skip
