"""The workbook: openpyxl lays out every sheet, the long ones are then filled from the tables in a stream."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from pdpo_audit.errors import MachineError
from pdpo_audit.reports.content.composition import Content
from pdpo_audit.reports.words.labels import ENGLISH, Wording
from pdpo_audit.reports.workbook import backsheets, casesheet, frontsheets, pages
from pdpo_audit.reports.workbook.filling import HEADER_ROW, Place, fill, part_name
from pdpo_audit.reports.workbook.pouring import Styles, styled
from pdpo_audit.reports.workbook.sheets import ROWS_PER_SHEET, LongSheet, long_sheets

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

    from pdpo_audit.ports import TableSource


def write_workbook(content: Content, tables: TableSource, path: Path, t: Wording = ENGLISH) -> dict[str, str]:
    """Write the workbook of ``content`` to ``path`` in the words of ``t``: the same numbers, every row of every table.

    Gives the SHA-256 (Base64) of the members that hold the long sheets, so that sealing need not unpack them again.
    Memory is flat in the rows. Text never becomes a formula; control characters and those that reverse or hide text
    are spelled out, over-long text is cut, and the README sheet says how often. Raises ``MachineError`` where the
    file cannot be written.
    """
    sheets = long_sheets(content)
    try:
        with tempfile.TemporaryDirectory(dir=path.parent) as folder:
            layout = Path(folder) / "layout.xlsx"
            poured = Path(folder) / "poured.xlsx"
            styles, places = _lay_out(content, sheets, layout, t)
            digests = fill(layout, poured, content, tables, styles, places, t)
            poured.replace(path)
    except OSError as failed:
        raise MachineError(
            f"the workbook cannot be written: {failed.strerror or failed}", advice="Check free space and permissions."
        ) from failed
    return digests


def _lay_out(
    content: Content, sheets: tuple[LongSheet, ...], target: Path, t: Wording
) -> tuple[Styles, dict[str, Place]]:
    """Save the workbook with every sheet in place and the long ones empty below their header.

    Returns the styles of their cells, and which member of the package holds which part of which sheet.
    """
    book = Workbook(write_only=True)
    styles = styled(book, t.word("yes"))
    frontsheets.write_readme(book, content, t)
    frontsheets.write_summary(book, content, t)
    casesheet.write_cases(book, content, t)
    names: dict[str, Place] = {}
    for sheet in sheets:
        for part in range(max(1, -(-sheet.count // ROWS_PER_SHEET))):
            names[part_name(sheet, part)] = (sheet, part)
            _lay_out_long(book, part_name(sheet, part), sheet, t)
    backsheets.write_others(book, content, t)
    book.save(target)
    order = {name: f"xl/worksheets/sheet{place}.xml" for place, name in enumerate(book.sheetnames, 1)}
    return styles, {order[name]: place for name, place in names.items()}


def _lay_out_long(book: Workbook, name: str, sheet: LongSheet, t: Wording) -> None:
    target = pages.new_sheet(book, name)
    for place, column in enumerate(sheet.columns, 1):
        target.column_dimensions[get_column_letter(place)].width = column.width
    last = get_column_letter(len(sheet.columns))
    target.freeze_panes = f"A{HEADER_ROW + 1}"
    target.auto_filter.ref = f"A{HEADER_ROW}:{last}{HEADER_ROW}"
    pages.for_print(target, HEADER_ROW)
    caption = WriteOnlyCell(target, f"{t.phrase(sheet.caption)} ({sheet.count:,})")
    caption.font = Font(name=pages.FONT, bold=True, size=13, color=pages.INK)
    target.append([caption])
    target.append([])
    target.append([_header_cell(target, t.phrase(column.title)) for column in sheet.columns])


def _header_cell(sheet: Worksheet, title: str) -> Cell:
    cell = WriteOnlyCell(sheet, title)
    cell.font = Font(name=pages.FONT, bold=True, color="FFFFFF")
    cell.fill = PatternFill("solid", start_color=pages.INK)
    cell.alignment = Alignment(vertical="center", wrap_text=True)
    cell.border = Border(bottom=Side(style="thin", color=pages.INK))
    return cell
