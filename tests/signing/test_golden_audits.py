"""Audits that earlier versions sealed verify for ever, whole and each file by itself."""

from __future__ import annotations

import shutil
import tarfile
from pathlib import Path

import pytest

from pdpo_audit.signing.checks import Verdict
from pdpo_audit.signing.verification import verify_path

from .material import NOW

GOLDEN = sorted((Path(__file__).parents[1] / "golden").glob("*/audits.tar.xz"))

#: The sealed files of an audit that stand alone.
ALONE = ("report.en.pdf", "report.zh-Hant.pdf", "workbook.xlsx", "evidence.asice")


@pytest.fixture(scope="module", params=GOLDEN, ids=lambda path: path.parent.name)
def audits(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    place = tmp_path_factory.mktemp("golden")
    with tarfile.open(request.param) as archive:
        archive.extractall(place, filter="data")
    found = sorted(path.parents[1] for path in place.rglob("manifest.json"))
    assert found
    return found


def failures(path: Path) -> list[str]:
    result = verify_path(path, now=NOW.replace(month=12))
    wrong = [f"{one.subject}: {one.statement}" for one in result.checks if one.verdict is Verdict.FAILED]
    assert result.ok or wrong
    return wrong


def test_golden_audits_verify(audits: list[Path]) -> None:
    for audit in audits:
        assert failures(audit) == []
        for name in ALONE:
            assert failures(audit / name) == [], name


def test_of_a_lone_golden_workbook_the_properties_stay_open(audits: list[Path], tmp_path: Path) -> None:
    """Version 0.1.0 sealed them in the detached seal alone."""
    shutil.copy(audits[0] / "workbook.xlsx", tmp_path)
    said = [one.statement for one in verify_path(tmp_path / "workbook.xlsx", now=NOW.replace(month=12)).checks]
    assert any("document properties" in statement and "not beside" in statement for statement in said)


def test_a_byte_appended_to_a_golden_report_is_seen(audits: list[Path]) -> None:
    report = audits[0] / "report.en.pdf"
    content = report.read_bytes()
    report.write_bytes(content + b"\n")
    try:
        assert failures(report)
        assert any("report.en.pdf" in one for one in failures(audits[0]))
    finally:
        report.write_bytes(content)
