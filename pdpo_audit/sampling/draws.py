"""What is drawn: files by source, and whole groups of files of one size by how much they could hold twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]

#: Files that are drawn from each source at least.
LEAST = 60
#: Of the bytes of the store, how much is read for copies beside the sample of files.
BUDGET = 0.0015
#: Groups that are drawn from each stratum at least; strata that have fewer are read whole.
LEAST_GROUPS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """The units of one stratum that were drawn, of ``size`` in it."""

    size: int
    rows: Rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Files of one size: only these can be copies of each other, byte for byte."""

    bytes: int
    rows: Rows

    @property
    def most(self) -> int:
        """Bytes of additional copies that it could hold."""
        return self.bytes * (len(self.rows) - 1)


def files_to_draw(points: float) -> int:
    """Files for a share to lie within so many percentage points (95 %), whatever the share."""
    return int(np.ceil(0.25 * (1.96 / (points / 100)) ** 2))


def draw_files(source: NDArray[np.int32], wanted: int, chance: np.random.Generator) -> list[Drawn]:
    """A random sample of files from each source, in proportion to its files; ``source`` is that of each file."""
    drawn = []
    for one in np.unique(source):
        rows = np.flatnonzero(source == one)
        count = min(len(rows), max(LEAST, round(wanted * len(rows) / len(source))))
        drawn.append(Drawn(size=len(rows), rows=np.sort(chance.choice(rows, count, replace=False))))
    return drawn


def group_by_size(sizes: NDArray[np.int64]) -> list[Group]:
    """The groups of at least two files of one size, empty files apart."""
    order = np.argsort(sizes, kind="stable")
    ordered = sizes[order]
    edges = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1], True]) if len(ordered) else np.array([0])
    pairs = zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True)
    return [
        Group(bytes=int(ordered[start]), rows=order[start:end].astype(np.int64))
        for start, end in pairs
        if end - start > 1 and ordered[start] > 0
    ]


def draw_groups(groups: Sequence[Group], budget: int, chance: np.random.Generator) -> list[tuple[int, list[Group]]]:
    """Whole groups, drawn at random from strata of groups of about as many files and bytes; ``budget`` in bytes.

    A stratum holds groups of 2, 3, 4 to 7, 8 to 15 ... files whose sizes lie within a factor of sixteen. Of the budget
    each gets the part that it has of what could be held twice. Gives the size of each stratum with what was drawn.
    """
    strata: dict[tuple[int, int], list[Group]] = {}
    for group in groups:
        files = len(group.rows)
        strata.setdefault((files if files < 4 else 2 + files.bit_length(), group.bytes.bit_length() // 4), []).append(
            group
        )
    weight = sum(one.most for one in groups) or 1
    found = []
    for _, members in sorted(strata.items()):
        mean_cost = sum(one.bytes * len(one.rows) for one in members) / len(members)
        share = budget * sum(one.most for one in members) / weight
        count = min(len(members), max(LEAST_GROUPS, int(share / mean_cost)))
        chosen = chance.choice(len(members), count, replace=False)
        found.append((len(members), [members[place] for place in sorted(chosen.tolist())]))
    return found


def _class_of(files: int) -> int:
    """2, 3, then 5 for 4 to 7, 6 for 8 to 15 and so on."""
    return files if files < 4 else 2 + files.bit_length()
