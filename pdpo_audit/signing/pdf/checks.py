"""Checks the signatures of a report, and that every byte of it is as this program writes reports."""

from __future__ import annotations

import io
from dataclasses import dataclass, field

from asn1crypto import cms
from cryptography import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.fields import MDPPerm, enumerate_sig_fields
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature, async_validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel

from pdpo_audit.signing.checks import Check, failed, proved
from pdpo_audit.signing.cms.checks import read_signed_data
from pdpo_audit.signing.cms.revocation import read_material
from pdpo_audit.signing.cms.trust import SIGNING_USAGE, Material, Trust, judge_signer
from pdpo_audit.signing.cms.waiting import wait_for
from pdpo_audit.signing.grammar.pieces import Revision
from pdpo_audit.signing.grammar.report import read_revisions
from pdpo_audit.signing.grammar.statements import StatedAudit, read_seal
from pdpo_audit.signing.pdf.revisions import SignOffsOnly, judge_seal
from pdpo_audit.signing.roles import FIELDS, SEAL_FIELD, fields_expected

#: What may follow a signature: other signatures in prepared fields, and validation material.
PERMITTED = {ModificationLevel.NONE, ModificationLevel.LTA_UPDATES, ModificationLevel.FORM_FILLING}

#: What the PAdES baseline levels (ETSI EN 319 142-1, clause 6) say of a signature.
LEVELS = {
    "B-B": "Its level is PAdES B-B: signed, without a timestamp.",
    "B-T": "Its level is PAdES B-T: signed, with a timestamp.",
    "B-LT": "Its level is PAdES B-LT: signed, with a timestamp and the issuers' answers on every certificate.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfReading:
    """The checks of one report, who signed which field (in the order of signing), and the name and reason stated.

    ``ends`` says where its body, and each revision that was appended, end; empty when it is no report. ``audit`` is the
    audit that its seal names.
    """

    checks: tuple[Check, ...]
    signers: dict[str, x509.Certificate]
    ends: tuple[int, ...] = ()
    stated: dict[str, tuple[str, str]] = field(default_factory=dict)
    audit: StatedAudit | None = None


def check_pdf(subject: str, pdf: bytes, trust: Trust, people: Trust | None = None) -> PdfReading:
    """Every signature on the report, its certificate, and what came after it; fails closed.

    ``people`` judges those of people where more is known of them than ``trust`` says.
    """
    try:
        return _read(subject, pdf, trust, (people or trust).for_person())
    except Exception as error:  # noqa: BLE001  hostile bytes: whatever a parser throws is a failed check
        broken = failed(subject, f"The report cannot be read ({type(error).__name__}: {error}).")
        return PdfReading(checks=(broken,), signers={})


def _read(subject: str, pdf: bytes, trust: Trust, people: Trust) -> PdfReading:
    try:
        revisions = read_revisions(pdf)
    except ValueError as error:
        other = f"It is not, to the byte, as this program writes sealed reports: {error}."
        return PdfReading(checks=(failed(subject, other),), signers={})
    reader = PdfFileReader(io.BytesIO(pdf), strict=True)
    signatures = list(reader.embedded_regular_signatures)
    checks = [*_check_form(subject, reader, signatures), *_check_revisions(subject, reader, revisions, signatures)]
    material = read_material(reader)
    audit = read_seal(str(signatures[0].sig_object.get("/Reason", ""))) if signatures else None
    sealing = trust if trust.organisations is not None else trust.for_seal(audit.organisation if audit else "")
    signers: dict[str, x509.Certificate] = {}
    stated: dict[str, tuple[str, str]] = {}
    for signature in signatures:
        place = f"{subject}, {FIELDS.get(signature.field_name, signature.field_name)}"
        judging = sealing if signature.field_name == SEAL_FIELD else people
        judged, signer = _check_signature(place, pdf, signature, judging, material)
        checks += judged
        if signer is not None:
            signers[signature.field_name] = signer
            stated[signature.field_name] = _stated(signature)
    ends = tuple(one.end for one in revisions)
    return PdfReading(checks=tuple(checks), signers=signers, ends=ends, stated=stated, audit=audit)


def _stated(signature: EmbeddedPdfSignature) -> tuple[str, str]:
    """The name and the reason that viewers show of a signature."""
    name, reason = (str(signature.sig_object.get(key, "")) for key in ("/Name", "/Reason"))
    return name, reason


def _check_form(subject: str, reader: PdfFileReader, signatures: list[EmbeddedPdfSignature]) -> list[Check]:
    """The form holds exactly the prepared fields, sealed first; nothing in it escaped the signature reader."""
    filled = [name for name, value, _ in enumerate_sig_fields(reader) if value is not None]
    names = {name for name, _, _ in enumerate_sig_fields(reader)}
    checks = []
    if not signatures:
        return [failed(subject, "The report carries no seal.")]
    first = signatures[0]
    if first.field_name != SEAL_FIELD or first.docmdp_level != MDPPerm.FILL_FORMS:
        checks.append(failed(subject, "The first signature is not the organisation's seal."))
    if len(filled) != len(signatures):
        checks.append(failed(subject, "A signature field holds something that is no signature of a known kind."))
    expected = fields_expected(names)
    checks += [failed(subject, f"The signature field {name!r} is missing.") for name in expected if name not in names]
    added = [name for name in sorted(names) if name not in expected]
    checks += [failed(subject, f"The signature field {name!r} was added after preparation.") for name in added]
    return checks


def _check_revisions(
    subject: str, reader: PdfFileReader, revisions: tuple[Revision, ...], signatures: list[EmbeddedPdfSignature]
) -> list[Check]:
    """That the library sees the same revisions and objects, one signature in each, and what the seal itself wrote."""
    written = [
        {reference.idnum for reference in reader.xrefs.explicit_refs_in_revision(number)}
        for number in range(1, reader.xrefs.total_revisions)
    ]
    if written != [{piece.number for piece in revision.pieces} for revision in revisions[1:]]:
        return [failed(subject, "Two ways of reading the report find different objects in it.")]
    if len(signatures) != len(written):
        return [failed(subject, "Something was appended that is no signature.")]
    wrong = judge_seal(reader)
    return [failed(subject, f"The seal wrote something else than a seal: {wrong}.")] if wrong else []


def _fills_its_hole(pdf: bytes, signature: EmbeddedPdfSignature, message: bytes) -> bool:
    """Whether the one part of the file that the signature cannot cover holds the signature and nothing else."""
    _, length, resume, _ = (int(number) for number in signature.byte_range)
    return pdf[length:resume] == b"<" + message.hex().upper().encode().ljust(resume - length - 2, b"0") + b">"


def _check_signature(
    place: str, pdf: bytes, signature: EmbeddedPdfSignature, trust: Trust, material: Material
) -> tuple[list[Check], x509.Certificate | None]:
    message = cms.ContentInfo.load(signature.pkcs7_content).dump()
    read_signed_data(message)
    if not _fills_its_hole(pdf, signature, message):
        return [failed(place, "The bytes around the signature are not as they were written.")], None
    status = wait_for(_validate(signature, trust, material))
    wrong = _what_is_wrong(status)
    if wrong:
        return [failed(place, wrong)], None
    signer = x509.load_der_x509_certificate(status.signing_cert.dump())
    whole = proved(place, f"The report up to here is as signed by {signer.subject.rfc4514_string()}.")
    level = proved(place, LEVELS[level_of(signature.signed_data, status, material)])
    return [whole, level, *judge_signer(place, status, trust, material)], signer


async def _validate(signature: EmbeddedPdfSignature, trust: Trust, material: Material) -> PdfSignatureStatus:
    async with trust.contexts(signature.signer_info, material) as (for_signer, for_stamp):
        return await async_validate_pdf_signature(
            signature,
            for_signer,
            ts_validation_context=for_stamp,
            diff_policy=SignOffsOnly(),
            key_usage_settings=SIGNING_USAGE,
        )


def level_of(signed: cms.SignedData, status: PdfSignatureStatus, material: Material) -> str:
    """The level that a valid signature has by what is there; whom to trust is another question."""
    stamp = status.timestamp_validity
    if stamp is None or not (stamp.intact and stamp.valid):
        return "B-B"
    needed = {one.chosen.dump(): one.chosen for one in signed["certificates"]}
    needed |= {one.dump(): one for one in (status.signing_cert, stamp.signing_cert)}
    answered = all(material.answers(one) for one in needed.values() if not one.self_issued)
    return "B-LT" if answered and material.has_answers else "B-T"


def _what_is_wrong(status: PdfSignatureStatus) -> str:
    if not status.intact:
        return "The report was changed after it was signed."
    if not status.valid:
        return "The signature was not made with the key of its certificate."
    if status.coverage not in (SignatureCoverageLevel.ENTIRE_FILE, SignatureCoverageLevel.ENTIRE_REVISION):
        return "The signature does not cover the whole report as it was when signed."
    if not status.docmdp_ok or status.modification_level not in PERMITTED:
        return "Something was appended after this signature that is no permitted sign-off."
    return ""
