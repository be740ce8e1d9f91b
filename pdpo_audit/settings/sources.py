"""Where images lie, and the files in which an organisation keeps facts on them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainValidator

from pdpo_audit.policy.words.jurisdictions import jurisdiction_code
from pdpo_audit.settings.sections import OptionalDate, Section


def _public(value: object) -> object:
    if value is None or isinstance(value, bool) or value == "partly":
        return value
    raise ValueError('write true, false or "partly"; leave it out where nobody has said')


#: A code of ISO 3166; the usual words for a place are understood.
Jurisdiction = Annotated[str, AfterValidator(jurisdiction_code)]

#: Whether the public can see a source; ``None`` where nobody has said.
Public = Annotated[bool | Literal["partly"] | None, PlainValidator(_public)]


class FactsByPattern(BaseModel):
    """Facts for the part of a source whose paths match ``match``; every other key is a dotted fact name."""

    model_config = ConfigDict(extra="allow", frozen=True)
    match: str

    def facts(self) -> dict[str, Any]:
        """The facts by dotted name."""
        return _flatten(self.model_extra or {})


class SourceSettings(Section):
    """One declared place that holds images."""

    name: str = Field(min_length=1)
    uri: str = Field(min_length=1)
    owner: str = ""
    jurisdiction: Jurisdiction = ""
    city: str = ""
    vendor: str = ""
    contract: str = ""
    transfer_basis: str = ""
    purpose: str = ""
    purpose_ended_on: OptionalDate = None
    record_class: str = ""
    cost_hkd_per_gb_month: float | None = Field(default=None, ge=0)
    #: What reading costs where a store charges for it, for ``scan --dry-run``.
    cost_hkd_per_gb_read: float | None = Field(default=None, ge=0)
    external_facing: Public = None
    include: tuple[str, ...] = ("**/*",)
    exclude: tuple[str, ...] = ()
    facts: tuple[FactsByPattern, ...] = ()


class RegisterSettings(Section):
    """A CSV or Excel file with facts by path pattern or content, and who supplied it."""

    file: str = Field(min_length=1)
    supplied_by: str = ""


def _flatten(table: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in table.items():
        if isinstance(value, Mapping):
            flat.update(_flatten(value, f"{prefix}{key}."))
        else:
            flat[prefix + key] = value
    return flat
