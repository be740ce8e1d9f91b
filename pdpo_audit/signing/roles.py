"""Who signs a report: the organisation's seal, and the people who sign off."""

from __future__ import annotations

from enum import StrEnum

#: The field of the organisation's seal, always the first signature on a report.
SEAL_FIELD = "Seal"


class Role(StrEnum):
    """In which role a person signs a report off."""

    LEGAL = "legal"
    COMPLIANCE = "compliance"
    COMMUNICATIONS = "communications"
    DPO = "dpo"
    OWNER = "owner"

    @property
    def field(self) -> str:
        """The name of this role's signature field in the PDF."""
        return f"SignOff-{self.value}"


#: Every signature field that a prepared report has, and what a screen reader says of it.
FIELDS: dict[str, str] = {
    SEAL_FIELD: "Seal of the organisation",
    **{role.field: f"Sign-off: {role.value}" for role in Role},
}
