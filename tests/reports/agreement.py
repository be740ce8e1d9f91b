"""Whether everything that one audit left behind says the same numbers: PDFs, workbook, tables and JSON."""

from __future__ import annotations

import csv
import io
import json
import re
import tomllib
from pathlib import Path

import pikepdf
from openpyxl import load_workbook

from pdpo_audit.model.tables import Table

from .printed import read_printed

LABELS = Path(__file__).parents[2] / "report_templates" / "audit" / "labels"

#: The profile's lines in the PDF, by label, and what they state.
PRINTED = {"holdings": "holdings", "pictures": "pictures", "clusters": "clusters", "additional": "additional_copies"}
#: The lines of the workbook's Summary, and what they state.
MEASURES = {
    "Holdings (stored copies)": "holdings",
    "Distinct pictures": "pictures",
    "Duplicate clusters": "clusters",
    "Additional copies": "additional_copies",
    "Bytes of all holdings": "bytes",
    "Seen and not examined": "skipped",
    "Findings": "findings",
    "Findings that need action": "findings_for_action",
    "Dispositions": "dispositions",
}
SHEETS = {"Holdings": Table.HOLDINGS, "Clusters": Table.CLUSTERS, "Findings": Table.FINDINGS, "Links": Table.LINKS,
          "Dispositions": Table.DISPOSITIONS, "Skipped": Table.SKIPPED, "Rights_Licences": Table.RIGHTS}  # fmt: skip


def expect_same_numbers(audit: Path) -> None:
    """Raise ``AssertionError`` where two files of the audit in ``audit`` say different numbers."""
    numbers = json.loads((audit / "evidence" / "summary.json").read_text("utf-8"))
    totals: dict[str, int] = numbers["totals"]
    rows = {table: _count(audit / "evidence" / "tables" / f"{table.value}.csv") for table in SHEETS.values()}
    for table in (Table.HOLDINGS, Table.CLUSTERS, Table.FINDINGS, Table.DISPOSITIONS, Table.SKIPPED, Table.LINKS):
        also = totals["sidecars"] if table is Table.SKIPPED else 0
        assert rows[table] == totals[table.value] + also, table
    assert rows[Table.RIGHTS] == numbers["rights"]["stated"]
    _expect_workbook(audit / "workbook.xlsx", totals, rows)
    reports = sorted(audit.glob("report.*.pdf"))
    assert reports
    for report in reports:
        _expect_report(report, numbers, report.name.split(".")[1])


def _count(table: Path) -> int:
    with table.open(encoding="utf-8", newline="") as stream:
        return sum(1 for _ in csv.DictReader(stream))


def _expect_workbook(path: Path, totals: dict[str, int], rows: dict[Table, int]) -> None:
    book = load_workbook(io.BytesIO(path.read_bytes()))
    stated = {row[0]: row[1] for row in book["Summary"].iter_rows(max_col=2, values_only=True) if row[0]}
    for label, name in MEASURES.items():
        assert stated[label] == totals[name], label
    for sheet, table in SHEETS.items():
        assert book[sheet].max_row == 3 + rows[table], sheet


def _expect_report(path: Path, numbers: dict[str, dict[str, int]], language: str) -> None:
    with pikepdf.open(path) as report:
        attached = json.loads(report.attachments["summary.json"].get_file().read_bytes())
    assert attached == numbers
    labels = tomllib.loads((LABELS / f"{language}.toml").read_text("utf-8"))["holdings"]
    text = read_printed(path).text.replace(" ", "")
    profile = text[text.index(labels["profile"].replace(" ", "") + labels["measure"].replace(" ", "")) :]
    for label, name in PRINTED.items():
        found = re.search(re.escape(labels[label].replace(" ", "")) + r"([\d,]+)", profile)
        assert found is not None, (path, label)
        assert int(found[1].replace(",", "")) == numbers["totals"][name], (path, label)
