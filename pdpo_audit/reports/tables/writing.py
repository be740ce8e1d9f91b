"""Write a table for other programs: CSV, JSON or Parquet, streamed chunk by chunk."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from datetime import date, datetime
from types import ModuleType
from typing import TYPE_CHECKING, BinaryIO

from pdpo_audit.errors import CallError, MachineError
from pdpo_audit.reports.words.literal import unformulated

if TYPE_CHECKING:
    import pandas as pd

#: Columns that hold numbers or truths; all others hold text.
INTEGERS = frozenset(
    {"bytes", "width", "height", "faces", "largest_face_px", "copies", "additional_bytes", "x", "y", "sequence"}
)
FRACTIONS = frozenset({"similarity", "score", "eye_distance_px", "sharpness"})
TRUTHS = frozenset({"is_master", "stale_thumbnail", "hard_link", "in_trash", "cached_thumbnail"})
#: What ``export --format`` takes.
FORMATS = ("csv", "json", "parquet")


def write_table(chunks: Iterator[pd.DataFrame], format: str, stream: BinaryIO) -> int:
    """Write all rows to ``stream`` and return their number; the first chunk states the columns.

    CSV: UTF-8, RFC 4180 quoting, an apostrophe before text that a spreadsheet would take for a formula. JSON: one
    array of objects, missing cells ``null``. Parquet: typed by the column's name, the same in every chunk.

    Raises ``CallError`` for another format and ``MachineError`` where ``pyarrow`` is not installed.
    """
    match format:
        case "csv":
            return _csv(chunks, stream)
        case "json":
            return _json(chunks, stream)
        case "parquet":
            return _parquet(chunks, stream)
        case _:
            raise CallError(f"{format!r} is no table format", advice=f"One of: {', '.join(FORMATS)}.")


def _csv(chunks: Iterator[pd.DataFrame], stream: BinaryIO) -> int:
    rows = 0
    for place, chunk in enumerate(chunks):
        text = _escaped(chunk).to_csv(index=False, header=place == 0, lineterminator="\r\n")
        stream.write(text.encode("utf-8", "backslashreplace"))
        rows += len(chunk)
    return rows


def _escaped(chunk: pd.DataFrame) -> pd.DataFrame:
    """The chunk with every text cell safe for spreadsheets; numbers keep their sign."""
    safe = chunk.copy(deep=False)
    for name in safe.columns:
        if not _is_number(safe[name]):
            safe[name] = safe[name].map(_safe)
    return safe


def _is_number(column: pd.Series) -> bool:
    from pandas.api.types import is_bool_dtype, is_datetime64_any_dtype, is_numeric_dtype

    return is_numeric_dtype(column) or is_bool_dtype(column) or is_datetime64_any_dtype(column)


def _safe(cell: object) -> object:
    return unformulated(cell) if isinstance(cell, str) else cell


def _json(chunks: Iterator[pd.DataFrame], stream: BinaryIO) -> int:
    rows = 0
    stream.write(b"[")
    for chunk in chunks:
        for row in chunk.to_dict("records"):
            values = {str(name): _plain(cell) for name, cell in row.items()}
            text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
            stream.write((b",\n" if rows else b"\n") + text.encode("utf-8", "backslashreplace"))
            rows += 1
    stream.write(b"\n]\n" if rows else b"]\n")
    return rows


def _plain(cell: object) -> str | int | float | bool | None:
    """A cell as JSON has it: days and times as ISO 8601, what is missing as ``null``."""
    import numpy as np

    if isinstance(cell, np.generic):
        cell = cell.item()
    match cell:
        case str() | bool() | int():
            return cell
        case float():
            return cell if math.isfinite(cell) else None
        case datetime() | date():
            return cell.isoformat() if cell == cell else None
        case None:
            return None
        case _:
            return None if cell != cell else str(cell)


def _parquet(chunks: Iterator[pd.DataFrame], stream: BinaryIO) -> int:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as missing:
        raise MachineError(
            "Parquet needs the library pyarrow, which is not installed",
            advice="Install the extra: pip install 'pdpo-audit[parquet]'.",
        ) from missing
    rows, writer = 0, None
    try:
        for chunk in chunks:
            schema = pa.schema([(str(name), _arrow_type(pa, str(name))) for name in chunk.columns])
            columns = [[_typed(str(name), cell) for cell in chunk[name].tolist()] for name in chunk.columns]
            table = pa.table(
                [pa.array(cells, field.type) for cells, field in zip(columns, schema, strict=True)], schema
            )
            writer = writer or pq.ParquetWriter(stream, schema, compression="zstd")
            writer.write_table(table)
            rows += len(chunk)
    finally:
        if writer is not None:
            writer.close()
    return rows


def _arrow_type(arrow: ModuleType, name: str) -> object:
    if name in INTEGERS:
        return arrow.int64()
    if name in FRACTIONS:
        return arrow.float64()
    return arrow.bool_() if name in TRUTHS else arrow.string()


def _typed(name: str, cell: object) -> str | int | float | bool | None:
    """A cell as its column has it in Parquet, the same in every chunk whatever pandas made of a chunk."""
    value = _plain(cell)
    if value is None or value == "":
        return None if name in INTEGERS | FRACTIONS | TRUTHS else value
    if name in INTEGERS:
        return int(value)
    if name in FRACTIONS:
        return float(value)
    return bool(value) if name in TRUTHS else str(value)
