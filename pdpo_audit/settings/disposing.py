"""What may be done with copies whose time has come; nothing, unless it is written here."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from pdpo_audit.settings.sections import PeriodText, Section

ApprovingRole = Literal["owner", "dpo", "legal", "compliance"]


def _is_a_period(text: str) -> str:
    if text in ("P", ""):
        raise ValueError('a period is written as "P30D", "P4W", "P6M" or "P3Y"')
    return text


Period = Annotated[PeriodText, AfterValidator(_is_a_period)]


class DisposalPlaces(Section):
    """Declared folders to which copies are moved; each on the file system of the copies that it takes in.

    ``quarantine`` is a folder in the root of each mount where it stays empty.
    """

    quarantine: str = ""
    restricted: str = ""
    taken_down: str = ""


class DispositionSettings(Section):
    """Acts that are allowed, who approves them, and how long what was done can be undone."""

    #: Nothing acts without this line.
    allow: tuple[Literal["erase", "take_down", "restrict", "mask", "strip", "link"], ...] = ()
    #: Two different people at least, each in another role.
    approvals: tuple[ApprovingRole, ...] = ("owner", "dpo")
    #: Sources in which nothing is ever acted on, whatever is allowed.
    protected: tuple[str, ...] = ()
    #: The login under which this program may act; anybody's where it is empty. A reading account is never it.
    account: str = ""
    quarantine: Period = "P30D"
    places: DisposalPlaces = DisposalPlaces()
    approval_life: Period = "P30D"
    copies_that_stay: int = Field(default=1, ge=1)
    alarm_until: Period = "P3Y"

    @model_validator(mode="after")
    def _two_people_approve(self) -> DispositionSettings:
        if len(set(self.approvals)) < 2 or len(set(self.approvals)) != len(self.approvals):
            raise ValueError("approvals names two different roles at least, each once")
        return self
