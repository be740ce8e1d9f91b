"""Everything that ``pdpo-audit.toml`` may say."""

from __future__ import annotations

import hashlib
from datetime import date

from pydantic import model_validator

from pdpo_audit.settings.disposing import DispositionSettings
from pdpo_audit.settings.looking import (
    ContainerSettings,
    MetadataSettings,
    PeopleSettings,
    SimilaritySettings,
    TextSettings,
)
from pdpo_audit.settings.organisation import (
    AuditSettings,
    MatterSettings,
    Organisation,
    PersonSettings,
    plain_name,
)
from pdpo_audit.settings.reports import PolicySettings, ReportSettings, SigningSettings
from pdpo_audit.settings.reviewing import ReviewSettings
from pdpo_audit.settings.running import CatalogueSettings, ExecutionSettings, LimitSettings
from pdpo_audit.settings.scheduling import NoticeSettings, ScheduleSettings
from pdpo_audit.settings.sections import Section
from pdpo_audit.settings.sources import RegisterSettings, SourceSettings

#: The roles that sign an audit off, owners apart: those are named with their sources.
_SIGNING = frozenset({"dpo", "legal", "compliance", "communications"})


class Settings(Section):
    """Everything that ``pdpo-audit.toml`` may say."""

    organisation: Organisation = Organisation()
    audit: AuditSettings = AuditSettings()
    open_matters: tuple[MatterSettings, ...] = ()
    sources: tuple[SourceSettings, ...] = ()
    registers: tuple[RegisterSettings, ...] = ()
    similarity: SimilaritySettings = SimilaritySettings()
    people: PeopleSettings = PeopleSettings()
    text: TextSettings = TextSettings()
    persons: tuple[PersonSettings, ...] = ()
    metadata: MetadataSettings = MetadataSettings()
    containers: ContainerSettings = ContainerSettings()
    policy: PolicySettings = PolicySettings()
    report: ReportSettings = ReportSettings()
    signing: SigningSettings = SigningSettings()
    catalogue: CatalogueSettings = CatalogueSettings()
    limits: LimitSettings = LimitSettings()
    execution: ExecutionSettings = ExecutionSettings()
    review: ReviewSettings = ReviewSettings()
    schedule: tuple[ScheduleSettings, ...] = ()
    notices: NoticeSettings = NoticeSettings()
    disposition: DispositionSettings = DispositionSettings()

    @model_validator(mode="after")
    def _names_are_unique(self) -> Settings:
        names = [source.name for source in self.sources]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"source names must be unique; used twice: {', '.join(twice)}")
        return self

    @model_validator(mode="after")
    def _plans_are_unique(self) -> Settings:
        names = [plan.name for plan in self.schedule]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"names in [[schedule]] must be unique; used twice: {', '.join(twice)}")
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

    @model_validator(mode="after")
    def _matters_concern_sources(self) -> Settings:
        known = {source.name for source in self.sources}
        for matter in self.open_matters:
            unknown = [source for source in matter.sources if source not in known]
            if unknown:
                raise ValueError(f'"{matter.what}" concerns a source that is not declared: {", ".join(unknown)}')
        return self

    def present(self, on: date) -> tuple[PersonSettings, ...]:
        """Who of ``[[people]]`` has not left before a day."""
        return tuple(person for person in self.persons if person.until is None or person.until >= on)

    def holders(self, on: date) -> dict[str, str]:
        """Who signs for each role on a day: ``[[people]]``, else the short form of ``[organisation] roles``."""
        present = self.present(on)
        left = {plain_name(one.name) for one in self.persons if one not in present}
        stated: dict[str, str] = {}
        for person in present:
            for role in _SIGNING.intersection(person.roles):
                stated.setdefault(role, person.name)
        for role, name in self.organisation.roles.items():
            if plain_name(name) not in left:
                stated.setdefault(str(role), name)
        return stated

    def deputies(self, on: date) -> dict[str, str]:
        """Who may sign in the place of each role's holder on a day."""
        present = {plain_name(person.name): person for person in self.present(on)}
        stands_in = {role: present.get(plain_name(name)) for role, name in self.holders(on).items()}
        return {role: one.deputy for role, one in stands_in.items() if one and plain_name(one.deputy) in present}

    def contradictions(self, on: date) -> tuple[str, ...]:
        """Where it is not clear who signs for a role on a day: two people, or one who has left."""
        present = self.present(on)
        names = {plain_name(one.name) for one in present}
        left = {plain_name(one.name) for one in self.persons} - names
        found = []
        for role in sorted(_SIGNING):
            short = next((name for stated, name in self.organisation.roles.items() if stated == role and name), "")
            held = [one.name for one in present if role in one.roles]
            if short and plain_name(short) in left:
                found.append(f"{short} signs for {role} by [organisation] roles and has left by [[people]]")
            elif short and held and plain_name(short) not in map(plain_name, held):
                found.append(f"{short} signs for {role} by [organisation] roles, {held[0]} by [[people]]")
            elif len(held) > 1:
                found.append(f"{' and '.join(held)} both sign for {role} by [[people]]; one can be the other's deputy")
        return tuple(found)

    def digest(self) -> str:
        """SHA-256 (hex) of the settings in force, for the report."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()
