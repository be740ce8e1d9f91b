"""Find one picture among many: near hashes in any orientation, and shared regions, in one pass over what is stored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from pdpo_audit.imaging.hashes import ORIENTATIONS, oriented_hashes
from pdpo_audit.imaging.regions import MIRROR, RECORD
from pdpo_audit.similarity.votes import agree, unpack

#: Bits of 256 within which a hash is near; bits of 63 within which regions match, as in the index of all regions.
_RADIUS, _APART = 60, 8
_TABLES, _KEY = 3, 21
#: Contents that are looked at in one go: 160 regions of 16 bytes each make 50 MB.
_BATCH = 20_000


def near_hashes(query: bytes, perceptual: NDArray[np.uint8], *, radius: int = _RADIUS) -> NDArray[np.int64]:
    """Rows of ``perceptual`` (n x 32) within ``radius`` bits of the query in some orientation, nearest first."""
    own = np.frombuffer(query, np.uint8).reshape(1, 32)
    best = np.full(len(perceptual), 256, np.int64)
    words = np.ascontiguousarray(perceptual).view(np.uint64)
    for orientation in range(ORIENTATIONS):
        turned = oriented_hashes(own, orientation).view(np.uint64)
        best = np.minimum(best, np.bitwise_count(words ^ turned).sum(axis=1, dtype=np.int64))
    rows = np.nonzero(best <= radius)[0]
    return np.asarray(rows[np.argsort(best[rows], kind="stable")], np.int64)


def sharing_regions(query: bytes, shards: Iterable[tuple[int, bytes]], *, votes: int = 3) -> list[int]:
    """Contents that share at least ``votes`` regions with the query in agreeing positions, ascending.

    ``shards`` gives each content's packed region records; they are streamed, a batch at a time.
    """
    own = unpack(query)
    if not len(own):
        return []
    found: set[int] = set()
    tables = {mirrored: _tables(_hashes(own, mirrored)) for mirrored in (False, True)}
    for batch in _batches(shards):
        contents = np.repeat([content for content, _ in batch], [len(packed) // RECORD.itemsize for _, packed in batch])
        records = unpack(b"".join(packed for _, packed in batch))
        for mirrored, keys in tables.items():
            found |= _agreeing(own, contents, records, keys, mirrored, votes)
    return sorted(found)


def _batches(shards: Iterable[tuple[int, bytes]]) -> Iterator[list[tuple[int, bytes]]]:
    stream = iter(shards)
    while batch := list(islice(stream, _BATCH)):
        yield batch


def _hashes(records: NDArray[np.void], mirrored: bool) -> NDArray[np.uint64]:
    return np.asarray(records["hash"] ^ np.uint64(MIRROR if mirrored else 0), np.uint64)


def _tables(hashes: NDArray[np.uint64]) -> list[NDArray[np.bool_]]:
    """For each of the keys whether any of these hashes has it."""
    tables = []
    for keys in _keys(hashes):
        table = np.zeros(1 << _KEY, bool)
        table[keys] = True
        tables.append(table)
    return tables


def _keys(hashes: NDArray[np.uint64]) -> Iterator[NDArray[np.int64]]:
    for table in range(_TABLES):
        yield ((hashes >> np.uint64(table * _KEY)) & np.uint64((1 << _KEY) - 1)).astype(np.int64)


def _agreeing(
    own: NDArray[np.void],
    contents: NDArray[np.int64],
    records: NDArray[np.void],
    tables: list[NDArray[np.bool_]],
    mirrored: bool,
    votes: int,
) -> set[int]:
    hashes = np.ascontiguousarray(records["hash"])
    hit = np.logical_or.reduce([table[keys] for table, keys in zip(tables, _keys(hashes), strict=True)])
    rows = np.nonzero(hit)[0]
    mine = _hashes(own, mirrored)
    near = np.bitwise_count(hashes[rows][:, None] ^ mine[None]) <= _APART
    place, region = np.nonzero(near)
    found = set()
    for content in np.unique(contents[rows[place]]):
        chosen = contents[rows[place]] == content
        if int(chosen.sum()) >= votes:
            vote = agree(own[region[chosen]], records[rows[place[chosen]]], mirrored)
            if vote is not None and vote.count >= votes:
                found.add(int(content))
    return found
