"""What a reviewer says to findings, as it is filled in, and the words in which it is recorded."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from pdpo_audit.errors import CallError
from pdpo_audit.model.reviews.erasures import INSTEAD

#: How the recorded reason of an exception begins; its last day follows.
EXCEPTION = "Keep as an exception until"
#: Who can be asked to decide instead.
ROLES = ("legal", "compliance", "communications", "dpo", "owner")


class Choice(StrEnum):
    """What a reviewer says to findings."""

    AGREE = "agree"
    DISAGREE = "disagree"
    KEEP = "keep"  # an exception: who approved it, until when
    ERASE = "erase"
    RESTRICT = "restrict"
    MASK = "mask"
    ESCALATE = "escalate"
    ASK_OWNER = "ask_owner"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A decision as a reviewer fills it in."""

    choice: Choice
    reason: str = ""
    approver: str = ""
    until: str = ""
    role: str = ""


def read_said(fields: Mapping[str, str]) -> Said:
    """A decision out of the fields of a form or a call.

    :raises CallError: with everything that is missing.
    """
    try:
        choice = Choice(fields.get("choice", ""))
    except ValueError:
        raise CallError("choose a decision", advice=", ".join(Choice)) from None
    said = Said(
        choice=choice, **{name: fields.get(name, "").strip() for name in ("reason", "approver", "until", "role")}
    )
    if wrong := _mistakes(said):
        raise CallError("; ".join(wrong))
    return said


def _mistakes(said: Said) -> list[str]:
    found = []
    if said.choice is not Choice.AGREE and not said.reason:
        found.append("a reason is needed unless the decision is to agree")
    if len(said.reason) > 4000:
        found.append("the reason is longer than 4,000 letters")
    if said.choice is Choice.KEEP:
        if not said.approver:
            found.append("an exception needs who approved it")
        try:
            date.fromisoformat(said.until)
        except ValueError:
            found.append("an exception needs the day on which it ends, such as 2027-06-30")
    if said.choice is Choice.ESCALATE and said.role not in ROLES:
        found.append(f"escalate to one of {', '.join(ROLES)}")
    return found


def told(said: Said) -> str:
    """The reason as it is recorded: what was chosen, where the kind of decision does not say it, then the words."""
    match said.choice:
        case Choice.KEEP:
            before = f"{EXCEPTION} {said.until}, approved by {said.approver}"
        case Choice.ERASE | Choice.RESTRICT | Choice.MASK:
            before = f"{INSTEAD}{said.choice.value}"
        case Choice.ESCALATE:
            before = f"For {said.role} to decide"
        case Choice.ASK_OWNER:
            before = "The owner is asked"
        case _:
            return said.reason
    return f"{before}. {said.reason}"


def kept_until(reason: str) -> date | None:
    """The last day of an exception, out of the reason as ``told`` wrote it; ``None`` for any other reason."""
    found = re.match(rf"{EXCEPTION} (\d{{4}}-\d{{2}}-\d{{2}}), approved by ", reason)
    try:
        return date.fromisoformat(found[1]) if found else None
    except ValueError:
        return None
