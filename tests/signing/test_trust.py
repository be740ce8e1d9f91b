"""Certificates from an authority: paths, revocation, timestamps, and what is proved without the network."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from asn1crypto import cms

from pdpo_audit.errors import MachineError
from pdpo_audit.signing.checks import Verdict
from pdpo_audit.signing.cms.signatures import sign_detached
from pdpo_audit.signing.keys.identities import pem_of
from pdpo_audit.signing.pdf.fields import prepare_pdf
from pdpo_audit.signing.pdf.signatures import pades_level, seal_pdf, sign_off_pdf
from pdpo_audit.signing.roles import Role
from pdpo_audit.signing.verification import VerificationResult, verify_path
from pdpo_audit.signing.workbook.seals import seal_workbook

from .authority import ORGANISATION, Authority, serving
from .material import LATER, NOW, plain_pdf, plain_workbook, seal_identity, sealed_pdf, write_audit
from .test_independent import call, needs_pdfsig

YEARS_LATER = NOW + timedelta(days=300)
REASON = "Sealed by Harbour Light Agency Ltd: audit 2026-11-20-a1b2c3"


@pytest.fixture(scope="module")
def authority() -> Iterator[Authority]:
    with serving() as running:
        yield running


@pytest.fixture
def desk(authority: Authority) -> Authority:
    authority.revoked.clear()
    authority.silent = False
    return authority


def said(result: VerificationResult, verdict: Verdict) -> str:
    return "\n".join(check.statement for check in result.checks if check.verdict is verdict)


def store(folder: Path, pdf: bytes) -> Path:
    path = folder / "report.pdf"
    path.write_bytes(pdf)
    return path


def seal(desk: Authority, *, stamped: bool = False, embedded: bool = False) -> bytes:
    return seal_pdf(
        prepare_pdf(plain_pdf()),
        desk.identity("Seal from an authority"),
        signed_at=NOW,
        reason=REASON,
        timestamp_url=desk.url if stamped else "",
        trust=[pem_of(desk.root)] if embedded else (),
    )


def test_the_level_is_what_the_material_allows() -> None:
    assert pades_level(timestamp_url="", trust=[]) == "B-B"
    assert pades_level(timestamp_url="", trust=[b"x"]) == "B-B"
    assert pades_level(timestamp_url="http://x", trust=[]) == "B-T"
    assert pades_level(timestamp_url="http://x", trust=[b"x"]) == "B-LT"


def test_a_certificate_of_an_authority_leads_to_the_trust_list(tmp_path: Path, desk: Authority) -> None:
    report = store(tmp_path, seal(desk))
    result = verify_path(report, trust=[pem_of(desk.root)], now=LATER)
    assert result.ok
    assert "PAdES B-B" in said(result, Verdict.PROVED)
    assert "leads to one on the given trust list" in said(result, Verdict.PROVED)
    assert "Whether the certificate was revoked" in said(result, Verdict.NOT_PROVABLE)
    alone = verify_path(report, now=LATER)
    assert "was issued by CN=Test Root" in said(alone, Verdict.NOT_PROVABLE)
    assert not verify_path(report, trust=[pem_of(seal_identity().certificate)], now=LATER).ok


def test_asking_online_finds_a_revoked_certificate(tmp_path: Path, desk: Authority) -> None:
    signer = desk.identity("Seal from an authority")
    report = store(tmp_path, seal_pdf(prepare_pdf(plain_pdf()), signer, signed_at=NOW, reason=REASON))
    held = verify_path(report, trust=[pem_of(desk.root)], now=NOW, online=True)
    assert held.ok
    assert "was not revoked" in said(held, Verdict.PROVED)
    desk.revoke(signer, NOW - timedelta(hours=1))
    revoked = verify_path(report, trust=[pem_of(desk.root)], now=NOW, online=True)
    assert "revoked" in said(revoked, Verdict.FAILED)


def test_a_timestamp_proves_the_time(tmp_path: Path, desk: Authority) -> None:
    report = store(tmp_path, seal(desk, stamped=True))
    result = verify_path(report, trust=[pem_of(desk.root)], now=LATER)
    assert result.ok, result
    assert "PAdES B-T" in said(result, Verdict.PROVED)
    assert "existed on 2026-11-20 09:00" in said(result, Verdict.PROVED)
    assert "nobody vouches" in said(verify_path(report, now=LATER), Verdict.NOT_PROVABLE)


def test_a_timestamp_outside_of_the_certificates_life_fails(tmp_path: Path, desk: Authority) -> None:
    desk.stamps_at = NOW - timedelta(days=60)
    try:
        report = store(tmp_path, seal(desk, stamped=True))
    finally:
        desk.stamps_at = NOW
    assert not verify_path(report, now=LATER).ok


def test_embedded_answers_prove_it_later_and_offline(tmp_path: Path, desk: Authority) -> None:
    report = store(tmp_path, seal(desk, stamped=True, embedded=True))
    desk.silent = True
    result = verify_path(report, trust=[pem_of(desk.root)], now=YEARS_LATER)
    assert result.ok, result
    assert "PAdES B-LT" in said(result, Verdict.PROVED)
    assert "was not revoked" in said(result, Verdict.PROVED)
    assert "existed on 2026-11-20 09:00" in said(result, Verdict.PROVED)


@needs_pdfsig
def test_pdfsig_accepts_every_level(tmp_path: Path, desk: Authority) -> None:
    for pdf in (seal(desk), seal(desk, stamped=True), seal(desk, stamped=True, embedded=True)):
        answer = call("pdfsig", "-nocert", store(tmp_path, pdf)).stdout
        assert "Signature is Valid." in answer
        assert "Total document signed" in answer


def test_a_revoked_certificate_is_not_sealed_with_embedded_answers(desk: Authority) -> None:
    signer = desk.identity("Revoked")
    desk.revoke(signer, NOW - timedelta(hours=1))
    with pytest.raises(MachineError, match="cannot be signed"):
        seal_pdf(
            prepare_pdf(plain_pdf()),
            signer,
            signed_at=NOW,
            reason=REASON,
            timestamp_url=desk.url,
            trust=[pem_of(desk.root)],
        )


def test_a_service_that_gives_no_timestamp_says_so(desk: Authority) -> None:
    desk.silent = True
    with pytest.raises(MachineError, match="gave no timestamp") as raised:
        seal(desk, stamped=True)
    assert "timestamp_url" in raised.value.advice
    with pytest.raises(MachineError, match="not http"):
        seal_pdf(prepare_pdf(plain_pdf()), seal_identity(), signed_at=NOW, reason="x", timestamp_url="file:///etc/x")


def test_a_workbook_is_timestamped_in_its_detached_seal(tmp_path: Path, desk: Authority) -> None:
    signer = desk.identity("Seal from an authority")
    book = seal_workbook(
        plain_workbook(), signer, signed_at=NOW, timestamp_url=desk.url, organisation=ORGANISATION, audit="a"
    )
    (tmp_path / "w.xlsx").write_bytes(book.workbook)
    (tmp_path / "w.xlsx.p7s").write_bytes(book.detached)
    result = verify_path(tmp_path / "w.xlsx", trust=[pem_of(desk.root)], now=LATER)
    assert result.ok, result
    assert "existed on 2026-11-20 09:00" in said(result, Verdict.PROVED)


def test_a_seal_that_ran_out_proves_less_without_a_timestamp(tmp_path: Path) -> None:
    result = verify_path(store(tmp_path, sealed_pdf()), now=NOW + timedelta(days=900))
    assert "has run out since" in said(result, Verdict.NOT_PROVABLE)


def test_sign_offs_with_embedded_answers_follow_a_seal_with_them(tmp_path: Path, desk: Authority) -> None:
    pdf = seal(desk, stamped=True, embedded=True)
    for role in (Role.LEGAL, Role.OWNER):
        pdf = sign_off_pdf(
            pdf,
            desk.identity(f"Person for {role.value}"),
            role=role,
            name="Chan Tai Man",
            signed_at=NOW,
            timestamp_url=desk.url,
            trust=[pem_of(desk.root)],
        )
    result = verify_path(store(tmp_path, pdf), trust=[pem_of(desk.root)], now=YEARS_LATER)
    assert result.ok, result
    assert said(result, Verdict.PROVED).count("was not revoked") == 3


def test_a_timestamp_cannot_be_taken_off_an_audit(tmp_path: Path, desk: Authority) -> None:
    signer = desk.identity("Seal from an authority")
    audit = write_audit(tmp_path / "audit", signer, timestamp_url=desk.url)
    assert verify_path(audit, trust=[pem_of(desk.root)], now=LATER).ok
    path = audit / "evidence/manifest.json.p7s"
    message = cms.ContentInfo.load(path.read_bytes())
    content = (audit / "evidence/manifest.json").read_bytes()
    plain = cms.ContentInfo.load(sign_detached(content, signer, signed_at=NOW, timestamp_url=""))
    assert message["content"]["signer_infos"][0]["unsigned_attrs"].native
    path.write_bytes(plain.dump())
    assert "timestamp of the seal was taken off" in said(verify_path(audit, now=LATER), Verdict.FAILED)


def audit_with_answers(folder: Path, desk: Authority, timestamp_url: str = "") -> Path:
    """An audit whose report carries the issuers' answers; its other seals have a timestamp and nothing more."""
    signer = desk.identity("Seal from an authority")
    report = seal_pdf(
        prepare_pdf(plain_pdf()), signer, signed_at=NOW, reason=REASON, timestamp_url=desk.url,
        trust=[pem_of(desk.root)],
    )  # fmt: skip
    return write_audit(folder, signer, report=report, timestamp_url=timestamp_url or desk.url)


def test_the_reports_lend_their_answers_to_the_seals_beside_them(tmp_path: Path, desk: Authority) -> None:
    audit = audit_with_answers(tmp_path / "audit", desk)
    desk.silent = True
    for path in (audit, audit / "evidence.asice"):
        result = verify_path(path, trust=[pem_of(desk.root)], now=YEARS_LATER)
        assert result.ok, result
        shown = [check.subject for check in result.checks if "which the reports carry" in check.statement]
        assert "evidence/manifest.json" in shown and "evidence.asice" in shown
        # The workbook's seal has no timestamp here: answers of the day of sealing say nothing of one judged today.
        asked = [check.subject for check in result.checks if "Whether the certificate was revoked" in check.statement]
        assert asked == ["workbook.xlsx"]


def test_without_answers_in_the_reports_revocation_stays_open(tmp_path: Path, desk: Authority) -> None:
    audit = write_audit(tmp_path / "audit", desk.identity("Seal from an authority"), timestamp_url=desk.url)
    result = verify_path(audit, trust=[pem_of(desk.root)], now=LATER)
    assert result.ok and "which the reports carry" not in said(result, Verdict.PROVED)
    assert "Whether the certificate was revoked" in said(result, Verdict.NOT_PROVABLE)


def test_a_lent_answer_that_says_revoked_is_not_passed_over(tmp_path: Path, desk: Authority) -> None:
    signer, other = desk.identity("Seal from an authority"), desk.identity("Another")
    desk.revoke(signer, NOW - timedelta(hours=1))
    report = seal_pdf(
        prepare_pdf(plain_pdf()), other, signed_at=NOW, reason=REASON, timestamp_url=desk.url,
        trust=[pem_of(desk.root)],
    )  # fmt: skip
    audit = write_audit(tmp_path / "audit", signer, report=report, timestamp_url=desk.url)
    wrong = [check for check in verify_path(audit, trust=[pem_of(desk.root)], now=LATER).checks
             if check.verdict is Verdict.FAILED and "not trusted" in check.statement]  # fmt: skip
    assert any(check.subject == "evidence/manifest.json.p7s" for check in wrong)


def test_lent_answers_count_only_where_they_cover_the_timestamp_too(tmp_path: Path, desk: Authority) -> None:
    with serving() as other:
        audit = audit_with_answers(tmp_path / "audit", desk, timestamp_url=other.url)
        result = verify_path(audit, trust=[pem_of(desk.root), pem_of(other.root)], now=LATER)
    assert result.ok, result
    assert "evidence/manifest.json" in next(
        check.subject for check in result.checks if "Whether the certificate was revoked" in check.statement
    )


def test_a_damaged_timestamp_names_the_seal_and_not_what_it_seals(tmp_path: Path, desk: Authority) -> None:
    audit = audit_with_answers(tmp_path / "audit", desk)
    seal_file = audit / "evidence/manifest.json.p7s"
    damaged = bytearray(seal_file.read_bytes())
    damaged[-30] ^= 1  # the message ends with the signature of the timestamp
    seal_file.write_bytes(damaged)
    for trust in ([], [pem_of(desk.root)]):
        wrong = {check.subject for check in verify_path(audit, trust=trust, now=LATER).checks
                 if check.verdict is Verdict.FAILED}  # fmt: skip
        assert "evidence/manifest.json.p7s" in wrong
        assert "evidence/manifest.json" not in wrong
