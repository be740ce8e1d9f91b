"""Which pictures share parts: an index of region hashes, joined without comparing every picture with every other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from pdpo_audit.imaging.regions import MIRROR, RECORD
from pdpo_audit.similarity.candidates.votes import agree
from pdpo_audit.similarity.cuts import cut

#: Each table is keyed on 21 of the 63 bits: two hashes at most two bits apart always share a key, most at 8 do.
TABLES, KEY = 3, 21
#: Regions this many bits apart or less match; above a million pictures fewer, or chance matches take over.
_APART, _APART_MANY, _MANY = int(cut("region_bits")), int(cut("region_bits_many")), 1_000_000
#: A key that more regions share than this stands for something common (a letter, a corner, a plain edge).
_COMMON = int(cut("common_region"))
_BLOCK = 1_000_000
#: Tables larger than this are joined in parts, by key: 2 million places take 120 MB while they are.
_PART = 2_000_000
_HALF, _LOW = np.uint64(32), np.uint64(0xFFFFFFFF)


def find_crop_candidates(shards: Iterable[tuple[int, bytes]], *, votes: int = 3) -> NDArray[np.int64]:
    """Pairs of content ids (m x 2, first < second, sorted) that share ``votes`` regions in agreeing positions.

    ``shards`` gives each content's packed region records (``imaging.regions.RECORD``). Mirrored copies are found by
    the same hashes with bits inverted. The result does not depend on the order of the shards.
    """
    contents, owner, records = gather(shards)
    found: set[tuple[int, int]] = set()
    if len(contents) < 2:
        return np.empty((0, 2), np.int64)
    limit = _APART if len(contents) < _MANY else _APART_MANY
    for mirrored in (False, True):
        first, second = _matches(records["hash"], owner, mirrored, limit)
        found |= set(_agreeing(records, owner, first, second, mirrored, votes))
    pairs = sorted((min(contents[a], contents[b]), max(contents[a], contents[b])) for a, b in found)
    return np.array(sorted(set(pairs)), np.int64).reshape(-1, 2)


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


def _matches(
    hashes: NDArray[np.uint64], owner: NDArray[np.int32], mirrored: bool, limit: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs of regions of different pictures whose hashes are close; the first owner is the smaller one."""
    flip = np.uint64(MIRROR if mirrored else 0)
    count, found = len(hashes), [np.empty(0, np.uint64)]
    parts = 1 << max(0, (count // _PART).bit_length())
    for table in range(TABLES):
        for part in range(parts):
            left = _keyed(hashes, np.uint64(0), table, part, parts)
            right = _keyed(hashes, flip, table, part, parts) if mirrored else left
            for first, second in _join(left, right):
                later = owner[first] < owner[second]
                first, second = first[later], second[later]
                near = np.bitwise_count(hashes[first] ^ hashes[second] ^ flip) <= limit
                found.append(first[near].astype(np.uint64) * np.uint64(count) + second[near].astype(np.uint64))
    keys = np.unique(np.concatenate(found))
    return (keys // np.uint64(count)).astype(np.int64), (keys % np.uint64(count)).astype(np.int64)


def _keyed(hashes: NDArray[np.uint64], flip: np.uint64, table: int, part: int, parts: int) -> NDArray[np.uint64]:
    """Key (upper half) and place of every hash whose key falls into one part of ``parts``, sorted."""
    shift, mask = np.uint64(table * KEY), np.uint64((1 << KEY) - 1)
    chosen = []
    for start in range(0, len(hashes), _BLOCK):
        keys = ((hashes[start : start + _BLOCK] ^ flip) >> shift) & mask
        places = np.arange(start, start + len(keys), dtype=np.uint64)
        if parts > 1:
            mine = np.nonzero(keys % np.uint64(parts) == part)[0]
            keys, places = keys[mine], places[mine]
        chosen.append((keys << _HALF) | places)
    return np.sort(np.concatenate(chosen))


def _join(left: NDArray[np.uint64], right: NDArray[np.uint64]) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """All pairs of places with equal keys, in blocks; of one table with itself each once.

    Keys that too many share are left out.
    """
    left_keys, right_keys = (left >> _HALF).astype(np.uint32), (right >> _HALF).astype(np.uint32)
    start = np.searchsorted(right_keys, left_keys, "left")
    ends = np.searchsorted(right_keys, left_keys, "right")
    common = ends - start > _COMMON
    if left is right:
        start = np.arange(1, len(left) + 1)
    lengths = np.where(common, 0, ends - start)
    ends = np.cumsum(lengths)
    at = 0
    while at < len(left):
        before = int(ends[at - 1]) if at else 0
        stop = max(at + 1, int(np.searchsorted(ends, before + _BLOCK, "right")))
        counts = lengths[at:stop]
        first = np.repeat((left[at:stop] & _LOW).astype(np.int64), counts)
        offsets = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
        second = (right[np.repeat(start[at:stop], counts) + offsets] & _LOW).astype(np.int64)
        if len(first):
            yield first, second
        at = stop


def _agreeing(
    records: NDArray[np.void],
    owner: NDArray[np.int32],
    first: NDArray[np.int64],
    second: NDArray[np.int64],
    mirrored: bool,
    votes: int,
) -> Iterator[tuple[int, int]]:
    """Pairs of pictures with at least ``votes`` matches that agree in position, scale and direction."""
    left, right = owner[first].astype(np.int64), owner[second].astype(np.int64)
    order = np.lexsort((right, left))
    first, second, left, right = first[order], second[order], left[order], right[order]
    changes = np.nonzero((np.diff(left) != 0) | (np.diff(right) != 0))[0] + 1
    bounds = np.concatenate([[0], changes, [len(left)]])
    enough = np.nonzero(np.diff(bounds) >= votes)[0]
    for start, stop in zip(bounds[enough].tolist(), bounds[enough + 1].tolist(), strict=True):
        vote = agree(records[first[start:stop]], records[second[start:stop]], mirrored)
        if vote is not None and vote.count >= votes:
            yield int(left[start]), int(right[start])
