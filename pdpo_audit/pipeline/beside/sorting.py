"""Beside the line: what sorting by metadata alone would say, on a listing, and against what verification found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pdpo_audit.catalogue.queries.contents import metadata_rows
from pdpo_audit.catalogue.stated.documents import read_metadata as stored_metadata
from pdpo_audit.catalogue.store import Store
from pdpo_audit.execution import WorkerDied, map_bounded, unheard
from pdpo_audit.model.locations.holdings import Entry, ImageRef, Skipped, locate
from pdpo_audit.model.locations.places import Place
from pdpo_audit.model.pictures import Metadata
from pdpo_audit.pipeline.work import Work
from pdpo_audit.ports import Source
from pdpo_audit.sources.sorting import Listed, Scale, compare_with, sort
from pdpo_audit.workers import Header, HeaderJob, read_headers

_BATCH = 32
#: So many examples of each mistake are named.
_EXAMPLES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Sorting by metadata against verified clusters: pairs of holdings, and examples (one holding, another)."""

    scale: Scale
    missed: tuple[tuple[ImageRef, ImageRef], ...]
    wrong: tuple[tuple[ImageRef, ImageRef], ...]


def list_sources(work: Work, sources: Sequence[Source]) -> list[Listed]:
    """Every file of the sources that is an image by its first bytes, with what its header says; no pixel is decoded."""
    listed = []
    work.progress.start("Reading headers", None)
    for source in sources:
        files = list(_files(source))
        jobs = [
            HeaderJob(
                place=Place(source=source.name, uri=source.uri, locator=locator),
                limits=work.limits,
                seconds=work.seconds_per_file,
            )
            for locator, _ in files
        ]
        batches = (jobs[start : start + _BATCH] for start in range(0, len(jobs), _BATCH))
        supply = iter(files)
        for batch in map_bounded(
            work.executor, read_headers, batches, in_flight=work.in_flight, lost=_lost, note=unheard
        ):
            listed += [
                Listed(
                    ref=ImageRef(source=source.name, locator=locator),
                    bytes=entry[1],
                    modified_ns=entry[2],
                    camera=header.metadata.camera,
                    captured_at=header.metadata.captured_at,
                )
                for header, (locator, entry) in zip(batch, supply, strict=False)
                if header.metadata is not None
            ]
            work.progress.advance(len(batch))
    return listed


def _files(source: Source) -> Iterator[tuple[bytes, Entry]]:
    for folder in source.folders():
        if not isinstance(folder, Skipped):
            yield from ((locate(folder.folder, entry[0]), entry) for entry in folder.entries)


def _lost(_: HeaderJob, __: WorkerDied) -> Header:
    """A file whose header kills its worker is listed by name, size and date alone."""
    return Header(metadata=Metadata())


def compare_sorting(store: Store) -> Compared:
    """What sorting by metadata would have missed and wrongly joined, of everything that the catalogue holds."""
    listed: list[Listed] = []
    clusters: list[str] = []
    for held, text, cluster in metadata_rows(store):
        said = stored_metadata(text)
        listed.append(
            Listed(
                ref=held.ref,
                bytes=held.stat.size,
                modified_ns=held.modified_ns,
                camera=said.camera,
                captured_at=said.captured_at,
            )
        )
        clusters.append(cluster)
    groups = [0] * len(listed)
    for number, group in enumerate(sort(listed), 1):
        for place in group:
            groups[place] = number
    return Compared(
        scale=compare_with(groups, clusters),
        missed=_examples(listed, clusters, groups),
        wrong=_examples(listed, groups, clusters),
    )


def _examples(
    listed: Sequence[Listed], together: Sequence[object], apart: Sequence[object]
) -> tuple[tuple[ImageRef, ImageRef], ...]:
    """Pairs that are ``together`` and ``apart``: of each group its first member with the first that differs from it."""
    first: dict[object, int] = {}
    found: dict[object, tuple[ImageRef, ImageRef]] = {}
    for place in sorted(range(len(listed)), key=lambda k: listed[k].ref):
        if not (group := together[place]):
            continue
        one = first.setdefault(group, place)
        if group not in found and one != place and (not apart[place] or apart[place] != apart[one]):
            found[group] = (listed[one].ref, listed[place].ref)
    return tuple(list(found.values())[:_EXAMPLES])
