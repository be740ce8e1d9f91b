"""Who is compared with whom: pictures by their hashes, pages by what is written on them.

Hashes of the whole see the template of a page and not what was filled in: of hundreds of forms each would be compared
with all. A page that has many such neighbours meets only those that seem to say the same (``written``), and whom its
hash shows turned or mirrored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pdpo_audit.imaging.regions import RECORD
from pdpo_audit.similarity.candidates.neighbours import find_candidates
from pdpo_audit.similarity.candidates.regions import KEY, TABLES
from pdpo_audit.similarity.candidates.written import Layout, Written, find_written
from pdpo_audit.similarity.cuts import cut
from pdpo_audit.similarity.facts import ContentFacts

Pair = tuple[int, int]
#: Packed records of contents: pieces of lines, or regions.
Shards = Callable[[Sequence[int]], Iterable[tuple[int, bytes]]]

#: A page with more neighbours among pages than this meets those that seem to say the same.
MET = int(cut("page_neighbours"))
#: Pages within so many bits of the first of them are one crowd; hashes that differ by fewer bits than they have parts
#: of 16 bits share one of these.
_CROWD, _PARTS = 12, 16
#: A region that more pages have than this is their template's.
_COMMON_PARTS = 16
#: With no more pages than this all that share parts are compared.
_MANY = 16
#: A bland page meets so many of the nearest in its template.
_BLAND_MET = 4

_Words = NDArray[np.uint64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Meetings:
    """Pairs of contents to compare, and pages that share a layout alone with the first page of their template."""

    pairs: frozenset[Pair]
    layouts: tuple[Layout, ...]


def meet(facts: Mapping[int, ContentFacts], contents: Sequence[int], radius: int, lines: Shards | None) -> Meetings:
    """Who of ``contents`` (with texture, ascending) may be a copy of whom within ``radius`` bits of their hashes.

    ``lines`` gives the pieces of lines of pages; without it, or where there are few pages, hashes tell alone.
    """
    pages = [one for one in contents if facts[one].written] if lines is not None else []
    if lines is None or len(pages) <= MET:
        return Meetings(pairs=frozenset(_by_hash(facts, contents, radius)), layouts=())
    written = find_written(lines(pages))
    crowds = _crowds(facts, pages)
    rows = sorted({*contents} - {one for crowd in crowds.values() for one in crowd[1:]})
    near = _by_hash(facts, rows, radius)
    saying = {(int(one), int(other)) for one, other in written.pairs}
    met = saying | set(_bland_pairs(facts, written)) | set(_few(facts, near, crowds, radius))
    return Meetings(pairs=frozenset(met), layouts=written.layouts)


def few_parts(facts: Mapping[int, ContentFacts], pairs: Iterable[Pair], met: frozenset[Pair]) -> list[Pair]:
    """Of pairs that share parts those to compare: of many pages no two that do not seem to say the same, for pages
    share words, frames and signs by chance."""
    if sum(one.written for one in facts.values()) <= _MANY:
        return list(pairs)
    return [pair for pair in pairs if pair in met or not (facts[pair[0]].written and facts[pair[1]].written)]


def telling_parts(
    facts: Mapping[int, ContentFacts], contents: Sequence[int], regions: Shards
) -> Iterator[tuple[int, bytes]]:
    """The regions of contents; of pages without those that many pages have, as the frames and labels of a form."""
    pages = [content for content in contents if facts[content].written]
    yield from regions([content for content in contents if not facts[content].written])
    held = list(regions(pages))
    records = np.frombuffer(b"".join(packed for _, packed in held), RECORD)
    telling = np.ones(len(records), bool)
    for table in range(TABLES):
        keys = (records["hash"] >> np.uint64(table * KEY)) & np.uint64((1 << KEY) - 1)
        _, place, counts = np.unique(keys, return_inverse=True, return_counts=True)
        telling &= counts[place] <= _COMMON_PARTS
    ends = np.cumsum([len(packed) // RECORD.itemsize for _, packed in held])
    for (content, packed), end in zip(held, ends.tolist(), strict=True):
        own = slice(end - len(packed) // RECORD.itemsize, end)
        yield content, records[own][telling[own]].tobytes()


def _by_hash(facts: Mapping[int, ContentFacts], contents: Sequence[int], radius: int) -> Iterator[Pair]:
    same: dict[bytes, list[int]] = {}
    for content in contents:
        same.setdefault(facts[content].perceptual, []).append(content)
    hashes = sorted(same)
    for members in same.values():
        yield from ((members[0], other) for other in members[1:])
    for first, second in find_candidates(np.frombuffer(b"".join(hashes), np.uint8).reshape(-1, 32), radius=radius):
        for one in same[hashes[first]]:
            yield from ((min(one, other), max(one, other)) for other in same[hashes[second]])


def _crowds(facts: Mapping[int, ContentFacts], pages: Sequence[int]) -> dict[int, list[int]]:
    """Pages whose hashes are nearly one, more than a few of them, by the first."""
    crowds: dict[int, list[int]] = {}
    by_part: dict[tuple[int, bytes], list[int]] = {}
    for page in pages:
        own = facts[page].perceptual
        parts = [(at, own[2 * at : 2 * at + 2]) for at in range(_PARTS)]
        known = {first for part in parts for first in by_part.get(part, ())}
        near = [first for first in sorted(known) if _apart(own, facts[first].perceptual) <= _CROWD]
        if near:
            crowds[near[0]].append(page)
            continue
        crowds[page] = [page]
        for part in parts:
            by_part.setdefault(part, []).append(page)
    return {first: crowd for first, crowd in crowds.items() if len(crowd) > MET}


def _apart(one: bytes, other: bytes) -> int:
    return (int.from_bytes(one) ^ int.from_bytes(other)).bit_count()


def _few(
    facts: Mapping[int, ContentFacts], near: Iterable[Pair], crowds: Mapping[int, list[int]], radius: int
) -> Iterator[Pair]:
    """Of neighbours by hash those that are compared: pages with few others, other pictures with the nearest pages."""
    between, beside = list[Pair](), dict[int, list[int]]()
    for one, other in near:
        written = facts[one].written, facts[other].written
        if all(written):
            between.append((one, other))
        elif any(written):
            page, picture = (one, other) if written[0] else (other, one)
            beside.setdefault(picture, []).extend(crowds.get(page, (page,)))
        else:
            yield one, other
    upright = [pair for pair in between if _apart(facts[pair[0]].perceptual, facts[pair[1]].perceptual) <= radius]
    many = _crowded(upright) | {one for crowd in crowds.values() for one in crowd}
    dropped = {pair for pair in upright if pair[0] in many or pair[1] in many}
    yield from (pair for pair in between if pair not in dropped)
    for picture, pages in beside.items():
        own = facts[picture].perceptual
        nearest = sorted(set(pages), key=lambda page: (_apart(own, facts[page].perceptual), page))
        yield from ((min(picture, page), max(picture, page)) for page in nearest[:MET])


def _crowded(pairs: Iterable[Pair]) -> set[int]:
    """Contents in more than a few pairs."""
    counts: dict[int, int] = {}
    for pair in pairs:
        for content in pair:
            counts[content] = counts.get(content, 0) + 1
    return {content for content, count in counts.items() if count > MET}


def _bland_pairs(facts: Mapping[int, ContentFacts], written: Written) -> Iterator[Pair]:
    """Each bland page with the first and the nearest of its template, however alike they are."""
    for pages in written.bland:
        words: _Words = np.frombuffer(b"".join(facts[page].perceptual for page in pages), np.uint64).reshape(-1, 4)
        for at, page in enumerate(pages):
            apart = np.bitwise_count(words ^ words[at]).sum(axis=1)
            for other in {0, *np.argsort(apart, kind="stable")[: _BLAND_MET + 1].tolist()} - {at}:
                yield min(page, pages[other]), max(page, pages[other])
