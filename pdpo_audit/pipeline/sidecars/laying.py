"""Stage 2b: sidecars are laid to the pictures beside them, in every folder in which anything came, went or changed.

Nothing is read here: what stands in a sidecar was recorded when the sidecar was read. So a picture is not opened again
when its sidecar changes, and a sidecar is not when its picture does.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

from pdpo_audit.catalogue.stated import sidecars as recorded
from pdpo_audit.catalogue.stated.documents import read_said, write_beside
from pdpo_audit.catalogue.stated.sidecars import BesideFile
from pdpo_audit.metadata.sidecars.forms import Form, form_of
from pdpo_audit.metadata.sidecars.pairing import pair
from pdpo_audit.model.locations.holdings import SkipReason
from pdpo_audit.model.people import quoted_copy
from pdpo_audit.model.pictures import Beside, Sidecar
from pdpo_audit.pipeline.work import Work

#: What a sidecar that belongs to nothing says of itself.
ALONE = "no picture beside it is meant"
_NOT_READ = "; not read: "
#: Rows of which nobody asks whether they could be a sidecar that was not read.
_READ = frozenset({"", SkipReason.SIDECAR.value, SkipReason.OTHER_FILE.value, SkipReason.CONTAINER_NOT_OPENED.value})


def lay_sidecars(work: Work, folders: Sequence[int]) -> None:
    """Bring what sidecars say of pictures up to date in these folders (ids); the same again where nothing changed."""
    for folder in recorded.folders_with_sidecars(work.store, folders):
        files = recorded.files_beside(work.store, folder)
        changed = list(_laid(files))
        if changed:
            with work.store.transaction(durable=False) as transaction:
                recorded.replace_beside(transaction, changed)
                transaction.note_change()


def _laid(files: Sequence[BesideFile]) -> Iterator[BesideFile]:
    """The files of one folder that are not as their sidecars say."""
    sidecars = {os.fsdecode(one.name): (one, found) for one in files if (found := _sidecar(one)) is not None}
    pictures = {os.fsdecode(one.name): one for one in files if one.image}
    titles = {name: [said.of for said in found.said] for name, (_, found) in sidecars.items()}
    means = pair(titles, list(pictures))
    beside: dict[str, list[Beside]] = {}
    for name in sorted(means):
        one, found = sidecars[name]
        for picture, at in means[name].items():
            beside.setdefault(picture, []).append(_said(one, found, at))
        if one.said:
            told = one.told(*_words(one, found, [pictures[name] for name in sorted(means[name])]))
            if told != one:
                yield told
    for name, one in pictures.items():
        text = write_beside(beside.get(name, ()))
        if text != one.beside:
            yield one.with_beside(text)


def _sidecar(one: BesideFile) -> Sidecar | None:
    """What stands in a file; of a sidecar that could not be read, that it could not."""
    if one.said:
        return read_said(one.said, one.ref)
    if one.image or one.reason in _READ or form_of(one.name) is None:
        return None
    return Sidecar(ref=one.ref, problem=one.reason.replace("_", " "))


def _said(one: BesideFile, found: Sidecar, at: int) -> Beside:
    problem = "" if form_of(one.name) is Form.UNREAD else found.problem
    if at < len(found.said):
        return Beside(sidecar=one.ref.path, metadata=found.said[at].metadata, problem=problem)
    return Beside(sidecar=one.ref.path, problem=problem)


def _words(one: BesideFile, found: Sidecar, pictures: Sequence[BesideFile]) -> tuple[str, str]:
    """How a sidecar is listed: reason and detail."""
    if not pictures and not found.evident:
        return SkipReason.OTHER_FILE.value, os.fsdecode(one.name).rpartition(".")[2].upper()[:16]
    said = ALONE
    if pictures:
        more = f" and {len(pictures) - 1} more" if len(pictures) > 1 else ""
        said = f"belongs to {quoted_copy(pictures[0].ref.file.path)}{more}"
    return SkipReason.SIDECAR.value, said + (_NOT_READ + found.problem if found.problem else "")
