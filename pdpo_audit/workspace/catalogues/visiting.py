"""A later visit: pairs that a merge listed are compared where the files of both sites can be read."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pdpo_audit.catalogue.clusters import forget_pairs
from pdpo_audit.catalogue.elections import drop_elections, load_elections
from pdpo_audit.catalogue.queries.contents import some_places
from pdpo_audit.catalogue.queries.totals import totals
from pdpo_audit.errors import CallError
from pdpo_audit.model.clusters import VerifiedPair
from pdpo_audit.model.events import Details
from pdpo_audit.model.locations.places import SourceSpec
from pdpo_audit.plugins import open_source
from pdpo_audit.sources.locations import locator_of
from pdpo_audit.workspace.catalogues.merging import LISTED, MERGED, form_joined, list_pairs, rows_of_pairs, unverified
from pdpo_audit.workspace.catalogues.shards import METHOD
from pdpo_audit.workspace.project import ELSEWHERE, Project
from pdpo_audit.workspace.setup.run_lock import run_lock


@dataclass(frozen=True, slots=True, kw_only=True)
class Visited:
    """What came of a visit: of ``listed`` pairs ``within_reach`` had both files here, and ``verified`` of these were
    compared; ``to_verify`` are open still, in the list ``pairs``."""

    listed: int
    within_reach: int
    verified: int
    to_verify: int
    clusters: int
    additional_copies: int
    pairs: Path


def verify_pairs(project: Project, at: Mapping[str, Path], chosen: Path | None = None) -> Visited:
    """Compare the listed pairs of which both files lie in folders of this machine, and form the clusters anew.

    ``at`` says where sources of the shards can be read now; the settings go on naming them as known from shards.
    ``chosen`` is a list as the merge wrote it, shortened as somebody likes; without one every open pair counts. A file
    that is not there, or is not as its site scanned it, leaves its pair open.

    :raises CallError: nothing was merged here, a source is not one of a shard, a folder is not there, or ``chosen`` is
        no such list.
    """
    with run_lock(project, "catalogue verify-pairs"):
        if not project.store.recall(MERGED):
            raise CallError("nothing was merged here", advice="pdpo-audit catalogue merge SHARD... lists the pairs")
        sources = [open_source(SourceSpec(name=name, uri=str(at[name].resolve()))) for name in _known(project, at)]
        open_pairs = rows_of_pairs(project, unverified(project))
        wanted = None if chosen is None else _read(chosen)
        listed = [pair for pair, row in open_pairs if wanted is None or row[:4] in wanted]
        near = _within_reach(project, listed, at.keys())
        _forget(project, near)
        form_joined(project, locator_of(sources))
        count, file = list_pairs(project)
        still = {(one.left, one.right) for one in unverified(project)}
        verified = sum((one.left, one.right) not in still for one in near)
        counts = totals(project.store)
        with project.store.transaction() as transaction:
            told: Details = {"sources": ", ".join(sorted(at)), "verified": verified, "to_verify": count}
            transaction.append_event("pairs verified", told, at=project.clock(), actor=project.actor)
    return Visited(
        listed=len(listed), within_reach=len(near), verified=verified, to_verify=count, clusters=counts.clusters,
        additional_copies=counts.additional_copies, pairs=file,
    )  # fmt: skip


def _known(project: Project, at: Mapping[str, Path]) -> Sequence[str]:
    """The sources whose folders are named, in their order."""
    elsewhere = [one.name for one in project.settings.sources if one.uri == ELSEWHERE]
    for name, folder in at.items():
        if name not in elsewhere:
            raise CallError(f'no shard here has a source "{name}"', advice=f"their sources: {', '.join(elsewhere)}")
        if not folder.is_dir():
            raise CallError(f'{folder} is no folder: the source "{name}" cannot be read there')
    return [name for name in elsewhere if name in at]


def _read(file: Path) -> frozenset[tuple[str, ...]]:
    """The pairs of a list: source and path of each side."""
    try:
        with file.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as stream:
            reader = csv.DictReader(stream)
            if not set(LISTED[:4]) <= set(reader.fieldnames or ()):
                raise CallError(f"{file} is no list of pairs", advice=f"its first line names {', '.join(LISTED[:4])}")
            return frozenset(tuple(row[name] for name in LISTED[:4]) for row in reader)
    except OSError as error:
        raise CallError(f"{file} cannot be read: {error.strerror}") from error


def _within_reach(project: Project, pairs: Iterable[VerifiedPair], sources: Collection[str]) -> list[VerifiedPair]:
    """Those of which each side has a place in one of the sources."""
    pairs = list(pairs)
    held = some_places(project.store, sorted({content for one in pairs for content in (one.left, one.right)}))
    near = {content for content, places in held.items() if any(one.ref.source in sources for one in places)}
    return [one for one in pairs if one.left in near and one.right in near]


def _forget(project: Project, pairs: Sequence[VerifiedPair]) -> None:
    """What was said of pairs without their files, and the elections that were held without them."""
    contents = {content for one in pairs for content in (one.left, one.right)}
    held = load_elections(project.store, METHOD)
    with project.store.transaction() as transaction:
        forget_pairs(transaction, pairs)
        drop_elections(transaction, [one for one in held if any(voter.content in contents for voter in one)])
        transaction.note_change()
