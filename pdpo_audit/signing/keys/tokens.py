"""Identities on a PKCS#11 token: a smart card, a USB key, an HSM. The private key never leaves it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from pdpo_audit.errors import MachineError
from pdpo_audit.signing.keys.identities import Identity

if TYPE_CHECKING:
    import pkcs11


def open_pkcs11(module: Path, *, token: str, key: str, pin: str, certificate: bytes = b"") -> Identity:
    """The identity of the private key labelled ``key`` on the token labelled ``token``.

    ``module`` is the token maker's library. The certificate is the one with the same label on the token, or the first
    in ``certificate`` (PEM, its issuers may follow) where the token holds none. The token is opened for each signature
    and closed again. Raises ``MachineError`` when the library, token, PIN, key or certificate is not usable.
    """
    try:
        import pkcs11
    except ImportError as error:
        raise MachineError(
            "Keys on tokens need the library python-pkcs11.", advice="Install it: pip install 'pdpo-audit[pkcs11]'"
        ) from error
    try:
        slot = pkcs11.lib(str(module)).get_token(token_label=token)
        with slot.open(user_pin=pin) as session:
            session.get_key(object_class=pkcs11.ObjectClass.PRIVATE_KEY, label=key)
            found, *issuers = _load(certificate, session, key)
    except (pkcs11.PKCS11Error, RuntimeError) as error:
        reason = str(error) or type(error).__name__
        raise MachineError(
            f"The key {key!r} on the token {token!r} cannot be used: {reason}.",
            advice="Check the library's path, the labels and the PIN (several wrong PINs lock a token).",
        ) from error
    except ValueError as error:
        raise MachineError(f"The certificate cannot be read: {error}.", advice="Give it as PEM.") from error
    return Identity(certificate=found, chain=tuple(issuers), signer=_signing_on(slot, key, pin, found))


def _load(certificate: bytes, session: pkcs11.Session, label: str) -> list[x509.Certificate]:
    import pkcs11

    if certificate:
        return x509.load_pem_x509_certificates(certificate)
    wanted = {pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE, pkcs11.Attribute.LABEL: label}
    for found in session.get_objects(wanted):
        return [x509.load_der_x509_certificate(found[pkcs11.Attribute.VALUE])]
    raise MachineError(f"The token holds no certificate labelled {label!r}.", advice="Give the certificate as a file.")


def _signing_on(slot: pkcs11.Token, label: str, pin: str, certificate: x509.Certificate) -> Callable[[bytes], bytes]:
    import pkcs11

    match certificate.public_key():
        case rsa.RSAPublicKey():
            mechanism = pkcs11.Mechanism.SHA256_RSA_PKCS
        case ec.EllipticCurvePublicKey():
            mechanism = pkcs11.Mechanism.ECDSA
        case other:
            raise MachineError(f"A {type(other).__name__} cannot sign reports.", advice="Use an RSA or EC key.")

    def sign(data: bytes) -> bytes:
        elliptic = mechanism is pkcs11.Mechanism.ECDSA
        with slot.open(user_pin=pin) as session:
            private = session.get_key(object_class=pkcs11.ObjectClass.PRIVATE_KEY, label=label)
            signature: bytes = private.sign(  # type: ignore[attr-defined]  # every private key that may sign has it
                hashlib.sha256(data).digest() if elliptic else data, mechanism=mechanism
            )
        return _as_der(signature) if elliptic else signature

    return sign


def _as_der(signature: bytes) -> bytes:
    """PKCS#11 gives r and s side by side; ``Identity`` promises DER."""
    half = len(signature) // 2
    return encode_dss_signature(int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big"))
