"""Region hashes in partitions by key: joined one after the other, in memory while they are few, else from a disk.

Keys are windows of the 63 bits of a hash, and their width grows with the number of regions, so that as many regions
share a key whatever the number is: the work grows as the number does, not with its square. Wider keys are missed more
often by hashes that differ in some bits; so many more windows are taken that as many near hashes share one as in three
windows of 21 bits.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pdpo_audit.imaging.regions import MIRROR, RECORD
from pdpo_audit.similarity.candidates.neighbours import in_order
from pdpo_audit.similarity.cuts import cut

#: Up to 2^24 regions (140,000 pictures) keys have 21 bits in three windows side by side.
_WIDTH, _WINDOWS, _BITS = 21, 3, 63
#: A key of 21 bits is then shared by 8 regions; it gets wider so that this stays.
_SHARED = 3
#: So many wrong bits of 63 the windows are to bear as well as the narrow ones do.
_BORNE = 4
#: A key that many regions share stands for something common (a letter, a corner, a plain edge): each of them meets the
#: next ones only, so that work does not grow with their square, and a hundred crops of one picture still meet in a row.
_MET = int(cut("regions_met"))
#: In a mirror a key is left out that more share than this.
_COMMON = int(cut("common_region"))
#: Regions that one partition has about, and pairs that are compared in one go.
_PARTITION, _BLOCK = 2_000_000, 1_000_000
#: Bytes beyond which records and partitions lie in files without a name (in ``TMPDIR``) instead of memory.
_IN_MEMORY = 256_000_000
#: A region in a partition: its hash, and the places of it and of its picture.
_ROW = np.dtype([("hash", "<u8"), ("place", "<u4"), ("owner", "<u4")])

_Words = NDArray[np.uint64]
_Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Regions:
    """The regions of many pictures: their ids as they came, where each one's regions begin (one more), the records."""

    ids: NDArray[np.int64]
    starts: NDArray[np.int64]
    records: NDArray[np.void]

    def owners(self, first: int, last: int) -> NDArray[np.int64]:
        """The place among ``ids`` of the picture of each region from ``first`` to before ``last``."""
        places = np.searchsorted(self.starts, np.arange(first, last), "right") - 1
        return np.asarray(places, np.int64)


def collect(shards: Iterable[tuple[int, bytes]]) -> Regions:
    """The regions of all shards that have any, in the order in which they come."""
    ids, counts, written = list[int](), list[int](), 0
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as file:
        for content, packed in shards:
            if packed:
                ids.append(content)
                counts.append(len(packed) // RECORD.itemsize)
                written += file.write(packed)
        starts = np.concatenate([[0], np.cumsum(np.array(counts, np.int64))]).astype(np.int64)
        file.seek(0)
        if written <= _IN_MEMORY:
            records = np.frombuffer(file.read(), RECORD)
        else:
            file.rollover()
            records = np.memmap(file, RECORD, "r", shape=(written // RECORD.itemsize,))
    return Regions(np.array(ids, np.int64), starts, records)


def windows(count: int) -> tuple[int, tuple[int, ...]]:
    """The width of keys for so many regions, and where each window begins."""
    width = max(_WIDTH, count.bit_length() - _SHARED)
    missed = (1 - _kept(_WIDTH)) ** _WINDOWS
    number = max(_WINDOWS, math.ceil(math.log(missed) / math.log(1 - _kept(width)) - 1e-9))
    return width, tuple(round(place * _BITS / number) for place in range(number))


def _kept(width: int) -> float:
    """The chance that none of the wrong bits lies in a key."""
    return math.comb(_BITS - width, _BORNE) / math.comb(_BITS, _BORNE)


def near_regions(regions: Regions, limit: int) -> dict[bool, tuple[_Places, _Places]]:
    """Places of regions of two pictures whose hashes differ by ``limit`` bits at most and share a key; the first is of
    the picture with the smaller id. Under ``True`` the second is as it would be in a mirror."""
    count = np.uint64(len(regions.records))
    width, begins = windows(int(count))
    found = {mirrored: np.empty(0, np.uint64) for mirrored in (False, True)}
    for begin in begins:
        table = _partitioned(regions, width, begin)
        pairs: dict[bool, list[_Words]] = {mirrored: [before] for mirrored, before in found.items()}
        for part in range(len(table.bounds) - 1):
            for mirrored, one, two in _near(regions, table, part, limit):
                pairs[mirrored].append(one * count + two)
        found = {mirrored: _distinct(np.concatenate(several)) for mirrored, several in pairs.items()}
    return {
        mirrored: ((pairs // count).astype(np.int64), (pairs % count).astype(np.int64))
        for mirrored, pairs in found.items()
    }


def _distinct(pairs: _Words) -> _Words:
    """Each pair once, in order; sorting them is quicker than what NumPy does with hashes."""
    pairs.sort()
    return pairs[np.concatenate([[True], pairs[1:] != pairs[:-1]])] if len(pairs) else pairs


def _near(regions: Regions, table: _Table, part: int, limit: int) -> Iterator[tuple[bool, _Words, _Words]]:
    """Near regions by one window, of one partition: within it, and with the one that holds its keys in a mirror."""
    left, keys = table.sorted(part, 0)
    turned = int(_keys(np.array([MIRROR], np.uint64), table.width, table.begin)[0])
    for mirrored, flip in ((False, np.uint64(0)), (True, np.uint64(MIRROR))):
        right, others = table.sorted(part ^ (turned >> table.shift), turned) if mirrored else (left, keys)
        for one, two in _join(keys, others, same=not mirrored):
            first, second = left[one], right[two]
            close = np.bitwise_count(first["hash"] ^ second["hash"] ^ flip) <= limit
            first, second = first[close], second[close]
            kept = regions.ids[first["owner"]] < regions.ids[second["owner"]]
            if not mirrored:  # each pair comes once, in any order
                swap = ~kept & (first["owner"] != second["owner"])
                first[swap], second[swap] = second[swap], first[swap]
                kept |= swap
            yield mirrored, first["place"][kept].astype(np.uint64), second["place"][kept].astype(np.uint64)


@dataclass(frozen=True, slots=True)
class _Table:
    """Regions by the upper bits of their keys: rows, where each partition begins (one more), and the pictures' ids
    where these did not come in ascending order."""

    rows: NDArray[np.void]
    bounds: NDArray[np.int64]
    ids: NDArray[np.int64] | None
    width: int
    begin: int
    shift: int

    def sorted(self, part: int, turned: int) -> tuple[NDArray[np.void], NDArray[np.uint32]]:
        """The rows of a partition by their keys, of which the bits of ``turned`` are inverted, then by ids."""
        rows = np.array(self.rows[self.bounds[part] : self.bounds[part + 1]])
        keys = (_keys(rows["hash"], self.width, self.begin) ^ np.uint64(turned)).astype(np.uint32)
        order = in_order(keys) if self.ids is None else np.lexsort((rows["place"], self.ids[rows["owner"]], keys))
        return rows[order], keys[order]


def _keys(hashes: _Words, width: int, begin: int) -> _Words:
    """The window of each hash; one that leaves the top goes on at the bottom."""
    keys = hashes >> np.uint64(begin)
    if begin + width > _BITS:
        keys = keys & np.uint64((1 << (_BITS - begin)) - 1) | hashes << np.uint64(_BITS - begin)
    return keys & np.uint64((1 << width) - 1)


def _partitioned(regions: Regions, width: int, begin: int) -> _Table:
    """All regions by the upper bits of their keys, in two passes over the records."""
    count = len(regions.records)
    shift = width - max(0, (count // _PARTITION).bit_length())
    parts = 1 << (width - shift)
    sizes = np.zeros(parts, np.int64)
    for _, _, part in _blocks(regions, width, begin, shift):
        sizes += np.bincount(part, minlength=parts)
    bounds = np.concatenate([[0], np.cumsum(sizes)])
    rows, at = _room(count), bounds[:-1].copy()
    for first, hashes, part in _blocks(regions, width, begin, shift):
        block = np.empty(len(hashes), _ROW)
        block["hash"], block["place"] = hashes, np.arange(first, first + len(hashes))
        block["owner"] = regions.owners(first, first + len(hashes))
        order = np.argsort(part, kind="stable")
        sizes = np.bincount(part, minlength=parts)
        ends = np.cumsum(sizes)
        for number in np.flatnonzero(sizes).tolist():
            mine = order[ends[number] - sizes[number] : ends[number]]
            rows[at[number] : at[number] + len(mine)] = block[mine]
            at[number] += len(mine)
    ids = None if bool(np.all(np.diff(regions.ids) > 0)) else regions.ids
    return _Table(rows, bounds, ids, width, begin, shift)


def _blocks(regions: Regions, width: int, begin: int, shift: int) -> Iterator[tuple[int, _Words, NDArray[np.uint16]]]:
    """Hashes and their partitions, block by block, with the place of the first."""
    for first in range(0, len(regions.records), _BLOCK):
        hashes = np.ascontiguousarray(regions.records["hash"][first : first + _BLOCK])
        yield first, hashes, (_keys(hashes, width, begin) >> np.uint64(shift)).astype(np.uint16)


def _room(count: int) -> NDArray[np.void]:
    """Room for so many rows."""
    if count * _ROW.itemsize <= _IN_MEMORY:
        return np.empty(count, _ROW)
    with tempfile.TemporaryFile() as file:
        file.truncate(count * _ROW.itemsize)
        return np.memmap(file, _ROW, "r+", shape=(count,))


def _join(left: NDArray[np.uint32], right: NDArray[np.uint32], *, same: bool) -> Iterator[tuple[_Places, _Places]]:
    """Pairs of places with equal keys, in blocks; of one partition with itself (``same``) each once.

    Of keys that too many share not all pairs: see above.
    """
    ends = np.searchsorted(right, left, "right")
    if same:
        start = np.arange(1, len(left) + 1)
        lengths = np.minimum(ends - start, _MET)
    else:
        start = np.searchsorted(right, left, "left")
        lengths = np.where(ends - start > _COMMON, 0, ends - start)
    ends = np.cumsum(lengths)
    at = 0
    while at < len(left):
        before = int(ends[at - 1]) if at else 0
        stop = max(at + 1, int(np.searchsorted(ends, before + _BLOCK, "right")))
        counts = lengths[at:stop]
        first = np.repeat(np.arange(at, stop), counts)
        offsets = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
        if len(first):
            yield first, np.repeat(start[at:stop], counts) + offsets
        at = stop
