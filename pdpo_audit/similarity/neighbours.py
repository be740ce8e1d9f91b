"""Which of many perceptual hashes are close to each other, in any of eight orientations, without comparing all."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from pdpo_audit.imaging.hashes import ORIENTATIONS, oriented_hashes

#: Up to so many hashes every pair is compared: quicker than any index.
_ALL_PAIRS = 2_500
#: Tables of the index for each bit of its keys. Keys are cut side by side from shuffled bits: a few wrong bits cannot
#: spoil all of one shuffle. At a million rows (64 keys of 16 bits) pairs at distance 0 to 24 of 256 share one with
#: probability 0.9993, with keys drawn one by one 0.9992, with 48 of those 0.998.
_TABLES_A_BIT = 4
#: Candidates are compared in blocks of this many: 100 MB of temporary arrays at most.
_BLOCK = 1_000_000
#: Pairs whose 64 even bits differ more than this are far apart in all (chance: 32 +- 4, less the equal key).
_EVEN_LIMIT = 22

_Words = NDArray[np.uint64]
_HALF, _LOW = np.uint64(32), np.uint64(0xFFFFFFFF)


def find_candidates(perceptual: NDArray[np.uint8], *, radius: int = 60) -> NDArray[np.int64]:
    """Pairs of rows (m x 2, first < second, sorted) at Hamming distance ``radius`` or less in some orientation.

    ``perceptual`` is n x 32. All such pairs up to some thousand rows; beyond that those that share the key of a table.
    Which pairs are found does not depend on the order of the rows. Memory grows with rows and pairs, not their square.
    """
    count = len(perceptual)
    if count < 2:
        return np.empty((0, 2), np.int64)
    upright, transposed = _words(perceptual), _words(oriented_hashes(perceptual, 4))
    blocks = _every_pair(count) if count <= _ALL_PAIRS else _index(upright, transposed, min(_EVEN_LIMIT, radius))
    found = [np.empty(0, np.int64)]
    for first, second, across in blocks:
        other = transposed if across else upright
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


def _near(
    left: _Words, right: _Words, first: NDArray[np.int64], second: NDArray[np.int64], radius: int
) -> NDArray[np.int64]:
    """Places in ``first``/``second`` whose pair is within ``radius`` in one of the four flips.

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
    first, second = first[kept], second[kept]
    even, across, down, both = (
        np.bitwise_count(left[word][first] ^ right[word][second]).astype(np.int16) for word in range(4)
    )
    flips = (
        across + down + both,
        (64 - across) + down + (64 - both),
        across + (64 - down) + (64 - both),
        (64 - across) + (64 - down) + both,
    )
    return np.asarray(kept[even + np.minimum.reduce(flips) <= radius], np.int64)


def _every_pair(count: int) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], bool]]:
    rows = max(1, _BLOCK // count)
    for start in range(0, count, rows):
        first = np.repeat(np.arange(start, min(start + rows, count)), count)
        second = np.tile(np.arange(count), min(rows, count - start))
        later = first < second
        yield first[later], second[later], False
        yield first[later], second[later], True


def _index(
    upright: _Words, transposed: _Words, even: int
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], bool]]:
    """Pairs that share the key of a table: each with itself, and with the transposed of the others.

    Those whose even words differ in more than ``even`` bits are left out.
    """
    width = max(12, int(upright.shape[1]).bit_length() - 4)
    for bits in _key_bits(width):
        own, other = _sorted_keys(upright[0], bits), _sorted_keys(transposed[0], bits)
        for first, second in _join(own, own, even):
            yield first, second, False
        for first, second in _join(own, other, even):
            apart = first != second
            yield first[apart], second[apart], True


def _key_bits(width: int) -> NDArray[np.int64]:
    """The bits of each table's key: fixed draws, so that every run and machine finds the same pairs."""
    draws = np.random.default_rng(20201)
    tables, a_shuffle = _TABLES_A_BIT * width, 64 // width
    keys: list[NDArray[np.int64]] = []
    while len(keys) < tables:
        bits = draws.permutation(64)
        keys += [bits[place * width : (place + 1) * width] for place in range(a_shuffle)]
    return np.stack(keys[:tables])


def _sorted_keys(words: NDArray[np.uint64], bits: NDArray[np.int64]) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Key and row in one number, sorted, the key in the upper half; and the words in that order."""
    keys = np.zeros(len(words), np.uint64)
    for bit in bits:
        keys = (keys << np.uint64(1)) | ((words >> np.uint64(bit)) & np.uint64(1))
    keys = np.sort((keys << np.uint64(32)) | np.arange(len(words), dtype=np.uint64))
    return keys, words[(keys & _LOW).astype(np.int64)]


_Sorted = tuple[NDArray[np.uint64], NDArray[np.uint64]]


def _join(left: _Sorted, right: _Sorted, even: int) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Pairs of rows with equal keys whose words differ in ``even`` bits at most; of one table with itself each once.

    Words stand in the order of the keys, so that comparing runs through memory and does not jump.
    """
    (keys, words), (other_keys, other_words) = left, right
    ends = np.searchsorted(other_keys >> _HALF, keys >> _HALF, "right")
    if left is right:
        start = np.arange(1, len(keys) + 1)
    else:
        start = np.searchsorted(other_keys >> _HALF, keys >> _HALF, "left")
    lengths = ends - start
    totals = np.cumsum(lengths)
    at = 0
    while at < len(keys):
        before = int(totals[at - 1]) if at else 0
        stop = max(at + 1, int(np.searchsorted(totals, before + _BLOCK, "right")))
        counts = lengths[at:stop]
        own = totals[at:stop] - before
        places = np.arange(int(own[-1])) + np.repeat(start[at:stop] - own + counts, counts)
        apart = np.bitwise_count(np.repeat(words[at:stop], counts) ^ other_words[places])
        near = np.nonzero(apart <= even)[0]
        if len(near):
            first = keys[at + np.searchsorted(own, near, "right")]
            yield (first & _LOW).astype(np.int64), (other_keys[places[near]] & _LOW).astype(np.int64)
        at = stop
