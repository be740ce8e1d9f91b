"""Stage 1: what is new, changed, moved, unchanged and vanished in a source."""

from __future__ import annotations

from dataclasses import dataclass, field

from pdpo_audit.catalogue import inventory as recorded
from pdpo_audit.catalogue.inventory import KnownFolder
from pdpo_audit.model.holdings import Entry, FolderListing, Skipped
from pdpo_audit.model.inventory import FolderChange, Inventory
from pdpo_audit.pipeline.work import Work
from pdpo_audit.ports import Source
from pdpo_audit.sources.inventory import compare, reconcile

_EMPTY = FolderListing(source="", folder=b"", entries=[]).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingFile:
    """A file that has to be read."""

    folder_id: int
    folder: bytes
    entry: Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """What is left to do in a source after its inventory; ``listings`` close the folders once all is recorded."""

    source: Source
    files: list[PendingFile]
    listings: list[tuple[int, bytes]]
    new: int
    changed: int
    moved: int
    vanished: int
    unchanged: int
    passed_over: int


@dataclass(slots=True)
class _Look:
    """What one walk through a source saw."""

    changes: list[FolderChange] = field(default_factory=list)
    listings: dict[bytes, bytes] = field(default_factory=dict)
    passed_over: list[Skipped] = field(default_factory=list)
    unseen: list[bytes] = field(default_factory=list)
    unchanged: int = 0


def take_inventory(work: Work, source: Source) -> Pending:
    """Compare a source with what is known of it, record moves and losses, and tell what must be read."""
    with work.store.transaction() as transaction:
        source_id = recorded.open_source(transaction, source.name)
    known = recorded.known_folders(work.store, source_id)
    look = _walk(work, source, known)
    found = reconcile(look.changes, look.unchanged)
    ids = _record(work, source_id, known, look, found)
    files = [PendingFile(folder_id=ids[folder], folder=folder, entry=entry) for folder, entry in found.new]
    files += [PendingFile(folder_id=ids[folder], folder=folder, entry=entry) for folder, entry in found.changed]
    return Pending(
        source=source,
        files=files,
        listings=[(ids[folder], listing) for folder, listing in look.listings.items()],
        new=len(found.new),
        changed=len(found.changed),
        moved=len(found.moved),
        vanished=len(found.vanished),
        unchanged=found.unchanged,
        passed_over=len(look.passed_over),
    )


def _walk(work: Work, source: Source, known: dict[bytes, KnownFolder]) -> _Look:
    look = _Look()
    seen: set[bytes] = set()
    for listing in source.folders():
        if isinstance(listing, Skipped):
            look.passed_over.append(listing)
            look.unseen.append(b"" if listing.ref.locator == b"." else listing.ref.locator)
            continue
        seen.add(listing.folder)
        before = known.get(listing.folder)
        digest = listing.digest()
        if before and before.listing == digest:
            look.unchanged += len(listing.entries)
            continue
        entries = recorded.known_entries(work.store, before.folder_id) if before else {}
        look.changes.append(compare(listing.folder, listing.entries, entries))
        look.listings[listing.folder] = digest
    for folder, before in known.items():
        if folder not in seen and before.listing != _EMPTY and not _below(folder, look.unseen):
            look.changes.append(compare(folder, [], recorded.known_entries(work.store, before.folder_id)))
            look.listings[folder] = _EMPTY
    return look


def _below(folder: bytes, unseen: list[bytes]) -> bool:
    """Whether ``folder`` lies in one that could not be listed: then nobody knows what became of its files."""
    return any(not top or folder == top or folder.startswith(top + b"/") for top in unseen)


def _record(
    work: Work, source_id: int, known: dict[bytes, KnownFolder], look: _Look, found: Inventory
) -> dict[bytes, int]:
    with work.store.transaction() as transaction:
        fresh = [folder for folder in look.listings if folder not in known]
        ids = recorded.add_folders(transaction, source_id, fresh)
        recorded.reopen_folders(transaction, [ids[folder] for folder in look.listings])
        recorded.move_holdings(transaction, ((m, ids[m.old_folder], ids[m.new_folder]) for m in found.moved))
        today = work.clock().date().isoformat()
        recorded.mark_vanished(transaction, ((ids[folder], name) for folder, name in found.vanished), today)
        recorded.replace_passed_over(transaction, source_id, look.passed_over)
        if found.moved or found.vanished:
            transaction.note_change()
    return ids
