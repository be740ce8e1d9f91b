"""Enrolments: a person's statement of name, roles and certificate, signed by its key, countersigned by somebody else.

The person's own signature over it proves that they hold the key; the countersignature says that somebody else, who is
known already, saw who they are. A fingerprint that only stands in the settings has neither.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import rfc8785
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from pdpo_audit.errors import CallError
from pdpo_audit.signing.checks import Verdict
from pdpo_audit.signing.cms.checks import check_detached
from pdpo_audit.signing.cms.signatures import sign_detached
from pdpo_audit.signing.cms.trust import Trust
from pdpo_audit.signing.evidence.manifest import Json
from pdpo_audit.signing.keys.identities import Identity

FORMAT = "pdpo-audit enrolment 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """Who says to hold the key of the certificate with this SHA-256 (hex), and for which roles."""

    name: str
    roles: tuple[str, ...]
    organisation: str
    sha256: str
    stated_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """A statement (canonical JSON), the signature of the person's own key over it, and the countersignature (CMS, DER).

    The countersignature is empty as long as nobody else has signed.
    """

    statement: str
    possession: bytes
    countersignature: bytes = b""

    def as_json(self) -> Json:
        """The enrolment as records and files hold it."""
        return {
            "statement": self.statement,
            "possession": base64.b64encode(self.possession).decode(),
            "countersignature": base64.b64encode(self.countersignature).decode(),
        }

    @staticmethod
    def of_json(content: dict[str, Json]) -> Enrolment:
        """The enrolment in ``content``; ``ValueError`` or ``TypeError`` when it is none."""
        statement, possession, counter = (content[key] for key in ("statement", "possession", "countersignature"))
        if not (isinstance(statement, str) and isinstance(possession, str) and isinstance(counter, str)):
            raise TypeError("an enrolment has fields of the wrong kind")
        return Enrolment(
            statement=statement,
            possession=base64.b64decode(possession, validate=True),
            countersignature=base64.b64decode(counter, validate=True),
        )


def write_enrolment(enrolment: Enrolment) -> bytes:
    """The enrolment as a file (canonical JSON)."""
    return rfc8785.dumps(enrolment.as_json())


def read_enrolment(raw: bytes) -> Enrolment:
    """The enrolment in a file; ``ValueError`` when it is none. Proves nothing."""
    try:
        enrolment = Enrolment.of_json(json.loads(raw))
        read_statement(enrolment.statement)
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"not an enrolment: {type(error).__name__}: {error}") from error
    return enrolment


def read_statement(text: str) -> Statement:
    """The statement in ``text``; ``ValueError`` unless it is written as this program writes one."""
    content = json.loads(text)
    try:
        if content["format"] != FORMAT or rfc8785.dumps(content).decode() != text:
            raise ValueError("not an enrolment as this program writes one")
        return Statement(
            name=str(content["name"]),
            roles=tuple(str(role) for role in content["roles"]),
            organisation=str(content["organisation"]),
            sha256=str(content["certificate_sha256"]),
            stated_at=str(content["stated_at"]),
        )
    except (KeyError, TypeError, AttributeError, RecursionError, rfc8785.CanonicalizationError) as error:
        raise ValueError(f"not an enrolment: {type(error).__name__}: {error}") from error


def state_enrolment(
    identity: Identity, *, name: str, roles: Sequence[str], organisation: str, stated_at: datetime
) -> Enrolment:
    """A person's own half: their statement, signed by the key that it names."""
    statement = rfc8785.dumps(
        {
            "format": FORMAT,
            "name": name,
            "roles": list(roles),
            "organisation": organisation,
            "certificate_sha256": identity.facts()["sha256"],
            "stated_at": stated_at.isoformat(),
        }
    )
    possession = sign_detached(statement, identity, signed_at=stated_at, timestamp_url="")
    return Enrolment(statement=statement.decode(), possession=possession)


def countersign(enrolment: Enrolment, identity: Identity, *, signed_at: datetime, trust: Trust) -> Enrolment:
    """The enrolment with the countersignature of ``identity``; ``CallError`` unless another key holds the statement."""
    try:
        holder = holder_of(enrolment, trust)
    except ValueError as error:
        raise CallError(f"This enrolment cannot be countersigned: {error}.") from error
    if key_of(holder) == key_of(identity.certificate):
        raise CallError(
            "Nobody countersigns for themselves: this is the key of the enrolment.",
            advice="Let somebody else countersign who is enrolled, or whose certificate is from an authority.",
        )
    counter = sign_detached(enrolment.statement.encode(), identity, signed_at=signed_at, timestamp_url="")
    return replace(enrolment, countersignature=counter)


def holder_of(enrolment: Enrolment, trust: Trust) -> x509.Certificate:
    """The certificate whose key signed the statement about itself; ``ValueError`` when none did."""
    statement = read_statement(enrolment.statement)
    holder = signer_of(enrolment.statement.encode(), enrolment.possession, trust)
    if holder is None or fingerprint(holder) != statement.sha256:
        raise ValueError("the key that it names did not sign it")
    return holder


def signer_of(content: bytes, signature: bytes, trust: Trust) -> x509.Certificate | None:
    """Who made a valid signature over ``content``, whoever that is; ``None`` when it is not valid."""
    reading = check_detached("", content, signature, replace(trust, roots=()))
    wrong = any(check.verdict is Verdict.FAILED for check in reading.checks)
    return None if wrong else reading.signer


def fingerprint(certificate: x509.Certificate) -> str:
    """The SHA-256 of a certificate in hex."""
    return certificate.fingerprint(hashes.SHA256()).hex()


def key_of(certificate: x509.Certificate) -> bytes:
    """The public key: two certificates of one key are one signer."""
    return certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
