"""How pictures are compared, looked at for people, and read for metadata."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from pdpo_audit.settings.sections import OptionalDate, Section
from pdpo_audit.settings.sources import Jurisdiction


class SimilaritySettings(Section):
    """How far copies may differ, and where a master should lie."""

    level: Literal["exact", "pixel", "near", "metadata"] = "near"
    #: Whether near copies are looked for among parts of pictures, too: small crops, screenshots.
    crops: bool = True
    preferred_sources: tuple[str, ...] = ()
    preferred_jurisdiction: Jurisdiction = ""


class PersonSearchSettings(Section):
    """What a search by face needs before it runs at all; each of these is printed on the report."""

    purpose: str = ""
    approved_by: str = ""
    pia_reference: str = ""
    expires_on: OptionalDate = None


class PeopleSettings(Section):
    """Which pictures the face pass examines, and with what."""

    scope: Literal["all", "duplicates", "off"] = "all"
    detector: str = "auto"
    yunet: str = ""
    name_patterns: tuple[str, ...] = ()
    search: PersonSearchSettings = PersonSearchSettings()


class TextSettings(Section):
    """In which pictures identity numbers are looked for, and with what."""

    scope: Literal["all", "duplicates", "off"] = "duplicates"
    engine: str = "auto"


class ContainerSettings(Section):
    """Whether pictures inside archives, documents and mail are examined, and how many files deep."""

    open: bool = True
    max_depth: int = Field(default=4, ge=1, le=20)

    @property
    def depth(self) -> int:
        """How deep it is looked; 0 where nothing is opened."""
        return self.max_depth if self.open else 0


class MetadataSettings(Section):
    """Who reads what files say of themselves: Pillow, helped by ExifTool where that is installed."""

    reader: Literal["auto", "pillow", "exiftool"] = "auto"
