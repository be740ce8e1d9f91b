"""Which of many perceptual hashes are close to each other, in any of eight orientations, without comparing all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from pdpo_audit.imaging.hashes import ORIENTATIONS, oriented_hashes
from pdpo_audit.similarity.cuts import cut

#: Up to so many hashes every pair is compared: quicker than any index.
_ALL_PAIRS = 2_500
#: Tables of the index for each bit of its keys. Keys are cut side by side from shuffled bits: a few wrong bits cannot
#: spoil all of one shuffle. At a million rows (64 keys of 16 bits) pairs at distance 0 to 24 of 256 share one with
#: probability 0.9993, with keys drawn one by one 0.9992, with 48 of those 0.998.
_TABLES_A_BIT = 4
#: Candidates are compared in blocks of this many: 100 MB of temporary arrays at most.
_BLOCK = 1_000_000
#: Pairs whose 64 even bits differ more than this are far apart in all (chance: 32 +- 4, less the equal key).
_EVEN_LIMIT = int(cut("even_bits"))

#: Bits of 256 within which hashes are candidates.
RADIUS = int(cut("hash_radius"))

_Words = NDArray[np.uint64]
_Rows = NDArray[np.int64]


def find_candidates(perceptual: NDArray[np.uint8], *, radius: int = RADIUS) -> NDArray[np.int64]:
    """Pairs of rows (m x 2, first < second, sorted) at Hamming distance ``radius`` or less in some orientation.

    ``perceptual`` is n x 32. All such pairs up to some thousand rows, but for those of which more than 22 of the 64
    bits of even frequencies differ (by chance one in seventy of those 60 bits apart, fewer of nearer ones). Beyond that
    number of rows those that share the key of a table.
    Which pairs are found does not depend on the order of the rows. Memory grows with rows and pairs, not their square.
    """
    count = len(perceptual)
    if count < 2:
        return np.empty((0, 2), np.int64)
    upright, transposed = _words(perceptual), _words(oriented_hashes(perceptual, 4))
    pairs = _every_pair if count <= _ALL_PAIRS else _sharing_a_key
    found = [np.empty(0, np.int64)]
    for first, second, other in pairs(upright, transposed, radius):
        near = _near(upright, other, first, second, radius)
        low, high = np.minimum(first[near], second[near]), np.maximum(first[near], second[near])
        found.append(np.unique(low * count + high))
    keys = np.unique(np.concatenate(found))
    return np.stack([keys // count, keys % count], axis=1)


def distances(left: bytes, right: bytes) -> NDArray[np.int64]:
    """Hamming distances (8, one for each orientation of ``right``) between two hashes of 32 bytes."""
    own = np.frombuffer(left, np.uint64)
    return np.asarray(np.bitwise_count(_turned(right) ^ own).sum(axis=1), np.int64)


@lru_cache(maxsize=4096)
def _turned(perceptual: bytes) -> _Words:
    """A hash in all orientations (8 x 4 words)."""
    upright = np.frombuffer(perceptual, np.uint8)
    return np.concatenate([oriented_hashes(upright, orientation) for orientation in range(ORIENTATIONS)]).view(
        np.uint64
    )


def _words(perceptual: NDArray[np.uint8]) -> _Words:
    """Four words a hash: bits of even and even, odd across, odd down, odd and odd frequency.

    A flip inverts whole words and leaves the first alone, so one comparison serves four orientations.
    """
    bits = np.unpackbits(perceptual, axis=1).reshape(-1, 16, 16)
    parts = [bits[:, down::2, across::2].reshape(-1, 64) for down, across in ((1, 1), (1, 0), (0, 1), (0, 0))]
    return np.stack([np.packbits(part, axis=1).view(np.uint64).ravel() for part in parts])


def _possible(left: _Words, right: _Words, first: _Rows, second: _Rows, radius: int) -> _Rows:
    """Places in ``first``/``second`` whose pair may be within ``radius`` in one of the four flips.

    A flip inverts two of the three words, so their smaller sides add up to a floor: two of them rule out nearly all.
    """
    floor = np.bitwise_count(left[0][first] ^ right[0][second])
    kept = np.nonzero(floor <= min(_EVEN_LIMIT, radius))[0]
    floor = floor[kept]
    for word in (1, 2):
        apart = np.bitwise_count(left[word][first[kept]] ^ right[word][second[kept]])
        floor = floor + np.minimum(apart, 64 - apart)
        still = np.nonzero(floor <= radius)[0]
        kept, floor = kept[still], floor[still]
    return kept


def _near(left: _Words, right: _Words, first: _Rows, second: _Rows, radius: int) -> _Rows:
    """Places in ``first``/``second`` whose pair is within ``radius`` in one of the four flips."""
    even, across, down, both = (
        np.bitwise_count(left[word][first] ^ right[word][second]).astype(np.int16) for word in range(4)
    )
    flips = (
        across + down + both,
        (64 - across) + down + (64 - both),
        across + (64 - down) + (64 - both),
        (64 - across) + (64 - down) + both,
    )
    return np.nonzero(even + np.minimum.reduce(flips) <= radius)[0]


def _every_pair(upright: _Words, transposed: _Words, radius: int) -> Iterator[tuple[_Rows, _Rows, _Words]]:
    """Pairs of rows that may be near, and what the second is taken from."""
    count = upright.shape[1]
    rows = max(1, _BLOCK // count)
    for start in range(0, count, rows):
        first = np.repeat(np.arange(start, min(start + rows, count)), count)
        second = np.tile(np.arange(count), min(rows, count - start))
        later = first < second
        first, second = first[later], second[later]
        for other in (upright, transposed):
            possible = _possible(upright, other, first, second, radius)
            yield first[possible], second[possible], other


def _sharing_a_key(upright: _Words, transposed: _Words, radius: int) -> Iterator[tuple[_Rows, _Rows, _Words]]:
    """As ``_every_pair``, but only pairs that share the key of a table: each with itself, and with the transposed."""
    width = max(12, int(upright.shape[1]).bit_length() - 4)
    for bits in _key_bits(width):
        own, other = _sorted_by_key(upright, bits), _sorted_by_key(transposed, bits)
        for first, second in _join(own, own, radius):
            yield first, second, upright
        for first, second in _join(own, other, radius):
            apart = first != second
            yield first[apart], second[apart], transposed


def _key_bits(width: int) -> NDArray[np.int64]:
    """The bits of each table's key: fixed draws, so that every run and machine finds the same pairs."""
    draws = np.random.default_rng(20201)
    tables, a_shuffle = _TABLES_A_BIT * width, 64 // width
    keys: list[NDArray[np.int64]] = []
    while len(keys) < tables:
        bits = draws.permutation(64)
        keys += [bits[place * width : (place + 1) * width] for place in range(a_shuffle)]
    return np.stack(keys[:tables])


@dataclass(frozen=True, slots=True)
class _Table:
    """Rows in the order of their keys, where each key begins (keys + 1), and the first three words.

    Words stand in that order so that comparing runs through memory and does not jump.
    """

    keys: NDArray[np.uint32]
    bounds: NDArray[np.int64]
    rows: _Rows
    words: _Words


def _sorted_by_key(words: _Words, bits: NDArray[np.int64]) -> _Table:
    keys = np.zeros(words.shape[1], np.uint32)
    for bit in bits:
        keys = (keys << np.uint32(1)) | ((words[0] >> np.uint64(bit)) & np.uint64(1)).astype(np.uint32)
    rows = in_order(keys)
    keys = keys[rows]
    bounds = np.searchsorted(keys, np.arange((1 << len(bits)) + 1, dtype=np.uint32))
    return _Table(keys, bounds, rows, np.stack([word.take(rows) for word in words[:3]]))


def in_order(keys: NDArray[np.uint32]) -> _Rows:
    """The rows by their keys (32 bits), equal keys by row: counting, 16 bits at a time, is ten times as fast as
    comparing."""
    rows = np.argsort(keys.astype(np.uint16), kind="stable")
    high = (keys >> np.uint32(16)).astype(np.uint16)
    return rows[np.argsort(high[rows], kind="stable")] if high.any() else rows


def _join(left: _Table, right: _Table, radius: int) -> Iterator[tuple[_Rows, _Rows]]:
    """Pairs of rows with equal keys that may be near; of one table with itself each once."""
    count = len(left.keys)
    start = np.arange(1, count + 1) if left is right else right.bounds[left.keys]
    lengths = right.bounds[left.keys + np.uint32(1)] - start
    totals = np.cumsum(lengths)
    at = 0
    while at < count:
        before = int(totals[at - 1]) if at else 0
        stop = max(at + 1, int(np.searchsorted(totals, before + _BLOCK, "right")))
        counts = lengths[at:stop]
        own = totals[at:stop] - before
        first = np.repeat(np.arange(at, stop), counts)
        second = np.arange(int(own[-1])) + np.repeat(start[at:stop] - own + counts, counts)
        possible = _possible(left.words, right.words, first, second, radius)
        yield left.rows[first[possible]], right.rows[second[possible]]
        at = stop
