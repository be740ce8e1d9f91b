"""What attackers do to a sealed report: flipped bytes, and revisions appended after the seal."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DEFAULT_DIFF_POLICY, DiffResult, SuspiciousModification
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, append_signature_field
from pyhanko.sign.signers.pdf_signer import PdfSignatureMetadata, PdfSigner
from weasyprint import HTML, Attachment

from pdpo_audit.signing.checks import Verdict
from pdpo_audit.signing.cms.checks import check_detached
from pdpo_audit.signing.cms.signatures import IdentitySigner, sign_detached
from pdpo_audit.signing.cms.trust import read_trust
from pdpo_audit.signing.pdf.checks import check_pdf
from pdpo_audit.signing.pdf.fields import prepare_pdf
from pdpo_audit.signing.pdf.revisions import SignOffsOnly
from pdpo_audit.signing.pdf.signatures import seal_pdf, sign_off_pdf
from pdpo_audit.signing.roles import Role
from pdpo_audit.signing.verification import verify_path

from .material import LATER, NOW, PAGE, seal_identity, sealed_pdf, write_audit

NOBODY = read_trust([], LATER)


def accepts(pdf: bytes) -> bool:
    verdicts = {check.verdict for check in check_pdf("report.pdf", pdf, NOBODY).checks}
    return Verdict.FAILED not in verdicts and Verdict.PROVED in verdicts


def with_attachment() -> bytes:
    document = HTML(string=PAGE.format("<p>x</p>"))
    attachment = Attachment(string="one", name="data.csv", created=NOW, modified=NOW, relationship="Data")
    return bytes(document.write_pdf(pdf_variant="pdf/a-3a", attachments=[attachment], pdf_identifier=b"fixed"))


class _Update(IncrementalPdfFileWriter):
    """Writes nothing of its own, so that each attack shows by itself."""

    def _update_meta(self) -> None:
        if self.document_meta.title:
            super()._update_meta()  # type: ignore[no-untyped-call]


def append(pdf: bytes, change: Callable[[IncrementalPdfFileWriter], object]) -> bytes:
    out = io.BytesIO(pdf)
    writer = _Update(out)
    change(writer)
    writer.write_in_place()  # type: ignore[no-untyped-call]
    return out.getvalue()


def dictionary(**entries: generic.PdfObject) -> generic.DictionaryObject:
    named = {pdf_name(f"/{name}"): value for name, value in entries.items()}
    return generic.DictionaryObject(named)  # type: ignore[no-untyped-call]


def number(value: int) -> generic.NumberObject:
    return generic.NumberObject(value)  # type: ignore[no-untyped-call]


def add_content(writer: IncrementalPdfFileWriter) -> None:
    page = writer.root["/Pages"]["/Kids"][0]
    more = writer.add_object(generic.StreamObject(stream_data=b"BT /F0 30 Tf 100 100 Td (approved) Tj ET"))
    page[pdf_name("/Contents")] = generic.ArrayObject([page.raw_get("/Contents"), more])
    writer.update_container(page)


def add_annotation(writer: IncrementalPdfFileWriter) -> None:
    page = writer.root["/Pages"]["/Kids"][0]
    corners = generic.ArrayObject([number(place) for place in (0, 0, 99, 99)])
    note = dictionary(Type=pdf_name("/Annot"), Subtype=pdf_name("/Text"), Rect=corners)
    note[pdf_name("/Contents")] = generic.TextStringObject("approved")
    page["/Annots"].append(writer.add_object(note))
    writer.update_container(page["/Annots"])


def replace_attachment(writer: IncrementalPdfFileWriter) -> None:
    names = writer.root["/Names"]["/EmbeddedFiles"]["/Names"]
    file = names[1]["/EF"]["/F"]
    file._data = b"two"
    file._encoded_data = None
    writer.mark_update(names[1]["/EF"].raw_get("/F"))


def add_field(writer: IncrementalPdfFileWriter) -> None:
    append_signature_field(writer, SigFieldSpec("Approval"))


def sign_new_field(pdf: bytes) -> bytes:
    stranger = IdentitySigner(seal_identity("Somebody else"))
    signer = PdfSigner(PdfSignatureMetadata(field_name="Approval", md_algorithm="sha256"), stranger)
    return bytes(signer.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf))).getvalue())


def change_metadata(writer: IncrementalPdfFileWriter) -> None:
    writer.set_info(dictionary(Title=generic.TextStringObject("Approved")))


def edit_field(writer: IncrementalPdfFileWriter) -> None:
    """Another sentence for the screen reader on a field that stays empty."""
    field = writer.root["/AcroForm"]["/Fields"][1]
    field[pdf_name("/TU")] = generic.TextStringObject("approved")
    writer.update_container(field)


def refill_field(writer: IncrementalPdfFileWriter) -> None:
    """The seal's field with the seal again, as a new object."""
    field = writer.root["/AcroForm"]["/Fields"][0]
    field[pdf_name("/V")] = writer.add_object(field["/V"])
    writer.update_container(field)


def fill_with_text(writer: IncrementalPdfFileWriter) -> None:
    field = writer.root["/AcroForm"]["/Fields"][1]
    field[pdf_name("/V")] = writer.add_object(generic.TextStringObject("approved"))
    writer.update_container(field)


def hide_an_object(writer: IncrementalPdfFileWriter) -> None:
    writer.add_object(generic.StreamObject(stream_data=b"nothing refers to this"))


def lead_the_store_to_a_page(writer: IncrementalPdfFileWriter) -> None:
    """A security store that counts the first page as its own, so that a later revision may replace it."""
    page = writer.root["/Pages"].raw_get("/Kids")[0]
    writer.root[pdf_name("/DSS")] = writer.add_object(dictionary(Certs=generic.ArrayObject([page])))
    writer.update_root()  # type: ignore[no-untyped-call]


def change_xmp(writer: IncrementalPdfFileWriter) -> None:
    writer.document_meta.title = "Approved"
    writer.update_root()  # type: ignore[no-untyped-call]


def open_an_address(writer: IncrementalPdfFileWriter) -> None:
    action = dictionary(S=pdf_name("/URI"), URI=generic.TextStringObject("https://example.org"))
    writer.root[pdf_name("/OpenAction")] = action
    writer.update_root()  # type: ignore[no-untyped-call]


ATTACKS: dict[str, Callable[[bytes], bytes]] = {
    "page content appended": lambda pdf: append(pdf, add_content),
    "annotation added": lambda pdf: append(pdf, add_annotation),
    "attachment replaced": lambda pdf: append(pdf, replace_attachment),
    "empty field added": lambda pdf: append(pdf, add_field),
    "field added and signed": sign_new_field,
    "metadata changed": lambda pdf: append(pdf, change_metadata),
    "a field's text changed": lambda pdf: append(pdf, edit_field),
    "the seal set twice": lambda pdf: append(pdf, refill_field),
    "a text in a signature field": lambda pdf: append(pdf, fill_with_text),
    "an object that nothing refers to": lambda pdf: append(pdf, hide_an_object),
    "a page called validation material": lambda pdf: append(pdf, lead_the_store_to_a_page),
    "XMP changed": lambda pdf: append(pdf, change_xmp),
    "action added": lambda pdf: append(pdf, open_an_address),
    "a line feed appended": lambda pdf: pdf + b"\n",
    "text between the revisions' ends": lambda pdf: pdf + b"approved\n" + pdf[pdf.rindex(b"startxref") :],
    "an older revision put back": lambda pdf: pdf[: pdf.index(b"%%EOF") + 6],
}


@pytest.fixture(scope="module")
def attached() -> bytes:
    sealed = seal_pdf(prepare_pdf(with_attachment()), seal_identity(), signed_at=NOW, reason="Sealed")
    assert accepts(sealed)
    return sealed


@pytest.mark.parametrize("attack", ATTACKS)
def test_whatever_is_appended_to_a_lone_report_fails(attached: bytes, attack: str) -> None:
    changed = ATTACKS[attack](attached)
    assert changed != attached
    assert not accepts(changed)


@pytest.mark.parametrize("attack", ATTACKS)
def test_whatever_is_appended_to_a_report_in_its_audit_fails(tmp_path: Path, attached: bytes, attack: str) -> None:
    audit = write_audit(tmp_path / "audit", report=attached)
    assert verify_path(audit, now=LATER).ok
    (audit / "report.en.pdf").write_bytes(ATTACKS[attack](attached))
    result = verify_path(audit, now=LATER)
    assert not result.ok
    assert any(c.subject.startswith("report.en.pdf") for c in result.checks if c.verdict is Verdict.FAILED)
    shutil.rmtree(audit)


@settings(max_examples=120, deadline=None)
@given(place=st.integers(min_value=0), bit=st.integers(min_value=0, max_value=7))
def test_any_flipped_bit_of_a_lone_report_fails(place: int, bit: int) -> None:
    content = bytearray(sealed_pdf())
    content[place % len(content)] ^= 1 << bit
    assert not accepts(bytes(content))


def test_the_case_of_the_signers_name_counts() -> None:
    """Names of certificates are compared without regard to case: one flipped bit of the signer's name was accepted."""
    content = sealed_pdf()
    name = seal_identity().certificate.issuer.public_bytes().hex().encode()
    places = [match.start() for match in re.finditer(name, content.lower())]
    assert places
    for place in places:
        changed = bytearray(content)
        letter = next(k for k in range(place, place + len(name), 2) if chr(int(content[k : k + 2], 16)).islower())
        changed[letter] = ord("%X" % (int(chr(content[letter]), 16) ^ 2))
        assert not accepts(bytes(changed))


@settings(max_examples=60, deadline=None)
@given(place=st.integers(min_value=0, max_value=1999), bit=st.integers(min_value=0, max_value=7))
def test_any_flipped_bit_of_a_detached_seal_fails(place: int, bit: int) -> None:
    seal = sign_detached(b"content", seal_identity(), signed_at=NOW, timestamp_url="")
    assert check_detached("seal", b"content", seal, NOBODY).signer is not None
    content = bytearray(seal)
    content[place] ^= 1 << bit
    assert check_detached("seal", b"content", bytes(content), NOBODY).signer is None


REVISIONS = [name for name in ATTACKS if name not in ("a line feed appended", "text between the revisions' ends")]


@pytest.mark.parametrize("attack", [name for name in REVISIONS if name != "an older revision put back"])
def test_every_appended_revision_is_refused_for_what_it_writes(attached: bytes, attack: str) -> None:
    reader = PdfFileReader(io.BytesIO(ATTACKS[attack](attached)))
    assert reader.xrefs.total_revisions == 3
    assert isinstance(SignOffsOnly().review_file(reader, 1), SuspiciousModification)


def test_a_sign_off_is_no_suspicious_revision_for_us_and_for_pyhanko(attached: bytes) -> None:
    signed = sign_off_pdf(attached, seal_identity("Person"), role=Role.LEGAL, name="x", signed_at=LATER)
    reader = PdfFileReader(io.BytesIO(signed))
    for policy in (SignOffsOnly(), DEFAULT_DIFF_POLICY):
        judged = policy.review_file(reader, 1, doc_mdp=MDPPerm.FILL_FORMS)
        assert isinstance(judged, DiffResult)
        assert judged.changed_form_fields == {"SignOff-legal"}


def add_material(writer: IncrementalPdfFileWriter) -> None:
    """Validation material that nobody recorded: no change of the report, and yet no sign-off."""
    certificate = seal_identity("Somebody else").certificate.public_bytes(Encoding.DER)
    stream = writer.add_object(generic.StreamObject(stream_data=certificate))
    writer.root[pdf_name("/DSS")] = writer.add_object(dictionary(Certs=generic.ArrayObject([stream])))
    writer.update_root()  # type: ignore[no-untyped-call]


def test_a_report_in_its_audit_grows_by_recorded_sign_offs_only(tmp_path: Path, attached: bytes) -> None:
    grown = append(attached, add_material)
    assert not accepts(grown)
    audit = write_audit(tmp_path / "audit", report=attached)
    (audit / "report.en.pdf").write_bytes(grown)
    assert not verify_path(audit, now=LATER).ok
