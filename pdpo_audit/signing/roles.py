"""Who signs a report: the organisation's seal, and the people who sign off; what they may say, and where it stands."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum

#: The field of the organisation's seal, always the first signature on a report.
SEAL_FIELD = "Seal"

#: How many fields a role has: a wrong sign-off is mended by a later one, and stays to be seen.
FIELDS_OF_A_ROLE = 3


class Role(StrEnum):
    """In which role a person signs a report off."""

    LEGAL = "legal"
    COMPLIANCE = "compliance"
    COMMUNICATIONS = "communications"
    DPO = "dpo"
    OWNER = "owner"

    @property
    def field(self) -> str:
        """The name of this role's first signature field in the PDF."""
        return f"SignOff-{self.value}"

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of this role's signature fields, in the order in which they are used."""
        return (self.field, *(f"{self.field}-{number}" for number in range(2, FIELDS_OF_A_ROLE + 1)))


class Decision(StrEnum):
    """What a person says of a report by signing it."""

    AGREE = "agree"
    RESERVATIONS = "agree-with-reservations"
    REFUSE = "refuse"

    @property
    def words(self) -> str:
        """The decision as people read it."""
        return {"agree": "agrees", "agree-with-reservations": "agrees with reservations", "refuse": "refuses"}[self]


def state_reason(role: Role, decision: Decision | None, comment: str) -> str:
    """What a sign-off states in its signature; ``decision`` is ``None`` in audits that did not ask for one yet."""
    said = f"Sign-off: {role.value}" + (f": {decision.words}" if decision else "")
    return said + (f" ({comment})" if comment else "")


#: The fields of the first audits: one a role. What a screen reader says of each.
FIRST_FIELDS: Mapping[str, str] = {
    SEAL_FIELD: "Seal of the organisation",
    **{role.field: f"Sign-off: {role.value}" for role in Role},
}

#: Every signature field that a prepared report has, and what a screen reader says of it.
FIELDS: Mapping[str, str] = {
    SEAL_FIELD: "Seal of the organisation",
    **{
        field: f"Sign-off: {role.value}" + (f" (entry {number})" if number > 1 else "")
        for role in Role
        for number, field in enumerate(role.fields, start=1)
    },
}


def fields_expected(names: Collection[str]) -> Mapping[str, str]:
    """The fields that a report with the fields ``names`` must have, all of them and no others."""
    return FIELDS if set(names) - FIRST_FIELDS.keys() else FIRST_FIELDS
