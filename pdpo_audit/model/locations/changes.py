"""How a source changed since the last look."""

from __future__ import annotations

from dataclasses import dataclass, field

from pdpo_audit.model.locations.holdings import Entry, FolderListing, Skipped


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFolder:
    """A folder of the catalogue; ``listing`` is the digest of its listing, empty while work on it is pending."""

    folder_id: int
    listing: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one walk through a source saw against the folders known of it.

    ``listings`` are the folders that are new or differ, ``gone`` those that are no longer there, ``unreached`` those
    that cannot be looked into any more; files in folders that are as they were recorded are only counted.
    """

    listings: list[FolderListing] = field(default_factory=list)
    gone: list[bytes] = field(default_factory=list)
    unreached: list[bytes] = field(default_factory=list)
    passed_over: list[Skipped] = field(default_factory=list)
    unchanged: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderChange:
    """How one folder differs: new and changed entries as seen, the names of vanished ones, and how many stayed."""

    folder: bytes
    new: list[Entry]
    changed: list[Entry]
    vanished: list[Entry]
    unchanged: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A file that left one place and appeared at another with the same inode, size and modification time."""

    old_folder: bytes
    old_name: bytes
    new_folder: bytes
    new_name: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """The changes of a whole source; only ``new`` and ``changed`` (folder, entry) have to be read."""

    new: list[tuple[bytes, Entry]] = field(default_factory=list)
    changed: list[tuple[bytes, Entry]] = field(default_factory=list)
    moved: list[Move] = field(default_factory=list)
    vanished: list[tuple[bytes, bytes]] = field(default_factory=list)
    unchanged: int = 0
