"""A second source for the tests: an fsspec file system in memory, filled anew in every process that opens it."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fsspec.implementations.memory import MemoryFileSystem

from pdpo_audit.model.locations.holdings import Entry, FileStat, FolderListing, ImageProblem, Skipped, SkipReason
from pdpo_audit.model.locations.places import SourceSpec
from pdpo_audit.model.locations.roots import RootIdentity

#: The entry points of a package that brings this source along.
ENTRY_POINTS = "[pdpo_audit.sources]\nmemory = tests.sources.memory:open_source\n"


def pack(folder: Path, file: Path) -> str:
    """Put what lies below a folder into a file from which the source fills itself; the URI of the source."""
    files = {
        bytes(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file()
    }
    file.write_bytes(pickle.dumps(files))
    return f"memory://{file}"


def install(site: Path) -> None:
    """Make ``site`` a folder of installed packages in which this source is one."""
    info = site / "memory_source-1.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: memory-source\nVersion: 1\n")
    (info / "entry_points.txt").write_text(ENTRY_POINTS)


@dataclass(frozen=True, kw_only=True)
class MemoryFile:
    """A file of the file system in memory."""

    data: bytes
    stat: FileStat

    def head(self, length: int) -> bytes:
        return self.data[:length]

    def whole(self) -> bytes:
        return self.data

    def close(self) -> None: ...


@dataclass(frozen=True, kw_only=True)
class MemorySource:
    """Every file of a file system in memory."""

    name: str
    uri: str
    system: Any
    times: Mapping[str, int]

    def folders(self) -> Iterator[FolderListing | Skipped]:
        found: dict[bytes, list[Entry]] = {b"": []}
        for path in self.system.find("/"):
            folder, _, name = path.strip("/").encode().rpartition(b"/")
            state = self.open(path.strip("/").encode()).stat
            found.setdefault(folder, []).append((name, state.size, state.modified_ns, state.inode))
        for folder in sorted(found):
            yield FolderListing(source=self.name, folder=folder, entries=sorted(found[folder]))

    def wants(self, locator: bytes, member: str = "") -> bool:
        return True

    def choice(self) -> str:
        return "everything"

    def identity(self) -> RootIdentity | None:
        return RootIdentity(device=1, inode=1, store=self.uri)

    def open(self, locator: bytes) -> MemoryFile:
        path = "/" + locator.decode()
        if not self.system.exists(path):
            raise ImageProblem(SkipReason.VANISHED)
        data = self.system.cat_file(path)
        token = int.from_bytes(hashlib.sha256(locator + b"\0" + data).digest()[:7])
        return MemoryFile(data=data, stat=FileStat(size=len(data), modified_ns=self.times[path], inode=token))

    def close(self) -> None: ...


def open_source(spec: SourceSpec) -> MemorySource:
    """What the entry point names."""
    files = pickle.loads(Path(spec.uri.removeprefix("memory://")).read_bytes())
    system = MemoryFileSystem(skip_instance_cache=True)
    system.store = {}
    system.pseudo_dirs = [""]
    for locator, (data, _) in files.items():
        system.pipe_file("/" + locator.decode(), data)
    times = {"/" + locator.decode(): modified for locator, (_, modified) in files.items()}
    return MemorySource(name=spec.name, uri=spec.uri, system=system, times=times)
