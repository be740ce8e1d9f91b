"""7z archives (extra ``sevenzip``): files are packed in blocks, so that whoever wants one unpacks those before it."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from functools import partial
from lzma import LZMAError
from typing import Any

from pdpo_audit.imaging import FileKind, sniff
from pdpo_audit.imaging.formats import HEAD_BYTES
from pdpo_audit.model.locations.holdings import ImageProblem, SkipReason
from pdpo_audit.sources.containers.members import Budget, Member, Unread

#: Bytes of all files of an archive that are kept while it is read.
_KEPT = 400_000_000


def members(data: bytes, budget: Budget) -> Iterator[Member | Unread]:
    """The files in the order of the archive; the pictures among them are unpacked together when the first is read.

    Raises ``ImageProblem`` where it is damaged, encrypted, or the extra is missing.
    """
    archive = _Archive(data, budget)
    for name in archive.names():
        budget.count()
        raw = name.encode("utf-8", "surrogateescape")
        yield Member(name=raw, head=partial(archive.head, name), read=partial(archive.read, name))


class _Archive:
    def __init__(self, data: bytes, budget: Budget) -> None:
        try:
            import py7zr
        except ModuleNotFoundError as error:
            detail = "7Z: installing the extra sevenzip opens it"
            raise ImageProblem(SkipReason.CONTAINER_NOT_OPENED, detail) from error
        self._library = py7zr
        self._broken = (
            py7zr.exceptions.ArchiveError, LZMAError, zlib.error, OSError, EOFError, ValueError, IndexError, KeyError,
            TypeError, AttributeError, RuntimeError, NotImplementedError, AssertionError,
        )  # fmt: skip
        self._data, self._budget = data, budget
        self._unpacked: dict[str, _Unpacked] = {}
        self._why = ""

    def names(self) -> list[str]:
        """The names of all regular files. Raises ``ImageProblem``."""
        with self._opened() as archive:
            return [one.filename for one in archive.list() if not one.is_directory]

    def head(self, name: str) -> bytes:
        """The start of a file; all pictures are unpacked with it, for the others are asked for next."""
        if not self._unpacked:
            self._unpack(None)
        return self._found(name).head

    def read(self, name: str) -> bytes:
        """A file whole. Raises ``ImageProblem`` where it is too large, or cannot be had."""
        if name not in self._unpacked:
            self._unpack([name])
        return self._found(name).whole()

    def _found(self, name: str) -> _Unpacked:
        if name not in self._unpacked:
            raise ImageProblem(SkipReason.DAMAGED, f"7Z: it could not be unpacked{self._why}")
        return self._unpacked[name]

    def _opened(self) -> Any:  # the library is an extra
        try:
            archive = self._library.SevenZipFile(io.BytesIO(self._data), "r")
        except self._library.exceptions.PasswordRequired as error:
            raise ImageProblem(SkipReason.CONTAINER_NOT_OPENED, "encrypted") from error
        except self._broken as error:
            raise ImageProblem(SkipReason.DAMAGED, f"7Z: {str(error)[:160]}") from error
        if archive.needs_password():
            raise ImageProblem(SkipReason.CONTAINER_NOT_OPENED, "encrypted")
        return archive

    def _unpack(self, wanted: list[str] | None) -> None:
        factory = _Factory(self._budget)
        with self._opened() as archive:
            try:
                archive.extract(targets=wanted, factory=factory)
            except self._library.exceptions.UnsupportedCompressionMethodError as error:
                raise ImageProblem(SkipReason.CONTAINER_NOT_OPENED, f"7Z: {str(error)[:160]}") from error
            except self._broken as error:
                self._why = f": {str(error)[:160]}"
                if not factory.made:
                    raise ImageProblem(SkipReason.DAMAGED, f"7Z{self._why}") from error
        self._unpacked.update(factory.made)


class _Unpacked:
    """A file of an archive as it is unpacked: its start, and the rest where it is wanted and not too large."""

    def __init__(self, name: str, factory: _Factory) -> None:
        self._name, self._factory = name.encode("utf-8", "surrogateescape"), factory
        self._parts = list[bytes]()
        self.head, self._length, self._problem, self._keep = b"", 0, "", True

    def write(self, block: bytes) -> int:
        self._length += len(block)
        self._factory.count(len(block))
        if not self._keep:
            return len(block)
        self._parts.append(bytes(block))
        self._factory.kept += len(block)
        if len(self.head) < HEAD_BYTES:
            self.head = (self.head + block)[:HEAD_BYTES]
            if len(self.head) == HEAD_BYTES and sniff(self.head, self._name)[0] is FileKind.OTHER:
                self._drop()
                return len(block)
        if not self._factory.fits(self._length):
            self._drop()
            self._problem = "it, with those before it, is too large to be unpacked"
        return len(block)

    def _drop(self) -> None:
        self._factory.kept -= sum(map(len, self._parts))
        self._keep, self._parts = False, []

    def whole(self) -> bytes:
        """All bytes. Raises ``ImageProblem`` where they were not kept."""
        if self._problem:
            raise ImageProblem(SkipReason.TOO_LARGE, self._problem)
        return b"".join(self._parts)

    def read(self, size: int | None = None) -> bytes:
        return self.whole()[:size]

    def seek(self, offset: int, whence: int = 0) -> int:  # noqa: ARG002  # the library's words
        return 0

    def flush(self) -> None: ...

    def close(self) -> None: ...

    def size(self) -> int:
        return self._length


class _Factory:
    """What the library asks for somewhere to write each file to."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self.made: dict[str, _Unpacked] = {}
        self.kept = 0

    def create(self, filename: str, mode: str | None = None) -> _Unpacked:  # noqa: ARG002
        self.made[filename] = _Unpacked(filename, self)
        return self.made[filename]

    def fits(self, length: int) -> bool:
        return length <= self._budget.largest and self.kept <= _KEPT

    def count(self, size: int) -> None:
        """So many bytes more were unpacked. Raises ``ImageProblem`` above the budget."""
        self._budget.total -= size
        if self._budget.total < 0:
            raise ImageProblem(SkipReason.TOO_LARGE, "all that lies inside is too large; the rest was not looked at")
