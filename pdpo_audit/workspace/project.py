"""An opened audit project: its folder, settings, catalogue and sources. What the capabilities work on."""

from __future__ import annotations

import getpass
import os
import platform
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from pdpo_audit.errors import CallError
from pdpo_audit.model.audits import SourceRecord
from pdpo_audit.model.locations.patterns import literal
from pdpo_audit.model.locations.places import SourceSpec
from pdpo_audit.model.locations.printed import printed
from pdpo_audit.model.tool import SETTINGS_FILE
from pdpo_audit.ports import Progress, Silent, Source

if TYPE_CHECKING:
    from pdpo_audit.catalogue.memory import Memory
    from pdpo_audit.catalogue.store import Store
    from pdpo_audit.imaging.limits import Limits
    from pdpo_audit.people.detectors.engines import DetectorSpec
    from pdpo_audit.pipeline.work import Work
    from pdpo_audit.settings import Settings, SourceSettings
    from pdpo_audit.workspace.executing.opening import Site

#: Address space of a worker before it opens a picture, with room for what detectors and comparisons take beside one.
_WITHOUT_PICTURES = 600_000_000

#: How a source is declared that is known from shards only: nothing here can open it.
ELSEWHERE = "shard://"

HONG_KONG = ZoneInfo("Asia/Hong_Kong")


def now() -> datetime:
    """The time in Hong Kong."""
    return datetime.now(HONG_KONG)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanOptions:
    """How to scan: ``people``, ``level`` and ``crops`` override the settings. Nothing is ever decoded in this
    process: ``workers`` 0 is one worker, as 1 is; without a number the settings name them."""

    workers: int | None = None
    people: str | None = None
    thorough: bool = False
    limit: int | None = None
    gentle: bool = False
    only: tuple[str, ...] = ()
    level: str | None = None
    crops: bool | None = None
    #: ``3/16``: only the third of sixteen parts of each source (``scan.parts``).
    shard: str = ""
    #: That somebody agreed to what is told before a scan (``scan.transfers``).
    agreed: bool = False


class Project:
    """A folder with ``pdpo-audit.toml``; ``clock``, ``actor`` and ``token`` bring time, person and chance in.

    Settings, catalogue and workers are loaded when first asked for: a re-scan that finds nothing new needs none.
    """

    def __init__(
        self,
        folder: Path,
        *,
        progress: Progress | None = None,
        clock: Callable[[], datetime] = now,
        actor: str | None = None,
        token: Callable[[], str] = lambda: os.urandom(3).hex(),
        mask_key: Callable[[], bytes] = lambda: os.urandom(16),
        entropy: Callable[[int], bytes] = os.urandom,
        ask_passphrase: Callable[[str], str] | None = None,
        passphrase_file: Path | None = None,
        no_seal: bool = False,
    ) -> None:
        self.folder = folder.resolve()
        self.progress = progress or Silent()
        self.clock = clock
        self.actor = actor or getpass.getuser()
        self.token = token
        self.mask_key = mask_key
        self.entropy = entropy
        self.ask_passphrase = ask_passphrase
        #: Where the passphrase of the seal's key stands, and whether a draft is sealed with a throw-away key instead.
        self.passphrase_file = passphrase_file
        self.no_seal = no_seal
        #: Audits of a planned review whose place the report in the making takes: it is not compared with them.
        self.replaced: frozenset[str] = frozenset()
        self.assumptions: list[str] = []
        #: Whether a verb of this project holds the workspace (``setup.run_lock``).
        self.locked = False
        #: Whether an empty catalogue may be begun beside sealed reports: somebody asked for it.
        self.begin_anew = False
        #: What the settings file said of the catalogue's place when it was read.
        self.catalogue_stated = ""
        #: When the file that the settings were read from was written.
        self._settings_written = 0
        file = self.settings_path
        if not file.is_file():
            raise CallError(f"{folder} is no workspace: it has no {file.name}", advice="pdpo-audit init DIR makes one")

    @property
    def settings_path(self) -> Path:
        """The settings file."""
        return self.folder / SETTINGS_FILE

    @property
    def reports(self) -> Path:
        """Where the audits' folders lie."""
        return self.folder / "reports"

    @cached_property
    def settings(self) -> Settings:
        """The settings in force."""
        from pdpo_audit import settings
        from pdpo_audit.workspace.addresses import stated_catalogue

        self._settings_written = self.settings_path.stat().st_mtime_ns
        self.catalogue_stated = stated_catalogue(self.settings_path)
        return settings.load(self.settings_path, os.environ)

    def reload(self) -> None:
        """Read the settings again after they were written."""
        self.__dict__.pop("settings", None)

    def refresh(self) -> None:
        """Read the settings again where somebody has written them since: a server stands for days."""
        if self.settings_path.stat().st_mtime_ns != self._settings_written:
            self.reload()

    @cached_property
    def store(self) -> Store:
        """The catalogue."""
        return self._open_store(fresh=self.begin_anew or not self._audited())

    @cached_property
    def owner_store(self) -> Store:
        """The catalogue with the rights of its owner, who may shorten the log; the same as ``store`` without one."""
        if not self.settings.catalogue.owner_url:
            return self.store
        return self._open_store(owner=True, fresh=False)

    def _open_store(self, *, owner: bool = False, fresh: bool) -> Store:
        from pdpo_audit.catalogue.store import Store
        from pdpo_audit.workspace.addresses import catalogue_address, still_named

        address = catalogue_address(self.settings.catalogue, self.folder, owner=owner)
        in_force = still_named(self.settings_path, self.catalogue_stated)
        return Store.open(address, self.folder, fresh=fresh, entropy=self.entropy, in_force=in_force)

    def _audited(self) -> bool:
        """Whether sealed reports lie here: then a catalogue was here, too."""
        return any(self.reports.glob("*/evidence/manifest.json"))

    @cached_property
    def memory(self) -> Memory:
        """The key under which the catalogue remembers places that it must not name; made when first needed."""
        from pdpo_audit.workspace.memory_key import open_memory

        return open_memory(self.folder, self.store, self.entropy)

    def close(self) -> None:
        """Let go of the catalogue."""
        for name in ("store", "owner_store"):
            if name in self.__dict__:
                self.__dict__.pop(name).close()

    def sources(self) -> list[Source]:
        """The declared sources, opened, but for those that only shards of other sites know; SettingsError for one that
        this version cannot read."""
        return [self._open(source) for source in self.settings.sources if source.uri != ELSEWHERE]

    def source_records(self) -> dict[str, SourceRecord]:
        """The declared sources as reports name them."""
        fields = set(SourceRecord.__dataclass_fields__)
        return {
            one.name: SourceRecord(**{key: value for key, value in one if key in fields})
            for one in self.settings.sources
        }

    def limits(self) -> Limits:
        """How much one picture may cost."""
        from pdpo_audit.imaging.limits import Limits

        bounds = self.settings.limits
        memory = max(1, self.settings.execution.worker_memory - _WITHOUT_PICTURES)
        return Limits(max_pixels=bounds.max_pixels, max_file_bytes=bounds.max_file_bytes, memory=memory)

    def detector(self, *, thorough: bool = False) -> DetectorSpec:
        """The face engine that the settings name."""
        from pdpo_audit.people.detectors.engines import DetectorSpec

        people = self.settings.people
        return DetectorSpec(name=people.detector, yunet=people.yunet, thorough=thorough)

    @contextmanager
    def work(self, workers: int | None = None, *, gentle: bool = False, brief: bool = False) -> Iterator[Work]:
        """Open the workers for some stages; they end with the block, at once when it is left by an error.

        A number of ``workers`` means processes of this machine, whatever the settings name. They load while the caller
        does. For ``brief`` work, whose code is loaded here by then, they are copies of this process where it has opened
        no catalogue yet: none of them ever holds the catalogue or its key.
        """
        from pdpo_audit.workspace.executing.opening import open_workers

        fork = brief and self.__dict__.keys().isdisjoint(("store", "memory"))
        executor, in_flight = open_workers(self.site(), workers, gentle=gentle, fork=fork)
        try:
            yield self._work(executor, in_flight)
        except BaseException:
            executor.shutdown(wait=False)
            raise
        executor.shutdown()

    def site(self) -> Site:
        """What workers depend on."""
        from pdpo_audit.workspace.executing.opening import Site

        return Site(folder=self.folder, settings=self.settings, sources=self.sources, progress=self.progress)

    def alone(self) -> Work:
        """What a stage works with that needs no workers: they would refuse whatever is given to them."""
        return self._work(Executor(), 0)

    def _work(self, executor: Executor, in_flight: int) -> Work:
        from pdpo_audit.metadata import reader_of
        from pdpo_audit.pipeline.work import Work

        return Work(
            store=self.store,
            memory=self.memory,
            executor=executor,
            in_flight=in_flight,
            progress=self.progress,
            clock=self.clock,
            actor=self.actor,
            limits=self.limits(),
            seconds_per_file=self.settings.limits.seconds_per_file,
            reader=reader_of(self.settings.metadata.reader),
            depth=self.settings.containers.depth,
        )

    def _open(self, source: SourceSettings) -> Source:
        """A source of any scheme; a folder's path is taken from the workspace's folder, which is no part of it."""
        from pdpo_audit.plugins import open_source

        uri, exclude = source.uri, source.exclude
        root = self._root(source)
        if root is not None:
            if self.folder.is_relative_to(root):
                inside = literal(printed(bytes(self.folder.relative_to(root))))
                exclude = (*exclude, "**" if inside == "." else f"{inside}/**")
            uri = str(root)
        return open_source(SourceSpec(name=source.name, uri=uri, include=source.include, exclude=exclude))

    def folder_of(self, source: str) -> Path | None:
        """The folder of a declared source; ``None`` for a store that is no folder, and for none of the settings."""
        stated = next((one for one in self.settings.sources if one.name == source), None)
        return None if stated is None else self._root(stated)

    def _root(self, source: SourceSettings) -> Path | None:
        spec = SourceSpec(name=source.name, uri=source.uri)
        return Path(os.path.normpath(self.folder / Path(spec.path).expanduser())) if spec.scheme == "file" else None


def host() -> str:
    """This machine's system, for the chain of custody: no host name, which often names a person."""
    return f"{platform.system()} {platform.release()}, Python {platform.python_version()}"


def find_workspace(start: Path) -> Path | None:
    """The nearest folder from ``start`` upwards that holds a ``pdpo-audit.toml``."""
    for folder in (start.resolve(), *start.resolve().parents):
        if (folder / SETTINGS_FILE).is_file():
            return folder
    return None
