"""Sets of facts over many rows: one bit a fact, over as many machine words as the registry needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

#: Bits of one word; words are compared as signed numbers elsewhere, so the sign bit stays free.
BITS_IN_WORD = 62

#: Shape (rows, words): which facts each row lacks.
Masks = NDArray[np.int64]

#: One row of ``Masks`` as a number.
Mask = int


class FactBits:
    """Each fact's bit, and what can be done with sets of them."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = tuple(names)
        self.place = {name: number for number, name in enumerate(self.names)}
        self.words = max(1, -(-len(self.names) // BITS_IN_WORD))

    def nothing(self, rows: int) -> Masks:
        """No fact on any row."""
        return np.zeros((rows, self.words), np.int64)

    def where(self, rows: NDArray[np.bool_], *names: str) -> Masks:
        """These facts on the rows where ``rows`` is true."""
        return np.where(rows[:, None], self.one(*names), np.int64(0))

    def only(self, masks: Masks, rows: NDArray[np.bool_]) -> Masks:
        """``masks`` where ``rows`` is true, nothing elsewhere."""
        return np.where(rows[:, None], masks, np.int64(0))

    def one(self, *names: str) -> NDArray[np.int64]:
        """A single row with these facts."""
        return self.row(self.mask(*names))

    def mask(self, *names: str) -> Mask:
        """These facts as a number."""
        return sum(1 << self.place[name] for name in dict.fromkeys(names))

    def row(self, mask: Mask) -> NDArray[np.int64]:
        """A number as a single row."""
        full = (1 << BITS_IN_WORD) - 1
        return np.array([mask >> BITS_IN_WORD * word & full for word in range(self.words)], np.int64)

    def rows(self, masks: Sequence[Mask]) -> Masks:
        """Numbers as rows."""
        return np.array([self.row(mask) for mask in masks], np.int64).reshape(-1, self.words)

    def number(self, row: NDArray[np.int64]) -> Mask:
        """A single row as a number."""
        return sum(int(word) << BITS_IN_WORD * at for at, word in enumerate(row))

    def numbers(self, masks: Masks) -> list[Mask]:
        """Rows as numbers."""
        columns = [masks[:, word].tolist() for word in range(self.words)]
        return [sum(word << BITS_IN_WORD * at for at, word in enumerate(row)) for row in zip(*columns, strict=True)]

    def has(self, masks: Masks, name: str) -> NDArray[np.bool_]:
        """The rows with this fact."""
        word, bit = divmod(self.place[name], BITS_IN_WORD)
        found: NDArray[np.bool_] = (masks[:, word] >> bit & 1).astype(bool)
        return found

    def names_of(self, mask: Mask) -> Iterator[str]:
        """The facts of a number, in the order of the registry."""
        return (name for name, bit in self.place.items() if mask >> bit & 1)

    def keys(self, masks: Masks) -> list[NDArray[np.int64]]:
        """One column of numbers a word, to group rows by."""
        return [masks[:, word] for word in range(self.words)]

    def union(self, masks: Masks) -> Mask:
        """The facts of all rows together."""
        return self.number(np.bitwise_or.reduce(masks, axis=0)) if len(masks) else 0

    def first(self, mask: Mask, order: Sequence[str]) -> Mask:
        """The first fact of ``order`` that a number has, as a number; 0 where it has none."""
        return next((1 << self.place[name] for name in order if mask >> self.place[name] & 1), 0)


def any_of(masks: Masks) -> NDArray[np.bool_]:
    """The rows with any fact."""
    found: NDArray[np.bool_] = (masks != 0).any(axis=1)
    return found
