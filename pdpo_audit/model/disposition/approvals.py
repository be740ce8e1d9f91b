"""Whether a plan may be carried out: who must approve, who cannot, until when an approval counts."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pdpo_audit.model.disposition.acts import DisposalAct
from pdpo_audit.model.disposition.plans import Approval, PlanHeader, PlanItem

#: The role of the third approval.
LEGAL = "legal"
#: What an approval decides.
APPROVE, REJECT = "approve", "reject"
#: Levels and flags of pictures for which somebody of the role legal approves, too.
_NAMED, _CHILD = "P3", "child"


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """An approval whose signature was checked: ``faults`` say why it does not count, in words."""

    approval: Approval
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Whether a plan is approved now; ``lacking`` are roles that nobody has approved in, ``rejected_by`` who refused.

    Nobody is asked for more where somebody refused: ``lacking`` is empty then.
    ``ends_at`` is the moment from which it is approved no more; ``expired`` says that it was, and is over.
    """

    approved: bool
    lacking: tuple[str, ...]
    counted: tuple[Approval, ...]
    rejected_by: str = ""
    ends_at: str = ""
    expired: bool = False


def roles_needed(named: Sequence[str], items: Sequence[PlanItem]) -> tuple[str, ...]:
    """The roles that must approve: those of the settings, and legal as another where a line needs it."""
    asked = list(named)
    if any(item.legal for item in items) and LEGAL not in asked:
        asked.append(LEGAL)
    return tuple(asked)


def why_legal(item: PlanItem, flags: Collection[str]) -> str:
    """Why a line needs the approval of somebody of the role legal; empty where it does not."""
    reasons = []
    if item.act is DisposalAct.KEEP:
        return ""
    if item.people_level == _NAMED:
        reasons.append("named person")
    if _CHILD in flags:
        reasons.append("child")
    if item.act is DisposalAct.ERASE and not item.keepers:
        reasons.append("no copy stays")
    if item.outcome in ("on_hold", "cannot_decide"):
        reasons.append(item.outcome)
    return ", ".join(reasons)


def judge(header: PlanHeader, digest: str, given: Sequence[Given], now: datetime) -> Standing:
    """Whether the approvals that count are enough: each needed role by another person, with another key.

    A later word of the same person in the same role takes the place of the earlier. One valid refusal stops a plan.
    """
    valid = _latest([one.approval for one in given if not one.faults and one.approval.plan_sha256 == digest])
    refused = next((one.name for one in valid if one.decision == REJECT), "")
    agreed = [one for one in valid if one.decision == APPROVE]
    fresh = [one for one in agreed if now < _ends(header, one)]
    counted = _assigned(header.approvals, fresh)
    lacking = () if refused else tuple(role for role in header.approvals if role not in counted)
    was = not lacking or all(role in _assigned(header.approvals, agreed) for role in header.approvals)
    return Standing(
        approved=not refused and not lacking and len(header.approvals) >= 2,
        lacking=lacking,
        counted=tuple(counted.values()),
        rejected_by=refused,
        ends_at=min((_ends(header, one) for one in counted.values()), default=now).isoformat() if counted else "",
        expired=was and bool(lacking),
    )


def cannot_approve(header: PlanHeader, name: str, others: Mapping[str, str]) -> str:
    """Why this person cannot approve this plan; ``others`` are people who cannot, each with the reason."""
    if plain(name) in (plain(header.preparer), plain(header.account)):
        return "whoever prepared a plan does not approve it"
    return others.get(plain(name), "")


def plain(name: str) -> str:
    """A name as it is compared."""
    return " ".join(name.casefold().split())


def _ends(header: PlanHeader, one: Approval) -> datetime:
    return datetime.fromisoformat(one.at) + timedelta(days=header.approval_days)


def _latest(approvals: Sequence[Approval]) -> list[Approval]:
    found: dict[tuple[str, str], Approval] = {}
    for one in sorted(approvals, key=lambda one: datetime.fromisoformat(one.at)):
        found[plain(one.name), one.role] = one
    return list(found.values())


def _assigned(roles: Sequence[str], approvals: Sequence[Approval]) -> dict[str, Approval]:
    """For as many roles as possible an approval of another person with another key."""
    best: dict[str, Approval] = {}

    def place(rest: Sequence[str], taken: dict[str, Approval]) -> None:
        nonlocal best
        if len(taken) > len(best):
            best = dict(taken)
        if not rest:
            return
        used = {plain(one.name) for one in taken.values()}
        keys = {one.signer_sha256 for one in taken.values()}
        for one in approvals:
            if one.role == rest[0] and plain(one.name) not in used and one.signer_sha256 not in keys:
                place(rest[1:], {**taken, rest[0]: one})
        place(rest[1:], taken)

    place(tuple(dict.fromkeys(roles)), {})
    return best
