"""Checks a detached CMS signature."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from datetime import datetime
from typing import IO

from asn1crypto import algos, cms
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from pyhanko.sign.validation.generic_cms import async_validate_detached_cms
from pyhanko.sign.validation.status import SignatureStatus, StandardCMSSignatureStatus

from pdpo_audit.signing.checks import Check, Verdict, failed, proved
from pdpo_audit.signing.cms.trust import NO_MATERIAL, SIGNING_USAGE, Material, Trust, judge_signer
from pdpo_audit.signing.cms.waiting import wait_for
from pdpo_audit.signing.grammar.comments import SealComment
from pdpo_audit.signing.grammar.statements import StatedAudit, read_seal

#: Absent parameters, written out.
NULL = bytes([5, 0])

#: Certificates in one signature: signer, issuers and their issuers are four or five. Each is tried against each.
MOST_CERTIFICATES = 24

#: The one digest algorithm of this program, as it stands in a signature.
SHA256 = algos.DigestAlgorithm({"algorithm": "sha256"}).dump()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The checks of one signature; the signer's certificate, and whether a timestamp is there, where it is valid.

    ``stamped_at`` is the time that the timestamp states. ``stated`` is what the seal inside a workbook says of itself.
    """

    checks: tuple[Check, ...]
    signer: x509.Certificate | None = None
    stamped: bool = False
    stamped_at: datetime | None = None
    stated: SealComment | None = None
    chain: tuple[x509.Certificate, ...] = ()

    @property
    def audit(self) -> StatedAudit | None:
        """The audit that the seal inside a workbook names."""
        if self.stated is None or not self.stated.audit:
            return None
        return read_seal(f"Sealed by {self.stated.organisation}: audit {self.stated.audit}")


def check_detached(
    subject: str, content: bytes | IO[bytes], signature: bytes, trust: Trust, *, seal: str = ""
) -> Reading:
    """Whether ``signature`` (DER) is one valid signature over exactly ``content``, and what it says of its signer.

    ``seal`` names the file of the signature, for failures that are its own.
    """
    own = seal or subject
    try:
        status, material = wait_for(_judge(content, read_signed_data(signature), trust))
    except Exception as error:  # noqa: BLE001  hostile bytes: whatever a parser throws is a failed check
        return Reading(checks=(failed(own, f"The signature cannot be read ({type(error).__name__}: {error})."),))
    if not status.intact:
        either = subject if own == subject else f"{subject}, {own}"
        return Reading(checks=(failed(either, "The content was changed after it was signed, or its signature was."),))
    if not status.valid:
        return Reading(checks=(failed(own, "The signature was not made with the key of its certificate."),))
    signer = x509.load_der_x509_certificate(status.signing_cert.dump())
    whole = proved(subject, f"Every byte is as signed by {signer.subject.rfc4514_string()}.")
    stamp = status.timestamp_validity
    stamped_at = stamp.timestamp if stamp is not None else None
    # The content is as it was signed: what is wrong with signer or timestamp lies in the seal.
    judged = (
        replace(check, subject=own) if check.verdict is Verdict.FAILED else check
        for check in judge_signer(subject, status, trust, material)
    )
    return Reading(checks=(whole, *judged), signer=signer, stamped=stamp is not None, stamped_at=stamped_at)


async def _judge(
    content: bytes | IO[bytes], signed: cms.SignedData, trust: Trust
) -> tuple[StandardCMSSignatureStatus, Material]:
    """The signature's status, and the answers on revocation that it rests on.

    Answers that the reports lend count where signer and timestamp are trusted with them. Where they are silent on a
    certificate, or not of the time of this seal, they say nothing of it; that one was revoked is never passed over.
    """
    if trust.lent.has_answers:
        status = await _validate(content, signed, trust, trust.lent)
        both = [one for one in (status, status.timestamp_validity) if one is not None]
        if all(one.trusted for one in both) or any(map(_revoked, both)):
            return status, trust.lent
    return await _validate(content, signed, trust, NO_MATERIAL), NO_MATERIAL


def _revoked(status: SignatureStatus) -> bool:
    return "REVOKED" in getattr(status.trust_problem_indic, "name", "")


async def _validate(
    content: bytes | IO[bytes], signed: cms.SignedData, trust: Trust, material: Material
) -> StandardCMSSignatureStatus:
    if not isinstance(content, bytes):
        content.seek(0)
    async with trust.contexts(signed["signer_infos"][0], material) as (for_signer, for_stamp):
        return await async_validate_detached_cms(
            io.BytesIO(content) if isinstance(content, bytes) else content,
            signed,
            signer_validation_context=for_signer,
            ts_validation_context=for_stamp,
            key_usage_settings=SIGNING_USAGE,
        )


def read_signed_data(signature: bytes) -> cms.SignedData:
    """The signed data of a CMS message; ``ValueError`` unless it is one message in the form this program writes.

    Parts of a message are covered by no signature (versions, the announced digest algorithms): they must be
    exactly the ones this program writes, so that no byte of a seal can be changed unnoticed.
    """
    message = cms.ContentInfo.load(signature, strict=True)
    if message["content_type"].native != "signed_data":
        raise ValueError("not signed data")
    signed = message["content"]
    if len(signed["signer_infos"]) != 1:
        raise ValueError("not exactly one signature")
    _expect_usual_form(signed)
    return signed


def _expect_usual_form(signed: cms.SignedData) -> None:
    """Raise ``ValueError`` unless everything that no signature covers is as this program writes it."""
    (signer,) = signed["signer_infos"]
    if signer["digest_algorithm"].dump() != SHA256 or signed["version"].native != "v1":
        raise ValueError("not as this program signs")
    unsigned = signer["unsigned_attrs"]
    kinds = [attribute["type"].native for attribute in unsigned] if unsigned.native else []
    if kinds not in ([], ["signature_time_stamp_token"]):
        raise ValueError("an unsigned attribute that is no timestamp")
    _expect_consistent(signed)
    for attribute in unsigned if kinds else ():
        for token in attribute["values"]:
            if token["content"]["version"].native != "v3":
                raise ValueError("a timestamp of an unknown version")
            _expect_consistent(token["content"])


def _expect_consistent(signed: cms.SignedData) -> None:
    """Raise ``ValueError`` unless algorithms and certificates, which no signature covers, agree with each other."""
    (signer,) = signed["signer_infos"]
    digest = signer["digest_algorithm"]
    if [one.dump() for one in signed["digest_algorithms"]] != [digest.dump()] or signer["version"].native != "v1":
        raise ValueError("the announced algorithms are not the ones used")
    if digest["parameters"].dump() not in (b"", NULL):
        raise ValueError("a digest algorithm with parameters")
    # Names are compared without regard to case when the certificate is looked up; here every byte counts.
    if len(signed["certificates"]) > MOST_CERTIFICATES:
        raise ValueError("more certificates than lead to a signer")
    named = signer["sid"].chosen.dump()
    held = [
        cms.IssuerAndSerialNumber({"issuer": one.chosen.issuer, "serial_number": one.chosen.serial_number}).dump()
        for one in signed["certificates"]
    ]
    if named not in held:
        raise ValueError("the signer is not named as in the certificate")
    certificates = [x509.load_der_x509_certificate(one.chosen.dump()) for one in signed["certificates"]]
    for one in certificates:
        if _issued(one, one) is False:
            raise ValueError("a certificate that does not vouch for itself")
        if len(certificates) > 1 and not any(_issued(one, other) for other in certificates if other != one):
            _expect_leaf(one, certificates)


def _expect_leaf(one: x509.Certificate, certificates: list[x509.Certificate]) -> None:
    """Raise ``ValueError`` when a certificate has nothing to do with the others: neither their issuer nor issued."""
    if not any(_issued(other, one) for other in certificates if other != one):
        raise ValueError("a certificate that belongs to no other")


def _issued(issuer: x509.Certificate, subject: x509.Certificate) -> bool | None:
    """Whether ``issuer`` signed ``subject``; ``None`` when the names do not even say so."""
    if issuer.subject != subject.issuer:
        return None
    try:
        subject.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def signer_of(content: bytes, signature: bytes, now: datetime) -> str:
    """The SHA-256 (hex) of the certificate whose valid signature it is, whoever that is; empty where it is none."""
    signer = check_detached("", content, signature, Trust(roots=(), now=now)).signer
    return signer.fingerprint(hashes.SHA256()).hex() if signer else ""
