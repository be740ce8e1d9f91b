"""Detached CMS signatures (CAdES baseline), and the bridge from an ``Identity`` to pyHanko."""

from __future__ import annotations

from datetime import datetime
from typing import IO

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes, Signer
from pyhanko_certvalidator.registry import SimpleCertificateStore

from pdpo_audit.signing.cms.timestamps import stamping_with
from pdpo_audit.signing.cms.waiting import wait_for
from pdpo_audit.signing.keys.identities import Identity


class IdentitySigner(Signer):
    """pyHanko's view of an ``Identity``: raw signatures come from its one seam.

    Roots stay out of the message: whoever verifies has them on a trust list, and no signature would cover them.
    """

    def __init__(self, identity: Identity) -> None:
        self._identity = identity
        store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        store.register_multiple([as_asn1(issuer) for issuer in identity.chain])
        super().__init__(
            signing_cert=as_asn1(identity.certificate), cert_registry=store, prefer_pss=False, embed_roots=False
        )

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """The signature over ``data``, or as many placeholder bytes as it may need."""
        if digest_algorithm != "sha256":
            raise ValueError(f"an identity signs with SHA-256, not {digest_algorithm}")
        if dry_run:
            return bytes(_signature_size(self._identity))
        return self._identity.sign(data)


def as_asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    """The certificate as pyHanko and asn1crypto take it."""
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))


def sign_detached(content: bytes | IO[bytes], identity: Identity, *, signed_at: datetime, timestamp_url: str) -> bytes:
    """A detached CAdES signature over ``content`` as DER: B-B, or B-T when a timestamp service is named.

    ``openssl cms -verify -binary -content FILE -inform DER`` checks it. Raises ``MachineError`` when the timestamp
    service gives no timestamp.
    """
    signing = IdentitySigner(identity).async_sign_general_data(
        content,
        "sha256",
        use_cades=True,
        timestamper=stamping_with(timestamp_url),
        signed_attr_settings=PdfCMSSignedAttributes(signing_time=signed_at),
    )
    return bytes(wait_for(signing).dump())


def _signature_size(identity: Identity) -> int:
    """Bytes that one signature takes at most; a DER-encoded ECDSA signature has two integers and their headers."""
    key = identity.certificate.public_key()
    bits = int(getattr(key, "key_size", 4096))
    return 2 * ((bits + 7) // 8 + 3) + 4 if identity.is_elliptic else (bits + 7) // 8
