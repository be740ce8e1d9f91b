"""Periodic reviews and the notices about them."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, model_validator

from pdpo_audit.model.reviews.plans import Step
from pdpo_audit.settings.sections import OptionalDate, PeriodText, Section

#: This machine, by its names.
_HERE = ("localhost", "127.0.0.1", "::1")


class ScheduleSettings(Section):
    """One of ``[[schedule]]``: read once into the catalogue; later changes are made with ``schedule change``."""

    name: str = Field(pattern=r"^[\w.-]+$")
    every: str = Field(min_length=1)
    starts_on: OptionalDate = None
    sources: tuple[str, ...] | None = None
    packs: tuple[str, ...] | None = None
    owner: str | None = None
    sign_offs: tuple[Literal["legal", "compliance", "communications", "dpo", "owner"], ...] | None = None
    sign_off_within: PeriodText | None = None
    does: tuple[Step, ...] | None = None

    def wish(self) -> dict[str, Any]:
        """What is said here, by the names of a plan's fields."""
        return {name: value for name, value in self if name != "name"}


def _reference(value: object) -> object:
    if isinstance(value, str) and value and not re.fullmatch(r"(env|file):.+", value):
        raise ValueError("say where it is (env:VARIABLE or file:PATH); the settings never hold a secret itself")
    return value


class NoticeSettings(Section):
    """Who hears of what is due, and by which way: counts and a link, never a name, a path or a picture."""

    #: ``smtps://host:465``, ``smtp+starttls://host:587``, or ``smtp://localhost:25`` on this machine only.
    smtp: str = Field(default="", pattern=r"^(smtps|smtp\+starttls|smtp)://[^/@:]+(:\d+)?$|^$")
    user: str = ""
    password: Annotated[str, BeforeValidator(_reference)] = ""
    sender: str = ""
    #: Addresses beside the plan's owner and those who sign.
    recipients: tuple[str, ...] = ()
    webhook: str = Field(default="", pattern=r"^https?://.+$|^$")
    webhook_secret: Annotated[str, BeforeValidator(_reference)] = ""
    #: Addresses of Apprise, which may hold secrets: each ``env:VARIABLE`` or ``file:PATH``.
    apprise: tuple[Annotated[str, BeforeValidator(_reference)], ...] = ()
    #: Ways that other packages bring (entry point ``pdpo_audit.notifiers``), by name.
    notifiers: tuple[str, ...] = ()
    #: Who hears of what stays overdue: a name of ``[[people]]``, or an address.
    senior: str = ""
    link: str = ""
    languages: tuple[Literal["en", "zh-Hant"], ...] = ("en", "zh-Hant")

    @model_validator(mode="after")
    def _nothing_in_the_clear(self) -> NoticeSettings:
        for url, scheme, way in ((self.smtp, "smtp", "smtps or smtp+starttls"), (self.webhook, "http", "https")):
            if urlsplit(url).scheme == scheme and urlsplit(url).hostname not in _HERE:
                raise ValueError(f"{scheme} in the clear goes to this machine only; say {way}")
        return self
