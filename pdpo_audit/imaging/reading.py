"""Read a file once, whole, without touching it; say why where that cannot be."""

from __future__ import annotations

import errno
import os
import stat as stats
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from pdpo_audit.model.holdings import FileStat, ImageProblem, SkipReason

_Result = TypeVar("_Result")

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
        return _guarded(lambda: os.pread(self.descriptor, length, 0))

    def whole(self) -> bytes:
        """Every byte. Raises ``ImageProblem`` if the file changed since it was opened."""
        data = _guarded(lambda: _read(self.descriptor, self.stat.size))
        if len(data) != self.stat.size or _stat(self.descriptor) != self.stat:
            raise ImageProblem(SkipReason.CHANGED_WHILE_READ)
        return data

    def close(self) -> None:
        """Give the descriptor back."""
        os.close(self.descriptor)


def open_file(path: bytes) -> OpenFile:
    """Open a regular file without following a link, waiting on a pipe or (where allowed) touching its access time.

    Raises ``ImageProblem``: vanished, no permission, symbolic link, special file, read error.
    """
    descriptor = _guarded(lambda: _open(path))
    try:
        mode = os.fstat(descriptor).st_mode
        if not stats.S_ISREG(mode):
            raise ImageProblem(SkipReason.SPECIAL_FILE)
        return OpenFile(descriptor=descriptor, stat=_stat(descriptor))
    except BaseException:
        os.close(descriptor)
        raise


def _open(path: bytes) -> int:
    flags = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        return _open_long(path, flags | os.O_NOATIME)
    except PermissionError:  # O_NOATIME is for the owner only
        return _open_long(path, flags)


def _open_long(path: bytes, flags: int) -> int:
    """``os.open`` for paths of any length: beyond the system's limit it walks down folder by folder."""
    try:
        return os.open(path, flags)
    except OSError as error:
        if error.errno != errno.ENAMETOOLONG or b"/" not in path.strip(b"/"):
            raise
    folder = os.open(b"/" if path.startswith(b"/") else b".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        *parents, name = [part for part in path.split(b"/") if part]
        for parent in parents:
            deeper = os.open(parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=folder)
            os.close(folder)
            folder = deeper
        return os.open(name, flags, dir_fd=folder)
    finally:
        os.close(folder)


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
    return FileStat(size=state.st_size, modified_ns=state.st_mtime_ns, inode=state.st_ino)


def _guarded(work: Callable[[], _Result]) -> _Result:
    try:
        return work()
    except OSError as error:
        reason = _REASONS.get(error.errno or 0, SkipReason.READ_ERROR)
        raise ImageProblem(reason, error.strerror or str(error)) from error
