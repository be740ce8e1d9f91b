"""A sample looked at: a scan of the files that were drawn, with a catalogue of its own that is thrown away."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pdpo_audit.model.locations.holdings import Entry, FolderListing, Skipped, locate
from pdpo_audit.model.locations.printed import printed_place
from pdpo_audit.model.locations.roots import RootIdentity
from pdpo_audit.model.tables import Table
from pdpo_audit.ports import Progress, Source, StoredFile
from pdpo_audit.workspace.project import Project, ScanOptions

if TYPE_CHECKING:
    import pandas as pd


@dataclass(slots=True, kw_only=True)
class Listed:
    """Every file of every source: its source's number, its size, and how to open it."""

    sources: Sequence[Source]
    locators: list[bytes] = field(default_factory=list)
    source: list[int] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    skipped: int = 0


def list_files(project: Project, sources: Sequence[Source]) -> Listed:
    """List everything, and read nothing."""
    listed = Listed(sources=sources)
    project.progress.start("Listing sources", len(sources))
    for number, source in enumerate(sources):
        for folder in source.folders():
            if isinstance(folder, Skipped):
                listed.skipped += 1
                continue
            for entry in folder.entries:
                listed.locators.append(_place(folder, entry))
                listed.source.append(number)
                listed.sizes.append(entry[1])
        project.progress.advance()
    return listed


class Sampled:
    """A source of which only some files are there."""

    def __init__(self, source: Source, chosen: frozenset[bytes]) -> None:
        self._source, self._chosen = source, chosen

    @property
    def name(self) -> str:
        """The source's own."""
        return self._source.name

    @property
    def uri(self) -> str:
        """The source's own."""
        return self._source.uri

    def folders(self) -> Iterator[FolderListing | Skipped]:
        """The folders of the source with the files that were drawn."""
        for folder in self._source.folders():
            if isinstance(folder, Skipped):
                continue
            entries = [entry for entry in folder.entries if _place(folder, entry) in self._chosen]
            if entries:
                yield replace(folder, entries=entries)

    def wants(self, locator: bytes, member: str = "") -> bool:
        """What the source wants, of what was drawn."""
        return locator in self._chosen and self._source.wants(locator, member)

    def choice(self) -> str:
        """A choice of its own."""
        return f"sample of {self._source.choice()}"

    def identity(self) -> RootIdentity | None:
        """The source's own."""
        return self._source.identity()

    def open(self, locator: bytes) -> StoredFile:
        """The file."""
        return self._source.open(locator)

    def close(self) -> None:
        """Close the source."""
        self._source.close()


class _SampledProject(Project):
    """The workspace with only the files of the sample, and a catalogue of its own that is thrown away."""

    chosen: dict[str, frozenset[bytes]]

    def sources(self) -> list[Source]:
        """Each source with the files that were drawn from it."""
        return [Sampled(source, self.chosen.get(source.name, frozenset())) for source in super().sources()]


@contextmanager
def sample_of(
    project: Project, listed: Listed, rows: NDArray[np.int64], progress: Progress | None = None
) -> Iterator[Project]:
    """The workspace with only the files that were drawn, and a catalogue that ends with the block."""
    from pdpo_audit.catalogue.store import Store
    from pdpo_audit.workspace.memory_key import open_memory

    chosen: dict[str, set[bytes]] = {}
    for row in rows.tolist():
        chosen.setdefault(listed.sources[listed.source[row]].name, set()).add(listed.locators[row])
    with tempfile.TemporaryDirectory() as scratch:
        told = progress or project.progress
        sampled = _SampledProject(project.folder, progress=told, clock=project.clock, actor=project.actor)
        sampled.settings, sampled.locked = project.settings, True
        sampled.store = Store.open("sqlite:///sample.db", Path(scratch))
        sampled.memory = open_memory(Path(scratch), sampled.store, project.entropy)
        sampled.chosen = {name: frozenset(places) for name, places in chosen.items()}
        try:
            yield sampled
        finally:
            sampled.close()


def look(project: Project, listed: Listed, rows: NDArray[np.int64], *, people: bool) -> dict[int, pd.Series]:
    """What a scan says of the files that were drawn, by their row; files that are no picture are not there."""
    from pdpo_audit.pipeline import line
    from pdpo_audit.workspace.rules.assessing import tables
    from pdpo_audit.workspace.scan.planning import plan_scan

    with sample_of(project, listed, rows) as sampled:
        options = ScanOptions(people="all" if people else "off", level="exact")
        with sampled.work() as work:
            line.look(work, plan_scan(sampled, options, {}, lambda _: frozenset()))
        found = [row for part in tables(sampled).chunks(Table.HOLDINGS) for _, row in part.iterrows()]
    return _by_row(listed, rows, found)


def _by_row(listed: Listed, rows: NDArray[np.int64], found: Sequence[pd.Series]) -> dict[int, pd.Series]:
    printed = {
        (listed.sources[listed.source[row]].name, printed_place(listed.locators[row], "")): row for row in rows.tolist()
    }
    placed = [(printed.get((one["source"], str(one["path"]).split("!/", 1)[0])), one) for one in found]
    return {row: one for row, one in reversed(placed) if row is not None}


def _place(folder: FolderListing, entry: Entry) -> bytes:
    return locate(folder.folder, entry[0])
