"""Beside the line: what sorting by metadata alone would say, on a listing, and against what verification found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pdpo_audit.catalogue.contents import read_metadata as stored_metadata
from pdpo_audit.catalogue.queries import metadata_rows
from pdpo_audit.catalogue.store import Store
from pdpo_audit.imaging import FileKind, ImageProblem, Limits, open_picture, sniff
from pdpo_audit.imaging.formats import HEAD_BYTES
from pdpo_audit.imaging.reading import OpenFile, open_file
from pdpo_audit.metadata import read_metadata
from pdpo_audit.model.holdings import ImageRef, Skipped, locate
from pdpo_audit.model.pictures import Metadata
from pdpo_audit.ports import Progress, Source
from pdpo_audit.sources.sorting import Listed, Scale, compare_with, sort

#: Camera and capture time stand here in nearly every file; only where they cannot be read is the whole file.
_HEADER = 256 * 1024
#: So many examples of each mistake are named.
_EXAMPLES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Sorting by metadata against verified clusters: pairs of holdings, and examples (one holding, another)."""

    scale: Scale
    missed: tuple[tuple[ImageRef, ImageRef], ...]
    wrong: tuple[tuple[ImageRef, ImageRef], ...]


def list_sources(sources: Sequence[Source], limits: Limits, progress: Progress) -> list[Listed]:
    """Every file of the sources that is an image by its first bytes, with what its header says; no pixel is decoded."""
    listed = []
    progress.start("Reading headers", None)
    for source in sources:
        for folder in source.folders():
            if isinstance(folder, Skipped):
                continue
            for name, size, modified, _ in folder.entries:
                locator = locate(folder.folder, name)
                metadata = _header(source.local_path(locator), locator, limits)
                if metadata is not None:
                    listed.append(
                        Listed(
                            ref=ImageRef(source=source.name, locator=locator),
                            bytes=size,
                            modified_ns=modified,
                            camera=metadata.camera,
                            captured_at=metadata.captured_at,
                        )
                    )
                progress.advance()
    return listed


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


def _header(path: bytes, locator: bytes, limits: Limits) -> Metadata | None:
    """What the header says; nothing of a file that does not open, ``None`` for what is no image."""
    try:
        file = open_file(path)
    except ImageProblem:
        return None
    try:
        kind, _ = sniff(file.head(HEAD_BYTES), locator)
        if kind is FileKind.DECODABLE:
            return _said(file, limits)
        return Metadata() if kind is FileKind.NOT_DECODED else None
    except ImageProblem:
        return Metadata()
    finally:
        file.close()


def _said(file: OpenFile, limits: Limits) -> Metadata:
    try:
        return read_metadata(open_picture(file.head(_HEADER), limits))
    except ImageProblem:
        return read_metadata(open_picture(file.whole(), limits))
