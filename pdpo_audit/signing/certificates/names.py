"""Whether a certificate names the organisation that an audit names; a trusted authority vouches for many."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from cryptography import x509
from cryptography.x509.oid import NameOID

from pdpo_audit.errors import CallError

#: Words of company names that registers and people write in two ways.
SHORT = {"limited": "ltd", "company": "co", "corporation": "corp", "incorporated": "inc", "and": ""}


def organisations_of(certificate: x509.Certificate) -> tuple[str, ...]:
    """The organisations that the certificate's subject names."""
    return tuple(str(one.value) for one in certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME))


def names_one_of(certificate: x509.Certificate, organisations: Iterable[str]) -> bool:
    """Whether the subject names one of ``organisations``, apart from letter case, punctuation and usual short forms."""
    known = {_plain(one) for one in organisations} - {""}
    return any(_plain(one) in known for one in organisations_of(certificate))


def read_fingerprint(text: str) -> str:
    """A SHA-256 fingerprint as lower-case hex, from any usual way of writing it; ``CallError`` when it is none."""
    digits = re.sub(r"[\s:]", "", text.lower().removeprefix("sha256 fingerprint=").removeprefix("sha256:"))
    if not re.fullmatch(r"[0-9a-f]{64}", digits):
        raise CallError(
            f"{text!r} is no SHA-256 digest or fingerprint.",
            advice="Give its 64 hexadecimal digits: `openssl x509 -noout -fingerprint -sha256` shows a certificate's.",
        )
    return digits


def _plain(name: str) -> str:
    words = re.findall(r"\w+", unicodedata.normalize("NFKC", name).casefold())
    return " ".join(short for word in words if (short := SHORT.get(word, word)))
