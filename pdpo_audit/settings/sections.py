"""What every section of the settings has in common: nothing unknown is accepted, and nothing changes once read."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


def _empty_is_none(value: object) -> object:
    return None if value == "" else value


OptionalDate = Annotated[date | None, BeforeValidator(_empty_is_none)]

PeriodText = Annotated[str, Field(pattern=r"^P(\d+Y)?(\d+M)?(\d+W)?(\d+D)?$")]


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
