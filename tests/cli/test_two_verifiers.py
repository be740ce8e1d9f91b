"""``pdpo-verify`` and ``pdpo-audit verify`` say the same of the same files, and leave with the same code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pdpo_audit import alone
from pdpo_audit.cli.app import assemble
from pdpo_audit.errors import AuditError
from tests.signing.material import write_audit


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("place")
    audit = write_audit(place / "audit")
    (place / "changed.pdf").write_bytes((audit / "report.en.pdf").read_bytes()[:-1])
    return place


@pytest.mark.parametrize("name", ["audit", "audit/report.en.pdf", "audit/workbook.xlsx", "changed.pdf", "none"])
@pytest.mark.parametrize("options", [[], ["--signer", "ab" * 32], ["--trust", "missing.pem"], ["--all-required"]])
def test_both_agree(name: str, options: list[str], place: Path, capfd: pytest.CaptureFixture[str]) -> None:
    call = [str(place / name), *options, "--json"]
    small = alone.main(call)
    said = capfd.readouterr().out
    large = CliRunner().invoke(assemble(), ["verify", *call])
    code = int(large.exception.exit_code) if isinstance(large.exception, AuditError) else large.exit_code
    assert code == small
    if said:
        assert json.loads(large.stdout) == json.loads(said)


def test_the_small_one_takes_the_word_verify_too(place: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert alone.main(["verify", str(place / "audit")]) == alone.main([str(place / "audit")])
    assert "There is no such file" not in capfd.readouterr().out
