"""A short sheet of the workbook while it is written: titles, small tables, words that wrap."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta, timezone
from typing import TYPE_CHECKING, cast

from openpyxl.cell import WriteOnlyCell
from openpyxl.formatting.rule import DataBarRule, Rule
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.header_footer import HeaderFooterItem
from openpyxl.worksheet.properties import PageSetupProperties

from pdpo_audit.model.locations.printed import spelled
from pdpo_audit.reports.words.labels import ENGLISH, Wording

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

#: The colour of headers and titles, dark enough for grey print.
INK = "1F3A4D"
PALE = "E8EEF2"
HKT = timezone(timedelta(hours=8), "HKT")

#: Height of one line of text.
LINE_POINTS = 15
FONT = "Calibri"

Value = str | int | float | None


def _font(*, bold: bool = False, size: float = 11, color: str = "000000") -> Font:
    return Font(name=FONT, bold=bold, size=size, color=color)


def data_bar() -> Rule:
    """A bar in each cell, as long as its number is large."""
    bar: Rule = DataBarRule("num", 0, "max", None, color="FF6C8EA0", showValue=True)  # type: ignore[no-untyped-call]
    return bar


def new_sheet(book: Workbook, name: str) -> Worksheet:
    """A write-only sheet at the end of the book; the type stubs leave out what it shares with an ordinary one."""
    return cast("Worksheet", book.create_sheet(name))


def for_print(sheet: Worksheet, header_row: int) -> None:
    """Landscape A4, one page wide, the header repeated on every page, page n of N at the foot."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = f"{header_row}:{header_row}"
    footer = HeaderFooterItem()
    footer.center.text = "&A - &P / &N"
    sheet.oddFooter = footer


class Page:
    """A short sheet while it is written: knows its next line, and says titles and labels in its language."""

    def __init__(self, book: Workbook, name: str, widths: Sequence[int], t: Wording = ENGLISH) -> None:
        self.sheet = new_sheet(book, name)
        self.t = t
        self.line = 0
        self.widths = tuple(widths)
        for place, width in enumerate(widths, 1):
            self.sheet.column_dimensions[get_column_letter(place)].width = width
        for_print(self.sheet, 1)

    def title(self, text: str) -> None:
        """A large line."""
        self.sheet.row_dimensions[self.line + 1].height = 24
        self._append([self._cell(self.t.phrase(text), _font(bold=True, size=16, color=INK), wrap=False)])

    def heading(self, text: str) -> None:
        """An empty line, then a line in bold."""
        self.gap()
        self._append([self._cell(self.t.phrase(text), _font(bold=True, size=12, color=INK), wrap=False)])

    def gap(self) -> None:
        """An empty line."""
        self._append([])

    def gap_until(self, line: int) -> None:
        """Empty lines down to ``line``, where a chart stands beside the text."""
        while self.line < line:
            self.gap()

    def header(self, titles: Sequence[str]) -> int:
        """The header of a small table; returns its line."""
        cells = [self._cell(self.t.phrase(title), _font(bold=True, color="FFFFFF")) for title in titles]
        for cell in cells:
            cell.fill = PatternFill("solid", start_color=INK)
            cell.alignment = Alignment(wrap_text=True, vertical="center")
        self._append(cells)
        return self.line

    def labelled(self, label: str, *values: Value, formats: Sequence[str] = ()) -> None:
        """A line whose first cell is a label of the program's, in the page's language."""
        self.row((self.t.phrase(label), *values), formats)

    def row(self, values: Iterable[Value], formats: Sequence[str] = ()) -> None:
        """A line of values; ``formats`` gives number formats by place, ``""`` for none."""
        cells: list[Cell] = []
        for place, value in enumerate(values):
            cell = self._cell(value, None)
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                cell.number_format = (formats[place] if place < len(formats) else "") or "#,##0"
            cells.append(cell)
        self._append(cells)

    def words(self, label: str, text: str) -> None:
        """A line with a bold label and a text that wraps."""
        self._append([self._cell(self.t.phrase(label), _font(bold=True)), self._cell(self.t.phrase(text), None)])

    def told(self, name: str, text: str) -> None:
        """A line with a bold name, which stays as it is, and a text that wraps."""
        self._append([self._cell(name, _font(bold=True)), self._cell(text, None)])

    def _append(self, cells: Sequence[Cell]) -> None:
        lines = max((self._lines(place, cell) for place, cell in enumerate(cells)), default=1)
        self.line += 1
        if lines > 1:
            self.sheet.row_dimensions[self.line].height = LINE_POINTS * lines
        self.sheet.append(list(cells))

    def _lines(self, place: int, cell: Cell) -> int:
        """How many lines a wrapped text needs, wide characters counted twice: viewers do not work it out themselves."""
        if not isinstance(cell.value, str) or not cell.alignment.wrap_text or place >= len(self.widths):
            return 1
        columns = sum(2 if ord(char) > 0x1100 else 1 for char in cell.value)
        return max(1, -(-columns * 11 // (self.widths[place] * 10)))

    def _cell(self, value: Value, font: Font | None, *, wrap: bool = True) -> Cell:
        cell = WriteOnlyCell(self.sheet, spelled(value) if isinstance(value, str) else value)
        if isinstance(value, str):
            cell.data_type = "s"
        cell.font = font or _font()
        cell.alignment = Alignment(wrap_text=wrap, vertical="top")
        return cell


def table_page(book: Workbook, t: Wording, name: str, titles: tuple[tuple[str, int], ...]) -> Page:
    """A sheet that is one table: frozen header, filter over all columns."""
    page = Page(book, name, [width for _, width in titles], t)
    page.sheet.freeze_panes = "A2"
    page.header([title for title, _ in titles])
    return page
