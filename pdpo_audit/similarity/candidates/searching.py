"""One picture against everything that is held: by hash, and by the parts that crops share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from pdpo_audit.imaging.hashes import oriented_hashes
from pdpo_audit.imaging.regions import MIRROR, RECORD
from pdpo_audit.similarity.candidates.neighbours import RADIUS
from pdpo_audit.similarity.candidates.regions import find_crop_candidates
from pdpo_audit.similarity.cuts import cut

_TABLES, _KEY, _APART = 3, 21, int(cut("region_bits"))
#: Of each key so many bits are looked up first: a table of this size stays in the fast memory of the processor.
_SHORT = 16
#: Contents that are looked at in one go: 160 regions of 16 bytes each make 50 MB.
_BATCH = 20_000
#: Content ids start at 1, so this one stands for the picture that is looked for.
_QUERY = 0


def hash_hits(wanted: bytes, held: NDArray[np.uint8], *, radius: int = RADIUS) -> NDArray[np.int64]:
    """Rows of ``held`` (n x 32) within ``radius`` bits of ``wanted`` (32 bytes) in some orientation, nearest first."""
    one = np.frombuffer(wanted, np.uint8).reshape(1, 32)
    words = np.ascontiguousarray(held).view(np.uint64)
    best = np.full(len(held), 256, np.uint16)
    for orientation in range(8):
        turned = np.ascontiguousarray(oriented_hashes(one, orientation)).view(np.uint64)
        apart = np.bitwise_count(words ^ turned).sum(axis=1, dtype=np.uint16)
        np.minimum(best, apart, out=best)
    near = np.nonzero(best <= radius)[0]
    return np.asarray(near[np.argsort(best[near], kind="stable")], np.int64)


def region_hits(wanted: bytes, shards: Iterable[tuple[int, bytes]], *, votes: int = 3) -> list[int]:
    """Contents that share at least ``votes`` regions in agreeing positions with the picture looked for, ascending.

    Only regions close to one of the picture's own are kept of each shard, so the whole library streams past.
    """
    regions = np.frombuffer(wanted, RECORD)
    if not len(regions):
        return []
    close = [(content, part) for content, part in _close_regions(regions["hash"], shards) if len(part) >= votes]
    pairs = find_crop_candidates(
        [(_QUERY, wanted), *((content, part.tobytes()) for content, part in close)], votes=votes
    )
    return sorted(int(other) for one, other in pairs if one == _QUERY)


class _Keys:
    """The keys of some hashes, by so many bits in each of the tables."""

    def __init__(self, hashes: NDArray[np.uint64], bits: int) -> None:
        self._mask = np.uint64((1 << bits) - 1)
        self._there = np.zeros((_TABLES, 1 << bits), bool)
        for table in range(_TABLES):
            self._there[table, self._of(hashes, table)] = True

    def shared_by(self, hashes: NDArray[np.uint64]) -> NDArray[np.bool_]:
        """Which of these hashes share a key with them."""
        shared = np.zeros(len(hashes), bool)
        for table in range(_TABLES):
            shared |= self._there[table, self._of(hashes, table)]
        return shared

    def _of(self, hashes: NDArray[np.uint64], table: int) -> NDArray[np.uint32]:
        return ((hashes >> np.uint64(table * _KEY)) & self._mask).astype(np.uint32)


def _close_regions(
    hashes: NDArray[np.uint64], shards: Iterable[tuple[int, bytes]]
) -> Iterator[tuple[int, NDArray[np.void]]]:
    asked = np.concatenate([hashes, hashes ^ np.uint64(MIRROR)])
    short, whole = _Keys(asked, _SHORT), _Keys(asked, _KEY)
    for batch in _batches(shards):
        held = np.frombuffer(b"".join(packed for _, packed in batch), RECORD)
        counts = [len(packed) // RECORD.itemsize for _, packed in batch]
        owner = np.repeat(np.array([content for content, _ in batch], np.int64), counts)
        theirs = np.ascontiguousarray(held["hash"])
        rows = np.nonzero(short.shared_by(theirs))[0]
        rows = rows[whole.shared_by(theirs[rows])]
        rows = rows[np.bitwise_count(theirs[rows][:, None] ^ asked[None, :]).min(axis=1, initial=64) <= _APART]
        starts = np.nonzero(np.diff(owner[rows], prepend=-1))[0]
        for part in np.split(rows, starts[1:]) if len(rows) else ():
            yield int(owner[part[0]]), held[part]


def _batches(shards: Iterable[tuple[int, bytes]]) -> Iterator[list[tuple[int, bytes]]]:
    stream = iter(shards)
    while batch := list(islice(stream, _BATCH)):
        yield batch
