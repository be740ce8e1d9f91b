"""Folders opened by handle, one below the other: a folder that is swapped for a link on the way is never followed."""

from __future__ import annotations

import errno
import os
import stat
from dataclasses import dataclass, field

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
#: Of a deeper folder only its own handle is kept: a process has about a thousand.
_DEEPEST = 60


@dataclass(slots=True)
class Handles:
    """Handles of the folders from ``root`` down to the one asked for last; the next one mostly lies beside it.

    The path of the root itself is taken as declared, links in it included.
    """

    root: bytes
    _names: list[bytes] = field(default_factory=list)
    _open: list[int] = field(default_factory=list)

    def folder(self, path: bytes) -> int:
        """The handle of a folder, valid until the next call. Raises ``OSError``; ``ELOOP`` for a link on the way."""
        names = path.split(b"/") if path else []
        if len(names) > _DEEPEST or len(self._open) > len(self._names) + 1:
            self.close()
        if len(names) > _DEEPEST:
            return self._deep(names)
        if not self._open:
            self._open.append(os.open(self.root, _FOLDER))
        common = 0
        while common < min(len(names), len(self._names)) and names[common] == self._names[common]:
            common += 1
        self._drop(common)
        for name in names[common:]:
            self._open.append(_below(self._open[-1], name))
            self._names.append(name)
        return self._open[-1]

    def close(self) -> None:
        """Give all handles back."""
        self._drop(-1)

    def _drop(self, keep: int) -> None:
        for handle in self._open[keep + 1 :]:
            os.close(handle)
        del self._open[keep + 1 :]
        del self._names[max(keep, 0) :]

    def _deep(self, names: list[bytes]) -> int:
        handle = os.open(self.root, _FOLDER)
        for name in names:
            try:
                deeper = _below(handle, name)
            finally:
                os.close(handle)
            handle = deeper
        self._open += [handle, os.dup(handle)]  # one more than names tell: the next call closes both
        return handle


def _below(handle: int, name: bytes) -> int:
    try:
        return os.open(name, _FOLDER | os.O_NOFOLLOW, dir_fd=handle)
    except NotADirectoryError:
        if stat.S_ISLNK(os.stat(name, dir_fd=handle, follow_symlinks=False).st_mode):
            raise OSError(errno.ELOOP, "a folder on the way is a link, and links are never followed") from None
        raise
