"""The bundle stands by itself, and one holding can be proved without showing the others."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import rfc8785

from pdpo_audit.errors import CallError
from pdpo_audit.signing.checks import Verdict
from pdpo_audit.signing.evidence import bundle_checks
from pdpo_audit.signing.evidence.bundle import BUNDLE, LIST, SIGNATURE
from pdpo_audit.signing.evidence.lines import INVENTORY
from pdpo_audit.signing.keys.identities import pem_of
from pdpo_audit.signing.proofs import prove_holding, verify_proof
from pdpo_audit.signing.verification import VerificationResult, verify_path

from .material import LATER, seal_identity, write_audit
from .mutations import pack, unpack
from .test_independent import CMS_VERIFY, call, needs_openssl


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_audit(tmp_path_factory.mktemp("bundle") / "audit")


@pytest.fixture
def audit(sealed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sealed, tmp_path / "audit"))


def said(result: VerificationResult, verdict: Verdict) -> str:
    return "\n".join(f"{check.subject}: {check.statement}" for check in result.checks if check.verdict is verdict)


def repack(path: Path, change: Callable[[dict[str, bytes]], object]) -> None:
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def test_a_lone_bundle_verifies_with_everything_in_it(sealed: Path) -> None:
    result = verify_path(sealed / BUNDLE, now=LATER)
    assert said(result, Verdict.FAILED) == ""
    assert "All 7 holdings lead to the sealed root" in said(result, Verdict.PROVED)
    assert "belongs to the audit" in said(result, Verdict.NOT_PROVABLE)


@needs_openssl
def test_a_stranger_checks_the_bundle_with_unzip_sha256sum_and_openssl(sealed: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(sealed / BUNDLE) as archive:
        assert archive.infolist()[0].filename == "mimetype"
        assert archive.infolist()[0].compress_type == zipfile.ZIP_STORED
        archive.extractall(tmp_path)
    trust = tmp_path / "seal.pem"
    trust.write_bytes(pem_of(seal_identity().certificate))
    command: list[str | Path] = [*CMS_VERIFY, "-CAfile", trust, "-in", tmp_path / SIGNATURE, "-content"]
    assert "CAdES Verification successful" in call(*command, tmp_path / LIST).stderr
    listed = (tmp_path / LIST).read_text()
    for path in (tmp_path / "evidence/manifest.json", tmp_path / "report.en.pdf", tmp_path / "workbook.xlsx"):
        assert base64.b64encode(hashlib.sha256(path.read_bytes()).digest()).decode() in listed


def set_member(name: str, content: bytes) -> Callable[[Path], None]:
    return lambda audit: repack(audit / BUNDLE, lambda members: members.update({name: content}))


def drop_member(name: str) -> Callable[[Path], None]:
    return lambda audit: repack(audit / BUNDLE, lambda members: members.pop(name))


TAMPERS: dict[str, Callable[[Path], object]] = {
    "removed": lambda audit: (audit / BUNDLE).unlink(),
    "another audit's bundle": lambda audit: shutil.copy(
        write_audit(audit.parent / "other", seal_identity("Somebody else")) / BUNDLE, audit / BUNDLE
    ),
    "a file changed": set_member("evidence/events.jsonl", b"{}\n"),
    "a file added": set_member("note.txt", b"x"),
    "a file removed": drop_member("workbook.xlsx.p7s"),
    "its list changed": set_member(LIST, b"<x/>"),
    "its signature removed": drop_member(SIGNATURE),
    "its kind changed": set_member("mimetype", b"application/zip"),
    "a way out of the folder": set_member("../outside.txt", b"x"),
    "bytes appended": lambda audit: (audit / BUNDLE).write_bytes((audit / BUNDLE).read_bytes() + b"x"),
    "bytes put before": lambda audit: (audit / BUNDLE).write_bytes(b"x" + (audit / BUNDLE).read_bytes()),
}


@pytest.mark.parametrize("tamper", TAMPERS)
def test_every_change_of_the_bundle_fails(audit: Path, tamper: str) -> None:
    TAMPERS[tamper](audit)
    assert BUNDLE in said(verify_path(audit, now=LATER), Verdict.FAILED)
    if tamper not in ("removed", "another audit's bundle"):
        assert not verify_path(audit / BUNDLE, now=LATER).ok


def test_no_file_of_the_bundle_stands_in_another_place(audit: Path) -> None:
    bundle = audit / BUNDLE
    members = unpack(bundle.read_bytes())
    stored = (".pdf", ".xlsx", ".p7s", "mimetype")
    assert pack(members, stored) == bundle.read_bytes()
    members["evidence/manifest.json"] = members.pop("evidence/manifest.json")
    bundle.write_bytes(pack(members, stored))
    for place in (audit, bundle):
        assert "another order" in said(verify_path(place, now=LATER), Verdict.FAILED)


def test_an_edited_line_of_the_inventory_fails(audit: Path) -> None:
    path = audit / INVENTORY
    path.write_bytes(path.read_bytes().replace(b"a3.jpg", b"b3.jpg"))
    assert said(verify_path(audit, now=LATER), Verdict.FAILED).count(INVENTORY) == 2


def test_one_holding_is_proved_without_showing_the_others(sealed: Path) -> None:
    proof = prove_holding(sealed, source="nas", path="照片/a3.jpg")
    result = verify_proof(proof, now=LATER)
    assert said(result, Verdict.FAILED) == ""
    assert "'照片/a3.jpg' in 'nas'" in said(result, Verdict.PROVED)
    assert b"a2.jpg" not in proof
    assert b"a4.jpg" not in proof


def test_the_salts_differ_and_cannot_be_guessed_from_the_line(sealed: Path) -> None:
    lines = [json.loads(line) for line in (sealed / INVENTORY).read_text().splitlines()]
    assert len({line["salt"] for line in lines}) == 7
    other = write_audit(sealed.parent / "other", seal_identity("Somebody else"))
    others = [json.loads(line) for line in (other / INVENTORY).read_text().splitlines()]
    assert not {line["salt"] for line in lines} & {line["salt"] for line in others}


def test_a_proof_file_is_verified_like_any_other(sealed: Path, tmp_path: Path) -> None:
    path = tmp_path / "proof.json"
    path.write_bytes(prove_holding(sealed, source="nas", path="照片/a0.jpg"))
    assert verify_path(path, trust=[pem_of(seal_identity().certificate)], now=LATER).ok
    assert not verify_path(path, trust=[pem_of(seal_identity("Somebody else").certificate)], now=LATER).ok


@pytest.mark.parametrize("field", ["line", "index", "size", "path", "manifest", "manifest_seal", "format"])
def test_a_changed_proof_fails(sealed: Path, field: str) -> None:
    content = json.loads(prove_holding(sealed, source="nas", path="照片/a3.jpg"))
    changes = {
        "line": content["line"].replace("a3", "a9"),
        "index": 4,
        "size": 8,
        "path": content["path"][1:],
        "manifest": content["manifest"].replace("General Counsel", "Somebody"),
        "manifest_seal": content["manifest_seal"][:-8] + "AAAAAAA=",
        "format": "x",
    }
    assert not verify_proof(rfc8785.dumps({**content, field: changes[field]}), now=LATER).ok


def test_what_is_no_proof_fails_without_an_exception() -> None:
    for junk in (b"", b"[]", b"{}", b"\xff", b"[" * 100_000, b'{"format":"pdpo-audit proof 1"}'):
        assert not verify_proof(junk, now=LATER).ok


def test_a_holding_that_is_not_there_cannot_be_proved(sealed: Path) -> None:
    with pytest.raises(CallError, match="no holding"):
        prove_holding(sealed, source="nas", path="missing.jpg")


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("a", True), ("tables/holdings.csv", True), ("a..b", True), ("", False), ("/a", False), ("a/../b", False),
        ("..", False), ("a\\b", False), ("a/", False),
    ],
)  # fmt: skip
def test_a_name_in_a_bundle_leads_nowhere_else(name: str, plain: bool) -> None:
    assert bundle_checks._is_plain(name) is plain


@pytest.mark.parametrize("free", [2.0, 1.0])
def test_a_bundle_unpacks_only_into_half_of_what_is_free(
    sealed: Path, monkeypatch: pytest.MonkeyPatch, free: float
) -> None:
    """What it needs is known before: twice as much free is enough, as much is not."""
    with zipfile.ZipFile(sealed / BUNDLE) as archive:
        needed = sum(one.file_size for one in archive.infolist() if bundle_checks.LOOKED_INTO.match(one.filename))
    usage = shutil.disk_usage("/")._replace(free=int(needed * free))
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    found = bundle_checks.check_unpacked(sealed / BUNDLE, lambda _: [])
    assert bool(found) is (free < 2) and needed > 0
