"""Stage 2: read every new or changed file once and record what it tells, batch by batch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial

from pdpo_audit.catalogue import contents as recorded
from pdpo_audit.catalogue import whereabouts as inventory
from pdpo_audit.catalogue.contents import ReadFile
from pdpo_audit.catalogue.disposition.returns import there_before
from pdpo_audit.catalogue.queries.contents import some_places
from pdpo_audit.catalogue.stated import sidecars
from pdpo_audit.execution import WorkerDied, map_bounded
from pdpo_audit.imaging import FileKind, sniff
from pdpo_audit.imaging.formats.table import readable_formats, readers_here
from pdpo_audit.model.locations.holdings import ImageRef, Skipped, SkipReason, locate
from pdpo_audit.model.locations.places import Place
from pdpo_audit.model.methods import FINGERPRINTS, SIDECARS
from pdpo_audit.model.pictures import Examination, Sidecar
from pdpo_audit.pipeline.inventory import Pending, PendingFile, choice_of
from pdpo_audit.pipeline.remembered import READERS_TRIED
from pdpo_audit.pipeline.results import Examined, count_faults
from pdpo_audit.pipeline.returning.telling import tell_returns
from pdpo_audit.pipeline.sidecars.laying import lay_sidecars
from pdpo_audit.pipeline.work import Work
from pdpo_audit.ports import Source
from pdpo_audit.sources.locations import Locate
from pdpo_audit.workers import ExamineJob, examine

#: Small enough that a kill loses seconds, large enough that handing over costs nothing (0.1 ms a batch).
_BATCH = 32
#: Of more contents of one size (uncompressed pictures of one camera) the digests are not sent along with every file:
#: a decode costs less than they do.
_MOST_KNOWN = 1000
#: Members that may kill a worker before the file that they lie in is given up.
_MOST_LOST = 16


def examine_files(work: Work, pending: Pending, *, regions: bool = True, limit: int | None = None) -> Examined:
    """Read the pending files of a source. With ``limit`` the rest stays pending for the next scan."""
    files = pending.files if limit is None else pending.files[:limit]
    lone, twins = _split_by_size(work, files)
    total, broken = Examined(), set[int]()
    for part in (lone, twins):
        sizes = (file.entry[1] for file in part)
        known = recorded.digests_by_size(work.store, sizes, but=work.watched.sizes.has) if part is twins else None
        jobs = (_job(work, pending, file, _known(known, file), regions) for file in part)
        total = _read_all(work, pending.source, part, jobs, total, known, broken)
    lay_sidecars(work, sorted({folder for folder, _ in pending.listings} | {file.folder_id for file in files}))
    if len(files) == len(pending.files):
        with work.store.transaction(durable=False) as transaction:
            inventory.close_folders(transaction, (one for one in pending.listings if one[0] not in broken))
            if not (pending.not_reached or broken):
                inventory.remember_choice(transaction, pending.source.name, choice_of(work, pending.source))
                sidecars.remember_method(transaction, pending.source.name, SIDECARS)
    return total


def refresh_fingerprints(work: Work, locate: Locate, *, regions: bool = True, incomplete: bool = False) -> int:
    """Make the fingerprints of an older method anew; everything else that is known of these files stands.

    Files of formats that could not be read are tried again where readers came to it since.

    ``incomplete`` says that earlier scans left regions out: then those without any are made anew as well.

    Gives how many contents were outdated. One that no place holds any more keeps its old fingerprint, which no
    comparison mixes with new ones.
    """
    outdated = recorded.outdated_contents(work.store, FINGERPRINTS, without_regions=regions and incomplete)
    readers = readers_here()
    if work.store.recall(READERS_TRIED) != readers:
        skipped = SkipReason.FORMAT_NOT_DECODED.value
        outdated += recorded.unread_contents(work.store, skipped, readable_formats())
    held = some_places(work.store, outdated)
    left = set(held)
    work.progress.start("Renewing fingerprints", len(left))
    for turn in range(max(map(len, held.values()), default=0)):  # then the next place of what the first did not give
        files = {one.ref.whole: one for content in left for one in held[content][turn : turn + 1]}
        jobs = (_refresh_job(work, ref, locate, regions) for ref in sorted(files))
        batches = _batches(job for job in jobs if job is not None)
        for batch in map_bounded(work.executor, examine, batches, in_flight=work.in_flight, lost=_lost, note=work.note):
            read = [one for results in batch for one in results if isinstance(one, Examination)]
            with work.store.transaction(durable=False) as transaction:
                renewed = recorded.replace_fingerprints(transaction, read)
            work.progress.advance(len(renewed & left))
            left -= renewed
    with work.store.transaction(durable=False) as transaction:
        transaction.remember(READERS_TRIED, readers)
    return len(outdated)


def _refresh_job(work: Work, ref: ImageRef, locate: Locate, regions: bool) -> ExamineJob | None:
    place = locate(ref)
    if place is None:
        return None
    return ExamineJob(
        ref=ref,
        place=place,
        limits=work.limits,
        seconds=work.seconds_per_file,
        regions=regions,
    )


def _split_by_size(work: Work, files: list[PendingFile]) -> tuple[list[PendingFile], list[PendingFile]]:
    """Files whose size nothing else has (and the first of each size), and those that may repeat a known content."""
    taken = set(recorded.digests_by_size(work.store, (file.entry[1] for file in files)))
    lone: list[PendingFile] = []
    twins: list[PendingFile] = []
    for file in files:
        (twins if file.entry[1] in taken else lone).append(file)
        taken.add(file.entry[1])
    return lone, twins


def _known(known: dict[int, set[bytes]] | None, file: PendingFile) -> frozenset[bytes]:
    """Digests of the contents of this size: a file that has one of them is not decoded again."""
    digests = known.get(file.entry[1], set()) if known else set()
    return frozenset(digests) if len(digests) <= _MOST_KNOWN else frozenset()


def _read_all(
    work: Work,
    source: Source,
    files: list[PendingFile],
    jobs: Iterable[ExamineJob],
    total: Examined,
    known: dict[int, set[bytes]] | None,
    broken: set[int],
) -> Examined:
    """Read and record; what was read is ``known`` to the jobs that are still to be made.

    What a store no longer gave is not recorded: it stays as new as it is. Its folders are added to ``broken``.
    """
    supply = iter(files)
    for batch in map_bounded(
        work.executor, examine, _batches(jobs), in_flight=work.in_flight, lost=_lost, note=work.note, less=_less
    ):
        given = [_read_file(source, next(supply), results) for results in batch]
        read = [one for one in given if not _is_away(one)]
        broken |= {one.folder_id for one in given if _is_away(one)}
        back = _record(work, read) if read else 0
        results = [result for file in read for result in file.results]
        for one in results:
            if known is not None and isinstance(one, Examination):
                known.setdefault(one.stat.size, set()).add(one.sha256)
        decoded = sum(isinstance(one, Examination) and one.fingerprint is not None for one in results)
        skipped = [one for one in map(_skipped, results) if one is not None]
        total = total.plus(
            Examined(
                files=len(read),
                decoded=decoded,
                skipped=len(skipped),
                faults=count_faults(skipped),
                restless=sum(one.reason is SkipReason.CHANGED_WHILE_READ for one in skipped),
                returned=back,
                away=len(given) - len(read),
            )
        )
        work.progress.advance(len(given))
    return total


def _record(work: Work, read: list[ReadFile]) -> int:
    """Record what was read; how many of it are copies that were certified as erased."""
    today = work.clock().date().isoformat()
    with work.store.transaction(durable=False) as transaction:
        before = there_before(transaction.connection, read, work.memory) if work.watched else None
        recorded.record_files(transaction, read, today, work.memory)
        return tell_returns(transaction, work.watched, read, before, today) if before is not None else 0


def _is_away(file: ReadFile) -> bool:
    return any(isinstance(one, Skipped) and one.reason is SkipReason.NOT_REACHED for one in file.results)


def _skipped(result: Examination | Skipped | Sidecar) -> Skipped | None:
    return result.skipped if isinstance(result, Examination) else result if isinstance(result, Skipped) else None


def _job(work: Work, pending: Pending, file: PendingFile, known: frozenset[bytes], regions: bool) -> ExamineJob:
    locator = locate(file.folder, file.entry[0])
    return ExamineJob(
        ref=ImageRef(source=pending.source.name, locator=locator),
        place=Place(source=pending.source.name, uri=pending.source.uri, locator=locator),
        limits=work.limits,
        seconds=work.seconds_per_file,
        known=known,
        regions=regions,
        reader=work.reader,
        depth=work.depth,
        erased=work.watched.sizes,
    )


def _read_file(source: Source, file: PendingFile, results: tuple[Examination | Skipped | Sidecar, ...]) -> ReadFile:
    image = any(isinstance(one, Examination) for one in results) or (
        sniff(b"", file.entry[0])[0] in (FileKind.DECODABLE, FileKind.NOT_DECODED)
        and not any(isinstance(one, Skipped) and one.reason in _NO_IMAGE for one in results)
    )
    wanted = partial(source.wants, locate(file.folder, file.entry[0]))
    return ReadFile(folder_id=file.folder_id, entry=file.entry, image=image, results=results, wanted=wanted)


_NO_IMAGE = {SkipReason.CONTAINER_NOT_OPENED, SkipReason.OTHER_FILE}


def _lost(job: ExamineJob, death: WorkerDied) -> tuple[Examination | Skipped | Sidecar, ...]:
    return (death.problem.at(job.ref),)


def _less(job: ExamineJob, death: WorkerDied) -> ExamineJob | None:
    """The file without the member that killed the worker; none where it was no member, or one too many."""
    if not death.at or death.at in job.without or len(job.without) == _MOST_LOST:
        return None
    return replace(job, without={**job.without, death.at: death.problem})


def _batches(jobs: Iterable[ExamineJob]) -> Iterator[list[ExamineJob]]:
    batch: list[ExamineJob] = []
    for job in jobs:
        batch.append(job)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
