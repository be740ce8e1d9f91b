"""What lies inside a file, one member at a time, within a budget; nothing is ever written to a disk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from pdpo_audit.imaging.formats import HEAD_BYTES
from pdpo_audit.model.locations.holdings import ImageProblem, SkipReason

_BLOCK = 1 << 20


class Readable(Protocol):
    """What gives bytes."""

    def read(self, size: int, /) -> bytes: ...


#: The way to a stream of a compound file: its storages, and its name.
StreamPath = tuple[str, ...]


class Streams(Protocol):
    """The streams of a compound file (OLE). ``read`` raises ``ImageProblem`` where one cannot be had."""

    @property
    def budget(self) -> Budget: ...

    def paths(self) -> list[StreamPath]: ...

    def read(self, path: StreamPath, /) -> bytes: ...


@dataclass(slots=True, kw_only=True)
class Budget:
    """What one file may cost with all that lies in it, however deep.

    ``members`` and ``total`` (bytes unpacked) are used up by whatever is read; ``largest`` (bytes) and ``ratio``
    (unpacked by packed, counted above ``free`` bytes) hold for each member.
    """

    members: int = 100_000
    total: int = 4 * 1024**3
    largest: int = 400_000_000
    ratio: int = 1_000
    free: int = 10_000_000

    def count(self) -> None:
        """One member more. Raises ``ImageProblem`` where there are too many."""
        self.members -= 1
        if self.members < 0:
            raise ImageProblem(SkipReason.TOO_LARGE, "too many files inside; the rest was not looked at")

    def drain(self, stream: Readable, packed: int | None = None) -> bytes:
        """All that a stream gives, counted as it comes: headers may lie.

        ``packed`` are the bytes it was made of, where they are known. Raises ``ImageProblem`` above the budget.
        """
        most = self.largest if packed is None else min(self.largest, max(self.free, packed * self.ratio))
        parts, size = list[bytes](), 0
        while block := stream.read(_BLOCK):
            parts.append(block)
            size += len(block)
            if size > most:
                raise ImageProblem(SkipReason.TOO_LARGE, f"more than {most} bytes once it is unpacked")
        self.total -= size
        if self.total < 0:
            raise ImageProblem(SkipReason.TOO_LARGE, "all that lies inside is too large; the rest was not looked at")
        return b"".join(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A file inside another one: its ``name`` as it stands there, and what reads its first ``HEAD_BYTES`` or all bytes.

    Both raise ``ImageProblem`` where they cannot be had: whoever looks for another member reads nothing of this one.
    ``part`` says that it belongs to the format (a page's text, a document's XML): it is named only if it is a picture.
    """

    name: bytes
    head: Callable[[], bytes]
    read: Callable[[], bytes]
    part: bool = False
    #: What a reader should know of it: that nothing in the document shows it any more.
    note: Callable[[], str] = field(default=str, compare=False)

    @classmethod
    def of(cls, name: bytes, content: bytes, *, part: bool = False) -> Member:
        """A member whose bytes are at hand."""
        return cls(name=name, head=lambda: content[:HEAD_BYTES], read=lambda: content, part=part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A member that cannot be had, and why."""

    name: bytes
    problem: ImageProblem


def numbered(name: bytes, taken: dict[bytes, int]) -> bytes:
    """A name that no member before had: the second of one name ends in ``#2``."""
    taken[name] = taken.get(name, 0) + 1
    return name if taken[name] == 1 else numbered(b"%s#%d" % (name, taken[name]), taken)
