"""To whom a certificate is bound: by the trust list, by whoever verifies, by a countersignature, or by nothing.

Whoever runs this program can make keys in any name, enrol them, and let them countersign each other. So a
countersignature counts only where it leads, over enrolments, to a certificate that the verifier knows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from cryptography import x509

from pdpo_audit.signing.checks import Verdict
from pdpo_audit.signing.cms.checks import check_detached
from pdpo_audit.signing.cms.trust import Trust
from pdpo_audit.signing.signoffs.enrolments import (
    Enrolment,
    Statement,
    fingerprint,
    holder_of,
    key_of,
    read_statement,
)

#: Countersignatures from the signer to somebody who is known; a company needs two or three.
LONGEST_WAY = 8


class Bond(StrEnum):
    """What ties a certificate to a person, the strongest first."""

    NAMED = "named by the verifier"
    TRUSTED = "on the trust list"
    COUNTERSIGNED = "countersigned"
    STATED = "stated by the organisation"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """The bond of one certificate in words; ``statement`` is the enrolment that it rests on, where it is one."""

    bond: Bond
    how: str = ""
    statement: Statement | None = None

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
    seal: str,
) -> Binding:
    """What ties ``certificate`` to a person without the trust list, which is judged with each signature.

    ``stated`` has the organisation's own statement for each fingerprint; ``seal`` is the fingerprint of its seal, which
    whoever runs the program can use, and which so answers for nobody.
    """
    mine = fingerprint(certificate)
    if known := trust.vouched.get(mine):
        return Binding(bond=Bond.NAMED, how=known)
    way = _way(certificate, trust, enrolments, seal, LONGEST_WAY)
    if way is not None:
        return way
    if mine in stated:
        return Binding(bond=Bond.STATED, how=stated[mine])
    return Binding(bond=Bond.NOTHING)


def _way(
    certificate: x509.Certificate, trust: Trust, enrolments: Sequence[Enrolment], seal: str, steps: int
) -> Binding | None:
    """The countersigned enrolment of ``certificate`` whose countersigner is known; ``None`` when there is none."""
    if steps == 0:
        return None
    for enrolment in enrolments:
        statement = _held_by(enrolment, certificate, trust)
        if statement is None:
            continue
        other = check_detached("", enrolment.statement.encode(), enrolment.countersignature, trust)
        counter = check_detached("", enrolment.statement.encode(), enrolment.countersignature, _without_roots(trust))
        signer = counter.signer
        if signer is None or key_of(signer) == key_of(certificate) or fingerprint(signer) == seal:
            continue
        rest = [one for one in enrolments if one is not enrolment]
        listed = bool(trust.roots) and not any(one.verdict is Verdict.FAILED for one in other.checks)
        known = listed or fingerprint(signer) in trust.vouched or _way(signer, trust, rest, seal, steps - 1) is not None
        if known:
            how = f"{statement.name} is enrolled with it, countersigned by {signer.subject.rfc4514_string()}"
            return Binding(bond=Bond.COUNTERSIGNED, how=how, statement=statement)
    return None


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
