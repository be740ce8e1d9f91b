"""The declared sources as they stand: what is said of each, when it was reached, what it holds, what that costs."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from pdpo_audit.catalogue import roots as rooted
from pdpo_audit.catalogue.queries.totals import seen_sources
from pdpo_audit.reports.content import cost
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.scan.scanning import SEPARATOR


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredSource:
    """A source as the settings declare it and the last scans found it.

    ``reached_at`` (ISO 8601) is when a scan last reached all of it, empty where none did; ``doubt`` says why the last
    one did not (``locations.roots.Doubt``). ``cost_hkd_per_month`` is that of its files at its own rate, ``None`` where
    the settings state none.
    """

    source: str
    uri: str
    owner: str
    jurisdiction: str
    record_class: str
    purpose: str
    public: str
    reached_at: str
    doubt: str
    files: int
    bytes: int
    cost_hkd_per_month: float | None


def list_sources(project: Project) -> list[DeclaredSource]:
    """The declared sources, in the order of the settings. Nothing is asked of them."""
    settings, records, seen = project.settings.sources, project.source_records(), seen_sources(project.store)
    reached = _last_reached(project, [one.name for one in settings if one.name in seen])
    doubts = {one.source: one.doubt.value for one in rooted.not_reached(project.store)}
    held = rooted.bytes_held(project.store)
    return [
        DeclaredSource(
            source=one.name, uri=one.uri, owner=one.owner, jurisdiction=one.jurisdiction,
            record_class=one.record_class, purpose=one.purpose, public=records[one.name].public,
            reached_at=reached.get(one.name, ""), doubt=doubts.get(one.name, ""),
            files=seen[one.name].files if one.name in seen else 0, bytes=held.get(one.name, 0),
            cost_hkd_per_month=cost.stated(held.get(one.name, 0), one.cost_hkd_per_gb_month),
        )
        for one in settings
    ]  # fmt: skip


def _last_reached(project: Project, names: Collection[str]) -> dict[str, str]:
    """When a scan last reached each of these sources wholly."""
    found, sought = dict[str, str](), set(names)
    for at, told in rooted.scans(project.store):
        if not sought:
            break
        only = str(told.get("sources") or "")
        asked = sought & set(only.split(SEPARATOR)) if only else set(sought)
        reached = asked - set(str(told.get("not_reached") or "").split(SEPARATOR))
        found |= dict.fromkeys(reached, at)
        sought -= reached
    return found
