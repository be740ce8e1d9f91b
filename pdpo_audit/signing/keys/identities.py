"""Identities: a certificate, its chain, and the one ``bytes -> signature`` seam to the private key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from asn1crypto.pkcs12 import Pfx
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    load_pem_private_key,
    pkcs12,
)
from cryptography.x509.oid import NameOID, ObjectIdentifier

from pdpo_audit.errors import MachineError

#: RFC 9336: a certificate made for signing documents.
DOCUMENT_SIGNING = ObjectIdentifier("1.3.6.1.5.5.7.3.36")


class WrongPassphraseError(MachineError):
    """The key is there and whole, and another passphrase opens it."""


PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who signs: a ``Signer`` (``ports.Signer``) with the certificate that belongs to its key.

    ``signer`` takes the data (not a digest) and returns an RSA PKCS #1 v1.5 or an ECDSA (DER) signature with SHA-256.
    ``chain`` holds the issuers that came with the certificate, without a promise of order or completeness.
    """

    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...] = ()
    signer: Callable[[bytes], bytes] = field(repr=False)

    def sign(self, data: bytes) -> bytes:
        """The signature over ``data`` with SHA-256."""
        return self.signer(data)

    @property
    def is_elliptic(self) -> bool:
        """Whether the key is an elliptic-curve key (otherwise it is RSA)."""
        return isinstance(self.certificate.public_key(), ec.EllipticCurvePublicKey)

    def facts(self) -> dict[str, str]:
        """What reports and records state of the certificate (``self_signed`` is ``yes`` or ``no``)."""
        return certificate_facts(self.certificate)


def certificate_facts(certificate: x509.Certificate) -> dict[str, str]:
    """Subject, issuer, serial, SHA-256 fingerprint, validity (ISO 8601, UTC) and whether it vouches for itself."""
    return {
        "subject": certificate.subject.rfc4514_string(),
        "issuer": certificate.issuer.rfc4514_string(),
        "serial": format(certificate.serial_number, "X"),
        "sha256": certificate.fingerprint(hashes.SHA256()).hex(),
        "not_before": certificate.not_valid_before_utc.isoformat(),
        "not_after": certificate.not_valid_after_utc.isoformat(),
        "self_signed": "yes" if certificate.subject == certificate.issuer else "no",
    }


def common_name(certificate: x509.Certificate) -> str:
    """The name of the certificate's subject; its whole subject where that has no common name."""
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else certificate.subject.rfc4514_string()


def create_seal(*, common_name: str, organisation: str, passphrase: bytes, now: datetime, days: int = 730) -> bytes:
    """A new RSA-3072 key with a self-signed document-signing certificate, as PKCS#12 under ``passphrase``.

    The certificate proves that two seals were made with one key, never who holds it. Raises ``MachineError`` when the
    passphrase is empty or a name does not fit a certificate (64 characters, X.520).
    """
    if not passphrase:
        raise MachineError("A seal needs a passphrase.", advice="Give one by prompt, file or variable.")
    key = rsa.generate_private_key(public_exponent=65537, key_size=3072)
    certificate = _certify_itself(key, _name(common_name, organisation), now, days)
    label = common_name.encode()
    return pkcs12.serialize_key_and_certificates(label, key, certificate, None, BestAvailableEncryption(passphrase))


def open_pkcs12(data: bytes, passphrase: bytes | None) -> Identity:
    """The identity in a PKCS#12 file; ``MachineError`` when the passphrase, the file or the key is not usable."""
    try:
        key, certificate, chain = pkcs12.load_key_and_certificates(data, passphrase)
    except (ValueError, TypeError) as error:
        if _is_pkcs12(data):
            raise WrongPassphraseError(
                "The passphrase does not open the PKCS#12 file.", advice="Check the passphrase."
            ) from error
        raise MachineError(
            f"The PKCS#12 file cannot be opened: {error}.",
            advice="Check with `openssl pkcs12 -info -noout -in FILE` whether the file is whole.",
        ) from error
    if certificate is None or key is None:
        raise MachineError(
            "The PKCS#12 file holds no private key with its certificate.",
            advice="Export it again with key and certificate together.",
        )
    return identity_of(key, certificate, tuple(chain))


def _is_pkcs12(data: bytes) -> bool:
    """Whether a file is whole as far as its outermost shell tells."""
    try:
        return str(Pfx.load(data, strict=True)["version"].native) == "v3"
    except (ValueError, TypeError):
        return False


def open_pem(key: bytes, certificates: bytes, passphrase: bytes | None) -> Identity:
    """The identity of a PEM private key and its certificate; issuers may follow it in ``certificates``.

    Both may be one file given twice. ``MachineError`` when the passphrase, a file or the pair is not usable.
    """
    try:
        private = load_pem_private_key(key, passphrase)
        first, *issuers = x509.load_pem_x509_certificates(certificates)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        if passphrase is not None and "password" in str(error).lower():
            raise WrongPassphraseError(
                "The passphrase does not open the key.", advice="Check the passphrase."
            ) from error
        raise MachineError(
            f"The key or its certificate cannot be read: {error}.",
            advice="Check the passphrase, and that both files are PEM.",
        ) from error
    return identity_of(private, first, tuple(issuers))


def identity_of(key: object, certificate: x509.Certificate, chain: tuple[x509.Certificate, ...] = ()) -> Identity:
    """An identity whose private key is at hand; ``MachineError`` unless it is RSA or EC and fits the certificate."""
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise MachineError(
            f"A {type(key).__name__} cannot sign reports.", advice="Use an RSA (2048 bits or more) or EC (P-256) key."
        )
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size < 2048:
        raise MachineError(f"An RSA key of {key.key_size} bits is too weak.", advice="Use one of 2048 bits or more.")
    if key.public_key() != certificate.public_key():
        raise MachineError("The private key does not belong to the certificate.", advice="Check which pair was meant.")
    return Identity(certificate=certificate, chain=chain, signer=_signing_with(key))


def _signing_with(key: PrivateKey) -> Callable[[bytes], bytes]:
    if isinstance(key, rsa.RSAPrivateKey):
        rsa_key = key
        return lambda data: rsa_key.sign(data, padding.PKCS1v15(), hashes.SHA256())
    ec_key = key
    return lambda data: ec_key.sign(data, ec.ECDSA(hashes.SHA256()))


def _name(common_name: str, organisation: str) -> x509.Name:
    parts = [
        (NameOID.COUNTRY_NAME, "HK"),
        (NameOID.ORGANIZATION_NAME, organisation),
        (NameOID.COMMON_NAME, common_name),
    ]
    try:
        return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts if value])
    except ValueError as error:
        raise MachineError(
            f"This name cannot stand in a certificate: {error}.", advice="Use a shorter one (64 characters)."
        ) from error


def _certify_itself(key: rsa.RSAPrivateKey, name: x509.Name, now: datetime, days: int) -> x509.Certificate:
    begins = now.astimezone(UTC).replace(microsecond=0)
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.ExtendedKeyUsage([DOCUMENT_SIGNING]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def pem_of(certificate: x509.Certificate) -> bytes:
    """The certificate as PEM, the form that openssl and trust lists take."""
    return certificate.public_bytes(Encoding.PEM)
