"""What an authority's word is worth: for which purposes it vouches, and whether for the organisation of the audit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from pdpo_audit.signing.certificates.names import names_one_of, organisations_of
from pdpo_audit.signing.certificates.purposes import OTHERS, SIGNING
from pdpo_audit.signing.checks import Check, failed, proved


def judge_organisation(
    subject: str, certificate: x509.Certificate, organisations: tuple[str, ...] | None
) -> list[Check]:
    """Whether a certificate that an authority vouches for is one of ``organisations`` (``None``: not asked)."""
    if organisations is None or names_one_of(certificate, organisations):
        return []
    theirs = ", ".join(organisations_of(certificate)) or "nobody"
    ours = " or ".join(name for name in organisations if name) or "no organisation"
    return [
        failed(
            subject,
            f"The certificate names {theirs} as its organisation, the audit names {ours}. If it is the right one all "
            "the same, name it with --signer and its SHA-256.",
        )
    ]


def judge_compromise(
    subject: str, seal: str, stamped_at: datetime | None, compromised: Mapping[str, datetime]
) -> list[Check]:
    """What is told of the key that sealed: a seal of a compromised key stands only where it is proved to be older.

    ``stamped_at`` is the time of a timestamp that somebody trusted answers for; ``None`` where there is none.
    """
    since = compromised.get(seal)
    if since is None:
        return []
    told = f"The key that sealed it is told to be compromised since {since:%Y-%m-%d %H:%M} UTC"
    if stamped_at is not None and stamped_at < since:
        return [proved(subject, f"{told}, and a trusted timestamp shows that this seal is older.")]
    return [failed(subject, f"{told}, and no trusted timestamp shows that this seal is older.")]


def wrong_issuer(path: Iterable[asn1_x509.Certificate] | None) -> str:
    """Why an authority on the way to the signer's certificate, the last of ``path``, does not vouch for signatures.

    An authority that is limited to web servers may issue a certificate without any purpose: it stays limited.
    """
    certificates = [x509.load_der_x509_certificate(one.dump()) for one in path or ()]
    for authority in certificates[:-1]:
        try:
            purposes = set(authority.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
        except x509.ExtensionNotFound:
            continue
        if not purposes & {*SIGNING, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE}:
            named = ", ".join(OTHERS.get(one, one.dotted_string) for one in purposes)
            return f"its issuer {authority.subject.rfc4514_string()} vouches for {named} only"
    return ""
