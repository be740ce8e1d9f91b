"""A folder or mounted share as a source: listed by directory entries, never followed through symbolic links."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pdpo_audit.model.holdings import Entry, FolderListing, ImageRef, Skipped, SkipReason, locate


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderSource:
    """All files below ``root`` whose path matches an ``include`` pattern and no ``exclude`` pattern.

    Patterns are globs over the path inside the source: ``*`` and ``?`` stay within a folder, ``**/`` spans folders.
    """

    name: str
    root: bytes
    include: tuple[str, ...] = ("**/*",)
    exclude: tuple[str, ...] = ()

    def local_path(self, locator: bytes) -> bytes:
        """The absolute path of a file in this source."""
        return self.root + b"/" + locator

    def folders(self) -> Iterator[FolderListing | Skipped]:
        """Every folder in the byte order of its path; what cannot be listed or is no regular file is ``Skipped``."""
        chosen = None if self.include == ("**/*",) else compile_patterns(self.include)
        refused = compile_patterns(self.exclude) if self.exclude else None
        pending = [b""]
        while pending:
            folder = pending.pop()
            try:
                listing, subfolders, odd = self._list(folder)
            except OSError as error:
                yield Skipped(
                    ref=ImageRef(source=self.name, locator=folder or b"."),
                    reason=_reason(error),
                    detail=f"folder cannot be listed: {error.strerror}",
                )
                continue
            yield from odd
            if chosen is not None or refused is not None:
                listing = [e for e in listing if _wanted(locate(folder, e[0]), chosen, refused)]
            yield FolderListing(source=self.name, folder=folder, entries=listing)
            subfolders.sort(reverse=True)
            pending += subfolders

    def _list(self, folder: bytes) -> tuple[list[Entry], list[bytes], list[Skipped]]:
        entries: list[Entry] = []
        subfolders: list[bytes] = []
        odd: list[Skipped] = []
        with os.scandir(self.root + b"/" + folder if folder else self.root) as found:
            for entry in found:
                name = entry.name
                try:
                    if entry.is_dir(follow_symlinks=False):
                        subfolders.append(locate(folder, name))
                        continue
                    status = entry.stat(follow_symlinks=False)
                except OSError as error:
                    odd.append(self._skip(folder, name, _reason(error), str(error.strerror)))
                    continue
                if stat.S_ISREG(status.st_mode):
                    entries.append((name, status.st_size, status.st_mtime_ns, status.st_ino))
                elif stat.S_ISLNK(status.st_mode):
                    odd.append(self._skip(folder, name, SkipReason.SYMBOLIC_LINK, "links are never followed"))
                else:
                    odd.append(self._skip(folder, name, SkipReason.SPECIAL_FILE, _kind(status.st_mode)))
        entries.sort()
        odd.sort(key=lambda skipped: skipped.ref)
        return entries, subfolders, odd

    def _skip(self, folder: bytes, name: bytes, reason: SkipReason, detail: str) -> Skipped:
        return Skipped(ref=ImageRef(source=self.name, locator=locate(folder, name)), reason=reason, detail=detail)


def compile_patterns(patterns: Sequence[str]) -> re.Pattern[bytes]:
    """One expression that matches a whole path when any of the glob ``patterns`` does."""
    return re.compile(b"|".join(b"(?:" + _translate(pattern) + b")" for pattern in patterns), re.DOTALL)


def _translate(pattern: str) -> bytes:
    out = b""
    place = 0
    raw = os.fsencode(pattern)
    while place < len(raw):
        if raw.startswith(b"**/", place):
            out, place = out + b"(?:.*/)?", place + 3
        elif raw.startswith(b"**", place):
            out, place = out + b".*", place + 2
        elif raw[place : place + 1] == b"*":
            out, place = out + b"[^/]*", place + 1
        elif raw[place : place + 1] == b"?":
            out, place = out + b"[^/]", place + 1
        else:
            out, place = out + re.escape(raw[place : place + 1]), place + 1
    return out


def _wanted(path: bytes, chosen: re.Pattern[bytes] | None, refused: re.Pattern[bytes] | None) -> bool:
    if chosen is not None and not chosen.fullmatch(path):
        return False
    return refused is None or not refused.fullmatch(path)


def _reason(error: OSError) -> SkipReason:
    if isinstance(error, PermissionError):
        return SkipReason.NO_PERMISSION
    return SkipReason.VANISHED if isinstance(error, FileNotFoundError) else SkipReason.READ_ERROR


def _kind(mode: int) -> str:
    kinds = {stat.S_IFIFO: "named pipe", stat.S_IFSOCK: "socket", stat.S_IFCHR: "device", stat.S_IFBLK: "device"}
    return kinds.get(stat.S_IFMT(mode), "not a regular file")
