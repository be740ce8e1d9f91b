"""What a forger with a key of their own can try by signing: places in the report, other names, other seals, rings."""

from __future__ import annotations

import io
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, StreamObject, pdf_name

from pdpo_audit.errors import CallError
from pdpo_audit.signing.checks import Verdict
from pdpo_audit.signing.cms.trust import Trust, read_trust
from pdpo_audit.signing.grammar.pieces import LARGEST_SIGNATURE, cut
from pdpo_audit.signing.keys.identities import pem_of
from pdpo_audit.signing.pdf import signatures as sealing
from pdpo_audit.signing.pdf.checks import check_pdf
from pdpo_audit.signing.pdf.signatures import sign_off_pdf
from pdpo_audit.signing.roles import Role
from pdpo_audit.signing.signoffs import signatures
from pdpo_audit.signing.signoffs.enrolments import Enrolment, countersign, fingerprint, state_enrolment
from pdpo_audit.signing.signoffs.records import read_record
from pdpo_audit.signing.verification import verify_path

from .authority import serving
from .forging import hidden_pages, read_places
from .material import HEADER, LATER, NOW, person, seal_identity, sealed_pdf, sign_off, write_audit
from .readers import PDF_READERS, shown
from .test_rotations import NEW, OLD, PRINT, planned, told
from .test_signoffs import said

NOBODY = Trust(roots=(), now=LATER)
Update = sealing._Update


def wrong(pdf: bytes) -> str:
    checks = check_pdf("report.pdf", pdf, read_trust([], LATER)).checks
    return " ".join(one.statement for one in checks if one.verdict is Verdict.FAILED)


def signed(pdf: bytes) -> bytes:
    return sign_off_pdf(pdf, person("Forger"), role=Role.LEGAL, name="Chan Tai Man", signed_at=LATER)


def numbered_from(last: int, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """A sign-off whose objects have numbers far beyond those of the report."""
    report = sealed_pdf()

    class Far(Update):
        def __init__(self, stream: io.BytesIO) -> None:
            super().__init__(stream)
            self._lastobj_id = last

    monkeypatch.setattr(sealing, "_Update", Far)
    return signed(report)


def carrying(hidden: bytes, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """A sign-off with a true certificate in its store that holds ``hidden`` in an extension."""
    report = sealed_pdf()
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Aux")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(5).not_valid_before(NOW).not_valid_after(NOW + timedelta(days=300))
    extension = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.99999.1"), hidden)
    material = builder.add_extension(extension, critical=False).sign(key, hashes.SHA256()).public_bytes(Encoding.DER)

    class Carrying(Update):
        def __init__(self, stream: io.BytesIO) -> None:
            super().__init__(stream)
            listed = ArrayObject([self.add_object(StreamObject(stream_data=material))])
            store = DictionaryObject({pdf_name("/Certs"): listed})  # type: ignore[no-untyped-call]
            self.root[pdf_name("/DSS")] = self.add_object(store)
            self.update_root()  # type: ignore[no-untyped-call]

    monkeypatch.setattr(sealing, "_Update", Carrying)
    return signed(report)


@pytest.mark.parametrize("last", [8_388_606, 4_294_967_290])
def test_numbers_that_readers_refuse_are_refused(last: int, monkeypatch: pytest.MonkeyPatch) -> None:
    forged = numbered_from(last, monkeypatch)
    empty = [name for name, read in PDF_READERS.items() if not shown(read, forged).strip()]
    if {"Poppler", "MuPDF"} <= PDF_READERS.keys():
        assert empty, "one reader shows nothing, so the report would not be what was sealed"
    assert "is not the next" in wrong(forged)


@pytest.mark.parametrize(
    ("between", "zero"),
    [
        (b"\x0b", b"0"),
        (b"\x1f", b"0"),
        (b"\xa0", b"0"),
        (b" ", b"+0"),
        (b" ", b"-0"),
        (b"%" + b"A" * 300 + b"\n", b"0"),
    ],
)
def test_nothing_that_any_reader_takes_for_an_object_hides_in_a_certificate(
    between: bytes, zero: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not wrong(carrying(b"nothing", monkeypatch)), "a certificate with an extension of its own is no forgery"
    hidden = hidden_pages(read_places(sealed_pdf()).pages).replace(b" 0 obj", between + zero + between + b"obj")
    assert "looks like an object" in wrong(carrying(b"\n" + hidden, monkeypatch))


def test_looking_for_objects_takes_no_longer_than_the_file_is_long() -> None:
    body = sealed_pdf()
    for filler in (b"1 " * 500_000, b"1%" * 500_000, b"trailer%" * 100_000, b"1 ++" * 300_000):
        began = time.process_time()
        with pytest.raises(ValueError):
            cut(body + filler)
        assert time.process_time() - began < 5


def test_a_signature_has_room_for_a_signature(monkeypatch: pytest.MonkeyPatch) -> None:
    async def roomy(*_: object, **__: object) -> int:
        return LARGEST_SIGNATURE + 2

    report = sealed_pdf()
    session = "pyhanko.sign.signers.pdf_signer.PdfSigningSession.estimate_signature_container_size"
    monkeypatch.setattr(session, roomy)
    assert "room for more than a signature" in wrong(signed(report))


def countersigned(who: str, by: str, times: int) -> list[Enrolment]:
    stated = state_enrolment(
        person(who), name=who, roles=["legal"], organisation="Harbour Light Agency Ltd", stated_at=NOW
    )
    return [countersign(stated, person(by), signed_at=NOW, trust=NOBODY) for _ in range(times)]


def test_a_ring_of_many_countersignatures_is_walked_once(tmp_path: Path) -> None:
    """Three countersignatures a key took 47 seconds, four would have taken minutes."""
    ring = ["K0", "K1", "K2", "K3"]
    enrolments = [one for at, who in enumerate(ring) for one in countersigned(who, ring[(at + 1) % 4], 5)]
    audit = write_audit(tmp_path / "audit")
    sign_off(audit, person("K0"), Role.LEGAL, "K0", enrolments=tuple(enrolments))
    began = time.process_time()
    assert "nothing binds it to anybody" in said(verify_path(audit, now=LATER), Verdict.NOT_PROVABLE)
    assert time.process_time() - began < 10


def test_a_trusted_certificate_signs_in_its_own_name_only(tmp_path: Path) -> None:
    """The operator's own certificate from the company's authority, and another name typed beside it."""
    with serving() as authority:
        operator = authority.identity("Operator Ng")
        audit = write_audit(tmp_path / "audit")
        sign_off(audit, operator, Role.LEGAL, "Chan Tai Man")
        roots = [pem_of(authority.root), pem_of(seal_identity().certificate)]
        result = verify_path(audit, now=LATER, trust=roots, all_required=True)
        assert "with the certificate of Operator Ng" in said(result, Verdict.FAILED)
        named = [seal_identity().facts()["sha256"], operator.facts()["sha256"]]
        assert not verify_path(audit, now=LATER, signers=named, all_required=True).ok
        own = write_audit(tmp_path / "own")
        sign_off(own, authority.identity("Chan Tai Man"), Role.LEGAL, "Chan Tai Man")
        assert verify_path(own, now=LATER, trust=roots, all_required=True).ok


def test_no_person_signs_with_an_earlier_seal(tmp_path: Path) -> None:
    keys = tmp_path / "audit/evidence/keys"
    keys.mkdir(parents=True)
    (keys / "0001.json").write_bytes(planned())
    audit = write_audit(tmp_path / "audit", NEW, header=replace(HEADER, roles={}))
    sign_off(audit, OLD, Role.LEGAL, "Old seal")
    result = verify_path(audit, now=LATER, signers=[PRINT[id(OLD)]], all_required=True)
    assert "made with a seal of the organisation" in said(result, Verdict.FAILED)


@pytest.mark.parametrize("named", ["report.en.pdf", "workbook.xlsx"])
def test_what_is_told_of_a_key_holds_for_a_file_by_itself(named: str, tmp_path: Path) -> None:
    audit = write_audit(tmp_path / "audit", OLD)
    (audit / "workbook.xlsx.p7s").unlink()
    known = [PRINT[id(OLD)], PRINT[id(NEW)]]
    assert verify_path(audit / named, now=LATER, signers=known).ok
    result = verify_path(audit / named, now=LATER, signers=known, statements=[told()])
    assert "is told to be compromised since" in said(result, Verdict.FAILED)


def test_the_fingerprint_of_the_tests_is_that_of_the_certificate() -> None:
    assert fingerprint(OLD.certificate) == PRINT[id(OLD)]


DEPUTISED = replace(HEADER, deputies={"legal": "Wong Siu Ling"}, leaving={"Chan Tai Man": "2026-11-20"})


def test_a_deputy_signs_for_the_named_person_and_says_so(tmp_path: Path) -> None:
    audit = write_audit(tmp_path / "audit", header=DEPUTISED)
    record = sign_off(audit, person("Wong Siu Ling"), Role.LEGAL, "Wong Siu Ling", comment="read it all")
    assert read_record(record.read_bytes()).comment == "as the deputy of Chan Tai Man: read it all"
    known = [one.facts()["sha256"] for one in (seal_identity(), person("Wong Siu Ling"))]
    result = verify_path(audit, now=LATER, signers=known, all_required=True)
    assert result.ok, said(result, Verdict.FAILED)
    assert "as the deputy of Chan Tai Man, as the audit states" in said(result, Verdict.PROVED)


def test_nobody_signs_after_their_last_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    audit = write_audit(tmp_path / "audit", header=DEPUTISED)
    with pytest.raises(CallError, match="left on 2026-11-20"):
        sign_off(audit, person("Chan Tai Man"), Role.LEGAL, "chan  tai man")
    monkeypatch.setattr(signatures, "_expect_present", lambda *_: None)  # with another program, or a changed one
    sign_off(audit, person("Chan Tai Man"), Role.LEGAL, "Chan Tai Man")
    known = [one.facts()["sha256"] for one in (seal_identity(), person("Chan Tai Man"))]
    assert "could still sign" in said(verify_path(audit, now=LATER, signers=known), Verdict.NOT_PROVABLE)
    result = verify_path(audit, now=LATER, signers=known, all_required=True)
    assert "signed after their last day, 2026-11-20" in said(result, Verdict.FAILED)


def test_on_the_last_day_people_still_sign(tmp_path: Path) -> None:
    audit = write_audit(tmp_path / "audit", header=DEPUTISED)
    sign_off(audit, person("Chan Tai Man"), Role.LEGAL, "Chan Tai Man", signed_at=NOW)
    known = [one.facts()["sha256"] for one in (seal_identity(), person("Chan Tai Man"))]
    assert verify_path(audit, now=LATER, signers=known, all_required=True).ok


@pytest.mark.parametrize("drafts", [(), ("nobody authorised it",)])
def test_a_distribution_copy_is_called_one(drafts: tuple[str, ...], tmp_path: Path) -> None:
    copied = replace(HEADER, masked=True, copy_of="ab" * 32, required_sign_offs=())
    audit = write_audit(tmp_path / "audit", header=copied, draft_reasons=drafts)
    proved = said(verify_path(audit, now=LATER), Verdict.PROVED)
    assert f"a distribution copy of {'a draft' if drafts else 'a final report'}" in proved
    assert ": a final report" not in proved
    with pytest.raises(CallError):
        sign_off(audit, person("Chan Tai Man"), Role.LEGAL, "Chan Tai Man")


def test_an_audit_whose_names_are_codes_is_no_copy(tmp_path: Path) -> None:
    audit = write_audit(tmp_path / "audit", header=replace(HEADER, masked=True))
    proved = said(verify_path(audit, now=LATER), Verdict.PROVED)
    assert "a final report, its names are codes" in proved and "distribution copy" not in proved
    sign_off(audit, person("Chan Tai Man"), Role.LEGAL, "Chan Tai Man")
