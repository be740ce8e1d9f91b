"""Which pictures share parts: an index of region hashes, joined without comparing every picture with every other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from pdpo_audit.imaging.regions import RECORD
from pdpo_audit.similarity.candidates.partitions import Regions, collect, near_regions
from pdpo_audit.similarity.candidates.votes import agree
from pdpo_audit.similarity.cuts import cut

#: Each table is keyed on 21 of the 63 bits: two hashes at most two bits apart always share a key, most at 8 do.
TABLES, KEY = 3, 21
#: Regions this many bits apart or less match; above a million pictures fewer, or chance matches take over.
_APART, _APART_MANY, _MANY = int(cut("region_bits")), int(cut("region_bits_many")), 1_000_000


def find_crop_candidates(shards: Iterable[tuple[int, bytes]], *, votes: int = 3) -> NDArray[np.int64]:
    """Pairs of content ids (m x 2, first < second, sorted) that share ``votes`` regions in agreeing positions.

    ``shards`` gives each content's packed region records (``imaging.regions.RECORD``). Mirrored copies are found by
    the same hashes with bits inverted. The result does not depend on the order of the shards. Beyond 130,000 pictures
    the regions lie in temporary files, 2 KB and as much again for each.
    """
    regions = collect(shards)
    found: set[tuple[int, int]] = set()
    if len(regions.ids) < 2:
        return np.empty((0, 2), np.int64)
    limit = _APART if len(regions.ids) < _MANY else _APART_MANY
    for mirrored, (first, second) in near_regions(regions, limit).items():
        found |= set(_agreeing(regions, first, second, mirrored, votes))
    return np.array(sorted(found), np.int64).reshape(-1, 2)


def gather(shards: Iterable[tuple[int, bytes]]) -> tuple[list[int], NDArray[np.int32], NDArray[np.void]]:
    """Contents in ascending order, and for all their regions together the place of the owner, and the record."""
    contents: list[int] = []
    counts: list[int] = []
    records = bytearray()  # the library's regions are in memory once: 2 KB a picture
    for content, packed in shards:
        if packed:
            contents.append(content)
            counts.append(len(packed) // RECORD.itemsize)
            records += packed
    whole = np.frombuffer(records, RECORD)
    if contents != sorted(contents):
        starts = np.cumsum([0, *counts])
        order = np.argsort(contents, kind="stable").tolist()
        whole = np.concatenate([whole[starts[place] : starts[place + 1]] for place in order])
        contents, counts = [contents[place] for place in order], [counts[place] for place in order]
    return contents, np.repeat(np.arange(len(contents), dtype=np.int32), counts), whole


def _agreeing(
    regions: Regions, first: NDArray[np.int64], second: NDArray[np.int64], mirrored: bool, votes: int
) -> Iterator[tuple[int, int]]:
    """Pairs of pictures with at least ``votes`` matches that agree in position, scale and direction."""
    left, right = (regions.ids[np.searchsorted(regions.starts, side, "right") - 1] for side in (first, second))
    order = np.lexsort((second, first, right, left))
    first, second, left, right = first[order], second[order], left[order], right[order]
    changes = np.nonzero((np.diff(left) != 0) | (np.diff(right) != 0))[0] + 1
    bounds = np.concatenate([[0], changes, [len(left)]])
    enough = np.nonzero(np.diff(bounds) >= votes)[0]
    for start, stop in zip(bounds[enough].tolist(), bounds[enough + 1].tolist(), strict=True):
        vote = agree(regions.records[first[start:stop]], regions.records[second[start:stop]], mirrored)
        if vote is not None and vote.count >= votes:
            yield int(left[start]), int(right[start])
