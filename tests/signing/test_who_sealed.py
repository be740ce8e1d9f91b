"""A trusted authority vouches for many: a seal counts by the purpose and the organisation of its certificate."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import rfc8785
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, ObjectIdentifier

from pdpo_audit.errors import CallError
from pdpo_audit.signing.certificates.names import names_one_of
from pdpo_audit.signing.checks import Verdict
from pdpo_audit.signing.cms.signatures import sign_detached
from pdpo_audit.signing.evidence.bundle import BUNDLE
from pdpo_audit.signing.evidence.manifest import fingerprint
from pdpo_audit.signing.keys.identities import Identity, pem_of
from pdpo_audit.signing.pdf.fields import prepare_pdf
from pdpo_audit.signing.pdf.signatures import seal_pdf
from pdpo_audit.signing.proofs import prove_holding
from pdpo_audit.signing.verification import VerificationResult, verify_path
from pdpo_audit.signing.workbook.seals import seal_workbook

from .authority import ORGANISATION, Authority, serving
from .material import HEADER, LATER, NOW, certified, plain_pdf, plain_workbook, seal_identity, write_audit

TLS = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
MAIL = [ExtendedKeyUsageOID.EMAIL_PROTECTION]
DOCUMENTS = [ObjectIdentifier("1.3.6.1.5.5.7.3.36")]


@pytest.fixture(scope="module")
def desk() -> Iterator[Authority]:
    with serving() as running:
        yield running


def sealed_by(signer: Identity, folder: Path) -> list[Path]:
    """An audit in the name of the tests' organisation, whole and each file that stands alone, under one key."""
    reason = f"Sealed by {ORGANISATION}: audit {HEADER.audit_id}"
    report = seal_pdf(prepare_pdf(plain_pdf()), signer, signed_at=NOW, reason=reason)
    audit = write_audit(folder / "audit", signer, report=report)
    lone = folder / "lone.xlsx"
    book = seal_workbook(plain_workbook(), signer, signed_at=NOW, organisation=ORGANISATION, audit=HEADER.audit_id)
    lone.write_bytes(book.workbook)
    proof = folder / "proof.json"
    proof.write_bytes(prove_holding(audit, source="nas", path="照片/a3.jpg"))
    return [audit, audit / BUNDLE, audit / "report.en.pdf", lone, proof]


def said(result: VerificationResult, verdict: Verdict) -> str:
    return "\n".join(f"{check.subject}: {check.statement}" for check in result.checks if check.verdict is verdict)


@pytest.mark.parametrize("purposes", [[], MAIL, DOCUMENTS, [*TLS, *MAIL]])
def test_a_certificate_for_documents_or_mail_or_anything_seals(
    purposes: list[x509.ObjectIdentifier], desk: Authority, tmp_path: Path
) -> None:
    for path in sealed_by(desk.identity("Seal", purposes=purposes), tmp_path):
        result = verify_path(path, trust=[pem_of(desk.root)], now=LATER)
        assert result.ok, said(result, Verdict.FAILED)


def test_the_certificate_of_another_companys_web_server_seals_nothing(desk: Authority, tmp_path: Path) -> None:
    for path in sealed_by(desk.identity("www.example.com", "Example Ltd", TLS), tmp_path):
        for trust in ([pem_of(desk.root)], []):
            assert "not for signing documents, but for web servers" in said(
                verify_path(path, trust=trust, now=LATER), Verdict.FAILED
            ), path


def test_nor_does_our_own_web_server(desk: Authority, tmp_path: Path) -> None:
    for path in sealed_by(desk.identity("www.example.hk", purposes=TLS), tmp_path):
        assert not verify_path(path, trust=[pem_of(desk.root)], now=LATER).ok


def test_nor_does_another_companys_seal(desk: Authority, tmp_path: Path) -> None:
    stranger = desk.identity("Seal", "Example Ltd", DOCUMENTS)
    paths = sealed_by(stranger, tmp_path)
    for path in paths:
        result = verify_path(path, trust=[pem_of(desk.root)], now=LATER)
        wrong = f"names Example Ltd as its organisation, the audit names {ORGANISATION}"
        assert wrong in said(result, Verdict.FAILED), path
    for path in paths:  # whoever verifies may know better
        named = verify_path(path, trust=[pem_of(desk.root)], signers=[fingerprint(stranger.certificate)], now=LATER)
        assert named.ok, said(named, Verdict.FAILED)
        listed = verify_path(path, trust=[pem_of(stranger.certificate)], now=LATER)
        assert listed.ok, said(listed, Verdict.FAILED)


def test_an_authority_for_web_servers_vouches_for_no_seal(tmp_path: Path) -> None:
    """Its certificate names no purpose, and it is the right organisation's: the issuer is limited all the same."""
    with serving() as desk:
        for purposes, accepted in (([ExtendedKeyUsageOID.SERVER_AUTH], False), (MAIL, True)):
            issuer = desk.intermediate("Web CA", purposes)
            folder = tmp_path / str(accepted)
            folder.mkdir()
            for path in sealed_by(issuer.identity("Seal"), folder):
                result = verify_path(path, trust=[pem_of(desk.root)], now=LATER)
                assert result.ok is accepted, (path, said(result, Verdict.FAILED))
                assert accepted or "vouches for web servers only" in said(result, Verdict.FAILED)


def test_a_lone_file_that_names_no_organisation_is_nobodys(desk: Authority, tmp_path: Path) -> None:
    report = tmp_path / "report.pdf"
    report.write_bytes(seal_pdf(prepare_pdf(plain_pdf()), desk.identity("Seal"), signed_at=NOW, reason="Sealed"))
    result = verify_path(report, trust=[pem_of(desk.root)], now=LATER)
    assert "the audit names no organisation" in said(result, Verdict.FAILED)


def test_the_named_certificate_is_proved_and_any_other_fails(tmp_path: Path) -> None:
    ours, other = fingerprint(seal_identity().certificate), fingerprint(seal_identity("Somebody else").certificate)
    for path in sealed_by(seal_identity(), tmp_path):
        named = verify_path(path, signers=[":".join(ours[at : at + 2] for at in range(0, 64, 2)).upper()], now=LATER)
        assert named.ok, said(named, Verdict.FAILED)
        assert "its fingerprint was named by whoever verifies" in said(named, Verdict.PROVED)
        assert "none of those named" in said(verify_path(path, signers=[other], now=LATER), Verdict.FAILED)
        assert verify_path(path, signers=[other, ours], now=LATER).ok


def test_what_is_no_fingerprint_is_the_callers_mistake(tmp_path: Path) -> None:
    with pytest.raises(CallError, match="digest or fingerprint"):
        verify_path(tmp_path, signers=["abc"], now=LATER)


def test_a_key_for_other_uses_signs_nothing(tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    usage = x509.KeyUsage(False, False, True, False, True, False, False, False, False)
    report = tmp_path / "report.pdf"
    report.write_bytes(seal_pdf(prepare_pdf(plain_pdf()), certified(key, usage=usage), signed_at=NOW, reason="Sealed"))
    assert not verify_path(report, now=LATER).ok


@pytest.mark.parametrize(
    ("name", "same"),
    [
        ("Harbour Light Agency Limited", True),
        ("HARBOUR LIGHT AGENCY LTD.", True),
        ("Harbour  Light Agency, Ltd", True),
        ("Harbour Light Agency (Asia) Ltd", False),
        ("Harbour Light", False),
        ("", False),
    ],
)
def test_names_are_the_same_apart_from_usual_ways_of_writing(name: str, same: bool, desk: Authority) -> None:
    certificate = desk.identity("Seal", name).certificate
    assert names_one_of(certificate, [ORGANISATION, "海港光影廣告有限公司"]) is same
    assert not names_one_of(certificate, ["", " ", "!"])


def test_a_proof_sealed_again_with_another_key_is_refused(tmp_path: Path) -> None:
    """Whoever has a proof can take its manifest and seal it anew; the manifest names the key that sealed it."""
    audit = write_audit(tmp_path / "audit")
    content = json.loads(prove_holding(audit, source="nas", path="照片/a3.jpg"))
    seal = sign_detached(content["manifest"].encode(), seal_identity("Somebody else"), signed_at=NOW, timestamp_url="")
    path = tmp_path / "proof.json"
    path.write_bytes(rfc8785.dumps({**content, "manifest_seal": base64.b64encode(seal).decode()}))
    assert "another certificate" in said(verify_path(path, now=LATER), Verdict.FAILED)
