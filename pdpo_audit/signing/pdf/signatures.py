"""PAdES signatures on a report: the organisation's seal first, sign-offs of people after it."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.signers.pdf_signer import (
    DSSContentSettings,
    PdfSignatureMetadata,
    PdfSigner,
    SigDSSPlacementPreference,
)
from pyhanko.stamp.base import BaseStamp, BaseStampStyle
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathBuildingError, ValidationError

from pdpo_audit.errors import MachineError
from pdpo_audit.signing.cms.signatures import IdentitySigner, as_asn1
from pdpo_audit.signing.cms.timestamps import stamping_with
from pdpo_audit.signing.cms.trust import read_trust
from pdpo_audit.signing.cms.waiting import wait_for
from pdpo_audit.signing.keys.identities import Identity
from pdpo_audit.signing.pdf.marks import BLANK
from pdpo_audit.signing.roles import SEAL_FIELD, Decision, Role, state_reason


class _Update(IncrementalPdfFileWriter):
    """An update that leaves the document's metadata alone; pyHanko would write the machine's time into it."""

    def _update_meta(self) -> None:
        return


@dataclass(frozen=True)
class _Mark(BaseStampStyle):
    """The mark of a decision among those that were drawn before the seal."""

    decision: Decision | None = None

    def create_stamp(
        self,
        writer: BasePdfFileWriter,
        box: BoxConstraints,
        text_params: dict[str, object],  # noqa: ARG002  pyHanko's signature
    ) -> BaseStamp:
        """What pyHanko asks for each visible field."""
        return _MarkStamp(writer=writer, style=self, box=box)


class _MarkStamp(BaseStamp):
    """A field that shows a mark which is there already, and draws nothing."""

    def apply_appearance(self, annotation: generic.DictionaryObject) -> None:
        """Let the field show the mark."""
        assert isinstance(self.style, _Mark) and self.writer is not None
        decision = self.style.decision
        marks = self.writer.root["/AcroForm"]["/DR"]["/XObject"]
        mark = marks.raw_get(f"/{decision.value if decision else BLANK}").reference
        shown = generic.IndirectObject(mark.idnum, mark.generation, self.writer)  # type: ignore[no-untyped-call]
        annotation["/AP"] = generic.DictionaryObject({generic.pdf_name("/N"): shown})  # type: ignore[no-untyped-call]


class _Signer(PdfSigner):
    """A signer that leaves the catalog alone; pyHanko would make a PDF 2.0 of it for elliptic keys, and no PDF/A-3."""

    def register_extensions(self, pdf_out: object, *, md_algorithm: str) -> None:  # noqa: ARG002  pyHanko's signature
        return


def seal_pdf(
    pdf: bytes,
    identity: Identity,
    *,
    signed_at: datetime,
    reason: str,
    location: str = "Hong Kong",
    timestamp_url: str = "",
    trust: Sequence[bytes] = (),
) -> bytes:
    """The report with the organisation's seal in field ``Seal``, as an incremental update of the prepared bytes.

    The seal certifies the document: from then on only the prepared fields may be filled (DocMDP 2). The level is what
    ``pades_level`` says of ``timestamp_url`` and ``trust``. Raises ``MachineError`` when the report was not prepared, a
    service does not answer, or the certificate does not lead to ``trust``.
    """
    metadata = PdfSignatureMetadata(
        field_name=SEAL_FIELD,
        md_algorithm="sha256",
        reason=reason,
        location=location,
        certify=True,
        docmdp_permissions=MDPPerm.FILL_FORMS,
        subfilter=SigSeedSubFilter.PADES,
    )
    return _sign(pdf, identity, metadata, signed_at, timestamp_url, trust)


def sign_off_pdf(
    pdf: bytes,
    identity: Identity,
    *,
    role: Role,
    name: str,
    signed_at: datetime,
    field: str = "",
    decision: Decision | None = None,
    comment: str = "",
    location: str = "Hong Kong",
    timestamp_url: str = "",
    trust: Sequence[bytes] = (),
) -> bytes:
    """The sealed report with a person's signature in a field of their role (the first); earlier ones stay valid.

    The signature locks its own field and nothing else, so sign-offs come in any order. ``name`` is the person as the
    signature states them, ``decision`` and ``comment`` make the reason; the level is as in ``seal_pdf``. Raises
    ``MachineError`` when the report was not prepared, the field is taken, or a service does not answer.
    """
    metadata = PdfSignatureMetadata(
        field_name=field or role.field,
        md_algorithm="sha256",
        name=name,
        reason=state_reason(role, decision, comment),
        location=location,
        subfilter=SigSeedSubFilter.PADES,
    )
    return _sign(pdf, identity, metadata, signed_at, timestamp_url, trust, decision)


def pades_level(*, timestamp_url: str, trust: Sequence[bytes]) -> str:
    """The PAdES baseline level (ETSI EN 319 142-1) that the material allows, for the report to state.

    ``B-B`` alone, ``B-T`` with a timestamp service, ``B-LT`` where a trust list is given too: then certificates and the
    revocation answers of their issuers are fetched and embedded, so that the signature can be checked offline later.
    """
    if not timestamp_url:
        return "B-B"
    return "B-LT" if trust else "B-T"


def _sign(
    pdf: bytes,
    identity: Identity,
    metadata: PdfSignatureMetadata,
    signed_at: datetime,
    timestamp_url: str,
    trust: Sequence[bytes],
    decision: Decision | None = None,
) -> bytes:
    if pades_level(timestamp_url=timestamp_url, trust=trust) == "B-LT":
        metadata = _with_validation(metadata, identity, signed_at, trust)
    signer = _Signer(
        metadata,
        IdentitySigner(identity),
        timestamper=stamping_with(timestamp_url),
        stamp_style=_Mark(decision=decision),
    )
    try:
        return wait_for(_sign_at(pdf, signer, signed_at))
    except (PdfError, SigningError, ValidationError, PathBuildingError) as error:
        raise MachineError(
            f"The report cannot be signed: {error}.",
            advice="Prepare it first, sign each field once, and check the trust list where one is given.",
        ) from error


def _with_validation(
    metadata: PdfSignatureMetadata, identity: Identity, signed_at: datetime, trust: Sequence[bytes]
) -> PdfSignatureMetadata:
    """B-LT: the material goes into the revision that the signature covers, so that nothing follows the signature."""
    context = ValidationContext(
        trust_roots=[as_asn1(root) for root in read_trust(trust, signed_at).roots],
        other_certs=[as_asn1(issuer) for issuer in identity.chain],
        moment=signed_at,
        allow_fetching=True,
        revocation_mode="hard-fail",
    )
    settings = DSSContentSettings(include_vri=False, placement=SigDSSPlacementPreference.TOGETHER_WITH_SIGNATURE)
    return replace(metadata, embed_validation_info=True, validation_context=context, dss_settings=settings)


async def _sign_at(pdf: bytes, signer: PdfSigner, signed_at: datetime) -> bytes:
    """What ``PdfSigner.async_sign_pdf`` does, at a stated time instead of the machine's, and nothing after it."""
    writer = _Update(io.BytesIO(pdf))
    session = signer.init_signing_session(writer, existing_fields_only=True)
    session.system_time = signed_at
    try:
        validation = await session.perform_presign_validation(writer)
    finally:
        if signer.signature_meta.validation_context is not None:
            await signer.signature_meta.validation_context.aclose()  # type: ignore[no-untyped-call]
    reserved = await session.estimate_signature_container_size(validation, tight=False)
    prepared = session.prepare_tbs_document(validation_info=validation, bytes_reserved=reserved)
    digest, output = prepared.digest_tbs_document()
    await prepared.perform_signature(
        document_digest=digest.document_digest,
        pdf_cms_signed_attrs=PdfCMSSignedAttributes(signing_time=signed_at),
    )
    output.seek(0)
    return bytes(output.read())
