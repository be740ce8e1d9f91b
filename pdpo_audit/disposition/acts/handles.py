"""Folders and files by handle: every step on the way is opened without following, and nothing is written over."""

from __future__ import annotations

import ctypes
import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pdpo_audit.model.disposition.acts import Detail
from pdpo_audit.ports.disposers import LeftAlone

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | os.O_NOFOLLOW
_FILE = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC
_NOREPLACE = 1
_BLOCK = 1 << 20
#: Without ``renameat2`` on a file system: the move is tried in the way that such stores know.
_UNKNOWN = (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP)

_libc = ctypes.CDLL(None, use_errno=True)

_DETAILS = {
    errno.ENOENT: Detail.MISSING,
    errno.ENOTDIR: Detail.MISSING,
    errno.ESTALE: Detail.MISSING,
    errno.ELOOP: Detail.NO_FILE,
    errno.ENXIO: Detail.NO_FILE,
    errno.EISDIR: Detail.NO_FILE,
    errno.EACCES: Detail.NO_PERMISSION,
    errno.EPERM: Detail.NO_PERMISSION,
    errno.EROFS: Detail.READ_ONLY,
    errno.ENOSPC: Detail.DISK_FULL,
    errno.EDQUOT: Detail.DISK_FULL,
    errno.EXDEV: Detail.OTHER_MOUNT,
    errno.EEXIST: Detail.NAME_TAKEN,
}


@contextmanager
def told() -> Iterator[None]:
    """What the system refuses inside the block is a copy left alone, with the reason from the closed list."""
    try:
        yield
    except OSError as error:
        detail = _DETAILS.get(error.errno or 0, Detail.READ_ERROR)
        raise LeftAlone(detail, error.strerror or str(error)) from error


def open_root(root: bytes) -> int:
    """The root of a source as it is declared, links in its own path included."""
    return os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)


def open_below(handle: int, name: bytes) -> int:
    """A folder in a folder; a link there is never followed (``ELOOP``)."""
    try:
        return os.open(name, _FOLDER, dir_fd=handle)
    except NotADirectoryError:
        if stat.S_ISLNK(os.stat(name, dir_fd=handle, follow_symlinks=False).st_mode):
            raise OSError(errno.ELOOP, "a link is on the way, and links are never followed") from None
        raise


@contextmanager
def way_to(root: int, locator: bytes) -> Iterator[tuple[list[int], bytes]]:
    """The handles of the folders from ``root`` down to the one that holds a file, and the file's name."""
    *folders, name = locator.split(b"/")
    if not name or any(part in (b"", b".", b"..") for part in (*folders, name)):
        raise OSError(errno.ENOENT, "no place inside the source")
    handles = [os.dup(root)]
    try:
        for part in folders:
            handles.append(open_below(handles[-1], part))
        yield handles, name
    finally:
        for handle in handles:
            os.close(handle)


@contextmanager
def regular(folder: int, name: bytes) -> Iterator[int]:
    """A regular file, open for reading; where the system lets us its time of access stays."""
    try:
        handle = os.open(name, _FILE | os.O_NOATIME, dir_fd=folder)
    except PermissionError:
        handle = os.open(name, _FILE, dir_fd=folder)
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise LeftAlone(Detail.NO_FILE, "no regular file is at this place")
        yield handle
    finally:
        os.close(handle)


def digest(handle: int) -> str:
    """SHA-256 (hex) of what an open file holds now, from its first byte."""
    found, offset = hashlib.sha256(), 0
    while block := os.pread(handle, _BLOCK, offset):
        found.update(block)
        offset += len(block)
    return found.hexdigest()


def move(old: int, old_name: bytes, new: int, new_name: bytes, *, private: bool = False) -> None:
    """Rename without ever writing over; ``private`` says that nobody else makes names in the folder that it goes to.

    Raises ``OSError``: ``EEXIST`` where the name is taken, ``EXDEV`` where it is another mount or subvolume.
    """
    if _libc.renameat2(old, old_name, new, new_name, _NOREPLACE) == 0:
        return
    code = ctypes.get_errno()
    if code not in _UNKNOWN:
        raise OSError(code, os.strerror(code))
    if private:
        if exists(new, new_name):
            raise OSError(errno.EEXIST, os.strerror(errno.EEXIST))
        os.rename(old_name, new_name, src_dir_fd=old, dst_dir_fd=new)
        return
    # A store that knows no such rename: a second name fails where the first is taken, and then the old one goes.
    os.link(old_name, new_name, src_dir_fd=old, dst_dir_fd=new, follow_symlinks=False)
    os.unlink(old_name, dir_fd=old)


def exists(folder: int, name: bytes) -> bool:
    """Whether anything has this name, a link that leads nowhere included."""
    try:
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def is_same(folder: int, name: bytes, status: os.stat_result) -> bool:
    """Whether the name leads to exactly this file now."""
    try:
        there = os.stat(name, dir_fd=folder, follow_symlinks=False)
    except OSError:
        return False
    return (there.st_dev, there.st_ino, stat.S_IFMT(there.st_mode)) == (
        status.st_dev, status.st_ino, stat.S_IFMT(status.st_mode),
    )  # fmt: skip


def volume(handle: int) -> tuple[int, int]:
    """What a rename stays within: the mount, and the file system or subvolume in it."""
    try:
        lines = Path(f"/proc/self/fdinfo/{handle}").read_text("ascii").splitlines()
        mount = next(int(line.split()[1]) for line in lines if line.startswith("mnt_id:"))
    except (OSError, StopIteration, ValueError):
        mount = 0
    return mount, os.fstat(handle).st_dev


def sync(handle: int) -> None:
    """The names in a folder outlive a loss of power from here on; stores that know no such thing are asked no more."""
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EBADF):
            raise
