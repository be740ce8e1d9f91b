"""The socket for declared places that hold images: a folder, a store of a kind that comes with the program
(``sources.stores.source.KINDS``), other schemes by entry point.

A package adds a scheme with an entry point of the group ``pdpo_audit.sources``: its name is the scheme, its value a
function ``SourceSpec -> Source``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol, runtime_checkable

from pdpo_audit.model.locations.holdings import FileStat, FolderListing, Skipped
from pdpo_audit.model.locations.roots import Reach, RootIdentity

#: ``scheme = "module:function"`` is registered here; the function takes a ``SourceSpec`` and returns the source.
ENTRY_POINTS = "pdpo_audit.sources"


class StoredFile(Protocol):
    """A file that is open for reading; every method raises ``ImageProblem`` where it cannot be read."""

    @property
    def stat(self) -> FileStat:
        """Its state when it was opened."""
        ...

    def head(self, length: int) -> bytes:
        """Its first bytes."""
        ...

    def whole(self) -> bytes:
        """Every byte, as of one moment: a file that changes meanwhile is a problem, not a mixture."""
        ...

    def close(self) -> None:
        """Give back what it takes."""
        ...


class Source(Protocol):
    """A declared place that holds images. Reading changes nothing: no byte, no timestamp."""

    @property
    def name(self) -> str:
        """The unique name from the settings."""
        ...

    @property
    def uri(self) -> str:
        """What another machine opens the same source by; no credential is in it."""
        ...

    def folders(self) -> Iterator[FolderListing | Skipped]:
        """Every folder once, with all files in it in the byte order of their names; the rest is skipped.

        The last number of an entry is the file's version token: it stays while the file does, is compared with nothing
        but another token of the same source, where two files have one only if they are one file under two names; it is
        0 where the source knows none.
        """
        ...

    def wants(self, locator: bytes, member: str = "") -> bool:
        """Whether the settings let this file in, or a picture in it."""
        ...

    def choice(self) -> str:
        """What the settings let in and leave out, as text that changes when that does."""
        ...

    def identity(self) -> RootIdentity | None:
        """What tells this source's root from another one that lies at its place; ``None`` where it is not there."""
        ...

    def open(self, locator: bytes) -> StoredFile:
        """The file at a locator of the listings; ``ImageProblem`` where it cannot be opened."""
        ...

    def close(self) -> None:
        """Give back what is kept open between files; a closed source may be used again."""
        ...


@runtime_checkable
class ReachableSource(Source, Protocol):
    """A source without a folder: it can be tried without listing it, and may tell what its login could do."""

    def reach(self) -> Reach:
        """Whether it lets itself be listed, and what else the login may do; it is asked, and nothing is tried out."""
        ...
