"""Count a table of any length along several columns at once, one chunk at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """How many rows, and how many bytes they hold together."""

    rows: int = 0
    bytes: int = 0

    def __add__(self, other: Weight) -> Weight:
        return Weight(rows=self.rows + other.rows, bytes=self.bytes + other.bytes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cube:
    """Rows counted per combination of values: memory grows with the combinations, never with the rows."""

    dimensions: tuple[str, ...]
    cells: dict[tuple[str, ...], Weight]

    def total(self, **where: str | frozenset[str]) -> Weight:
        """The weight of all cells whose values are as ``where`` says (one value, or any of a set)."""
        tests = self._tests(where)
        return sum((weight for key, weight in self.cells.items() if all(test(key) for test in tests)), Weight())

    def by(self, dimension: str, **where: str | frozenset[str]) -> dict[str, Weight]:
        """The weights per value of ``dimension``, in the order of the values."""
        place, tests = self.dimensions.index(dimension), self._tests(where)
        found: dict[str, Weight] = {}
        for key, weight in self.cells.items():
            if all(test(key) for test in tests):
                found[key[place]] = found.get(key[place], Weight()) + weight
        return dict(sorted(found.items()))

    def _tests(self, where: dict[str, str | frozenset[str]]) -> list[Callable[[tuple[str, ...]], bool]]:
        return [_test(self.dimensions.index(name), wanted) for name, wanted in where.items()]


def _test(place: int, wanted: str | frozenset[str]) -> Callable[[tuple[str, ...]], bool]:
    if isinstance(wanted, str):
        return lambda key: key[place] == wanted
    return lambda key: key[place] in wanted


def count(frames: Iterable[pd.DataFrame], dimensions: tuple[str, ...], *, bytes_column: str = "") -> Cube:
    """Count ``frames``, whose ``dimensions`` are columns of text without gaps (see ``columns``)."""
    cells: dict[tuple[str, ...], Weight] = {}
    for frame in frames:
        add(cells, frame, dimensions, bytes_column=bytes_column)
    return Cube(dimensions=dimensions, cells=cells)


def add(
    cells: dict[tuple[str, ...], Weight], frame: pd.DataFrame, dimensions: tuple[str, ...], *, bytes_column: str = ""
) -> None:
    """Add the rows of one frame to ``cells``."""
    if frame.empty:
        return
    grouped = frame.groupby(list(dimensions), sort=False, observed=True)
    rows = grouped.size()
    sums = grouped[bytes_column].sum() if bytes_column else None
    for place, (key, number) in enumerate(rows.items()):
        name: tuple[str, ...] = key if isinstance(key, tuple) else (str(key),)
        size = int(sums.iloc[place]) if sums is not None else 0
        cells[name] = cells.get(name, Weight()) + Weight(rows=int(number), bytes=size)
