"""Copy the laid-out workbook member by member, filling the long sheets on the way; the same audit, the same bytes."""

from __future__ import annotations

import base64
import hashlib
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from openpyxl.utils import get_column_letter

from pdpo_audit.model.tables import Table
from pdpo_audit.reports.content.composition import Content
from pdpo_audit.reports.counting import columns
from pdpo_audit.reports.words.labels import ENGLISH, Wording
from pdpo_audit.reports.workbook.pouring import Care, Links, Styles, hyperlinks, rows_of
from pdpo_audit.reports.workbook.sheets import ROWS_PER_SHEET, LongSheet
from pdpo_audit.reports.workbook.speaking import in_words

if TYPE_CHECKING:
    from typing import IO

    import pandas as pd

    from pdpo_audit.ports import TableSource

#: Lines above the first row of data of a long sheet, the header included: caption, empty line, header.
HEADER_ROW = 3
#: What the README sheet says of texts that could not be written as they are; filled in when all are written.
CARE_MARK = "CARE-IS-FILLED-IN"
#: A sheet to be filled: which long sheet, and which slice of its rows.
Place = tuple[LongSheet, int]

#: Every member carries this date.
_DATE = (1980, 1, 1, 0, 0, 0)
_MODIFIED = re.compile(rb"(<dcterms:(?:modified|created)[^>]*>)[^<]*(</dcterms:)")
#: Sheets are mostly digests and repeated words: level 4 is within 4 % of level 6 and takes 60 % of its time.
_LEVEL = 4
#: From so many rows on, a sheet's XML may pass 2 GiB (measured: 1.3 GB for 1,000,000 holdings with short paths).
_MANY = 250_000
#: Rows turned into XML at once: more costs memory, fewer costs time.
_PIECE = 4_000


class _Digesting:
    """Writes to a stream and digests what it writes: reading 2.5 GB back to seal it would take seven seconds."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._digest = hashlib.sha256()

    def write(self, data: bytes) -> None:
        self._stream.write(data)
        self._digest.update(data)

    def digest(self) -> str:
        """SHA-256 in Base64, as a native signature has it."""
        return base64.b64encode(self._digest.digest()).decode()


def fill(
    layout: Path,
    target: Path,
    content: Content,
    tables: TableSource,
    styles: Styles,
    places: dict[str, Place],
    t: Wording = ENGLISH,
) -> dict[str, str]:
    """Write ``target``: ``layout`` with its long sheets filled and every date fixed to the audit's.

    ``places`` says for each long member of the package which sheet, and which part of it, belongs there. Gives the
    SHA-256 (Base64) of each of these members.
    """
    care, links, digests = Care(), Links(), dict[str, str]()
    with zipfile.ZipFile(layout) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for sheet in _clusters_first(places):
            digests |= _fill_sheet(source, package, sheet, places, _Spoken(tables, sheet, t), styles, care, links)
        for member in source.namelist():
            if member not in places:
                data = _adapted(member, source.read(member), content, places, t.phrase(_said(care)))
                package.writestr(_member(member), data, compresslevel=_LEVEL)
    return digests


def _clusters_first(places: dict[str, Place]) -> list[LongSheet]:
    """The long sheets, clusters before those that link to them."""
    sheets = list(dict.fromkeys(sheet for sheet, _ in places.values()))
    return sorted(sheets, key=lambda sheet: sheet.table is not Table.CLUSTERS)


def _fill_sheet(
    source: zipfile.ZipFile,
    package: zipfile.ZipFile,
    sheet: LongSheet,
    places: dict[str, Place],
    tables: _Spoken,
    styles: Styles,
    care: Care,
    links: Links,
) -> dict[str, str]:
    """Pour one table into its sheet, and into the next one where a sheet is full; the digest of each."""
    digests = {}
    parts = groupby(tables.sliced(), key=lambda piece: piece[0])
    for member, (_, part) in ((name, place) for name, place in places.items() if place[0] is sheet):
        pieces = next(parts, (part, iter(())))[1]
        head, tail = source.read(member).split(b"</sheetData>")
        with package.open(_member(member), "w", force_zip64=sheet.count > _MANY) as opened:
            stream = _Digesting(opened)
            stream.write(head)
            last, linked = _pour(stream, sheet, part, pieces, styles, care, links)
            stream.write(b"</sheetData>" + _with_links(_with_filter(tail, sheet, last), linked))
            digests[member] = stream.digest()
    return digests


def _pour(
    stream: _Digesting,
    sheet: LongSheet,
    part: int,
    pieces: Iterator[tuple[int, pd.DataFrame]],
    styles: Styles,
    care: Care,
    links: Links,
) -> tuple[int, list[str]]:
    """Write the rows of one sheet; the number of its last line, and the links of its cells."""
    line, linked = HEADER_ROW + 1, list[str]()
    letter = _cluster_letter(sheet)
    for _, frame in pieces:
        stream.write("".join(rows_of(frame, sheet.columns, line, styles, care)).encode())
        if sheet.table is Table.CLUSTERS:
            links.remember(part_name(sheet, part), line, columns.text(frame, "cluster_id"))
        elif letter and len(linked) < links.limit:
            linked.extend(hyperlinks(frame, letter, line, links))
        line += len(frame)
    return max(line - 1, HEADER_ROW), linked[: links.limit]


def part_name(sheet: LongSheet, part: int) -> str:
    """The title of a sheet's part: ``Holdings``, ``Holdings (2)``."""
    return sheet.name if part == 0 else f"{sheet.name} ({part + 1})"


def _cluster_letter(sheet: LongSheet) -> str:
    keys = [column.key for column in sheet.columns]
    return get_column_letter(keys.index("cluster_id") + 1) if "cluster_id" in keys else ""


@dataclass(frozen=True, slots=True)
class _Spoken:
    """The rows of one sheet, in the words of one language."""

    tables: TableSource
    sheet: LongSheet
    t: Wording

    def sliced(self) -> Iterator[tuple[int, pd.DataFrame]]:
        """The rows in pieces that never cross from one part to the next, each with the number of its part."""
        done = 0
        for chunk in self.tables.chunks(self.sheet.table, _PIECE * 5):
            frame = in_words(self.sheet.select(chunk), self.sheet.columns, self.t)
            start = 0
            while start < len(frame):
                size = min(_PIECE, len(frame) - start, ROWS_PER_SHEET - done % ROWS_PER_SHEET)
                yield done // ROWS_PER_SHEET, frame.iloc[start : start + size]
                start, done = start + size, done + size


def _with_filter(tail: bytes, sheet: LongSheet, last: int) -> bytes:
    """The filter stretched from the header over all rows."""
    letter = get_column_letter(len(sheet.columns))
    return tail.replace(f":{letter}{HEADER_ROW}".encode(), f":{letter}{last}".encode(), 1)


def _with_links(tail: bytes, linked: list[str]) -> bytes:
    if not linked:
        return tail
    place = min(found for mark in (b"<printOptions", b"<pageMargins") if (found := tail.find(mark)) >= 0)
    return tail[:place] + f"<hyperlinks>{''.join(linked)}</hyperlinks>".encode() + tail[place:]


def _adapted(member: str, data: bytes, content: Content, places: dict[str, Place], told: str) -> bytes:
    """A member that is copied: dates fixed, filters stretched, the README told what needed care."""
    if member == "docProps/core.xml":
        stamp = content.header.finished_at.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
        return _MODIFIED.sub(rb"\g<1>" + stamp + rb"\g<2>", data)
    if member == "xl/workbook.xml":
        for sheet, part in places.values():
            data = _with_whole_filter(data, sheet, part)
        return data
    return data.replace(CARE_MARK.encode(), told.encode())


def _with_whole_filter(data: bytes, sheet: LongSheet, part: int) -> bytes:
    """The hidden name that repeats a sheet's filter, stretched like it."""
    letter = get_column_letter(len(sheet.columns))
    rows = min(max(sheet.count - part * ROWS_PER_SHEET, 0), ROWS_PER_SHEET)
    start = f"'{part_name(sheet, part)}'!$A${HEADER_ROW}:${letter}$"
    return data.replace(f"{start}{HEADER_ROW}".encode(), f"{start}{HEADER_ROW + rows}".encode())


def _said(care: Care) -> str:
    return (
        f"{care.spelled:,} cells held control characters or marks that hide or reverse text; these are written as "
        f"[U+202E]. {care.cut:,} cells held more text than fits and were cut, with the number of characters."
    )


def _member(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _DATE)
    info.compress_type = zipfile.ZIP_DEFLATED
    return info
