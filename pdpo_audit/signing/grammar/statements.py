"""Which audit a seal belongs to, in the words that its reports and its workbook state, and read back from them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pdpo_audit.model.audits import AuditHeader

_SEALED = re.compile(r"Sealed by (?P<organisation>.*): audit (?P<audit>[^ ]+)(?P<draft> \(draft\))?", re.DOTALL)
DRAFT = " (draft)"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedAudit:
    """The organisation and the number of the audit that a seal names, and whether it says that this is a draft."""

    organisation: str
    audit: str
    draft: bool = False


def state_audit(header: AuditHeader) -> str:
    """The audit's number, and that it is a draft where it is one."""
    return header.audit_id + (DRAFT if header.draft_reasons else "")


def state_seal(header: AuditHeader) -> str:
    """What the seal of a report states as its reason."""
    return f"Sealed by {header.organisation}: audit {state_audit(header)}"


def read_seal(reason: str) -> StatedAudit | None:
    """The audit that the seal of a report names; ``None`` where it names none."""
    found = _SEALED.fullmatch(reason)
    if found is None:
        return None
    return StatedAudit(organisation=found["organisation"], audit=found["audit"], draft=found["draft"] is not None)
