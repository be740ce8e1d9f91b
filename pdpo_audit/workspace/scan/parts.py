"""A part of each source: what one of several hosts scans of them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from pdpo_audit.errors import CallError
from pdpo_audit.model.locations.holdings import FolderListing, Skipped
from pdpo_audit.model.locations.roots import Reach, RootIdentity
from pdpo_audit.ports import Source, StoredFile
from pdpo_audit.sources.reconciliation import reach_of

#: The catalogue's key for the part that it holds.
PART = "part of sources"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The ``number``-th of ``of`` parts, counted from 1."""

    number: int = 1
    of: int = 1

    @property
    def is_all(self) -> bool:
        """Whether nothing is left out."""
        return self.of == 1

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"

    def has(self, folder: bytes) -> bool:
        """Whether a folder belongs to it: files of one folder stay together, with the sidecars that speak of them."""
        return int.from_bytes(hashlib.blake2b(folder, digest_size=8).digest()) % self.of == self.number - 1


def read_part(text: str) -> Part:
    """``3/16``; CallError for what is none."""
    found = re.fullmatch(r"(\d{1,4})/(\d{1,4})", text)
    if found is None or not 1 <= int(found[1]) <= int(found[2]):
        raise CallError(
            f'"{text}" names no part', advice="--shard 3/16 is the third of sixteen, --shard 1/1 everything"
        )
    return Part(number=int(found[1]), of=int(found[2]))


@dataclass(frozen=True, slots=True, kw_only=True)
class PartSource:
    """The folders of a source that belong to one part."""

    source: Source
    part: Part

    @property
    def name(self) -> str:
        """The source's own."""
        return self.source.name

    @property
    def uri(self) -> str:
        """The source's own."""
        return self.source.uri

    def folders(self) -> Iterator[FolderListing | Skipped]:
        """The folders of the part; what cannot be listed is told in every part."""
        for one in self.source.folders():
            if isinstance(one, Skipped) or self.part.has(one.folder):
                yield one

    def wants(self, locator: bytes, member: str = "") -> bool:
        """What the source wants."""
        return self.source.wants(locator, member)

    def choice(self) -> str:
        """What the settings let in."""
        return self.source.choice()

    def identity(self) -> RootIdentity | None:
        """The source's own."""
        return self.source.identity()

    def reach(self) -> Reach:
        """Whether the source can be listed, and what its login may do."""
        return reach_of(self.source)

    def open(self, locator: bytes) -> StoredFile:
        """The file."""
        return self.source.open(locator)

    def close(self) -> None:
        """Close the source."""
        self.source.close()
