"""Somebody elsewhere signs: a request, its answer, and what is refused on the way."""

from __future__ import annotations

import io
import shutil
import zipfile
from pathlib import Path

import pytest

from pdpo_audit.errors import CallError, VerificationError
from pdpo_audit.signing.checks import Verdict
from pdpo_audit.signing.keys.identities import create_seal
from pdpo_audit.signing.roles import Role
from pdpo_audit.signing.signoffs.records import read_records
from pdpo_audit.signing.signoffs.requests import pack, unpack_files
from pdpo_audit.signing.verification import verify_path
from pdpo_audit.workspace.report.signing_off import Said, accept, answer, ask_for_sign_off
from pdpo_audit.workspace.setup.identities import KeyPlace

from .material import NOW, person, sign_off, write_audit

AGREE = Said(decision="agree")


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    audit = write_audit(tmp_path_factory.mktemp("sealed") / "audit")
    sign_off(audit, person("Lee Ka Ming"), Role.COMPLIANCE, "Lee Ka Ming")
    return audit


@pytest.fixture
def audit(sealed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("pdpo_audit.workspace.report.signing_off.now", lambda: NOW.replace(month=12))
    return Path(shutil.copytree(sealed, tmp_path / "audit"))


@pytest.fixture
def key(tmp_path: Path) -> KeyPlace:
    """Somebody's own key, where the audit is not."""
    (tmp_path / "secret").write_text("s3cret\n")
    file = tmp_path / "chan.p12"
    file.write_bytes(create_seal(common_name="Chan Tai Man", organisation="", passphrase=b"s3cret", now=NOW))
    return KeyPlace(key=str(file), passphrase_file=tmp_path / "secret")


def test_a_request_is_answered_elsewhere_and_taken_in(audit: Path, key: KeyPlace, tmp_path: Path) -> None:
    request = ask_for_sign_off(audit, tmp_path / "request.zip", role="legal", name="Chan Tai Man")
    answered = answer(request, tmp_path / "answer.zip", key=key, said=Said(decision="refuse", comment="see hold 3"))
    assert len(read_records(audit)) == 1
    accept(audit, answered.record)
    record = read_records(audit)[-1]
    assert (record.role, record.name, record.comment) == (Role.LEGAL, "Chan Tai Man", "see hold 3")
    assert verify_path(audit, now=NOW.replace(month=12)).ok
    with pytest.raises(CallError, match="taken in already, as sign-off"):
        accept(audit, answered.record)


def test_an_answer_that_others_overtook_is_refused(audit: Path, key: KeyPlace, tmp_path: Path) -> None:
    request = ask_for_sign_off(audit, tmp_path / "request.zip", role="legal")
    answered = answer(request, tmp_path / "answer.zip", key=key, said=AGREE)
    sign_off(audit, person("Ho Mei"), Role.DPO, "Ho Mei")
    with pytest.raises(CallError, match="Somebody else has signed since"):
        accept(audit, answered.record)


def changed(packed: Path, name: str, old: bytes, new: bytes) -> Path:
    files = unpack_files(packed.read_bytes())
    assert old in files[name]
    packed.write_bytes(pack({**files, name: files[name].replace(old, new, 1)}))
    return packed


def test_nobody_signs_a_request_with_another_report_in_it(audit: Path, key: KeyPlace, tmp_path: Path) -> None:
    request = ask_for_sign_off(audit, tmp_path / "request.zip", role="legal")
    changed(request, "report.en.pdf", b"endobj", b"endobk")
    with pytest.raises(VerificationError, match="does not verify"):
        answer(request, tmp_path / "answer.zip", key=key, said=AGREE)


def test_an_answer_with_another_record_or_report_changes_nothing(audit: Path, key: KeyPlace, tmp_path: Path) -> None:
    request = ask_for_sign_off(audit, tmp_path / "request.zip", role="legal", name="Chan Tai Man")
    answered = answer(request, tmp_path / "answer.zip", key=key, said=AGREE).record
    before = {path: path.read_bytes() for path in audit.rglob("*") if path.is_file()}
    changed(answered, "evidence/sign-offs/0002-legal.json", b'"agree"', b'"refuse"')
    with pytest.raises(VerificationError, match="changed after it was signed"):
        accept(audit, answered)
    assert before == {path: path.read_bytes() for path in audit.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", ["../evil.pdf", "/etc/x", "evidence/manifest.json.exe", "evidence/tables/x.csv"])
def test_a_packed_file_that_does_not_belong_is_refused(name: str) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, b"x")
    with pytest.raises(ValueError, match="does not belong"):
        unpack_files(out.getvalue())


def test_the_request_shows_what_its_parts_are(audit: Path, tmp_path: Path) -> None:
    request = ask_for_sign_off(audit, tmp_path / "request.zip", role="legal")
    names = set(unpack_files(request.read_bytes()))
    assert {"request.json", "report.en.pdf", "evidence/manifest.json", "evidence/manifest.json.p7s"} <= names
    assert not any("tables" in name or "inventory" in name or "events" in name for name in names)
    result = verify_path(request, now=NOW)
    assert not any(check.verdict is Verdict.PROVED for check in result.checks)
