"""Stage 1: what is new, changed, moved, unchanged and vanished in a source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from pdpo_audit.catalogue import roots as rooted
from pdpo_audit.catalogue import whereabouts as recorded
from pdpo_audit.catalogue.disposition.whereabouts import waiting_files
from pdpo_audit.catalogue.stated import sidecars
from pdpo_audit.errors import NotReachedError
from pdpo_audit.metadata.sidecars.forms import form_of
from pdpo_audit.model.locations.changes import FolderChange, Inventory, KnownFolder, Look
from pdpo_audit.model.locations.holdings import Entry, ImageRef, Skipped, SkipReason, locate
from pdpo_audit.model.locations.roots import AllowedLoss, Doubt, KnownRoot, NotReached, RootIdentity
from pdpo_audit.model.methods import CONTAINERS, SIDECARS
from pdpo_audit.pipeline.work import Work
from pdpo_audit.ports import ReachableSource, Source
from pdpo_audit.sources.reconciliation import EMPTY, ROOT, compare, reach_of, reconcile, walk
from pdpo_audit.sources.roots import doubt_about


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
    files: list[PendingFile] = field(default_factory=list)
    listings: list[tuple[int, bytes]] = field(default_factory=list)
    new: int = 0
    changed: int = 0
    moved: int = 0
    vanished: int = 0
    unchanged: int = 0
    passed_over: int = 0
    #: That the source, or a part of it, was not reached.
    not_reached: NotReached | None = None


def check_first_looks(work: Work, sources: Sequence[Source]) -> None:
    """Refuse to begin where a source that was never scanned cannot be listed.

    :raises NotReachedError: naming every such source. Nothing was recorded.
    """
    absent = []
    for source in sources:
        problem = "" if recorded.was_scanned(work.store, source.name) else reach_of(source).problem
        if problem:
            absent.append(f'source "{source.name}": {problem}')
    if absent:
        raise NotReachedError(
            "\n".join(absent), advice="mount it, or mend its uri in the settings; nothing was scanned"
        )


def take_inventory(work: Work, source: Source, look: Look | None = None, *, allowed_loss: AllowedLoss) -> Pending:
    """Compare a source with what is known of it, record moves and losses, and tell what must be read.

    ``look`` is what a walk through the source saw a moment ago; without one the source is walked through now. Where the
    source may not be what was scanned before, or more than ``allowed_loss`` of its files are missing, nothing
    of it is taken for held or gone.
    """
    with work.store.transaction(durable=False) as transaction:
        source_id = recorded.open_source(transaction, source.name)
    known = recorded.known_folders(work.store, source_id)
    if look is None:
        look = walk(source, known)
    found = _still_held(work, source, reconcile(_changes(work, look, known), look.unchanged))
    before, identity = _known_root(work, source_id, known), source.identity()
    source.close()
    if before is None and _unlisted(look) is not None:
        before = KnownRoot(identity=None, files=0)
    if before is not None:
        doubt = _doubt(work, source, before, identity, look, found, allowed_loss)
        if doubt is not None:
            return _set_aside(work, source, source_id, before, doubt)
    listings = {one.folder: one.digest() for one in look.listings} | dict.fromkeys(look.gone, EMPTY)
    ids, part = _record(work, source, source_id, known, look, found, identity)
    files = [PendingFile(folder_id=ids[folder], folder=folder, entry=entry) for folder, entry in found.new]
    files += [PendingFile(folder_id=ids[folder], folder=folder, entry=entry) for folder, entry in found.changed]
    files += _chosen_otherwise(work, source, source_id, look, files)
    files += _read_otherwise(work, source, source_id, look, files)
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
        not_reached=part,
    )


def _still_held(work: Work, source: Source, found: Inventory) -> Inventory:
    """What waits in a quarantine of ours is not at its place and is held all the same: it has not vanished."""
    waiting = waiting_files(work.store, source.name) if found.vanished else set()
    if not waiting:
        return found
    return replace(
        found, vanished=[(folder, name) for folder, name in found.vanished if locate(folder, name) not in waiting]
    )


def choice_of(work: Work, source: Source) -> str:
    """What the settings let in of a source, and how deep and by which method files are opened that hold others."""
    return f"{source.choice()}\n{CONTAINERS} {work.depth}"


def _chosen_otherwise(
    work: Work, source: Source, source_id: int, look: Look, files: Sequence[PendingFile]
) -> list[PendingFile]:
    """Where the settings let in or leave out otherwise than before, files that hold others are read once more."""
    if recorded.recall_choice(work.store, source.name) in ("", choice_of(work, source)):
        return []
    return _once_more(look, files, recorded.files_with_members(work.store, source_id))


def _read_otherwise(
    work: Work, source: Source, source_id: int, look: Look, files: Sequence[PendingFile]
) -> list[PendingFile]:
    """Where an older method read the sidecars, or none did, what may be one is read once more."""
    if sidecars.recall_method(work.store, source.name) == SIDECARS:
        return []
    others = (one for one in sidecars.other_files(work.store, source_id) if form_of(one[2][0]) is not None)
    return _once_more(look, files, others)


def _once_more(
    look: Look, files: Sequence[PendingFile], known: Iterable[tuple[int, bytes, Entry]]
) -> list[PendingFile]:
    """Those of the files that are known which are still there and are not read anyway."""
    pending = {(file.folder_id, file.entry[0]) for file in files}
    listed = {(one.folder, entry[0]) for one in look.listings for entry in one.entries}
    again = []
    relisted, unreached = {one.folder for one in look.listings}, set(look.unreached)
    for folder_id, folder, entry in known:
        here = (folder, entry[0]) in listed if folder in relisted else folder not in unreached
        if here and (folder_id, entry[0]) not in pending:
            again.append(PendingFile(folder_id=folder_id, folder=folder, entry=entry))
    return again


def _changes(work: Work, look: Look, known: Mapping[bytes, KnownFolder]) -> list[FolderChange]:
    """Every folder that is not as it was, file by file."""

    def entries(folder: bytes) -> dict[bytes, Entry]:
        before = known.get(folder)
        return recorded.known_entries(work.store, before.folder_id) if before else {}

    changes = [compare(one.folder, one.entries, entries(one.folder)) for one in look.listings]
    return changes + [compare(folder, [], entries(folder)) for folder in look.gone]


def _known_root(work: Work, source_id: int, known: Mapping[bytes, KnownFolder]) -> KnownRoot | None:
    """The root as it was left; one of a catalogue that did not remember roots has its files, and no identity."""
    if not known:
        return None
    root = rooted.load_root(work.store, source_id)
    return root or KnownRoot(identity=None, files=rooted.count_files(work.store, source_id))


def _doubt(
    work: Work,
    source: Source,
    before: KnownRoot,
    identity: RootIdentity | None,
    look: Look,
    found: Inventory,
    allowed: AllowedLoss,
) -> NotReached | None:
    """That the source as a whole may not be what was scanned before."""
    unlisted = _unlisted(look)
    # What the settings leave out by now is no loss; what lies in folders that cannot be listed is told apart.
    lost = sum(source.wants(locate(folder, name)) for folder, name in found.vanished)
    seen = found.unchanged + len(found.new) + len(found.changed) + len(found.moved)
    doubt = doubt_about(before, identity, listed=unlisted is None, seen=seen, lost=lost, allowed=allowed)
    if doubt is None:
        return None
    cause = unlisted.detail if unlisted and isinstance(source, ReachableSource) else ""
    return NotReached(source=source.name, doubt=doubt, files=before.files, lost=lost, since=_today(work), cause=cause)


def _unlisted(look: Look) -> Skipped | None:
    """Why the source as a whole could not be listed, or not to its end."""
    return next((one for one in look.passed_over if one.ref.locator == ROOT), None)


def _files_in(work: Work, folders: Sequence[bytes], known: Mapping[bytes, KnownFolder]) -> int:
    return sum(len(recorded.known_entries(work.store, known[folder].folder_id)) for folder in folders)


def _today(work: Work) -> str:
    return work.clock().date().isoformat()


def _set_aside(work: Work, source: Source, source_id: int, before: KnownRoot, found: NotReached) -> Pending:
    """Nothing of the source counts until it is reached again, or a person says that it is as it should be."""
    skipped = Skipped(
        ref=ImageRef(source=source.name, locator=ROOT), reason=SkipReason.NOT_REACHED, detail=found.words()
    )
    with work.store.transaction() as transaction:
        since = rooted.doubt_root(transaction, source_id, found, before)
        rooted.set_aside(transaction, source_id)
        recorded.replace_passed_over(transaction, source_id, [skipped])
    return Pending(source=source, passed_over=1, not_reached=replace(found, since=since))


def break_off(work: Work, pending: Pending, away: int) -> Pending:
    """The store went away while it was read: so many files of it are as new as they were, and told."""
    source_id = recorded.find_source(work.store, pending.source.name)
    assert source_id is not None
    before = rooted.load_root(work.store, source_id) or KnownRoot(identity=None, files=away)
    found = pending.not_reached or NotReached(
        source=pending.source.name, doubt=Doubt.BROKEN_OFF, files=before.files, lost=away, since=_today(work)
    )
    with work.store.transaction() as transaction:
        since = rooted.doubt_root(transaction, source_id, found, before)
    return replace(pending, not_reached=replace(found, since=since))


def _record(
    work: Work,
    source: Source,
    source_id: int,
    known: Mapping[bytes, KnownFolder],
    look: Look,
    found: Inventory,
    identity: RootIdentity | None,
) -> tuple[dict[bytes, int], NotReached | None]:
    """Record what became of the files that were known; folders that cannot be looked into any more are set aside."""
    touched = [*(one.folder for one in look.listings), *look.gone]
    lost = _files_in(work, look.unreached, known)
    files = found.unchanged + len(found.new) + len(found.changed) + len(found.moved) + lost
    part = None
    with work.store.transaction(durable=False) as transaction:
        ids = recorded.add_folders(transaction, source_id, [folder for folder in touched if folder not in known])
        recorded.reopen_folders(transaction, [ids[folder] for folder in touched])
        recorded.move_holdings(transaction, ((m, ids[m.old_folder], ids[m.new_folder]) for m in found.moved))
        rooted.set_aside(transaction, source_id, [ids[folder] for folder in look.unreached])
        recorded.mark_vanished(transaction, ((ids[folder], name) for folder, name in found.vanished), _today(work))
        recorded.replace_passed_over(transaction, source_id, look.passed_over)
        if lost or any(one.reason is SkipReason.NOT_REACHED for one in look.passed_over):
            part = NotReached(source=source.name, doubt=Doubt.FOLDERS, files=files, lost=lost, since=_today(work))
            since = rooted.doubt_root(transaction, source_id, part, KnownRoot(identity=identity, files=files))
            part = replace(part, since=since)
        elif identity is not None:
            rooted.record_root(transaction, source_id, identity, files)
        if found.moved or found.vanished:
            transaction.note_change()
    return ids, part
