"""What a valid signature says of its signer and of its time, measured against a stated trust list."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from asn1crypto import cms, crl, ocsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from pyhanko.sign.validation.generic_cms import collect_timing_info, extract_tst_data_iter
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import StandardCMSSignatureStatus, TimestampSignatureStatus
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import PathBuildingError, ValidationError

from pdpo_audit.errors import CallError
from pdpo_audit.signing.certificates.judgement import judge_compromise, judge_organisation, wrong_issuer
from pdpo_audit.signing.certificates.names import read_fingerprint
from pdpo_audit.signing.certificates.purposes import wrong_purpose
from pdpo_audit.signing.checks import Check, failed, open_question, proved
from pdpo_audit.signing.cms.signatures import as_asn1
from pdpo_audit.signing.cms.waiting import wait_for
from pdpo_audit.signing.keys.identities import certificate_facts

#: A seal may carry either usage: some authorities issue organisation certificates without non-repudiation.
SIGNING_USAGE = KeyUsageConstraints(key_usage={"non_repudiation", "digital_signature"}, match_all_key_usages=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What a signed file carries for its own validation: certificates, and revocation answers of their issuers."""

    certificates: tuple[asn1_x509.Certificate, ...] = ()
    ocsps: tuple[ocsp.OCSPResponse, ...] = ()
    crls: tuple[crl.CertificateList, ...] = ()

    @property
    def has_answers(self) -> bool:
        """Whether any revocation answer is there."""
        return bool(self.ocsps or self.crls)

    def answers(self, certificate: asn1_x509.Certificate) -> bool:
        """Whether an answer on this certificate is there: a list of its issuer, or a reply about its number."""
        if any(one.issuer == certificate.issuer for one in self.crls):
            return True
        replies = (one.response_data["responses"] for one in self.ocsps if one.response_data is not None)
        return any(
            reply["cert_id"]["serial_number"].native == certificate.serial_number for all_ in replies for reply in all_
        )


NO_MATERIAL = Material()


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """The certificates that the verifier trusts (none: no path is checked), and the time of verification.

    ``online`` lets the verifier ask issuers whether a certificate was revoked; otherwise nothing leaves the machine.
    ``lent`` are answers in the reports of the same audit, for the seals beside them that carry none. ``vouched`` has
    the certificates that the verifier named by their SHA-256 (hex), each with how it is known; ``anchors`` are digests
    of events that the verifier kept from earlier reports and notices, ``statements`` what they were told of keys
    (rotations). ``organisations`` are the names under which the audit's organisation may seal; ``None`` where no seal
    is judged, but a person's signature. ``compromised`` says of keys since when they may be in other hands.
    """

    roots: tuple[x509.Certificate, ...]
    now: datetime
    online: bool = False
    lent: Material = NO_MATERIAL
    vouched: Mapping[str, str] = field(default_factory=dict)
    anchors: tuple[str, ...] = ()
    statements: tuple[bytes, ...] = ()
    organisations: tuple[str, ...] | None = None
    compromised: Mapping[str, datetime] = field(default_factory=dict)

    def for_seal(self, *organisations: str) -> Trust:
        """The same trust, to judge the seal of an audit that names ``organisations``."""
        return replace(self, organisations=organisations)

    def for_person(self) -> Trust:
        """The same trust, to judge a person's signature."""
        return replace(self, organisations=None)

    def alone(self) -> Trust:
        """Nobody is trusted: a signature is only asked whether it is valid, and with which key it was made."""
        return Trust(roots=(), now=self.now)

    def asks(self, material: Material) -> bool:
        """Whether revocation can be decided: by answers in the file, or by asking."""
        return bool(self.roots) and (self.online or material.has_answers)

    def context(self, material: Material = NO_MATERIAL, moment: datetime | None = None) -> ValidationContext:
        """A fresh path validation context at ``moment`` (now); where revocation can be decided it must be."""
        return ValidationContext(
            trust_roots=[as_asn1(root) for root in self.roots],
            other_certs=list(material.certificates),
            ocsps=list(material.ocsps),
            crls=list(material.crls),
            moment=moment or self.now,
            allow_fetching=self.online and bool(self.roots),
            revocation_mode="hard-fail" if self.asks(material) else "soft-fail",
        )

    @asynccontextmanager
    async def contexts(
        self, signer_info: cms.SignerInfo, material: Material = NO_MATERIAL
    ) -> AsyncIterator[tuple[ValidationContext, ValidationContext]]:
        """The contexts for signer and timestamp of one signature.

        A timestamp is judged at its own time, with the answers of that time. Only when it leads to a trusted root is
        the signer judged at that time too (ETSI EN 319 102-1, 5.5); otherwise at the time of verification.
        """
        stamped = _stamped_at(signer_info) if self.roots else None
        for_stamp = self.context(material, stamped)
        moment = None
        if stamped is not None:
            timing = await collect_timing_info(signer_info, for_stamp, _no_digest)
            stamp = timing.get("timestamp_validity")
            moment = stamped if stamp is not None and stamp.intact and stamp.valid and stamp.trusted else None
        for_signer = self.context(material, moment)
        try:
            yield for_signer, for_stamp
        finally:
            await for_signer.aclose()  # type: ignore[no-untyped-call]
            await for_stamp.aclose()  # type: ignore[no-untyped-call]


def _stamped_at(signer_info: cms.SignerInfo) -> datetime | None:
    tokens = list(extract_tst_data_iter(signer_info, signed=False))
    if not tokens:
        return None
    stamped = tokens[0]["encap_content_info"]["content"].parsed["gen_time"].native
    return stamped if isinstance(stamped, datetime) else None


def _no_digest(_: str) -> bytes:
    raise ValueError("a timestamp inside the signed content")


def read_trust(
    trust: Sequence[bytes],
    now: datetime,
    *,
    online: bool = False,
    signers: Sequence[str] = (),
    anchors: Sequence[str] = (),
    statements: Sequence[bytes] = (),
) -> Trust:
    """The trust list from PEM (one or more certificates) or DER, and the fingerprints and anchors that are named.

    Raises ``CallError`` when an entry is no certificate or no fingerprint (SHA-256).
    """
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
    vouched = dict.fromkeys(map(read_fingerprint, signers), "its fingerprint was named by whoever verifies")
    kept = tuple(map(read_fingerprint, anchors))
    return Trust(
        roots=tuple(roots), now=now, online=online, vouched=vouched, anchors=kept, statements=tuple(statements)
    )


def judge_signer(
    subject: str, status: StandardCMSSignatureStatus, trust: Trust, material: Material = NO_MATERIAL
) -> list[Check]:
    """Who is behind a signature that is itself valid, and when it was made."""
    certificate = x509.load_der_x509_certificate(status.signing_cert.dump())
    problem = "" if status.trusted else _in_words(getattr(status.trust_problem_indic, "name", "unknown"))
    problem = problem or wrong_issuer(status.validation_path)
    stamp = status.timestamp_validity
    at = stamp.timestamp if stamp is not None and stamp.trusted else None
    return [
        *_judge_path(subject, certificate, problem, trust, material),
        *judge_compromise(subject, certificate_facts(certificate)["sha256"], at, trust.compromised),
        *_judge_time(subject, certificate, status, trust),
    ]


def judge_certificate(
    subject: str, certificate: x509.Certificate, trust: Trust, chain: Sequence[x509.Certificate] = ()
) -> list[Check]:
    """Who is behind a certificate whose key made a valid signature; ``chain`` are issuers that came with it."""
    problem = ""
    if trust.roots:
        context = trust.context(Material(certificates=tuple(map(as_asn1, chain))))
        validator = CertificateValidator(as_asn1(certificate), validation_context=context)
        try:
            path = wait_for(validator.async_validate_usage(set()))  # type: ignore[no-untyped-call]
            problem = wrong_issuer(path)
        except (ValidationError, PathBuildingError) as error:
            problem = str(error).splitlines()[0]
    told = judge_compromise(subject, certificate_facts(certificate)["sha256"], None, trust.compromised)
    return [*_judge_path(subject, certificate, problem, trust, NO_MATERIAL), *told]


def _judge_path(
    subject: str, certificate: x509.Certificate, problem: str, trust: Trust, material: Material
) -> list[Check]:
    facts = certificate_facts(certificate)
    named = f"{facts['subject']} (certificate SHA-256 {facts['sha256']})"
    if other := wrong_purpose(certificate):
        return [failed(subject, f"The certificate of {named} is not for signing documents, but for {other}.")]
    how = trust.vouched.get(facts["sha256"])
    if how and "revoked" not in problem:
        return [proved(subject, f"The certificate of {named} is known: {how}.")]
    if trust.roots and problem:
        return [failed(subject, f"The certificate of {named} is not trusted by the given trust list: {problem}.")]
    if trust.roots:
        leads = proved(subject, f"The certificate of {named} leads to one on the given trust list.")
        revoked = _judge_revocation(subject, certificate, trust, material)
        organisations = None if certificate in trust.roots else trust.organisations
        return [leads, *judge_organisation(subject, certificate, organisations), *revoked]
    if trust.vouched and trust.organisations is not None:
        return [failed(subject, f"It is sealed with the certificate of {named}, which is none of those named.")]
    if facts["self_signed"] == "yes":
        reason = (
            "the certificate is self-signed, nobody else vouches for the name. Compare the fingerprint with one "
            "received from the organisation by another way."
        )
    else:
        reason = f"it was issued by {facts['issuer']}, but no trust list was given to check that against."
    return [open_question(subject, f"Who holds the key of {named}: {reason}")]


def _judge_revocation(subject: str, certificate: x509.Certificate, trust: Trust, material: Material) -> list[Check]:
    if certificate in trust.roots:
        return []
    if trust.asks(material):
        where = ", which the reports carry" if material is trust.lent and material.has_answers else ""
        return [proved(subject, f"The certificate was not revoked, by the answers of its issuer{where}.")]
    return [
        open_question(
            subject, "Whether the certificate was revoked: the file carries no answer; its issuer can be asked."
        )
    ]


def _in_utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


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
    checks = [open_question(subject, f"When it was signed: {_in_utc(stated)} is the signer's own statement.")]
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
    when = _in_utc(stamp.timestamp)
    if not _within(certificate, stamp.timestamp):
        return [failed(subject, f"The timestamp ({when}) lies outside the validity of the signer's certificate.")]
    authority = stamp.signing_cert.subject.human_friendly
    if trust.roots and not stamp.trusted:
        return [failed(subject, f"The timestamp ({when}) by {authority} does not lead to the given trust list.")]
    if trust.roots and stamp.signing_cert.not_valid_after < trust.now:
        return [
            open_question(subject, f"When it was signed: the certificate of {authority}, which says {when}, ran out.")
        ]
    if trust.roots:
        return [proved(subject, f"The signature existed on {when}: timestamp by {authority}, on the trust list.")]
    return [
        open_question(subject, f"When it was signed: a timestamp by {authority} says {when}; nobody vouches for it.")
    ]


def _within(certificate: x509.Certificate, moment: datetime) -> bool:
    return certificate.not_valid_before_utc <= moment <= certificate.not_valid_after_utc
