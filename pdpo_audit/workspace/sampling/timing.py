"""How long a scan will take and what it will read, from a listing and a sample that this executor reads now."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from pdpo_audit.catalogue.store import Store
from pdpo_audit.catalogue.whereabouts import find_source, known_entries, known_folders
from pdpo_audit.errors import CallError
from pdpo_audit.model.locations.holdings import Entry, FolderListing, Skipped, locate
from pdpo_audit.ports import Progress, Silent, Source
from pdpo_audit.workspace.project import Project, ScanOptions
from pdpo_audit.workspace.sampling.looking import Listed, sample_of
from pdpo_audit.workspace.scan.parts import Part, PartSource, read_part
from pdpo_audit.workspace.scan.transfers import check_transfers

#: Files of the sample for each batch that the workers do at once, the fewest, and the most.
_EACH, _FEWEST, _MOST = 64, 64, 2_000
#: The clustering of a sample says nothing of that of the whole: copies are few in it.
_NOT_TOLD = ("Listing sources", "Comparing pictures", "Renewing fingerprints")


@dataclass(frozen=True, slots=True, kw_only=True)
class StageForecast:
    """A stage of the scan, and how many seconds it will take."""

    stage: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanForecast:
    """What a scan with these options would do, by this ``executor``.

    ``files`` and ``bytes`` are what the sources hold, ``files_to_read`` and ``bytes_to_read`` what is new or changed;
    ``bytes_in_all`` counts each file as often as stages open it, at most. The seconds follow from ``sampled`` files.
    ``hkd`` is what reading and computing cost, where the settings price them.
    """

    executor: str
    files: int
    bytes: int
    files_to_read: int
    bytes_to_read: int
    bytes_in_all: int
    sampled: int
    stages: tuple[StageForecast, ...]
    hkd: float | None
    seed: int

    @property
    def seconds(self) -> float:
        """How long the scan takes, without the forming of clusters."""
        return sum(one.seconds for one in self.stages)


def forecast(project: Project, options: ScanOptions, *, seed: int) -> ScanForecast:
    """List everything, read a sample drawn by ``seed``, and say what follows. Nothing is recorded.

    :raises CallError: no source is declared.
    """
    check_transfers(project, options)
    sources: list[Source] = [source for source in project.sources() if not options.only or source.name in options.only]
    if not sources:
        raise CallError("no source is declared", advice="pdpo-audit scan FOLDER --dry-run, or add [[sources]]")
    part = read_part(options.shard) if options.shard else Part()
    if not part.is_all:
        sources = [PartSource(source=source, part=part) for source in sources]
    found = _Pending(listed=Listed(sources=sources))
    began = time.monotonic()
    found.list(project)
    listing = time.monotonic() - began
    stages = (StageForecast(stage="Listing sources", seconds=listing),)
    sampled, measured = 0, tuple[StageForecast, ...]()
    if found.listed.sizes:
        sampled, measured = _measured(project, options, found.listed, seed)
    to_read, passes = sum(found.listed.sizes), max(1, len(measured))
    seconds = sum(one.seconds for one in (*stages, *measured))
    return ScanForecast(
        executor=project.settings.execution.executor if options.workers is None else f"processes:{options.workers}",
        files=found.files,
        bytes=found.bytes,
        files_to_read=len(found.listed.sizes),
        bytes_to_read=to_read,
        bytes_in_all=to_read * passes,
        sampled=sampled,
        stages=(*stages, *measured),
        hkd=_cost(project, found.listed, passes, seconds),
        seed=seed,
    )


@dataclass(slots=True, kw_only=True)
class _Pending:
    """What the sources hold, and of it the files that a scan would read."""

    listed: Listed
    files: int = 0
    bytes: int = 0

    def list(self, project: Project) -> None:
        """Walk through the sources against what the catalogue knows, if there is one."""
        store = _begun(project)
        project.progress.start("Listing sources", len(self.listed.sources))
        for number, source in enumerate(self.listed.sources):
            known = _Known(store, source.name)
            for folder in source.folders():
                if not isinstance(folder, Skipped):
                    self._add(number, folder, known)
            project.progress.advance()

    def _add(self, number: int, folder: FolderListing, known: _Known) -> None:
        self.files += len(folder.entries)
        self.bytes += sum(entry[1] for entry in folder.entries)
        for entry in known.changed(folder):
            self.listed.locators.append(locate(folder.folder, entry[0]))
            self.listed.source.append(number)
            self.listed.sizes.append(entry[1])


class _Known:
    """What the catalogue knows of a source; nothing where there is no catalogue yet."""

    def __init__(self, store: Store | None, source: str) -> None:
        self._store = store
        number = find_source(store, source) if store else None
        self._folders = known_folders(store, number) if store and number is not None else {}

    def changed(self, folder: FolderListing) -> list[Entry]:
        """The files of a folder that are not as they were when they were read."""
        before = self._folders.get(folder.folder)
        if before is None or self._store is None:
            return list(folder.entries)
        if before.listing == folder.digest():
            return []
        entries = known_entries(self._store, before.folder_id)
        return [entry for entry in folder.entries if entries.get(entry[0]) != entry]


def _begun(project: Project) -> Store | None:
    """The catalogue, if a scan has begun one: a look makes none."""
    url, prefix = project.settings.catalogue.url, "sqlite:///"
    missing = url.startswith(prefix) and not (project.folder / url.removeprefix(prefix)).is_file()
    return None if missing else project.store


class _Stopwatch(Silent):
    """When each stage began and when its last item was done."""

    def __init__(self, shown: Progress) -> None:
        self._shown = shown
        self._spans: dict[str, list[float]] = {}
        self._now = ""

    def start(self, stage: str, total: int | None) -> None:
        self._now = stage
        if total:
            self._spans.setdefault(stage, []).append(time.monotonic())

    def advance(self, items: int = 1) -> None:
        if self._now in self._spans:
            self._spans[self._now].append(time.monotonic())
            self._shown.advance(items)

    def note(self, message: str) -> None:
        self._shown.note(message)

    def spans(self) -> Iterator[tuple[str, float]]:
        """Stages in their order, with the seconds from their beginning to their last item."""
        for stage, moments in self._spans.items():
            yield stage, sum(later - earlier for earlier, later in pairwise(moments))


def _measured(
    project: Project, options: ScanOptions, listed: Listed, seed: int
) -> tuple[int, tuple[StageForecast, ...]]:
    """Read a sample with workers that a first one has warmed, and stretch its times to all files."""
    from pdpo_audit.pipeline import line
    from pdpo_audit.workspace.scan.planning import plan_scan

    rows = np.random.default_rng(seed).permutation(len(listed.sizes))
    project.progress.start("Reading a sample", None)
    watch = _Stopwatch(project.progress)
    warm = rows[: min(len(rows) // 3, _FEWEST)]
    opened = sample_of(project, listed, warm, Silent())
    with opened as first, first.work(options.workers, gentle=options.gentle) as work:
        if len(warm):
            line.look(work, plan_scan(first, options, {}, _nothing_stopped))
        at_once = int(getattr(work.executor, "threads", 1))
        timed = rows[len(warm) :][: min(_MOST, max(_FEWEST, _EACH * at_once))]
        with sample_of(project, listed, timed, watch) as second:
            plan = plan_scan(second, options, {}, _nothing_stopped)
            line.look(replace(work, store=second.store, memory=second.memory, progress=watch), plan)
    scale = len(rows) / len(timed)
    spans = ((stage, seconds) for stage, seconds in watch.spans() if stage not in _NOT_TOLD)
    return len(warm) + len(timed), tuple(StageForecast(stage=stage, seconds=scale * took) for stage, took in spans)


def _nothing_stopped(_: Project) -> frozenset[str]:
    """The pictures of a sample are kept nowhere."""
    return frozenset()


def _cost(project: Project, listed: Listed, passes: int, seconds: float) -> float | None:
    """HK$ for reading by source and for the hours of the machines; ``None`` where the settings price neither."""
    hour = project.settings.execution.cost_hkd_per_hour
    prices = {one.name: one.cost_hkd_per_gb_read for one in project.settings.sources}
    if hour is None and not any(prices.values()):
        return None
    rates = [prices.get(source.name) or 0.0 for source in listed.sources]
    bytes_ = np.bincount(listed.source, weights=listed.sizes, minlength=len(rates)) if listed.sizes else np.zeros(1)
    reading = passes * float(sum(rate * size for rate, size in zip(rates, bytes_.tolist(), strict=False))) / 1e9
    return round(reading + (hour or 0.0) * seconds / 3600, 2)
