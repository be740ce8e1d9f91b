"""A folder or mounted share as a source: listed by directory entries, never followed through symbolic links."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field

from pdpo_audit.model.locations.holdings import Entry, FolderListing, ImageRef, Skipped, SkipReason, locate, storable
from pdpo_audit.model.locations.litter import QUARANTINE
from pdpo_audit.model.locations.roots import RootIdentity
from pdpo_audit.sources.choosing import Choice
from pdpo_audit.sources.files import OpenFile, open_file, reason_of
from pdpo_audit.sources.handles import Handles
from pdpo_audit.sources.roots import identify


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderSource:
    """All files below ``root`` that match an ``include`` pattern and no ``exclude`` one (``locations.patterns``)."""

    name: str
    root: bytes
    include: tuple[str, ...] = ("**/*",)
    exclude: tuple[str, ...] = ()

    _handles: Handles = field(init=False, repr=False, compare=False)
    _choice: Choice = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_choice", Choice(include=self.include, exclude=self.exclude))
        object.__setattr__(self, "_handles", Handles(self.root))

    @property
    def uri(self) -> str:
        """The path of the folder."""
        return os.fsdecode(self.root)

    def open(self, locator: bytes) -> OpenFile:
        """A file below the root, opened by handle: no link is followed on the way."""
        folder, _, name = locator.rpartition(b"/")
        return open_file(name, lambda: self._handles.folder(folder))

    def close(self) -> None:
        """Close the folders that are kept open between files."""
        self._handles.close()

    def identity(self) -> RootIdentity | None:
        """What tells the folder from another one at its place."""
        return identify(self.root)

    def wants(self, locator: bytes, member: str = "") -> bool:
        """Whether the settings let this file in, or a picture in it."""
        return self._choice.wants(locator, member)

    def choice(self) -> str:
        """What the settings let in and leave out."""
        return str(self._choice)

    def folders(self) -> Iterator[FolderListing | Skipped]:
        """Every folder in the byte order of its path; what cannot be listed or is no regular file is ``Skipped``."""
        pending = [b""]
        with closing(Handles(self.root)) as handles:
            while pending:
                folder = pending.pop()
                try:
                    listing, subfolders, odd = self._list(handles, folder)
                except OSError as error:
                    yield Skipped(
                        ref=ImageRef(source=self.name, locator=folder or b"."),
                        reason=reason_of(error),
                        detail=f"folder cannot be listed: {error.strerror}",
                    )
                    continue
                yield from (one for one in odd if not self._choice.refuses(one.ref.path))
                if not self._choice.is_all:
                    listing = [e for e in listing if self._choice.is_worth_reading(locate(folder, e[0]))]
                yield FolderListing(source=self.name, folder=folder, entries=listing)
                subfolders.sort(reverse=True)
                pending += subfolders

    def _list(self, handles: Handles, folder: bytes) -> tuple[list[Entry], list[bytes], list[Skipped]]:
        entries: list[Entry] = []
        subfolders: list[bytes] = []
        odd: list[Skipped] = []
        with os.scandir(handles.folder(folder)) as found:
            for entry in found:
                name = os.fsencode(entry.name)
                try:
                    if entry.is_dir(follow_symlinks=False):
                        subfolders += [] if name.startswith(QUARANTINE) else [locate(folder, name)]
                        continue
                    status = entry.stat(follow_symlinks=False)
                except OSError as error:
                    odd.append(self._skip(folder, name, reason_of(error), str(error.strerror)))
                    continue
                if stat.S_ISREG(status.st_mode):
                    entries.append((name, status.st_size, storable(status.st_mtime_ns), storable(status.st_ino)))
                elif stat.S_ISLNK(status.st_mode):
                    odd.append(self._skip(folder, name, SkipReason.SYMBOLIC_LINK, "links are never followed"))
                else:
                    odd.append(self._skip(folder, name, SkipReason.SPECIAL_FILE, _kind(status.st_mode)))
        entries.sort()
        odd.sort(key=lambda skipped: skipped.ref)
        return entries, subfolders, odd

    def _skip(self, folder: bytes, name: bytes, reason: SkipReason, detail: str) -> Skipped:
        return Skipped(ref=ImageRef(source=self.name, locator=locate(folder, name)), reason=reason, detail=detail)


def _kind(mode: int) -> str:
    kinds = {stat.S_IFIFO: "named pipe", stat.S_IFSOCK: "socket", stat.S_IFCHR: "device", stat.S_IFBLK: "device"}
    return kinds.get(stat.S_IFMT(mode), "not a regular file")
