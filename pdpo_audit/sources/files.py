"""A file of a folder: read once, whole, without touching it; say why where that cannot be."""

from __future__ import annotations

import errno
import os
import stat as stats
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from pdpo_audit.model.locations.holdings import FileStat, ImageProblem, SkipReason, storable

_Result = TypeVar("_Result")

#: Seconds within which two changes of a file may have the same time: file systems note the tick, of at most 10 ms.
_TICKS = 0.03

_REASONS = {
    errno.ENOENT: SkipReason.VANISHED,
    errno.ENOTDIR: SkipReason.VANISHED,
    errno.ESTALE: SkipReason.VANISHED,
    errno.EACCES: SkipReason.NO_PERMISSION,
    errno.EPERM: SkipReason.NO_PERMISSION,
    errno.ELOOP: SkipReason.SYMBOLIC_LINK,
    errno.ENXIO: SkipReason.SPECIAL_FILE,  # a socket, or a device without a driver
    errno.ENODEV: SkipReason.SPECIAL_FILE,
}


@dataclass(slots=True, kw_only=True)
class OpenFile:
    """A regular file that is open for reading; ``stat`` is its state when it was opened."""

    descriptor: int
    stat: FileStat

    def head(self, length: int) -> bytes:
        """The first bytes; reading them twice costs nothing."""
        return guarded(lambda: os.pread(self.descriptor, length, 0))

    def whole(self) -> bytes:
        """Every byte. Raises ``ImageProblem`` if the file changed since it was opened.

        Two changes within one tick of the system's clock leave the same time: a file written just now is looked at
        again a little later.
        """
        data = guarded(lambda: _read(self.descriptor, self.stat.size))
        if abs(time.time_ns() - self.stat.modified_ns) < _TICKS * 1e9:
            time.sleep(_TICKS)
        if len(data) != self.stat.size or _stat(self.descriptor) != self.stat:
            raise ImageProblem(SkipReason.CHANGED_WHILE_READ)
        return data

    def close(self) -> None:
        """Give the descriptor back."""
        os.close(self.descriptor)


def open_file(path: bytes, folder: Callable[[], int] | None = None) -> OpenFile:
    """Open a regular file without following a link, waiting on a pipe or (where allowed) touching its access time.

    With ``folder``, which gives a handle, ``path`` is a name in it. Raises ``ImageProblem``: vanished, no permission,
    symbolic link, special file, read error.
    """
    descriptor = guarded(lambda: _open(path, folder() if folder else None))
    try:
        mode = os.fstat(descriptor).st_mode
        if not stats.S_ISREG(mode):
            raise ImageProblem(SkipReason.SPECIAL_FILE)
        return OpenFile(descriptor=descriptor, stat=_stat(descriptor))
    except BaseException:
        os.close(descriptor)
        raise


def _open(path: bytes, folder: int | None) -> int:
    flags = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        return os.open(path, flags | os.O_NOATIME, dir_fd=folder)
    except PermissionError:  # O_NOATIME is for the owner only
        return os.open(path, flags, dir_fd=folder)


def _read(descriptor: int, size: int) -> bytes:
    """At most one byte more than expected: a file that grows while it is read must show, not fill the memory."""
    first = os.pread(descriptor, size + 1, 0)
    if len(first) >= size or not first:
        return first
    parts, at = [first], len(first)
    while at <= size and (part := os.pread(descriptor, size + 1 - at, at)):
        parts.append(part)
        at += len(part)
    return b"".join(parts)


def _stat(descriptor: int) -> FileStat:
    state = os.fstat(descriptor)
    return FileStat(size=state.st_size, modified_ns=storable(state.st_mtime_ns), inode=storable(state.st_ino))


def guarded(work: Callable[[], _Result]) -> _Result:
    """What ``work`` gives; its ``OSError`` as an ``ImageProblem``."""
    try:
        return work()
    except OSError as error:
        raise ImageProblem(reason_of(error), error.strerror or str(error)) from error


def reason_of(error: OSError) -> SkipReason:
    """Why something could not be read, of the closed list."""
    return _REASONS.get(error.errno or 0, SkipReason.READ_ERROR)
