"""Which pages say the same: an index of the pieces of their lines, in which what a template has in common counts
little.

Pages of one template look alike to every hash of the whole. Each page is looked up by its rarest pieces alone, those
that were filled in, and so meets the few pages that have them too, however many share the template.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pdpo_audit.imaging.lines import TURNED
from pdpo_audit.similarity.candidates.regions import gather
from pdpo_audit.similarity.candidates.votes import agree
from pdpo_audit.similarity.cuts import cut

_Rows = NDArray[np.int64]
_Hashes = NDArray[np.uint64]

#: Bits of 64 within which pieces match.
_APART = int(cut("piece_bits"))
#: Tables, each keyed on some of the bits: how many tables, and how many bits more than numbers of pieces have. Where
#: like pieces are counted, chance fills no key; where they are looked up, few wrong bits may spoil none.
_COUNTING, _LOOKING_UP = (12, 2), (16, -2)
_KEYS = (10, 30)
#: A key that more pieces share than this stands for something common, which tells no page from another.
_COMMON = int(cut("common_piece"))
#: A page is looked up by its rarest pieces, so many at most or this share of their weight (one by the number of pages
#: that have a piece).
_RAREST, _WEIGHT = 32, 0.95
#: The share of that weight, and the pieces in agreeing positions, that two pages have in common to be compared.
_SHARED, _VOTES = cut("written_shared"), 2
#: A template is what so many pages have; so much of what is written on a page is the template's.
_TEMPLATE, _OF_TEMPLATE = int(cut("template_pages")), cut("of_template")
#: Bits within which a piece of a page is one of its template's.
_LIKE = int(cut("template_bits"))
#: With fewer pieces of its own a page is bland; with more of the weight of another page's pieces it may say the same.
_BLAND, _SAME = 3, cut("written_same")
_BLOCK = 2_000_000
#: An odd number that spreads the bits of a key (Knuth 1973, 6.4).
_SPREAD = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A page has the layout of another one, its template, and was not found to say the same: of its pieces ``pieces``
    lie there alike, a ``share`` of all; of the weight of the template's pieces the page has the share ``rare``."""

    template: int
    content: int
    pieces: int
    share: float
    rare: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """``pairs`` of contents (m x 2, first < second, sorted) that may be copies, pages of one layout, and for each
    template the ``bland`` pages, on which next to nothing is written but what the template says."""

    pairs: NDArray[np.int64]
    layouts: tuple[Layout, ...]
    bland: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pages:
    """All pieces: records and hashes, the place of their page in ``contents``, how many pages have one like it, and the
    first of these."""

    contents: list[int]
    records: NDArray[np.void]
    hashes: _Hashes
    owner: _Rows
    common: _Rows
    home: _Rows

    @property
    def weights(self) -> NDArray[np.float64]:
        """How much each piece tells of the page that has it (inverse document frequency, Spaerck Jones 1972): a page
        that has copies has few pieces that no other has but those which came out wrong."""
        return np.asarray(np.log((len(self.contents) + 1) / self.common), np.float64)


def find_written(shards: Iterable[tuple[int, bytes]]) -> Written:
    """Pages that may say the same, upright or standing on their heads, and pages that share a layout alone.

    ``shards`` gives each content's packed pieces (``imaging.lines``). The result does not depend on their order. Time
    grows with the number of pieces, not with pairs of pages.
    """
    contents, owners, records = gather(shards)
    if len(contents) < 2:
        return Written(pairs=np.empty((0, 2), np.int64), layouts=(), bland=())
    pages = _counted(contents, owners.astype(np.int64), records)
    homes = _homes(pages)
    own, beside, found = _of_templates(pages, homes)
    asked = _rarest(pages, own)
    found |= {pair for turned in (False, True) for pair in _sharing(pages, asked, turned)}
    pairs = sorted((contents[one], contents[other]) for one, other in found)
    numbers = np.bincount(pages.owner[own], minlength=len(contents))
    bland = np.flatnonzero((homes >= 0) & (numbers < _BLAND)).tolist()
    return Written(
        pairs=np.array(pairs, np.int64).reshape(-1, 2),
        layouts=tuple(one for one in beside if (one.template, one.content) not in set(pairs)),
        bland=tuple(
            tuple(contents[page] for page in bland if homes[page] == home)
            for home in sorted({int(homes[page]) for page in bland})
        ),
    )


def _tables(hashes: _Hashes, kind: tuple[int, int]) -> Iterator[_Hashes]:
    """The keys of all pieces in each table: fixed draws, so that every run and machine finds the same."""
    tables, more = kind
    bits = min(_KEYS[1], max(_KEYS[0], len(hashes).bit_length() + more))
    draws = np.random.default_rng(20260)
    for _ in range(tables):
        mask = np.uint64(sum(1 << int(bit) for bit in draws.permutation(64)[:bits]))
        yield np.asarray(((hashes & mask) * _SPREAD) >> np.uint64(32), np.uint64)


def _counted(contents: list[int], owners: _Rows, records: NDArray[np.void]) -> _Pages:
    """How many pages have each piece, as far as it shares a key with theirs, and the first of these."""
    hashes = np.ascontiguousarray(records["hash"])
    common, home = np.zeros(len(owners), np.int64), owners.copy()
    for keys in _tables(hashes, _COUNTING):
        order = np.lexsort((owners, keys))
        keys, owner = keys[order], owners[order]
        starts = np.r_[True, keys[1:] != keys[:-1]]
        first = np.flatnonzero(starts)
        group = np.cumsum(starts) - 1
        fresh = starts | np.r_[True, owner[1:] != owner[:-1]]
        counts = np.add.reduceat(fresh.astype(np.int64), first)[group]
        more = counts > common[order]
        common[order[more]] = counts[more]
        home[order[more]] = owner[first][group][more]
    return _Pages(contents=contents, records=records, hashes=hashes, owner=owners, common=common, home=home)


def _rarest(pages: _Pages, own: NDArray[np.bool_]) -> _Rows:
    """The pieces by which each page is looked up: of its ``own`` those that fewest pages have."""
    order = np.lexsort((pages.hashes, pages.common, pages.owner))
    order = order[own[order]]
    if not len(order):
        return order
    owner, weights = pages.owner[order], pages.weights[order]
    starts = np.flatnonzero(np.r_[True, owner[1:] != owner[:-1]])
    sizes = np.diff(np.r_[starts, len(owner)])
    rank = np.arange(len(owner)) - np.repeat(starts, sizes)
    running = np.cumsum(weights)
    before = running - weights - np.repeat(running[starts] - weights[starts], sizes)
    whole = np.repeat(np.add.reduceat(weights, starts), sizes)
    return np.asarray(order[(rank < _RAREST) & (before < _WEIGHT * whole)], np.int64)


def _sharing(pages: _Pages, asked: _Rows, turned: bool) -> Iterator[tuple[int, int]]:
    """Pairs of pages of which one has enough of the rarest pieces of the other, in agreeing positions."""
    first, second = _matches(pages, asked, turned)
    left, right = pages.owner[first], pages.owner[second]
    order = np.lexsort((second, first, right, left))
    first, second, left, right = first[order], second[order], left[order], right[order]
    if not len(first):
        return
    weights = pages.weights
    whole = np.bincount(pages.owner[asked], weights[asked], minlength=len(pages.contents))
    number = np.bincount(pages.owner[asked], minlength=len(pages.contents))
    starts = np.flatnonzero(np.r_[True, (left[1:] != left[:-1]) | (right[1:] != right[:-1])])
    fresh = np.r_[True, first[1:] != first[:-1]]
    fresh[starts] = True
    share = np.add.reduceat(np.where(fresh, weights[first], 0.0), starts) / whole[left[starts]]
    votes = np.add.reduceat(fresh.astype(np.int64), starts)
    enough = np.flatnonzero((share >= _SHARED) & (votes >= np.minimum(_VOTES, number[left[starts]])))
    ends = np.r_[starts[1:], len(first)]
    for start, end in zip(starts[enough].tolist(), ends[enough].tolist(), strict=True):
        one, other = int(left[start]), int(right[start])
        if end - start < _VOTES or _lie_alike(
            pages.records[first[start:end]], pages.records[second[start:end]], turned
        ):
            yield min(one, other), max(one, other)


def _lie_alike(left: NDArray[np.void], right: NDArray[np.void], turned: bool) -> bool:
    """Whether matching pieces lie in one turn, scale and shift."""
    if turned:
        left = left.copy()
        left["angle"] -= np.uint16(32768)
    vote = agree(left[:_RAREST], right[:_RAREST], False)
    return vote is not None and vote.count >= _VOTES


def _matches(pages: _Pages, asked: _Rows, turned: bool) -> tuple[_Rows, _Rows]:
    """Pieces that are asked for, and pieces of other pages like them; pages on their heads have other signs."""
    hashes, count = pages.hashes, len(pages.owner)
    flip = np.uint64(TURNED if turned else 0)
    found = [np.empty(0, np.int64)]
    tables = _tables(hashes, _LOOKING_UP), _tables(hashes ^ flip, _LOOKING_UP)
    for keys, wanted in zip(*tables, strict=True):
        order = np.argsort(keys, kind="stable")
        own = keys[order]
        starts = np.searchsorted(own, wanted[asked], "left")
        sizes = np.searchsorted(own, wanted[asked], "right") - starts
        sizes[sizes > _COMMON] = 0
        for part in _parts(sizes):
            first = np.repeat(asked[part], sizes[part])
            ends = np.cumsum(sizes[part])
            second = order[np.arange(len(first)) + np.repeat(starts[part] - ends + sizes[part], sizes[part])]
            near = np.bitwise_count(hashes[first] ^ hashes[second] ^ flip) <= _APART
            near &= pages.owner[first] != pages.owner[second]
            found.append(first[near] * count + second[near])
    both = np.unique(np.concatenate(found))
    return both // count, both % count


def _parts(sizes: _Rows) -> Iterator[slice]:
    """Runs of rows that make no more than a block of pairs together."""
    ends, at = np.cumsum(sizes), 0
    while at < len(sizes):
        before = int(ends[at - 1]) if at else 0
        stop = max(at + 1, int(np.searchsorted(ends, before + _BLOCK, "right")))
        yield slice(at, stop)
        at = stop


def _homes(pages: _Pages) -> _Rows:
    """For each page the first one that has most of its template's pieces, -1 for a page of no template."""
    homes = np.full(len(pages.contents), -1, np.int64)
    rows = np.flatnonzero(pages.common >= _TEMPLATE)
    both, counts = np.unique(np.stack([pages.owner[rows], pages.home[rows]]), axis=1, return_counts=True)
    order = np.lexsort((-both[1], counts, both[0]))  # of one page the fullest comes last
    homes[both[0][order]] = both[1][order]
    return homes


def _of_templates(pages: _Pages, homes: _Rows) -> tuple[NDArray[np.bool_], list[Layout], set[tuple[int, int]]]:
    """Which pieces are a page's own and not its template's; pages beside the first one of their template; and which of
    these may say the same as that: they have most of its pieces, the rarest counting most."""
    own, beside, alike = np.ones(len(pages.owner), bool), list[Layout](), set[tuple[int, int]]()
    bounds = np.searchsorted(pages.owner, np.arange(len(pages.contents) + 1)).tolist()
    for page in np.flatnonzero(homes >= 0).tolist():
        home = int(homes[page])
        here, there = (slice(bounds[one], bounds[one + 1]) for one in (page, home))
        template = pages.common[there] >= _TEMPLATE
        if home == page:
            own[here] = ~template
            continue
        apart = np.bitwise_count(pages.hashes[here][:, None] ^ pages.hashes[there][None])
        own[here] = apart[:, template].min(axis=1, initial=64) > _LIKE
        weights = pages.weights[there]
        kept = float(weights[apart.min(axis=0) <= _APART].sum())
        if kept >= _SAME * weights.sum():
            alike.add((min(home, page), max(home, page)))
            continue
        pieces, count = int((apart.min(axis=1) <= _APART).sum()), apart.shape[0]
        if pieces >= _OF_TEMPLATE * count:
            ids, rare = (pages.contents[home], pages.contents[page]), kept / max(float(weights.sum()), 1e-9)
            beside.append(Layout(template=ids[0], content=ids[1], pieces=pieces, share=pieces / count, rare=rare))
    return own, beside, alike
