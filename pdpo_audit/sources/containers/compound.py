"""OLE compound files: Outlook messages, office documents of before 2007, thumbnails that Windows keeps in a folder."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import olefile

from pdpo_audit.model.locations.holdings import ImageProblem, SkipReason
from pdpo_audit.sources.containers import thumbnails
from pdpo_audit.sources.containers.documents import artwork
from pdpo_audit.sources.containers.mail import outlook
from pdpo_audit.sources.containers.members import Budget, Member, StreamPath, Unread

#: What every compound file begins with.
MAGIC: bytes = olefile.MAGIC
_BROKEN = (OSError, ValueError, IndexError, KeyError, TypeError, AttributeError, RecursionError,
           MemoryError, UnicodeError, EOFError)  # fmt: skip


def members(data: bytes, budget: Budget) -> Iterator[Member | Unread]:
    """What lies in a compound file, by what it is: the files of a message, cached thumbnails, or a document's pictures.

    Raises ``ImageProblem`` where it cannot be opened or is encrypted.
    """
    if not data.startswith(MAGIC):
        raise ImageProblem(SkipReason.CONTAINER_NOT_OPENED, "is not what its name says")
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as file:
            yield from _by_kind(_Streams(file=file, budget=budget))
    except _BROKEN as error:
        raise ImageProblem(SkipReason.DAMAGED, f"OLE: {str(error)[:160] or type(error).__name__}") from error


def _by_kind(streams: _Streams) -> Iterator[Member | Unread]:
    paths = streams.paths()
    if outlook.is_message(paths):
        return outlook.members(streams)
    if thumbnails.is_windows_cache(paths):
        return thumbnails.in_folder(streams)
    return artwork.members(streams)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Streams:
    """The streams of a compound file within a budget."""

    file: olefile.OleFileIO[Any]
    budget: Budget

    def paths(self) -> list[StreamPath]:
        return [tuple(path) for path in self.file.listdir(streams=True, storages=False)]

    def read(self, path: StreamPath) -> bytes:
        try:
            if self.file.get_size(list(path)) > self.budget.largest:
                raise ImageProblem(SkipReason.TOO_LARGE, f"more than {self.budget.largest} bytes")
            return self.budget.drain(self.file.openstream(list(path)))
        except _BROKEN as error:
            raise ImageProblem(SkipReason.DAMAGED, f"OLE: {str(error)[:160] or type(error).__name__}") from error
