"""The workbook's sheets on where copies lie: transfers and residency, processors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pdpo_audit.model.audits import SourceRecord
from pdpo_audit.reports.content.composition import Content
from pdpo_audit.reports.words.labels import Wording
from pdpo_audit.reports.workbook.pages import table_page

if TYPE_CHECKING:
    from openpyxl import Workbook


def write_places(book: Workbook, content: Content, t: Wording) -> None:
    """Both sheets."""
    _residency(book, content, t)
    _processors(book, content, t)


def _place(record: SourceRecord, t: Wording) -> str:
    return t.named("jurisdictions", record.jurisdiction, {"": "not stated"})


def _residency(book: Workbook, content: Content, t: Wording) -> None:
    page = table_page(book, t, "Transfers_Residency", (
        ("Source", 20), ("Jurisdiction", 14), ("City", 16), ("Processor (vendor)", 28), ("Contract", 22),
        ("Transfer arrangement", 28), ("Holdings", 12), ("Recognisable (P2, P3)", 14), ("Additional copies", 12),
        ("To check", 60),
    ))  # fmt: skip
    for source in content.sources:
        record = source.record
        page.row((
            record.name, _place(record, t), record.city, record.vendor, record.contract,
            record.transfer_basis, source.holdings, source.recognisable, source.additional_copies,
            _checks(record, t),
        ))  # fmt: skip


def _processors(book: Workbook, content: Content, t: Wording) -> None:
    page = table_page(book, t, "Processors", (
        ("Source", 20), ("Processor (vendor)", 28), ("Service", 24), ("Jurisdiction", 14), ("Contract", 22),
        ("Transfer arrangement", 28), ("Holdings", 12), ("Recognisable (P2, P3)", 14),
        ("Retention and security clause, DPP2(3) and 4(2) (to fill in)", 30), ("Deletion clause (to fill in)", 20),
        ("Audit right (to fill in)", 18), ("Last audited (to fill in)", 16), ("To check", 60),
    ))  # fmt: skip
    for source in content.sources:
        record = source.record
        if record.vendor:
            page.row((
                record.name, record.vendor, record.purpose, _place(record, t), record.contract,
                record.transfer_basis, source.holdings, source.recognisable, "", "", "", "",
                _checks(record, t),
            ))  # fmt: skip


def transfer_checks(jurisdiction: str, vendor: str, contract: str, basis: str) -> list[str]:
    """What is missing on where copies lie, in the report's careful words."""
    missing = []
    if not jurisdiction:
        missing.append("Jurisdiction not stated.")
    elif jurisdiction != "HK" and not basis:
        missing.append("Outside Hong Kong and no transfer arrangement recorded (s.33 is not in operation).")
    if vendor and not contract:
        missing.append("A processor holds copies and no contract is recorded (DPP2(3), DPP4(2)).")
    return missing


def _checks(record: SourceRecord, t: Wording) -> str:
    found = transfer_checks(record.jurisdiction, record.vendor, record.contract, record.transfer_basis)
    return (" " if not t.labels else "").join(map(t.word, found))
