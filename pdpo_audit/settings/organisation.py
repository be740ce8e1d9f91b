"""Who is audited, on whose authority, and who is who."""

from __future__ import annotations

import unicodedata
from typing import Literal

from pydantic import Field

from pdpo_audit.settings.sections import OptionalDate, Section


def plain_name(name: str) -> str:
    """A name as it is compared: neither capitals, widths of letters nor spaces make another person."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


class Organisation(Section):
    """Who is audited, and the people who answer for it."""

    name: str = ""
    name_zh: str = ""
    roles: dict[Literal["dpo", "legal", "compliance", "communications"], str] = Field(default_factory=dict)


class PersonSettings(Section):
    """One of ``[[people]]``: who is who, what they answer for, and what they may see (every source where empty)."""

    name: str = Field(min_length=1)
    roles: tuple[
        Literal["reviewer", "legal", "compliance", "communications", "dpo", "owner", "viewer", "admin"], ...
    ] = ()
    sees: tuple[str, ...] = ()
    login: str = ""
    email: str = ""
    #: SHA-256 (hex) of the person's certificate: stated by the organisation until somebody enrolled countersigns it.
    fingerprint: str = Field(default="", pattern=r"^([0-9A-Fa-f]{64})?$")
    deputy: str = ""
    until: OptionalDate = None


class MatterSettings(Section):
    """Litigation, a complaint, an investigation or a request that is open; of all sources where none is named.

    ``what`` is what it is called: a hold that is placed for the same words takes its place.
    """

    what: str = Field(min_length=1)
    sources: tuple[str, ...] = ()
    closed_on: OptionalDate = None


class AuditSettings(Section):
    """On whose authority the audit runs, and how its report is marked."""

    authorised_by: str = ""
    purpose: str = ""
    pia_reference: str = ""
    marking: str = "Restricted"
    next_review_on: OptionalDate = None
