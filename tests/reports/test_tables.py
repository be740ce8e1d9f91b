"""Tables for other programs."""

from __future__ import annotations

import csv
import io
import json
import sys

import pandas as pd
import pyarrow.parquet as pq
import pytest

from pdpo_audit.errors import CallError, MachineError
from pdpo_audit.model.tables import Table
from pdpo_audit.reports.tables.writing import write_table

from . import example

HOSTILE = [
    "=cmd|'/c calc'!A0",
    "+1",
    "-1",
    "@SUM(1)",
    "\tx",
    "\rx",
    "a\nb",
    'q"uote, comma',
    "影像.jpg",
    "😀.jpg",
    "x\u202egpj.exe",
]


def chunks() -> list[pd.DataFrame]:
    return list(example.tables().chunks(Table.HOLDINGS))


def written(format: str, frames: list[pd.DataFrame]) -> tuple[int, bytes]:
    stream = io.BytesIO()
    rows = write_table(iter(frames), format, stream)
    return rows, stream.getvalue()


def test_csv_says_every_row_once_with_one_header() -> None:
    rows, data = written("csv", chunks())
    read = list(csv.DictReader(io.StringIO(data.decode(), newline="")))
    assert rows == len(read) == 54
    assert read[0]["path"] == "2023-summer/selects/DSC_0000.jpg"


def test_csv_text_never_becomes_a_formula() -> None:
    _, data = written("csv", [pd.DataFrame({"path": HOSTILE, "bytes": range(-3, 8)})])
    read = list(csv.DictReader(io.StringIO(data.decode(), newline="")))
    for row, name in zip(read, HOSTILE, strict=True):
        assert row["path"].removeprefix("'") == name
        assert row["path"][0] not in "=+-@\t\r"
    assert read[0]["bytes"] == "-3"


def test_json_is_one_array_with_nulls() -> None:
    rows, data = written("json", chunks())
    read = json.loads(data)
    assert rows == len(read) == 54
    assert read[0]["is_master"] is True
    assert next(row for row in read if not row["cluster_id"])["similarity"] is None


def test_json_of_nothing_is_an_empty_array() -> None:
    rows, data = written("json", [pd.DataFrame({"path": []})])
    assert (rows, json.loads(data)) == (0, [])


def test_parquet_keeps_types_over_chunks_that_pandas_reads_differently() -> None:
    frames = [
        pd.DataFrame({"path": ["a"], "similarity": [None], "bytes": [1], "is_master": [True]}),
        pd.DataFrame({"path": ["b"], "similarity": [0.5], "bytes": [None], "is_master": [None]}),
    ]
    rows, data = written("parquet", frames)
    table = pq.read_table(io.BytesIO(data))
    assert rows == 2
    assert table.column("similarity").to_pylist() == [None, 0.5]
    assert table.column("bytes").to_pylist() == [1, None]
    assert table.column("path").to_pylist() == ["a", "b"]


def test_parquet_without_its_library_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MachineError) as caught:
        written("parquet", chunks())
    assert "parquet" in caught.value.advice


def test_another_format_is_refused() -> None:
    with pytest.raises(CallError):
        written("xml", chunks())
