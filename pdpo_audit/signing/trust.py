"""What a valid signature says of its signer and of its time, measured against a stated trust list."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import StandardCMSSignatureStatus, TimestampSignatureStatus
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import PathBuildingError, ValidationError

from pdpo_audit.errors import CallError
from pdpo_audit.signing.checks import Check, failed, open_question, proved
from pdpo_audit.signing.cms import as_asn1
from pdpo_audit.signing.keys import certificate_facts

#: A seal may carry either usage: some authorities issue organisation certificates without non-repudiation.
SIGNING_USAGE = KeyUsageConstraints(key_usage={"non_repudiation", "digital_signature"}, match_all_key_usages=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """The certificates that the verifier trusts (none: no path is checked), and the time of verification."""

    roots: tuple[x509.Certificate, ...]
    now: datetime

    def context(self) -> ValidationContext:
        """A fresh path validation context: nothing is fetched, embedded revocation answers are used."""
        return ValidationContext(
            trust_roots=[as_asn1(root) for root in self.roots], moment=self.now, allow_fetching=False
        )


def read_trust(trust: Sequence[bytes], now: datetime) -> Trust:
    """The trust list from PEM (one or more certificates) or DER; ``CallError`` when an entry is no certificate."""
    roots: list[x509.Certificate] = []
    for entry in trust:
        try:
            pem = b"-----BEGIN CERTIFICATE-----" in entry
            roots += x509.load_pem_x509_certificates(entry) if pem else [x509.load_der_x509_certificate(entry)]
        except ValueError as error:
            raise CallError(
                f"The trust list holds something that is no certificate: {error}.",
                advice="Give certificates as PEM or DER.",
            ) from error
    return Trust(roots=tuple(roots), now=now)


def judge_signer(subject: str, status: StandardCMSSignatureStatus, trust: Trust) -> list[Check]:
    """Who is behind a signature that is itself valid, and when it was made."""
    certificate = x509.load_der_x509_certificate(status.signing_cert.dump())
    problem = "" if status.trusted else _in_words(getattr(status.trust_problem_indic, "name", "unknown"))
    return [_judge_path(subject, certificate, problem, trust), *_judge_time(subject, certificate, status, trust)]


def judge_certificate(
    subject: str, certificate: x509.Certificate, chain: Sequence[x509.Certificate], trust: Trust
) -> Check:
    """Who is behind a certificate whose key made a valid signature."""
    problem = ""
    if trust.roots:
        others = [as_asn1(one) for one in chain]
        validator = CertificateValidator(as_asn1(certificate), others, validation_context=trust.context())
        try:
            asyncio.run(validator.async_validate_usage(set()))  # type: ignore[no-untyped-call]
        except (ValidationError, PathBuildingError) as error:
            problem = str(error).splitlines()[0]
    return _judge_path(subject, certificate, problem, trust)


def _judge_path(subject: str, certificate: x509.Certificate, problem: str, trust: Trust) -> Check:
    facts = certificate_facts(certificate)
    named = f"{facts['subject']} (certificate SHA-256 {facts['sha256']})"
    if trust.roots and not problem:
        return proved(subject, f"The certificate of {named} leads to one on the given trust list.")
    if trust.roots:
        return failed(subject, f"The certificate of {named} is not trusted by the given trust list: {problem}.")
    if facts["self_signed"] == "yes":
        return open_question(
            subject,
            f"Who holds the key of {named}: the certificate is self-signed, nobody else vouches for the name. "
            "Compare the fingerprint with one received from the organisation by another way.",
        )
    return open_question(
        subject,
        f"Who holds the key of {named}: it was issued by {facts['issuer']}, but no trust list was given to check that "
        "against.",
    )


def _in_words(name: str) -> str:
    return name.replace("_", " ").lower()


def _judge_time(
    subject: str, certificate: x509.Certificate, status: StandardCMSSignatureStatus, trust: Trust
) -> list[Check]:
    stamp = status.timestamp_validity
    if stamp is not None:
        return _judge_stamp(subject, certificate, stamp, trust)
    stated = status.signer_reported_dt
    if stated is None:
        return [failed(subject, "The signature states no time.")]
    checks = [open_question(subject, f"When it was signed: {stated:%Y-%m-%d %H:%M %Z} is the signer's own statement.")]
    if not _within(certificate, stated):
        checks.append(failed(subject, "The stated time lies outside the validity of the signer's certificate."))
    elif not _within(certificate, trust.now):
        checks.append(
            open_question(subject, "The certificate has run out since, and no timestamp proves the signature is older.")
        )
    return checks


def _judge_stamp(
    subject: str, certificate: x509.Certificate, stamp: TimestampSignatureStatus, trust: Trust
) -> list[Check]:
    if not (stamp.intact and stamp.valid):
        return [failed(subject, "The timestamp does not belong to this signature.")]
    when = f"{stamp.timestamp:%Y-%m-%d %H:%M %Z}"
    if not _within(certificate, stamp.timestamp):
        return [failed(subject, f"The timestamp ({when}) lies outside the validity of the signer's certificate.")]
    authority = stamp.signing_cert.subject.human_friendly
    if trust.roots and stamp.trusted:
        return [proved(subject, f"The signature existed on {when}: timestamp by {authority}, on the trust list.")]
    return [
        open_question(subject, f"When it was signed: a timestamp by {authority} says {when}; nobody vouches for it.")
    ]


def _within(certificate: x509.Certificate, moment: datetime) -> bool:
    return certificate.not_valid_before_utc <= moment <= certificate.not_valid_after_utc
