"""Registers: facts that an organisation keeps in a CSV or Excel file, keyed by path pattern or by content.

The first row names the columns: ``path`` (a pattern as in the settings) or ``sha256``, ``source`` where the row is
about one source only, facts by their registered names, and ``note`` for remarks that no rule reads.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from pdpo_audit.errors import CallError, SettingsError
from pdpo_audit.policy.stating.answers import parse_answer
from pdpo_audit.policy.stating.sheets import MAX_BYTES, MAX_ROWS, read_cells
from pdpo_audit.policy.terms.fact_table import Known, UnfitError
from pdpo_audit.policy.terms.facts import REGISTRY, Fact, FactType, Supplier, nearest

KEYS = ("path", "sha256")
_PLAIN = (*KEYS, "source", "note")

#: What a scan sees for itself is never taken from a register.
_SEEN = (Supplier.INVENTORY, Supplier.DUPLICATES, Supplier.PEOPLE, Supplier.TEXT, Supplier.ENGINE, Supplier.QUESTIONS)

#: The columns that a register may have besides its keys.
COLUMNS = tuple(name for name, fact in REGISTRY.items() if fact.supplier not in _SEEN)

MAX_MISTAKES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterRow:
    """What one row says of the holdings with these bytes, or of the paths of ``source`` ("": any) that match."""

    line: int
    source: str
    path: str
    sha256: str
    facts: Mapping[str, Known]


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """A register as it was read: its rows, the SHA-256 of the file, and who supplied it."""

    name: str
    digest: str
    supplied_by: str
    rows: tuple[RegisterRow, ...]

    def columns(self) -> frozenset[str]:
        """The facts that at least one row states."""
        return frozenset(name for row in self.rows for name in row.facts)


@dataclass(frozen=True, slots=True)
class _Cell:
    line: int
    column: int
    value: object


class _Mistakes:
    """Every mistake of one file, in the order of its cells."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.found: list[tuple[int, int, str]] = []

    def add(self, line: int, column: int, message: str) -> None:
        self.found.append((line, column, message))

    def refuse(self) -> None:
        if not self.found:
            return
        told = [
            f"{self.file}:{line}:{column} ({_letters(column)}{line}): {message}"
            for line, column, message in sorted(self.found)[:MAX_MISTAKES]
        ]
        if len(self.found) > MAX_MISTAKES:
            told.append(f"{self.file}: and {len(self.found) - MAX_MISTAKES:,} more")
        raise SettingsError("\n".join(told), advice="Nothing was taken over; correct the register and try again.")


def read_register(file: Path, *, supplied_by: str = "", sources: Collection[str] = ()) -> Register:
    """Read a ``.csv`` or ``.xlsx`` register.

    :raises SettingsError: naming every mistake as ``file:line:column (cell): message``.
    """
    try:
        if file.stat().st_size > MAX_BYTES:
            raise SettingsError(
                f"{file}: larger than {MAX_BYTES // 1024**2} MiB", advice="Split it into several files."
            )
        raw = file.read_bytes()
    except OSError as error:
        raise SettingsError(f"{file}: the register cannot be read: {error.strerror or error}") from error
    mistakes = _Mistakes(file)
    lines = _cells(file, raw)
    headers = _headers(next(lines, []), mistakes)
    rows = tuple(_rows(lines, headers, frozenset(sources), mistakes))
    mistakes.refuse()
    return Register(name=file.name, digest=sha256(raw).hexdigest(), supplied_by=supplied_by, rows=rows)


def _cells(file: Path, raw: bytes) -> Iterator[list[_Cell]]:
    """The rows that hold anything, as cells with their places."""
    if raw[:2] == b"PK" or file.suffix.lower() == ".xlsx":
        try:
            table: Iterator[tuple[int, list[object]]] = iter(enumerate(read_cells(file), 1))
        except CallError as error:
            raise SettingsError(error.message, advice=error.advice) from error
    else:
        table = _csv_rows(file, raw)
    for line, values in table:
        row = [_Cell(line, column, value) for column, value in enumerate(values, 1) if _says(value)]
        if row:
            yield row


def _says(value: object) -> bool:
    return value is not None and not (isinstance(value, str) and not value.strip())


def _csv_rows(file: Path, raw: bytes) -> Iterator[tuple[int, list[object]]]:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        advice = "Save it as “CSV UTF-8” and try again."
        raise SettingsError(f"{file}:{line}:1: the register is not UTF-8", advice=advice) from error
    first = text.split("\n", 1)[0]
    separator = max((",", ";", "\t"), key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    before = 0
    try:
        for number, row in enumerate(reader):
            if number > MAX_ROWS:
                raise SettingsError(f"{file}: more than {MAX_ROWS:,} rows", advice="Split it into several files.")
            yield before + 1, list(row)
            before = reader.line_num
    except csv.Error as error:
        raise SettingsError(f"{file}:{before + 1}:1: no readable CSV: {error}") from error


# --- columns -------------------------------------------------------------------------------------------------------


def _headers(row: list[_Cell], mistakes: _Mistakes) -> dict[int, str]:
    """The name of each column."""
    headers: dict[int, str] = {}
    for cell in row:
        name = str(cell.value).strip()
        if name in headers.values():
            mistakes.add(cell.line, cell.column, f'the column "{name[:80]}" is there twice')
        elif name in _PLAIN or name in COLUMNS:
            headers[cell.column] = name
        else:
            mistakes.add(cell.line, cell.column, _unknown(name))
    if not set(headers.values()) & set(KEYS):
        mistakes.add(1, 1, "there is no column path or sha256 to find the holdings by")
    if not set(headers.values()) & set(COLUMNS):
        mistakes.add(1, 1, "there is no column with a fact (docs/rules.md lists them)")
    return headers


def _unknown(name: str) -> str:
    if name in REGISTRY:
        return f'"{name}" is what a scan sees for itself; a register cannot state it'
    return f'there is no fact "{name[:80]}"{nearest(name, (*COLUMNS, *_PLAIN)) or "; remarks go into a column note"}'


def _letters(column: int) -> str:
    """The column as a spreadsheet names it."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


# --- rows ----------------------------------------------------------------------------------------------------------


def _rows(
    lines: Iterator[list[_Cell]], headers: dict[int, str], sources: frozenset[str], mistakes: _Mistakes
) -> Iterator[RegisterRow]:
    stated: dict[tuple[str, str, str, str], tuple[int, Known]] = {}
    for cells in lines:
        row = _row(cells, headers, sources, mistakes)
        if row is None:
            continue
        columns = {headers[cell.column]: cell.column for cell in cells if cell.column in headers}
        for name, value in row.facts.items():
            key = (row.source, row.path, row.sha256, name)
            line, earlier = stated.setdefault(key, (row.line, value))
            if earlier != value:
                mistakes.add(row.line, columns[name], f"{name}: line {line} says something else of the same holdings")
        yield row


def _row(
    cells: list[_Cell], headers: dict[int, str], sources: frozenset[str], mistakes: _Mistakes
) -> RegisterRow | None:
    line, plain, facts = cells[0].line, dict.fromkeys(_PLAIN, ""), dict[str, Known]()
    for cell in cells:
        name = headers.get(cell.column)
        if name is None:
            if cell.column > max(headers, default=0):
                mistakes.add(line, cell.column, "this cell has no column name above it")
        elif name in _PLAIN:
            plain[name] = str(cell.value).strip()
            wrong = _wrong_key(name, plain[name], sources)
            if wrong:
                mistakes.add(line, cell.column, wrong)
        else:
            value = _value(REGISTRY[name], cell, mistakes)
            if value is not None:
                facts[name] = value
    if bool(plain["path"]) == bool(plain["sha256"]):
        mistakes.add(line, 1, "a row needs either a path or a sha256" + (", not both" if plain["path"] else ""))
        return None
    source = "" if plain["source"] == "*" else plain["source"]
    return RegisterRow(line=line, source=source, path=plain["path"], sha256=plain["sha256"].lower(), facts=facts)


def _wrong_key(name: str, text: str, sources: frozenset[str]) -> str:
    if name == "sha256" and not re.fullmatch(r"[0-9A-Fa-f]{64}", text):
        return f"{text[:20]!r} is no SHA-256 of 64 hexadecimal digits"
    if name == "source" and text != "*" and text not in sources:
        return f'there is no source "{text[:80]}"{nearest(text, tuple(sources))}'
    return ""


def _value(fact: Fact, cell: _Cell, mistakes: _Mistakes) -> Known | None:
    raw = cell.value
    if fact.type is FactType.DATE and isinstance(raw, datetime):
        raw = raw.date()
    try:
        value = parse_answer(fact, raw)
    except UnfitError:
        mistakes.add(cell.line, cell.column, f"{fact.name}: {str(raw)[:60]!r} {_wants(fact, str(raw))}")
        return None
    if fact.type is FactType.CHOICE and str(value) not in fact.values:
        close = nearest(str(value), tuple(fact.values))
        if close:  # an open list takes other words too, but hardly one that is nearly a known one
            mistakes.add(cell.line, cell.column, f'{fact.name}: no known word "{str(value)[:60]}"{close}')
    return value


def _wants(fact: Fact, raw: str) -> str:
    match fact.type:
        case FactType.DATE:
            return "is no date such as 2026-11-20"
        case FactType.COUNT:
            return "is no whole number"
        case FactType.YES_NO:
            return "is neither yes nor no"
        case FactType.CHOICE | FactType.FLAGS | FactType.LEVEL | FactType.TEXT:
            return f"is none of {', '.join(fact.values)}{nearest(raw, tuple(fact.values))}"
