"""At rest: whether a scan would find everything as the last one left it, told from a listing of the sources alone.

At its end a scan notes in the catalogue what its results rest on: the settings, the methods, the installed engines, the
options, and the count of changes. The next scan with the same terms lists the sources; where every folder is as it was
recorded there is nothing to do, and no decoder, face engine or database library needs to be loaded to say so.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pdpo_audit.catalogue.database.resting import GENERATION, RestingCatalogue
from pdpo_audit.model.clocks import clock_is_back
from pdpo_audit.model.events import Details
from pdpo_audit.model.locations.changes import Look
from pdpo_audit.model.methods import CATALOGUE, COMPARISON, FINGERPRINTS, PEOPLE, READERS, SIDECARS, TEXT
from pdpo_audit.model.tool import NOT_SETTINGS, VERSION
from pdpo_audit.pipeline.results import Clustered, Examined, PeopleFound, ScanSummary, TextFound
from pdpo_audit.ports import Source
from pdpo_audit.sources.filesystem import FolderSource
from pdpo_audit.sources.reconciliation import walk
from pdpo_audit.workspace.project import Project, ScanOptions

if TYPE_CHECKING:
    from pdpo_audit.catalogue.store import Transaction

#: The catalogue's key for what the last scan left.
_LEFT = "left_by_scan"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """What looking told: the walks by source, and a summary where they found nothing to do."""

    catalogue: RestingCatalogue
    looks: Mapping[str, Look]
    summary: ScanSummary | None

    def record(self, details: Details, *, at: datetime, actor: str, salt: bytes) -> None:
        """Note in the event log that a scan was made."""
        self.catalogue.append_event("scanned", details, at=at, actor=actor, salt=salt)
        self.catalogue.close()


def look(project: Project, options: ScanOptions) -> Rest | None:
    """List the sources as the last scan knew them; ``None`` where no scan with these terms left anything to go by."""
    file = _catalogue_file(_settings(project), project.folder)
    catalogue = RestingCatalogue.open(file) if file else None
    if catalogue is None:
        return None
    left = json.loads(catalogue.recall(_LEFT) or "{}")
    if (
        left.get("terms") != _terms(project, options)
        or left["generation"] != catalogue.generation()
        or clock_is_back(catalogue.last_event_at(), project.clock())
    ):
        catalogue.close()
        return None
    sources = [source for source in map(_source, left["sources"]) if not options.only or source.name in options.only]
    project.progress.start("Listing sources", len(sources))
    looks = {}
    for source in sources:
        looks[source.name] = walk(source, catalogue.known_folders(source.name))
        project.progress.advance()
    at_their_places = all(_root(source) == left["roots"].get(source.name) for source in sources)
    quiet = at_their_places and all(
        not (seen.listings or seen.gone or seen.unreached) and catalogue.passed_over_as_before(name, seen.passed_over)
        for name, seen in looks.items()
    )
    if not (quiet and looks):
        catalogue.close()
    return Rest(catalogue=catalogue, looks=looks, summary=_summary(left, looks) if quiet and looks else None)


def stated_level(project: Project) -> str:
    """How far copies may differ, as variable or file say, unchecked; empty where they are silent."""
    said = os.environ.get("PDPO_AUDIT_SIMILARITY__LEVEL", "").strip('"')
    return said or _setting(_settings(project), "similarity", "level", "")


def disturb(project: Project) -> None:
    """Work begins: until it is done, nothing may be taken as settled."""
    with project.store.transaction() as transaction:
        transaction.remember(_LEFT, "{}")


def settle(project: Project, transaction: Transaction, options: ScanOptions, summary: ScanSummary) -> None:
    """Note what this scan leaves, for the next one."""
    left = {
        "terms": _terms(project, options),
        "generation": transaction.counted(GENERATION),
        "sources": _listed(project.sources()),
        "roots": {one.name: _root(one) for one in project.sources() if isinstance(one, FolderSource)},
        "clusters": summary.clustered.clusters,
        "additional_copies": summary.clustered.additional_copies,
        "people": summary.people is not None,
        "text": summary.text.legible if summary.text else None,
        "text_missing": summary.text_missing,
        "hard_links": summary.hard_links,
    }
    transaction.remember(_LEFT, json.dumps(left))


def _summary(left: Mapping[str, Any], looks: Mapping[str, Look]) -> ScanSummary:
    return ScanSummary(
        new=0,
        changed=0,
        moved=0,
        vanished=0,
        unchanged=sum(one.unchanged for one in looks.values()),
        examined=Examined(),
        clustered=Clustered(
            clusters=left["clusters"],
            additional_copies=left["additional_copies"],
            born=0,
            ended=0,
            verified_pairs=0,
        ),
        people=PeopleFound(read=0, failed=0, faces=0) if left["people"] else None,
        text=TextFound(read=0, failed=0, legible=left["text"]) if left["text"] is not None else None,
        text_missing=left["text_missing"],
        hard_links=left["hard_links"],
    )


def _terms(project: Project, options: ScanOptions) -> str:
    """Digest of everything beside the sources that decides what a scan would do."""
    variables = {
        name: value for name, value in os.environ.items() if name.startswith("PDPO_AUDIT_") and name not in NOT_SETTINGS
    }
    terms = [
        VERSION, CATALOGUE, READERS, FINGERPRINTS, COMPARISON, PEOPLE, SIDECARS, TEXT,
        str(project.folder), str(Path.home()), project.settings_path.read_bytes().hex(), sorted(variables.items()),
        options.people, options.thorough, options.level, options.crops,
        list(_installed(_settings(project), project.folder)),
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(terms).encode()).hexdigest()


def _installed(settings: Mapping[str, Any], folder: Path) -> Iterator[tuple[str, int]]:
    """When the folders of installed packages last changed, and the files of a face engine and of registers: they may
    be there by now."""
    engine = _setting(settings, "people", "yunet", "")
    registers = [
        str(folder / str(one.get("file", ""))) for one in settings.get("registers", []) if isinstance(one, dict)
    ]
    folders = [place for place in sys.path if place.endswith(("site-packages", "dist-packages"))]
    for place in (*folders, *([engine] if engine else []), *registers):
        try:
            yield place, Path(place).stat().st_mtime_ns
        except OSError:
            yield place, 0


def _catalogue_file(settings: Mapping[str, Any], folder: Path) -> Path | None:
    """The catalogue's file where it is SQLite and the settings file alone says where; ``None`` otherwise."""
    prefix = "sqlite:///"
    url = _setting(settings, "catalogue", "url", f"{prefix}catalogue.db")
    if not (settings and url.startswith(prefix)) or any(name.startswith("PDPO_AUDIT_CATALOGUE") for name in os.environ):
        return None
    return folder / url.removeprefix(prefix)


def _settings(project: Project) -> dict[str, Any]:
    """The settings file as it stands, unchecked: a mistake in it is told by whoever reads it in earnest."""
    try:
        return tomllib.loads(project.settings_path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}


def _setting(settings: Mapping[str, Any], section: str, key: str, default: str) -> str:
    found = settings.get(section)
    return str(found.get(key, default)) if isinstance(found, dict) else default


def _listed(sources: Sequence[Source]) -> list[list[object]]:
    """The sources as they are noted; none where one of them is no folder, for only folders can be listed unloaded."""
    folders = [one for one in sources if isinstance(one, FolderSource)]
    noted: list[list[object]] = [[one.name, one.uri, one.include, one.exclude] for one in folders]
    return noted if len(folders) == len(sources) else []


def _root(source: Source) -> list[object]:
    """What tells a source's root from another one, as it is noted; nothing where the root is not there."""
    found = source.identity()
    return [found.device, found.inode, found.store, found.linked] if found else []


def _source(left: list[Any]) -> FolderSource:
    name, path, include, exclude = left
    return FolderSource(name=name, root=os.fsencode(path), include=tuple(include), exclude=tuple(exclude))
