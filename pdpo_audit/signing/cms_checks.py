"""Checks a detached CMS signature."""

from __future__ import annotations

import asyncio
import io
from dataclasses import dataclass
from typing import IO

from asn1crypto import algos, cms
from cryptography import x509
from pyhanko.sign.validation.generic_cms import async_validate_detached_cms
from pyhanko.sign.validation.status import StandardCMSSignatureStatus

from pdpo_audit.signing.checks import Check, failed, proved
from pdpo_audit.signing.trust import SIGNING_USAGE, Trust, judge_signer

#: The one digest algorithm of this program, as it stands in a signature.
SHA256 = algos.DigestAlgorithm({"algorithm": "sha256"}).dump()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The checks of one signature, and the signer's certificate where the signature is valid."""

    checks: tuple[Check, ...]
    signer: x509.Certificate | None = None


def check_detached(subject: str, content: bytes | IO[bytes], signature: bytes, trust: Trust) -> Reading:
    """Whether ``signature`` (DER) is one valid signature over exactly ``content``, and what it says of its signer."""
    try:
        status = asyncio.run(_validate(content, signature, trust))
    except Exception as error:  # noqa: BLE001  hostile bytes: whatever a parser throws is a failed check
        return Reading(checks=(failed(subject, f"The signature cannot be read ({type(error).__name__}: {error})."),))
    if not status.intact:
        return Reading(checks=(failed(subject, "The content was changed after it was signed."),))
    if not status.valid:
        return Reading(checks=(failed(subject, "The signature was not made with the key of its certificate."),))
    signer = x509.load_der_x509_certificate(status.signing_cert.dump())
    whole = proved(subject, f"Every byte is as signed by {signer.subject.rfc4514_string()}.")
    return Reading(checks=(whole, *judge_signer(subject, status, trust)), signer=signer)


async def _validate(content: bytes | IO[bytes], signature: bytes, trust: Trust) -> StandardCMSSignatureStatus:
    signed = read_signed_data(signature)
    for_signer, for_stamp = await trust.contexts(signed["signer_infos"][0])
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
    announced = [algorithm.dump() for algorithm in signed["digest_algorithms"]]
    if announced != [SHA256] or signer["digest_algorithm"].dump() != SHA256:
        raise ValueError("not exactly SHA-256")
    if signed["version"].native != "v1" or signer["version"].native != "v1":
        raise ValueError("not version 1")
    unsigned = signer["unsigned_attrs"]
    kinds = [attribute["type"].native for attribute in unsigned] if unsigned.native else []
    if kinds not in ([], ["signature_time_stamp_token"]):
        raise ValueError("an unsigned attribute that is no timestamp")
