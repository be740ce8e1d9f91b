"""Stage 1: what is new, changed, moved, unchanged and vanished in a source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pdpo_audit.catalogue import inventory as recorded
from pdpo_audit.model.holdings import Entry
from pdpo_audit.model.inventory import FolderChange, Inventory, KnownFolder, Look
from pdpo_audit.pipeline.work import Work
from pdpo_audit.ports import Source
from pdpo_audit.sources.inventory import EMPTY, compare, reconcile, walk


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


def take_inventory(work: Work, source: Source, look: Look | None = None) -> Pending:
    """Compare a source with what is known of it, record moves and losses, and tell what must be read.

    ``look`` is what a walk through the source saw a moment ago; without one the source is walked through now.
    """
    with work.store.transaction(durable=False) as transaction:
        source_id = recorded.open_source(transaction, source.name)
    known = recorded.known_folders(work.store, source_id)
    if look is None:
        look = walk(source, known)
    found = reconcile(_changes(work, look, known), look.unchanged)
    listings = {one.folder: one.digest() for one in look.listings} | dict.fromkeys(look.gone, EMPTY)
    ids = _record(work, source_id, known, look, found)
    files = [PendingFile(folder_id=ids[folder], folder=folder, entry=entry) for folder, entry in found.new]
    files += [PendingFile(folder_id=ids[folder], folder=folder, entry=entry) for folder, entry in found.changed]
    return Pending(
        source=source,
        files=files,
        listings=[(ids[folder], listing) for folder, listing in listings.items()],
        new=len(found.new),
        changed=len(found.changed),
        moved=len(found.moved),
        vanished=len(found.vanished),
        unchanged=found.unchanged,
        passed_over=len(look.passed_over),
    )


def _changes(work: Work, look: Look, known: Mapping[bytes, KnownFolder]) -> list[FolderChange]:
    """Every folder that is not as it was, file by file."""

    def entries(folder: bytes) -> dict[bytes, Entry]:
        before = known.get(folder)
        return recorded.known_entries(work.store, before.folder_id) if before else {}

    changes = [compare(one.folder, one.entries, entries(one.folder)) for one in look.listings]
    return changes + [compare(folder, [], entries(folder)) for folder in look.gone]


def _record(
    work: Work, source_id: int, known: Mapping[bytes, KnownFolder], look: Look, found: Inventory
) -> dict[bytes, int]:
    touched = [*(one.folder for one in look.listings), *look.gone]
    with work.store.transaction(durable=False) as transaction:
        ids = recorded.add_folders(transaction, source_id, [folder for folder in touched if folder not in known])
        recorded.reopen_folders(transaction, [ids[folder] for folder in touched])
        recorded.move_holdings(transaction, ((m, ids[m.old_folder], ids[m.new_folder]) for m in found.moved))
        today = work.clock().date().isoformat()
        recorded.mark_vanished(transaction, ((ids[folder], name) for folder, name in found.vanished), today)
        recorded.replace_passed_over(transaction, source_id, look.passed_over)
        if found.moved or found.vanished:
            transaction.note_change()
    return ids
