"""To whom a certificate is bound: by the trust list, by whoever verifies, by a countersignature, or by nothing.

Whoever runs this program can make keys in any name, enrol them, and let them countersign each other. So a
countersignature counts only where it leads, over enrolments, to a certificate that the verifier knows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from cryptography import x509

from pdpo_audit.signing.checks import Verdict
from pdpo_audit.signing.cms.checks import check_detached
from pdpo_audit.signing.cms.trust import Trust
from pdpo_audit.signing.keys.identities import common_name
from pdpo_audit.signing.signoffs.enrolments import (
    Enrolment,
    Statement,
    fingerprint,
    holder_of,
    key_of,
    read_statement,
)

#: Enrolments of one sign-off that are looked at; a company needs two or three to somebody who is known.
MOST_ENROLMENTS = 64


class Bond(StrEnum):
    """What ties a certificate to a person, the strongest first."""

    NAMED = "named by the verifier"
    TRUSTED = "on the trust list"
    COUNTERSIGNED = "countersigned"
    STATED = "stated by the organisation"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """The bond of one certificate in words; ``statement`` is the enrolment that it rests on, where it is one.

    ``holder`` is whom the certificate itself names, where its issuer or the verifier answers for it.
    """

    bond: Bond
    how: str = ""
    statement: Statement | None = None
    holder: str = ""

    @property
    def holds(self) -> bool:
        """Whether somebody other than the organisation's operator answers for who signed."""
        return self.bond in (Bond.NAMED, Bond.TRUSTED, Bond.COUNTERSIGNED)


def bind(
    certificate: x509.Certificate,
    trust: Trust,
    enrolments: Sequence[Enrolment],
    *,
    stated: Mapping[str, str],
    seals: Collection[str],
) -> Binding:
    """What ties ``certificate`` to a person without the trust list, which is judged with each signature.

    ``stated`` has the organisation's own statement for each fingerprint; ``seals`` are the fingerprints of its seals,
    which whoever runs the program can use, and which so answer for nobody.
    """
    mine = fingerprint(certificate)
    if known := trust.vouched.get(mine):
        return Binding(bond=Bond.NAMED, how=known, holder=common_name(certificate))
    chain = _Chain(trust=trust, enrolments=enrolments[:MOST_ENROLMENTS], seals=seals)
    for statement, signer, listed in _countersigned(certificate, chain):
        if listed or _leads(signer, chain):
            how = f"{statement.name} is enrolled with it, countersigned by {signer.subject.rfc4514_string()}"
            return Binding(bond=Bond.COUNTERSIGNED, how=how, statement=statement)
    if mine in stated:
        return Binding(bond=Bond.STATED, how=stated[mine])
    return Binding(bond=Bond.NOTHING)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chain:
    """What a way from a signer to somebody known is looked for in; ``reached`` are fingerprints that led nowhere."""

    trust: Trust
    enrolments: Sequence[Enrolment]
    seals: Collection[str]
    reached: set[str] = field(default_factory=set)


def _leads(certificate: x509.Certificate, chain: _Chain) -> bool:
    """Whether enrolments lead from ``certificate`` to somebody known; each certificate is looked at once."""
    waiting = [certificate]
    while waiting:
        one = waiting.pop()
        if fingerprint(one) in chain.reached:
            continue
        chain.reached.add(fingerprint(one))
        for _, signer, known in _countersigned(one, chain):
            if known:
                return True
            waiting.append(signer)
    return False


def _countersigned(certificate: x509.Certificate, chain: _Chain) -> Iterator[tuple[Statement, x509.Certificate, bool]]:
    """The enrolments of ``certificate``: what each states, who countersigned, and whether the verifier knows them."""
    trust = chain.trust
    for enrolment in chain.enrolments:
        statement = _held_by(enrolment, certificate, trust)
        if statement is None:
            continue
        other = check_detached("", enrolment.statement.encode(), enrolment.countersignature, trust)
        counter = check_detached("", enrolment.statement.encode(), enrolment.countersignature, _without_roots(trust))
        signer = counter.signer
        if signer is None or key_of(signer) == key_of(certificate) or fingerprint(signer) in chain.seals:
            continue
        listed = bool(trust.roots) and not any(one.verdict is Verdict.FAILED for one in other.checks)
        yield statement, signer, listed or fingerprint(signer) in trust.vouched


def _held_by(enrolment: Enrolment, certificate: x509.Certificate, trust: Trust) -> Statement | None:
    """The statement, where the key of ``certificate`` itself made it and somebody countersigned it."""
    try:
        statement = read_statement(enrolment.statement)
        if not enrolment.countersignature or statement.sha256 != fingerprint(certificate):
            return None
        holder_of(enrolment, trust)
    except ValueError:
        return None
    return statement


def _without_roots(trust: Trust) -> Trust:
    return replace(trust, roots=())
