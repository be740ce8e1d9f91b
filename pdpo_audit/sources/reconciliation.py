"""What changed in a source since the last look, from what was seen and what is known."""

from __future__ import annotations

from collections.abc import Mapping

from pdpo_audit.model.locations.changes import FolderChange, Inventory, KnownFolder, Look, Move
from pdpo_audit.model.locations.holdings import Entry, FolderListing, Skipped
from pdpo_audit.model.locations.roots import Reach
from pdpo_audit.ports import ReachableSource, Source

#: The locator of a source's root.
ROOT = b"."
#: The listing of a folder that holds no files, or is gone.
EMPTY = FolderListing(source="", folder=b"", entries=[]).digest()


def reach_of(source: Source) -> Reach:
    """Whether a source can be listed now, and what its login may do there. A store is asked, a folder is listed."""
    if isinstance(source, ReachableSource):
        return source.reach()
    first = next(source.folders(), None)
    problem = first.detail if isinstance(first, Skipped) and first.ref.locator == ROOT else ""
    return Reach(problem=problem, beyond=None)


def walk(source: Source, known: Mapping[bytes, KnownFolder]) -> Look:
    """List a whole source against the folders ``known`` of it: a stat of every file, and no more."""
    listings: list[FolderListing] = []
    passed_over: list[Skipped] = []
    seen: set[bytes] = set()
    unchanged = 0
    for listing in source.folders():
        if isinstance(listing, Skipped):
            passed_over.append(listing)
            continue
        seen.add(listing.folder)
        before = known.get(listing.folder)
        if before and before.listing == listing.digest():
            unchanged += len(listing.entries)
        else:
            listings.append(listing)
    unseen = [b"" if one.ref.locator == ROOT else one.ref.locator for one in passed_over]
    missing = [folder for folder, before in known.items() if folder not in seen and before.listing != EMPTY]
    unreached = [folder for folder in missing if _below(folder, unseen)]
    return Look(
        listings=listings,
        gone=sorted(set(missing) - set(unreached)),
        unreached=unreached,
        passed_over=passed_over,
        unchanged=unchanged,
    )


def _below(folder: bytes, unseen: list[bytes]) -> bool:
    """Whether ``folder`` lies in one that could not be listed: then nobody knows what became of its files."""
    return any(not top or folder == top or folder.startswith(top + b"/") for top in unseen)


def compare(folder: bytes, seen: list[Entry], known: Mapping[bytes, Entry]) -> FolderChange:
    """Compare what a folder holds now with the entries known of it, by name."""
    new: list[Entry] = []
    changed: list[Entry] = []
    for entry in seen:
        before = known.get(entry[0])
        if before is None:
            new.append(entry)
        elif before != entry:
            changed.append(entry)
    names = {entry[0] for entry in seen}
    vanished = [known[name] for name in sorted(known) if name not in names]
    unchanged = len(seen) - len(new) - len(changed)
    return FolderChange(folder=folder, new=new, changed=changed, vanished=vanished, unchanged=unchanged)


def reconcile(changes: list[FolderChange], unchanged: int = 0) -> Inventory:
    """Put the folders' changes together: a vanished and a new file with equal inode, size and time are one move.

    ``unchanged`` counts the files of folders that were found wholly unchanged and have no ``FolderChange``.
    """
    gone: dict[tuple[int, int, int], list[tuple[bytes, bytes]]] = {}
    for change in changes:
        for name, size, modified, inode in change.vanished:
            gone.setdefault((size, modified, inode), []).append((change.folder, name))
    result = Inventory(unchanged=unchanged + sum(change.unchanged for change in changes))
    for change in changes:
        result.changed.extend((change.folder, entry) for entry in change.changed)
        for entry in change.new:
            places = gone.get(entry[1:]) if entry[3] else None
            if places:
                old_folder, old_name = places.pop(0)
                move = Move(old_folder=old_folder, old_name=old_name, new_folder=change.folder, new_name=entry[0])
                result.moved.append(move)
            else:
                result.new.append((change.folder, entry))
    result.vanished.extend(sorted(place for places in gone.values() for place in places))
    return result
