"""What a certificate was issued for: an authority vouches for web servers, mail and people alike."""

from __future__ import annotations

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, ObjectIdentifier

#: Purposes that let a key sign documents: RFC 9336, its predecessors at two vendors, and mail (S/MIME).
SIGNING = {
    ObjectIdentifier("1.3.6.1.5.5.7.3.36"): "document signing",
    ObjectIdentifier("1.3.6.1.4.1.311.10.3.12"): "document signing (Microsoft)",
    ObjectIdentifier("1.2.840.113583.1.1.5"): "document signing (Adobe)",
    ExtendedKeyUsageOID.EMAIL_PROTECTION: "e-mail protection",
}

#: What people call the purposes that do not.
OTHERS = {
    ExtendedKeyUsageOID.SERVER_AUTH: "web servers",
    ExtendedKeyUsageOID.CLIENT_AUTH: "logging in",
    ExtendedKeyUsageOID.CODE_SIGNING: "signing programs",
    ExtendedKeyUsageOID.TIME_STAMPING: "timestamps",
    ExtendedKeyUsageOID.OCSP_SIGNING: "answers on revocation",
}


def wrong_purpose(certificate: x509.Certificate) -> str:
    """What the certificate is for instead of signing documents; empty when it may sign, or names no purpose."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
        if not (usage.digital_signature or usage.content_commitment):
            return "other uses of its key than signatures"
    except x509.ExtensionNotFound:
        pass
    try:
        purposes = list(certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
    except x509.ExtensionNotFound:
        return ""
    if any(purpose in SIGNING for purpose in purposes):
        return ""
    return ", ".join(OTHERS.get(purpose, purpose.dotted_string) for purpose in purposes)
