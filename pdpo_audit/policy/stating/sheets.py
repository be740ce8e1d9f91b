"""Spreadsheets that people fill in: questions with drop-downs, findings with decision columns.

Whatever stands in a path or an explanation is written as text, never as a formula; what is read back is bounded and
checked cell by cell, all mistakes at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

from pdpo_audit.errors import CallError

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

MAX_BYTES = 64 * 1024 * 1024
MAX_ROWS = 1_000_000
#: Room of a picture in its cell.
_PICTURE_PX = (96, 72)
MAX_CELL = 32_000  # Excel's own limit is 32,767 characters


def write_sheet(
    file: Path,
    title: str,
    headers: Sequence[str],
    rows: Sequence[Sequence[object]],
    *,
    widths: Sequence[int],
    open_columns: Sequence[str],
    choices: Sequence[tuple[str, int, Sequence[str]]] = (),
    dates: Sequence[str] = (),
    hidden: Sequence[str] = (),
    pictures: Sequence[bytes] = (),
) -> None:
    """Write one sheet with a frozen header and a filter over all columns.

    ``open_columns`` are the headers of columns to fill in (tinted); ``choices`` gives a header, a row number from 0
    (-1: all rows) and the words of a drop-down; ``dates`` names the date columns; ``hidden`` columns carry what is
    checked on reading back. ``pictures`` (JPEG, empty for none) stand in the first column, row by row.
    """
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title[:31]
    _fill(sheet, headers, rows)
    _dress(sheet, headers, widths, open_columns, hidden, len(rows))
    _drop_downs(sheet, book.create_sheet("choices"), headers, choices, len(rows))
    _place_pictures(sheet, pictures)
    if rows:
        sheet.auto_filter.ref = sheet.dimensions
    for name in dates:
        _only_dates(sheet, headers.index(name) + 1, len(rows))
    book.save(file)


def _place_pictures(sheet: Worksheet, pictures: Sequence[bytes]) -> None:
    from io import BytesIO

    from openpyxl.drawing.image import Image

    for row, picture in enumerate(pictures, 2):
        if picture:
            drawn = Image(BytesIO(picture))
            scale = min(_PICTURE_PX[0] / drawn.width, _PICTURE_PX[1] / drawn.height)
            drawn.width, drawn.height = int(drawn.width * scale), int(drawn.height * scale)
            sheet.add_image(drawn, f"A{row}")
            sheet.row_dimensions[row].height = _PICTURE_PX[1] * 0.75


def _fill(sheet: Worksheet, headers: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    for at, row in enumerate([headers, *rows], 1):
        for column, value in enumerate(row, 1):
            cell = sheet.cell(at, column)
            if isinstance(value, int):
                cell.value = value
            else:
                cell.value = _safe(str(value))
                cell.data_type = "s"  # text, also where it begins with = + - or @


def _safe(text: str) -> str:
    """Without the characters that a workbook cannot hold."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    clean = text.encode("utf-8", "replace").decode("utf-8")
    return str(ILLEGAL_CHARACTERS_RE.sub("\ufffd", clean))[:MAX_CELL]


def _dress(
    sheet: Worksheet,
    headers: Sequence[str],
    widths: Sequence[int],
    open_columns: Sequence[str],
    hidden: Sequence[str],
    rows: int,
) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    tint = PatternFill("solid", fgColor="FFF7DC")
    sheet.freeze_panes = "A2"
    for at, (name, width) in enumerate(zip(headers, widths, strict=True), 1):
        letter = get_column_letter(at)
        sheet.column_dimensions[letter].width = width
        sheet.column_dimensions[letter].hidden = name in hidden
        sheet.cell(1, at).font = Font(bold=True)
        for row in range(2, rows + 2):
            cell = sheet.cell(row, at)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if name in open_columns:
                cell.fill = tint


def _drop_downs(
    sheet: Worksheet,
    lists: Worksheet,
    headers: Sequence[str],
    choices: Sequence[tuple[str, int, Sequence[str]]],
    rows: int,
) -> None:
    """Drop-downs whose words stand on a hidden sheet (a list in the rule itself holds 255 characters only)."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    lists.sheet_state = "hidden"
    known: dict[tuple[str, ...], DataValidation] = {}
    for header, row, words in choices:
        key = tuple(words)
        if key not in known:
            column = len(known) + 1
            for at, word in enumerate(words, 1):
                lists.cell(at, column).value = word
            letter = get_column_letter(column)
            rule = DataValidation(
                type="list",
                formula1=f"choices!${letter}$1:${letter}${len(words)}",
                allow_blank=True,
                showErrorMessage=False,
            )
            sheet.add_data_validation(rule)
            known[key] = rule
        letter = get_column_letter(headers.index(header) + 1)
        known[key].add(f"{letter}2:{letter}{rows + 1}" if row < 0 else f"{letter}{row + 2}")


def _only_dates(sheet: Worksheet, column: int, rows: int) -> None:
    from openpyxl.utils import get_column_letter

    letter = get_column_letter(column)
    for row in range(2, rows + 2):
        sheet[f"{letter}{row}"].number_format = "yyyy-mm-dd"


def read_cells(file: Path) -> list[list[Any]]:
    """Every row of the first sheet. Raises ``CallError`` for what is no such workbook."""
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        if file.stat().st_size > MAX_BYTES:
            raise CallError(f"{file} is larger than {MAX_BYTES // 1024**2} MiB", advice="Split it into several files.")
        book = load_workbook(file, read_only=True, data_only=True)
        return [list(row) for row in book.worksheets[0].iter_rows(values_only=True, max_row=MAX_ROWS)]
    except OSError as error:
        raise CallError(f"{file} cannot be read: {error.strerror or error}") from error
    except (BadZipFile, InvalidFileException, KeyError, ValueError, IndexError, SyntaxError, TypeError) as error:
        raise CallError(f"{file} is no readable .xlsx workbook", advice="Save it as .xlsx and try again.") from error


def read_sheet(file: Path, needed: Sequence[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    """The rows of the first sheet by header, with their numbers. Raises ``CallError`` for what is no such sheet."""
    rows = read_cells(file)
    headers = [str(value) if value is not None else "" for value in (rows[0] if rows else [])]
    missing = [name for name in needed if name not in headers]
    if missing:
        raise CallError(f"{file} has no column {', '.join(missing)}", advice="Export it again; keep the header row.")
    for number, row in enumerate(rows[1:], 2):
        if any(value is not None for value in row):
            yield number, dict(zip(headers, row, strict=False))
