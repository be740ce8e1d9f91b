"""Beside the line: every holding of one picture, copies, crops and edits included."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pdpo_audit.catalogue.queries import (
    PlacedContent,
    cluster_mates,
    contents_of_digest,
    first_places,
    perceptual_hashes,
    places_of,
    region_shards,
)
from pdpo_audit.errors import CallError
from pdpo_audit.fingerprints import examine_file
from pdpo_audit.model.clusters import Relation, Verdict
from pdpo_audit.model.holdings import FileStat, ImageRef, Skipped, SkipReason
from pdpo_audit.model.pictures import Examination
from pdpo_audit.pipeline.comparing import describe_sides
from pdpo_audit.pipeline.work import Work
from pdpo_audit.similarity.candidates.searching import hash_hits, region_hits
from pdpo_audit.similarity.comparison.pictures import Pictures, VerifySide
from pdpo_audit.similarity.verification import verify_pair
from pdpo_audit.sources.locations import Locate

#: The picture that is looked for; contents of the catalogue start at 1.
_QUERY = 0
#: So many hash neighbours are verified at most: beyond them lie the forms and cards of one template.
_MOST = 200
#: One picture can afford the candidates that a scan finds only when it is thorough: each is verified all the same.
_VOTES = 2
#: A picture that no decoder here reads (RAW, PSD) is still found by its bytes; these have none to go by.
_NO_PICTURE = (SkipReason.EMPTY, SkipReason.NOT_AN_IMAGE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A holding of the picture: ``relation`` says how it differs from the picture asked for.

    ``through`` tells how it was found: by its bytes, by comparison, or as another member of a duplicate cluster, whose
    ``relation`` is then that to its cluster's master.
    """

    place: PlacedContent
    relation: Relation
    similarity: float
    through: str


def find_holdings(work: Work, picture: Path, locate: Locate) -> list[Found]:
    """Every present holding of ``picture``, those found directly first.

    :raises CallError: the picture cannot be read.
    """
    one = _examine(work, picture)
    same = contents_of_digest(work.store, one.sha256)
    direct: dict[int, tuple[Relation, float, str]] = dict.fromkeys(same, (Relation.BYTE_IDENTICAL, 1.0, "bytes"))
    if one.fingerprint is not None:
        for content, relation, similarity in _compare(work, one, picture, set(direct), locate):
            direct[content] = (relation, similarity, "comparison")
    mates = {
        content: (relation, similarity, "cluster")
        for content, relation, similarity in cluster_mates(work.store, sorted(direct))
        if content not in direct
    }
    told = direct | mates
    return [
        Found(
            place=place,
            relation=told[place.content][0],
            similarity=told[place.content][1],
            through=told[place.content][2],
        )
        for content in told
        for place in places_of(work.store, [content])
    ]


def _examine(work: Work, picture: Path) -> Examination:
    path = os.fsencode(picture)
    try:
        status = picture.stat()
    except OSError as error:
        raise CallError(f"{picture} cannot be read: {error.strerror}") from error
    ref = ImageRef(source="", locator=path)
    stat = FileStat(size=status.st_size, modified_ns=status.st_mtime_ns, inode=status.st_ino)
    first = examine_file(path, ref, stat, work.limits, exchange=False)[0]
    problem = first if isinstance(first, Skipped) else first.skipped
    if isinstance(first, Skipped) or (problem and problem.reason in _NO_PICTURE):
        assert problem is not None
        raise CallError(f"{picture} is no picture that can be looked for: {problem.detail or problem.reason}")
    return first


def _compare(
    work: Work, one: Examination, picture: Path, known: set[int], locate: Locate
) -> Iterator[tuple[int, Relation, float]]:
    """Contents that verification says show the same picture: hash neighbours, or else those that share parts."""
    assert one.fingerprint is not None
    query = VerifySide(
        content=_QUERY,
        ref=one.ref,
        path=os.fsencode(picture),
        sha256=one.sha256,
        image_sha256=one.image_sha256,
        format=one.format,
        width=one.width,
        height=one.height,
        fingerprint=one.fingerprint,
    )
    ids, hashes = perceptual_hashes(work.store)
    near = [int(ids[row]) for row in hash_hits(one.fingerprint.perceptual, hashes)[:_MOST]]
    found = list(_verify(work, query, near, known, locate))
    if not found and not known:
        shared = region_hits(one.fingerprint.regions, region_shards(work.store), votes=_VOTES)
        found = list(_verify(work, query, shared, known, locate))
    yield from found


def _verify(
    work: Work, query: VerifySide, candidates: list[int], known: set[int], locate: Locate
) -> Iterator[tuple[int, Relation, float]]:
    wanted = [content for content in candidates if content not in known]
    present = first_places(work.store, wanted)
    sides = describe_sides(work, [content for content in wanted if content in present], locate)
    pictures = Pictures(work.limits)
    for content in sorted(sides):
        pair = verify_pair(query, sides[content], pictures)
        if pair.verdict is Verdict.DUPLICATE and pair.relation is not None:
            yield content, pair.relation, pair.similarity
