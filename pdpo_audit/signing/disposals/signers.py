"""Who signed an approval, and to whom that key is bound: by the settings, an enrolment, or the trust list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from pdpo_audit.signing.checks import Verdict
from pdpo_audit.signing.cms.checks import check_detached
from pdpo_audit.signing.cms.trust import Trust, read_trust
from pdpo_audit.signing.keys.identities import common_name
from pdpo_audit.signing.signoffs.bindings import bind
from pdpo_audit.signing.signoffs.enrolments import Enrolment, fingerprint, signer_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """The certificate (SHA-256, hex) of a valid signature, and the name to which it is bound; empty where to nobody."""

    sha256: str
    bound_to: str = ""


def state_signer(document: bytes, signature: bytes, now: datetime) -> Signer | None:
    """Who signed, whoever that is; ``None`` where it is no valid signature of the document."""
    return _signer(document, signature, now.replace(hour=23, minute=59, second=59, microsecond=0))


@lru_cache(maxsize=256)
def _signer(document: bytes, signature: bytes, evening: datetime) -> Signer | None:
    """The same bytes have the same signer all day: an approval is asked for at each part of a plan."""
    found = signer_of(document, signature, Trust(roots=(), now=evening))
    return None if found is None else Signer(sha256=fingerprint(found))


def signer_bound(
    document: bytes,
    signature: bytes,
    *,
    enrolments: Sequence[Enrolment],
    trust: Sequence[bytes],
    people: Mapping[str, str],
    seals: Sequence[str],
    now: datetime,
) -> Signer | None:
    """Who signed, and the name to which the organisation, the trust list or a countersigned enrolment binds the key.

    ``people`` are the keys (SHA-256, hex) that the organisation states, each with its person: they may countersign.
    """
    vouched = read_trust(trust, now)
    signer = signer_of(document, signature, vouched)
    if signer is None:
        return None
    mine = fingerprint(signer)
    if mine in seals:
        return Signer(sha256=mine)
    if mine in people:
        return Signer(sha256=mine, bound_to=people[mine])
    reading = check_detached("", document, signature, vouched)
    if vouched.roots and not any(check.verdict is Verdict.FAILED for check in reading.checks):
        return Signer(sha256=mine, bound_to=common_name(signer))
    bond = bind(signer, replace(vouched, vouched=people), enrolments, stated={}, seals=seals)
    if bond.holds:
        return Signer(sha256=mine, bound_to=bond.statement.name if bond.statement else bond.holder)
    return Signer(sha256=mine)
