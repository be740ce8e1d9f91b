"""The small verifier, beside pyHanko, lxml and cryptography and nothing else, does its whole job."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from pdpo_audit.signing.keys.identities import create_seal
from pdpo_audit.workspace.report.signing_off import accept, ask_for_sign_off
from tests.signing.material import NOW, seal_identity, write_audit

from .test_wheel import ROOT, call

#: What the wheel says it needs.
NEEDED = ("pyhanko", "lxml", "cryptography")


def with_their_own(names: Iterator[str] | tuple[str, ...]) -> set[str]:
    """The distributions with all that they need themselves, without extras."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        try:
            needs = distribution(name).requires or []
        except PackageNotFoundError:
            continue
        if name in found:
            continue
        found.add(name)
        wanted = (Requirement(need) for need in needs)
        waiting += [one.name for one in wanted if one.marker is None or one.marker.evaluate({"extra": ""})]
    return found


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ``bin`` of a fresh environment with the small wheel, lent what it needs and nothing more."""
    folder = tmp_path_factory.mktemp("small")
    call(sys.executable, ROOT / ".setup/verifier.py", folder, folder=folder)
    (wheel,) = folder.glob("*.whl")
    call(sys.executable, "-m", "venv", "--without-pip", folder / "venv", folder=folder)
    python = folder / "venv" / "bin" / "python"
    site = Path(
        call(python, "-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])", folder=folder).stdout.strip()
    )
    for name in with_their_own(NEEDED):
        owner = distribution(name)
        for top in {file.parts[0] for file in owner.files or [] if file.parts[0] not in ("..", "__pycache__")}:
            if not (site / top).exists():
                (site / top).symlink_to(Path(str(owner.locate_file(top))))
    pip = [sys.executable, "-m", "pip", "--isolated", "--python", str(python), "install"]
    call(*pip, "--quiet", "--no-deps", "--no-index", wheel, folder=folder)
    return python.parent


@pytest.fixture
def audit(tmp_path: Path) -> Path:
    return write_audit(tmp_path / "audit")


def verify(programs: Path, audit: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return call(programs / "pdpo-verify", audit, *options, folder=audit.parent, check=False)


def test_nothing_else_is_there(programs: Path) -> None:
    for name in ("pikepdf", "pydantic", "rfc8785", "pandas", "pdpo_audit"):
        ended = call(programs / "python", "-c", f"import {name}", folder=programs, check=False)
        assert ended.returncode != 0, name


def test_it_accepts_a_sealed_audit_and_refuses_a_changed_one(programs: Path, audit: Path) -> None:
    ended = verify(programs, audit)
    assert ended.returncode == 0 and "audit: verified" in ended.stdout, ended.stdout + ended.stderr
    (one,) = json.loads(verify(programs, audit, "--json", "--signer", seal_identity().facts()["sha256"]).stdout)
    assert one["ok"] and any("is known" in check["statement"] for check in one["checks"])
    assert verify(programs, audit, "--all-required").returncode == 4
    for name in ("report.en.pdf", "workbook.xlsx", "evidence.asice"):
        assert verify(programs, audit / name).returncode == 0
    (audit / "evidence/events.jsonl").write_text("{}\n")
    assert verify(programs, audit).returncode == 4
    assert verify(programs, audit, "--signer", "12").returncode == 2


def test_it_answers_a_request(programs: Path, audit: Path, tmp_path: Path) -> None:
    request = ask_for_sign_off(audit, tmp_path / "request.zip", role="legal", name="Chan Tai Man")
    (tmp_path / "secret").write_text("s3cret\n")
    key = tmp_path / "chan.p12"
    key.write_bytes(create_seal(common_name="Chan", organisation="", passphrase=b"s3cret", now=NOW))
    how = ("--key", key, "--passphrase-file", tmp_path / "secret", "--decision", "agree")
    call(programs / "pdpo-verify", "sign", request, *how, folder=tmp_path)
    record = accept(audit, tmp_path / "request.signed.zip")
    assert json.loads(record.read_bytes())["decision"] == "agree"
