"""Which act may be done to a copy, by its outcome on the ladder: the table of the contract as one function."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from pdpo_audit.model.disposition.acts import DisposalAct
from pdpo_audit.model.findings import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What the table asks beside outcome and act, as it stands at this moment.

    ``proposed``: the act that the ladder carries. ``decided``: a named person decided on this act, with a reason.
    ``additional``: it is not the master of its duplicate cluster. ``preserved``: a copy with the same bytes stays and
    was read back. ``legal``: somebody of the role legal agreed. ``stopped``: the stop rule holds it.
    ``excepted``: an exception with its last day is stated.
    """

    outcome: Outcome
    proposed: str = ""
    decided: bool = False
    additional: bool = False
    preserved: bool = False
    legal: bool = False
    stopped: bool = False
    excepted: bool = False


def may(act: DisposalAct, now: Circumstances) -> bool:
    """Whether ``act`` is allowed. (A copy that its master releases has another outcome than ``must_keep``.)"""
    if act is DisposalAct.KEEP:
        return now.outcome is not Outcome.DUE or now.excepted
    match now.outcome:
        case Outcome.ON_HOLD | Outcome.CANNOT_DECIDE:
            if act in (DisposalAct.ERASE, DisposalAct.LINK) or now.stopped:
                return False
            return now.preserved and now.legal
        case Outcome.CONFLICT | Outcome.MUST_KEEP:
            return act in (DisposalAct.TAKE_DOWN, DisposalAct.RESTRICT)
        case Outcome.DUE:
            return _when_due(act, now)
        case Outcome.NOT_YET_DUE | Outcome.FLAG | Outcome.NO_RULE:
            return _when_not_due(act, now)
        case _:
            assert_never(now.outcome)


def _when_due(act: DisposalAct, now: Circumstances) -> bool:
    if act is DisposalAct.ERASE:
        return now.proposed == act.value or now.decided
    return act is not DisposalAct.LINK or now.additional


def _when_not_due(act: DisposalAct, now: Circumstances) -> bool:
    if act is DisposalAct.RESTRICT:
        return True
    if act is DisposalAct.LINK:
        return now.additional
    return now.decided
