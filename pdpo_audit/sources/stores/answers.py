"""What stores give: folders with their files, files read in two parts, and refusals."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from pdpo_audit.model.locations.holdings import Entry, FileStat, ImageProblem, SkipReason, locate

#: Bytes of a file's start that are asked for first: enough to tell what it is.
START = 65_536
#: Files of one folder, folders of one store, and folders below each other that are listed; more is an endless listing.
MOST_FILES, _MOST_FOLDERS, _DEEPEST = 1_000_000, 2_000_000, 64


class RefusedError(Exception):
    """What a store answered instead of what was asked, or why it was not asked."""

    def __init__(self, reason: SkipReason, detail: str) -> None:
        super().__init__(detail)
        self.reason, self.detail = reason, detail


@dataclass(frozen=True, slots=True, kw_only=True)
class Odd:
    """Something at a place of a store that is no file to be read."""

    locator: bytes
    reason: SkipReason
    detail: str


@dataclass(slots=True, kw_only=True)
class Found:
    """A folder of a store: its files in the order of their names, the folders in it, and what else lies there."""

    folder: bytes
    entries: list[Entry] = field(default_factory=list)
    subfolders: list[bytes] = field(default_factory=list)
    odd: list[Odd] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlisted:
    """A folder that cannot be listed, with everything in it; of ``b""`` nothing that was not given by then is known."""

    folder: bytes
    reason: SkipReason
    detail: str


class Store(Protocol):
    """A store of one kind. Every method but ``close`` raises ``RefusedError``; none sends anything but questions."""

    def listings(self) -> Iterator[Found | Unlisted]:
        """Every folder once."""
        ...

    def identity(self) -> str:
        """What tells it from another store that answers at its address."""
        ...

    def beyond(self) -> tuple[str, ...] | None:
        """What its login may do beyond reading; ``None`` where the store does not tell."""
        ...

    def open(self, locator: bytes) -> PartlyRead:
        """A file of the listings, with its start."""
        ...

    def close(self) -> None:
        """Close the connections; the next question opens them anew."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PartlyRead:
    """A file of a store: its start is there, the rest is asked for when it is wanted.

    ``rest`` gives the bytes behind the start, of the file as ``stat`` tells it, or raises ``RefusedError``; ``check``
    says of all its bytes whether they are those that the store keeps, where it tells a checksum.
    """

    stat: FileStat
    start: bytes
    rest: Callable[[], bytes]
    check: Callable[[bytes], bool] = lambda _: True

    def head(self, length: int) -> bytes:
        """The first bytes."""
        return self.start[:length]

    def whole(self) -> bytes:
        """Every byte. Raises ``ImageProblem``: the file changed since it was opened, or cannot be had."""
        try:
            data = self.start if len(self.start) >= self.stat.size else self.start + self.rest()
        except RefusedError as refused:
            raise ImageProblem(refused.reason, refused.detail) from refused
        if len(data) != self.stat.size:
            raise ImageProblem(SkipReason.CHANGED_WHILE_READ)
        if not self.check(data):
            raise ImageProblem(SkipReason.READ_ERROR, "the bytes that came are not those of the store's checksum")
        return data

    def close(self) -> None: ...


def in_two_parts(read: Callable[[int, int], tuple[FileStat, bytes]]) -> PartlyRead:
    """A file whose start is read now and whose rest when it is wanted, unless the file changed between the two.

    ``read`` gives the file's state and its bytes, from which on and how many at most.
    """
    stat, start = read(0, START)

    def rest() -> bytes:
        now, data = read(len(start), stat.size - len(start))
        if now != stat:
            raise RefusedError(SkipReason.CHANGED_WHILE_READ, "")
        return data

    return PartlyRead(stat=stat, start=start, rest=rest)


def walk(list_folder: Callable[[bytes], Found]) -> Iterator[Found | Unlisted]:
    """Every folder from the top down, in the byte order of the names in each."""
    pending, given = [b""], 0
    while pending:
        folder = pending.pop()
        try:
            found = list_folder(folder)
        except RefusedError as refused:
            yield Unlisted(folder=folder, reason=refused.reason, detail=refused.detail)
            continue
        found.entries.sort()
        yield found
        deeper = [locate(folder, name) for name in sorted(found.subfolders, reverse=True)]
        given += len(deeper)
        if deeper and (folder.count(b"/") >= _DEEPEST or given > _MOST_FOLDERS):
            detail = f"more than {_DEEPEST} folders below each other, or {_MOST_FOLDERS:,} in all"
            yield from (Unlisted(folder=one, reason=SkipReason.TOO_LARGE, detail=detail) for one in deeper)
        else:
            pending += deeper


def is_name(name: bytes) -> bool:
    """Whether something may be the name of a file or folder, and leads nowhere else."""
    return b"/" not in name and b"\0" not in name and name not in (b"", b".", b"..")


def misnamed(folder: bytes, name: bytes) -> Odd:
    """What a store names as nothing may be named, or outside the folder that it lists."""
    shown = name.replace(b"/", b"%2F").replace(b"\0", b"%00")[:200] or b"%"
    detail = "the store names it as no file may be named, or outside the folder it lists"
    return Odd(locator=locate(folder, b"%2E" + shown[1:] if shown in (b".", b"..") else shown),
               reason=SkipReason.SPECIAL_FILE, detail=detail)  # fmt: skip


def version(path: bytes, *marks: object) -> int:
    """A number for a version of a file, of what a store says that changes with it; 0 where it says nothing."""
    said = [str(mark) for mark in marks if mark not in ("", None)]
    return int.from_bytes(hashlib.sha256(b"\0".join([path, *map(str.encode, said)])).digest()[:7]) if said else 0
