"""The record class of a place, as the settings state it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pdpo_audit.model.locations.patterns import LANGUAGE, matches


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordClasses:
    """The record class that the settings give a place: that of its source, unless a path pattern of the source gives
    another (triples of source, pattern and class; a later one overrides an earlier)."""

    by_source: Mapping[str, str]
    by_path: Sequence[tuple[str, str, str]] = ()

    def of(self, source: str, path: str) -> str:
        """The class of one place, empty where nobody stated one."""
        stated = [name for owner, pattern, name in self.by_path if owner == source and matches(pattern, path)]
        return stated[-1] if stated else self.by_source.get(source, "")

    def terms(self) -> list[object]:
        """Everything that it says, for a digest."""
        return [sorted(self.by_source.items()), LANGUAGE, list(self.by_path)]
