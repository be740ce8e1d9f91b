"""The socket for places where this program may act: folders here; whatever else is a task for people.

What looks and what acts are apart: a source opens files for reading only, a disposer is opened for one run of an
approved plan and knows nothing of rules. It promises, for each copy: the bytes that it takes are those of the digest
that it is given, the file is the one at that place and no link, nothing is ever written over, and whatever is in doubt
is put back or left alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from pdpo_audit.model.disposition.acts import Detail


class LeftAlone(Exception):  # noqa: N818  # a result of a careful act, told apart from errors of the program
    """Nothing was done, or what was done was put back: why, from the closed list, and more words on it."""

    def __init__(self, detail: Detail, words: str = "") -> None:
        super().__init__(detail, words)
        self.detail = detail
        self.words = words


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A copy that waits in the quarantine: ``place`` inside the source (bytes), and what tells it from another file."""

    place: bytes
    device: int
    inode: int
    links: int = 1
    shared: bool = False


class Disposer(Protocol):
    """One place where acts are done. Every method raises ``LeftAlone``; each can be called again after a kill."""

    def take(self, locator: bytes, sha256: str, name: bytes) -> Taken:
        """Move the copy at ``locator``, whose bytes must have this digest, into the quarantine under ``name``."""
        ...

    def find(self, locator: bytes, sha256: str, name: bytes) -> Taken | None:
        """The copy in the quarantine under ``name``, where an earlier ``take`` brought it there."""
        ...

    def put_back(self, taken: Taken, locator: bytes, sha256: str) -> str:
        """Bring a copy back to its place; gives words on what could not be as before, empty where all is."""
        ...

    def erase(self, taken: Taken, sha256: str) -> None:
        """End a copy that waits in the quarantine."""
        ...

    def move_on(self, taken: Taken, sha256: str, root: bytes, locator: bytes) -> Taken:
        """From the quarantine to a declared place of the same file system, where nothing is written over."""
        ...

    def put(self, locator: bytes, content: bytes, like: Taken) -> str:
        """Write a new file where nothing is, with the rights of ``like``; its SHA-256 (hex), read back."""
        ...

    def read(self, taken: Taken, sha256: str, limit: int) -> bytes:
        """The bytes of a copy in the quarantine."""
        ...

    def check(self, locator: bytes, sha256: str, apart: Taken | None) -> None:
        """That a copy that must stay is there, is another file than ``apart``, and has these bytes now."""
        ...

    def is_free(self, locator: bytes) -> bool:
        """Whether nothing is at a place."""
        ...

    def sync(self) -> None:
        """What was done so far outlives a loss of power from here on."""
        ...

    def close(self) -> None:
        """Give back what it holds open."""
        ...
