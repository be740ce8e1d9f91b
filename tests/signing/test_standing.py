"""Which audit was verified, what lies beside it, and how much a bundle may unpack."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import rfc8785

from pdpo_audit.signing.checks import Verdict
from pdpo_audit.signing.cms.signatures import sign_detached
from pdpo_audit.signing.evidence.bundle import BUNDLE, LIST, SIGNATURE, write_bundle, write_list
from pdpo_audit.signing.evidence.manifest import MANIFEST, MANIFEST_SEAL
from pdpo_audit.signing.evidence.sealing import write_evidence
from pdpo_audit.signing.verification import VerificationResult, verify_path

from .material import HEADER, HOLDINGS, LATER, NOW, events, seal_identity, sealed_pdf, sealed_workbook, write_audit

LATER_NUMBER = "2026-12-20-d4e5f6"


def said(result: VerificationResult, verdict: Verdict) -> str:
    return "\n".join(f"{check.subject}: {check.statement}" for check in result.checks if check.verdict is verdict)


def a_later_audit(folder: Path) -> Path:
    """The next audit of the same organisation, a month later."""
    tables = folder / "evidence" / "tables"
    tables.mkdir(parents=True)
    (folder / "report.en.pdf").write_bytes(sealed_pdf())
    (folder / "workbook.xlsx").write_bytes(sealed_workbook().workbook)
    (folder / "workbook.xlsx.p7s").write_bytes(sealed_workbook().detached)
    log = events()
    header = replace(HEADER, audit_id=LATER_NUMBER, event_count=len(log), event_head=log[-1].digest.hex())
    at = NOW + timedelta(days=30)
    written = {"holdings": tables / "holdings.csv"}
    (tables / "holdings.csv").write_text(HOLDINGS, encoding="utf-8")
    write_evidence(folder, header=header, tables=written, events=log, identity=seal_identity(), signed_at=at)
    return folder


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two audits of one organisation, as a workspace keeps them."""
    reports = tmp_path_factory.mktemp("kept") / "reports"
    reports.mkdir()
    write_audit(reports / HEADER.audit_id)
    a_later_audit(reports / LATER_NUMBER)
    return reports


@pytest.fixture
def reports(kept: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(kept, tmp_path / "reports"))


def test_verify_says_which_audit_it_was(kept: Path) -> None:
    for path in (kept / HEADER.audit_id, kept / HEADER.audit_id / BUNDLE, kept / HEADER.audit_id / "evidence"):
        proved = said(verify_path(path, now=LATER), Verdict.PROVED)
        assert "This is the audit 2026-11-20-a1b2c3 of Harbour Light Agency Ltd, as of 2026-11-20" in proved
        assert "a final report" in proved


def test_a_draft_is_called_one(tmp_path: Path) -> None:
    audit = write_audit(tmp_path / "audit", draft_reasons=("no owner is named",))
    assert "an unreviewed draft (no owner is named)" in said(verify_path(audit, now=LATER), Verdict.PROVED)


def test_a_later_audit_beside_it_is_named(kept: Path) -> None:
    older = said(verify_path(kept / HEADER.audit_id, now=LATER), Verdict.NOT_PROVABLE)
    assert f"the audit {LATER_NUMBER} of the same organisation lies beside it, sealed later with the same key" in older
    assert "still stands" not in said(verify_path(kept / LATER_NUMBER, now=LATER), Verdict.NOT_PROVABLE)


def test_what_only_claims_to_be_a_later_audit_is_passed_over(reports: Path) -> None:
    manifest = reports / LATER_NUMBER / MANIFEST
    manifest.write_bytes(manifest.read_bytes().replace(b"General Counsel", b"Somebody Else!!"))
    result = verify_path(reports / HEADER.audit_id, now=LATER)
    assert "still stands" not in said(result, Verdict.NOT_PROVABLE)


def test_an_older_audit_under_the_name_of_a_newer_one_fails(reports: Path) -> None:
    shutil.rmtree(reports / LATER_NUMBER)
    (reports / HEADER.audit_id).rename(reports / LATER_NUMBER)
    result = verify_path(reports / LATER_NUMBER, now=LATER)
    assert f"holds another one: {HEADER.audit_id}" in said(result, Verdict.FAILED)
    assert not result.ok


@pytest.mark.parametrize("name", [LATER_NUMBER.upper(), f"{LATER_NUMBER} (copy)", f"audit {LATER_NUMBER}"])
def test_however_the_name_is_written(reports: Path, name: str) -> None:
    (reports / HEADER.audit_id).rename(reports / name)
    assert "holds another one" in said(verify_path(reports / name, now=LATER), Verdict.FAILED)


def test_a_link_with_the_name_of_a_newer_one_fails_too(reports: Path) -> None:
    shutil.rmtree(reports / LATER_NUMBER)
    (reports / LATER_NUMBER).symlink_to(reports / HEADER.audit_id)
    assert "holds another one" in said(verify_path(reports / LATER_NUMBER, now=LATER), Verdict.FAILED)
    assert verify_path(reports / HEADER.audit_id, now=LATER).ok


def test_another_name_is_nobodys_business(reports: Path) -> None:
    (reports / HEADER.audit_id).rename(reports / "for the regulator")
    assert verify_path(reports / "for the regulator", now=LATER).ok


@pytest.mark.parametrize("place", ["stray", "evidence/stray", "evidence/tables/a/b"])
def test_a_stray_folder_is_named(reports: Path, place: str) -> None:
    audit = reports / HEADER.audit_id
    (audit / place).mkdir(parents=True)
    result = verify_path(audit, now=LATER)
    assert f"{place}: This folder is not part of the audit." in said(result, Verdict.FAILED)


def test_a_folder_of_audits_is_checked_whole(reports: Path) -> None:
    result = verify_path(reports, now=LATER)
    assert result.ok, said(result, Verdict.FAILED)
    assert f"{LATER_NUMBER}/{MANIFEST}: This is the audit {LATER_NUMBER}" in said(result, Verdict.PROVED)
    shutil.copy(reports / HEADER.audit_id / "report.en.pdf", reports / "report.pdf")
    assert "report.pdf: Whether it belongs to an audit" in said(verify_path(reports, now=LATER), Verdict.NOT_PROVABLE)
    (reports / "old").mkdir()
    assert "old: This folder is no audit" in said(verify_path(reports, now=LATER), Verdict.FAILED)


def test_the_evidence_folder_stands_by_itself(reports: Path, tmp_path: Path) -> None:
    alone = Path(shutil.copytree(reports / HEADER.audit_id / "evidence", tmp_path / "sent"))
    result = verify_path(alone, now=LATER)
    assert result.ok, said(result, Verdict.FAILED)
    assert "4 of 7 files" in said(result, Verdict.PROVED)
    assert "report.en.pdf; workbook.xlsx; workbook.xlsx.p7s: Whether it is as it was sealed" in said(
        result, Verdict.NOT_PROVABLE
    )
    table = alone / "tables" / "holdings.csv"
    table.write_bytes(table.read_bytes() + b"\n")
    assert "evidence/tables/holdings.csv" in said(verify_path(alone, now=LATER), Verdict.FAILED)
    table.unlink()
    assert "evidence/tables/holdings.csv: This file of the audit is missing" in said(
        verify_path(alone, now=LATER), Verdict.FAILED
    )


def test_the_evidence_folder_in_its_audit_is_the_audit(reports: Path) -> None:
    (reports / HEADER.audit_id / "workbook.xlsx").unlink()
    result = verify_path(reports / HEADER.audit_id / "evidence", now=LATER)
    assert "workbook.xlsx: This file of the audit is missing" in said(result, Verdict.FAILED)


def seal_again(bundle: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    """A bundle whose every signature holds, made by whoever has a key."""
    with zipfile.ZipFile(bundle) as archive:
        members = {name: archive.read(name) for name in archive.namelist() if not name.startswith("META-INF")}
    change(members)
    manifest = json.loads(members[MANIFEST])
    listed = [name for name in members if name not in ("mimetype", MANIFEST, MANIFEST_SEAL)]
    manifest["files"] = [
        {"path": name, "sha256": hashlib.sha256(members[name]).hexdigest(), "size": len(members[name])}
        for name in sorted(listed)
    ]
    members[MANIFEST] = rfc8785.dumps(manifest)
    members[MANIFEST_SEAL] = sign_detached(members[MANIFEST], seal_identity(), signed_at=NOW, timestamp_url="")
    folder = bundle.with_suffix(".files")
    files = {}
    for name, content in members.items():
        if name != "mimetype":
            files[name] = folder / name
            files[name].parent.mkdir(parents=True, exist_ok=True)
            files[name].write_bytes(content)
    write_bundle(bundle, files, seal_identity(), signed_at=NOW)


def test_a_bundle_that_blows_up_is_refused_before_it_is_unpacked(reports: Path) -> None:
    bundle = reports / HEADER.audit_id / BUNDLE
    seal_again(bundle, lambda members: None)
    assert verify_path(bundle, now=LATER).ok
    seal_again(bundle, lambda members: members.update({"evidence/tables/holdings.csv": bytes(40 << 20)}))
    assert bundle.stat().st_size < 200_000
    assert "far more than such a file holds" in said(verify_path(bundle, now=LATER), Verdict.FAILED)


def test_a_member_is_as_long_as_the_manifest_says(reports: Path) -> None:
    """Nothing is unpacked for a member that the sealed manifest does not list, or lists with another length."""
    bundle = reports / HEADER.audit_id / BUNDLE
    for name, named in (
        ("evidence/tables/holdings.csv", "not as long as"),
        ("evidence/more.csv", "not in the manifest"),
    ):
        with zipfile.ZipFile(bundle) as archive:
            members = {one: archive.read(one) for one in archive.namelist()}
        members[name] = b"x" * (1 << 20)
        digests = {
            one: base64.b64encode(hashlib.sha256(content).digest()).decode()
            for one, content in members.items()
            if one != "mimetype" and not one.startswith("META-INF")
        }
        members[LIST] = write_list(digests)
        members[SIGNATURE] = sign_detached(members[LIST], seal_identity(), signed_at=NOW, timestamp_url="")
        forged = bundle.with_name("forged.asice")
        write_members(forged, members)
        assert named in said(verify_path(forged, now=LATER), Verdict.FAILED)


def write_members(target: Path, members: dict[str, bytes]) -> None:
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(info, content)


@pytest.mark.parametrize(
    "named", ["report.en.pdf", "workbook.xlsx", "evidence/events.jsonl", "evidence/sign-offs/0001-legal.json",
              "evidence/timestamps/0001.tst", "evidence/keys/0001.json", "evidence/manifest.json.p7s"],
)  # fmt: skip
def test_a_file_that_is_longer_than_it_can_be_is_not_read(named: str, tmp_path: Path) -> None:
    """A file of 20 GB takes no room on a disk; read, it would take the memory of the machine."""
    audit = write_audit(tmp_path / "audit")
    (audit / named).parent.mkdir(exist_ok=True)
    with (audit / named).open("ab") as file:
        file.truncate(20 << 30)
    assert "longer than" in said(verify_path(audit, now=LATER), Verdict.FAILED) or named.endswith("manifest.json.p7s")
    assert not verify_path(audit, now=LATER).ok
    if named.endswith((".pdf", ".xlsx")):
        assert "longer than any" in said(verify_path(audit / named, now=LATER), Verdict.FAILED)
