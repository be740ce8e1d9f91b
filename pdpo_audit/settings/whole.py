"""Everything that ``pdpo-audit.toml`` may say."""

from __future__ import annotations

import hashlib
from datetime import date

from pydantic import model_validator

from pdpo_audit.settings.looking import MetadataSettings, PeopleSettings, SimilaritySettings
from pdpo_audit.settings.organisation import AuditSettings, Organisation, PersonSettings
from pdpo_audit.settings.reports import PolicySettings, ReportSettings, SigningSettings
from pdpo_audit.settings.running import CatalogueSettings, ExecutionSettings, LimitSettings
from pdpo_audit.settings.sections import Section
from pdpo_audit.settings.sources import RegisterSettings, SourceSettings

#: The roles that sign an audit off, owners apart: those are named with their sources.
_SIGNING = frozenset({"dpo", "legal", "compliance", "communications"})


class Settings(Section):
    """Everything that ``pdpo-audit.toml`` may say."""

    organisation: Organisation = Organisation()
    audit: AuditSettings = AuditSettings()
    sources: tuple[SourceSettings, ...] = ()
    registers: tuple[RegisterSettings, ...] = ()
    similarity: SimilaritySettings = SimilaritySettings()
    people: PeopleSettings = PeopleSettings()
    persons: tuple[PersonSettings, ...] = ()
    metadata: MetadataSettings = MetadataSettings()
    policy: PolicySettings = PolicySettings()
    report: ReportSettings = ReportSettings()
    signing: SigningSettings = SigningSettings()
    catalogue: CatalogueSettings = CatalogueSettings()
    limits: LimitSettings = LimitSettings()
    execution: ExecutionSettings = ExecutionSettings()

    @model_validator(mode="after")
    def _names_are_unique(self) -> Settings:
        names = [source.name for source in self.sources]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"source names must be unique; used twice: {', '.join(twice)}")
        return self

    @model_validator(mode="after")
    def _people_are_known(self) -> Settings:
        names = [person.name for person in self.persons]
        known = {source.name for source in self.sources}
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"names in [[people]] must be unique; used twice: {', '.join(twice)}")
        for person in self.persons:
            unknown = [source for source in person.sees if source not in known]
            if unknown:
                raise ValueError(f"{person.name} sees a source that is not declared: {', '.join(unknown)}")
            if person.deputy and person.deputy not in names:
                raise ValueError(f"{person.deputy}, the deputy of {person.name}, is not in [[people]]")
        return self

    def holders(self, on: date) -> dict[str, str]:
        """Who signs for each role on a day: the short form of ``[organisation] roles``, then ``[[people]]``."""
        stated = {str(role): name for role, name in self.organisation.roles.items()}
        for person in self.persons:
            if person.until is None or person.until >= on:
                for role in _SIGNING.intersection(person.roles):
                    stated[role] = stated.get(role) or person.name
        return stated

    def digest(self) -> str:
        """SHA-256 (hex) of the settings in force, for the report."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()
