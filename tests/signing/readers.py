"""What programs show of a file: three PDF engines and three spreadsheet readers, each with its own parser."""

from __future__ import annotations

import io
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import pypdfium2
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

#: Seconds for one external program.
PATIENCE = 60


def pdfium(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return "\f".join(page.get_textpage().get_text_range() for page in document)


def poppler(pdf: bytes) -> str:
    return _ask(["pdftotext", "FILE", "-"], pdf)


def mupdf(pdf: bytes) -> str:
    return _ask(["mutool", "draw", "-q", "-F", "txt", "FILE"], pdf)


def openpyxl(workbook: bytes) -> str:
    book = load_workbook(io.BytesIO(workbook))
    return repr([(sheet.title, [[cell.value for cell in row] for row in sheet.rows]) for sheet in book.worksheets])


def calamine(workbook: bytes) -> str:
    book = CalamineWorkbook.from_filelike(io.BytesIO(workbook))
    return repr([(name, book.get_sheet_by_name(name).to_python()) for name in book.sheet_names])


def libreoffice(workbook: bytes) -> str:
    """Every sheet as CSV, by the same import as on the screen."""
    form = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
    with tempfile.TemporaryDirectory() as scratch:
        home, file = Path(scratch), Path(scratch) / "book.xlsx"
        file.write_bytes(workbook)
        call = ["soffice", f"-env:UserInstallation=file://{home}/profile", "--headless", "--convert-to", form]
        subprocess.run([*call, "--outdir", home, file], capture_output=True, timeout=PATIENCE)
        return repr([(path.name, path.read_text("utf-8")) for path in sorted(home.glob("*.csv"))])


def available(readers: dict[str, tuple[str, Callable[[bytes], str]]]) -> dict[str, Callable[[bytes], str]]:
    """The readers whose program is here."""
    return {name: read for name, (program, read) in readers.items() if not program or shutil.which(program)}


PDF_READERS = available({"PDFium": ("", pdfium), "Poppler": ("pdftotext", poppler), "MuPDF": ("mutool", mupdf)})
WORKBOOK_READERS = available({"openpyxl": ("", openpyxl), "calamine": ("", calamine)})


def shown(read: Callable[[bytes], str], content: bytes) -> str:
    """What a reader shows; nothing where it refuses the file."""
    try:
        return read(content)
    except Exception:  # noqa: BLE001  whatever a reader throws, it shows nothing
        return ""


def _ask(command: list[str], content: bytes) -> str:
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(content)
        file.flush()
        call = [file.name if part == "FILE" else part for part in command]
        answer = subprocess.run(call, capture_output=True, timeout=PATIENCE)
        return answer.stdout.decode("utf-8", "replace")
