"""Files that two readers read differently: whatever one of them would show beside the sealed pages is refused."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pikepdf
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from pikepdf import Array, Dictionary, Name
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from pdpo_audit.errors import MachineError
from pdpo_audit.signing.checks import Verdict
from pdpo_audit.signing.cms.trust import read_trust
from pdpo_audit.signing.grammar.pieces import cut
from pdpo_audit.signing.grammar.report import read_revisions
from pdpo_audit.signing.pdf.checks import check_pdf
from pdpo_audit.signing.pdf.fields import prepare_pdf
from pdpo_audit.signing.pdf.signatures import seal_pdf, sign_off_pdf
from pdpo_audit.signing.roles import Role
from pdpo_audit.signing.verification import verify_path

from .forging import CATALOG, FORGED, a_trailer, an_object, append_store, hidden_pages, read_places
from .material import LATER, NOW, elliptic_identity, plain_pdf, seal_identity, sealed_pdf, sign_off, write_audit
from .readers import PDF_READERS, shown
from .test_tampering import add_content, append, dictionary

NOBODY = read_trust([], LATER)


def accepts(pdf: bytes) -> bool:
    verdicts = {check.verdict for check in check_pdf("report.pdf", pdf, NOBODY).checks}
    return Verdict.FAILED not in verdicts and Verdict.PROVED in verdicts


def rootless(pdf: bytes) -> bytes:
    """Pages between a stream and the next object, a trailer that leads nowhere, and another one that does."""
    said = read_places(pdf)
    return append_store(pdf, hidden=hidden_pages(said.pages) + a_trailer(said.root), root=False)


def with_another_catalog(pdf: bytes) -> bytes:
    said = read_places(pdf)
    catalog = an_object(CATALOG, b"<< /Type /Catalog /Pages %d 0 R >>" % said.pages)
    return append_store(pdf, hidden=hidden_pages(said.pages) + catalog + a_trailer(CATALOG), root=False)


def with_a_complete_trailer(pdf: bytes) -> bytes:
    return append_store(pdf, hidden=hidden_pages(read_places(pdf).pages))


def material_and_no_signature(pdf: bytes) -> bytes:
    return append_store(pdf)


def pages_as_material(pdf: bytes) -> bytes:
    said = read_places(pdf)
    return append_store(pdf, material=hidden_pages(said.pages) + a_trailer(said.root), root=False)


FORGERIES: dict[str, Callable[[bytes], bytes]] = {
    "no root": rootless,
    "another catalog": with_another_catalog,
    "a complete trailer": with_a_complete_trailer,
    "validation material alone": material_and_no_signature,
    "pages called a certificate": pages_as_material,
    "a hidden object in front": lambda pdf: an_object(900, b"null") + pdf,
    "a remark at the end": lambda pdf: pdf + b"% remark\n",
    "another end": lambda pdf: pdf + b"startxref\n0\n%%EOF\n",
}


@pytest.mark.needs("pdfsig")
@pytest.mark.parametrize("forge", [rootless, with_another_catalog])
def test_the_forgery_shows_another_page(forge: Callable[[bytes], bytes]) -> None:
    """Otherwise the tests below prove nothing: pyHanko reads the sealed pages in this file, Poppler the forged one."""
    forged = forge(sealed_pdf())
    assert FORGED in shown(PDF_READERS["Poppler"], forged)
    assert FORGED not in shown(PDF_READERS["PDFium"], forged)


@pytest.mark.parametrize("name", FORGERIES)
def test_no_forged_revision_is_accepted(name: str) -> None:
    assert accepts(sealed_pdf())
    assert not accepts(FORGERIES[name](sealed_pdf()))


@pytest.mark.parametrize("name", FORGERIES)
def test_nor_under_a_sign_off_with_a_home_made_key(name: str, tmp_path: Path) -> None:
    audit = write_audit(tmp_path / "audit")
    (audit / "report.en.pdf").write_bytes(FORGERIES[name](sealed_pdf()))
    with suppress(Exception):  # some are so broken that nothing can be signed on top of them
        sign_off(audit, elliptic_identity(), Role.LEGAL, "Forger", signed_at=NOW)
    result = verify_path(audit, now=LATER)
    assert not result.ok
    assert not accepts((audit / "report.en.pdf").read_bytes())


def shadow(change: Callable[[pikepdf.Pdf], object]) -> bytes:
    """A report that somebody prepared before it was sealed."""
    with pikepdf.Pdf.open(io.BytesIO(plain_pdf())) as document:
        change(document)
        out = io.BytesIO()
        document.save(out)
    return seal_pdf(prepare_pdf(out.getvalue()), seal_identity(), signed_at=NOW, reason="Sealed")


def cover(document: pikepdf.Pdf) -> None:
    """Hide: an overlay over the page, to be taken away later."""
    box = Array([0, 0, 595, 842])
    overlay = document.make_stream(b"1 1 1 rg 0 0 595 842 re f", Type=Name.XObject, Subtype=Name.Form, BBox=box)
    page = document.pages[0].obj
    page.Resources[Name.XObject] = Dictionary(Cover=overlay)
    page.Contents = Array([page.Contents, document.make_stream(b"/Cover Do")])


def a_second_page(document: pikepdf.Pdf) -> None:
    """Hide and replace: another page tree that the catalog knows and nothing shows."""
    page = document.make_indirect(
        Dictionary(Type=Name.Page, MediaBox=Array([0, 0, 595, 842]), Contents=document.make_stream(b"0 0 9 9 re f"))
    )
    tree = document.make_indirect(Dictionary(Type=Name.Pages, Kids=Array([page]), Count=1))
    page.Parent = tree
    document.Root[Name.PieceInfo] = Dictionary(Spare=tree)


def uncover(writer: IncrementalPdfFileWriter) -> None:
    page = writer.root["/Pages"]["/Kids"][0]
    cover = page["/Resources"]["/XObject"]["/Cover"]
    cover._data, cover._encoded_data = b"", None
    writer.mark_update(page["/Resources"]["/XObject"].raw_get("/Cover"))


def free_the_cover(writer: IncrementalPdfFileWriter) -> None:
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Resources"][pdf_name("/XObject")] = dictionary()
    writer.update_container(page["/Resources"])


def replace_a_font(writer: IncrementalPdfFileWriter) -> None:
    """Replace: the same text in letters that look like others."""
    fonts = writer.root["/Pages"]["/Kids"][0]["/Resources"]["/Font"]
    name = next(iter(fonts))
    other = dictionary(Type=pdf_name("/Font"), Subtype=pdf_name("/Type1"), BaseFont=pdf_name("/Symbol"))
    fonts[name] = writer.add_object(other)
    writer.update_container(fonts)


def turn_to_the_second_page(writer: IncrementalPdfFileWriter) -> None:
    writer.root[pdf_name("/Pages")] = writer.root["/PieceInfo"].raw_get("/Spare")
    writer.update_root()  # type: ignore[no-untyped-call]


SHADOWS: dict[str, tuple[Callable[[pikepdf.Pdf], object], Callable[[IncrementalPdfFileWriter], object]]] = {
    "hide, an overlay emptied": (cover, uncover),
    "hide, an overlay taken away": (cover, free_the_cover),
    "replace, another font": (lambda document: None, replace_a_font),
    "hide and replace, another page tree": (a_second_page, turn_to_the_second_page),
}


@pytest.mark.parametrize("name", SHADOWS)
def test_no_shadow_prepared_before_the_seal_comes_out(name: str) -> None:
    """Mladenov et al., "Shadow Attacks: Hiding and Replacing Content in Signed PDFs" (NDSS 2021)."""
    prepare, turn = SHADOWS[name]
    sealed = shadow(prepare)
    assert accepts(sealed)
    turned = append(sealed, turn)
    assert not accepts(turned)
    assert not accepts(sign_off_pdf(turned, elliptic_identity(), role=Role.LEGAL, name="Forger", signed_at=NOW))


def twice_the_same_number(body: bytes) -> bytes:
    end = body.rindex(b"startxref")
    return body[:end] + an_object(1, b"<<\n>>") + body[end:]


def spare_pages(body: bytes) -> bytes:
    """Pages between the objects of the body, where only a program that searches finds them."""
    at = body.index(b"endobj\n") + len(b"endobj\n")
    return body[:at] + b"%" + hidden_pages(2).replace(b"\n", b" ") + b"\n" + body[at:]


def a_revision_before_the_seal(body: bytes) -> bytes:
    return append(body, add_content)


@pytest.mark.parametrize("prepare", [twice_the_same_number, spare_pages, a_revision_before_the_seal])
def test_a_body_with_two_readings_is_no_sealed_report(prepare: Callable[[bytes], bytes]) -> None:
    """Even the holder of the seal cannot seal it so that it verifies."""
    prepared = prepare(prepare_pdf(plain_pdf()))
    with suppress(MachineError):
        prepared = seal_pdf(prepared, seal_identity(), signed_at=NOW, reason="Sealed")
    assert not accepts(prepared)


def test_the_grammar_knows_what_this_program_writes() -> None:
    pdf = sealed_pdf()
    for number, role in enumerate(Role, start=2):
        assert len(read_revisions(pdf)) == number
        pdf = sign_off_pdf(
            pdf, elliptic_identity(), role=role, name="陳 (x)\\ 1 0 obj", signed_at=LATER, comment="y\nz"
        )
    assert accepts(pdf)


def test_whatever_is_put_between_two_objects_is_refused() -> None:
    pdf = sign_off_pdf(sealed_pdf(), elliptic_identity(), role=Role.LEGAL, name="x", signed_at=LATER)
    body, *appended = read_revisions(pdf)
    for place in (piece.start for revision in appended for piece in revision.pieces):
        for junk in (b" ", b"\n", b"%\n", an_object(900, b"null"), b"\0"):
            with pytest.raises(ValueError, match=r"."):
                read_revisions(pdf[:place] + junk + pdf[place:])
    assert body.start == 15


@pytest.mark.parametrize("head", [b"5 0 obj", b"5 \n0\tobj", b"5%x\n0%y\robj", b"trailer %\n<<", b"startxref"])
def test_nothing_in_a_stream_looks_like_an_object(head: bytes) -> None:
    """In a certificate of one's own there is room for anything; a program that searches the file would find it."""
    extension = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\n" + head + b" << >>\n")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Forger")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(7).not_valid_before(NOW).not_valid_after(LATER)
    certificate = builder.add_extension(extension, critical=False).sign(key, hashes.SHA256())
    forged = append_store(sealed_pdf(), material=certificate.public_bytes(Encoding.DER))
    with pytest.raises(ValueError, match="looks like an object"):
        cut(forged)


def test_a_string_is_no_hiding_place() -> None:
    pdf = sealed_pdf()
    with pytest.raises(ValueError, match=r"."):
        read_revisions(pdf.replace(b"/Reason (Sealed)", b"/Reason (\n1 0 obj"))
