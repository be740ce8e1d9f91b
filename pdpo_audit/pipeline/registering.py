"""Facts from the organisation's registers, laid over the holdings that their rows name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pdpo_audit.model.locations.patterns import compiled, fixed_start
from pdpo_audit.policy.stating.registers import Register, RegisterRow
from pdpo_audit.policy.terms.flags import JOINED, joined_flags

_Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Registered:
    """The facts with what registers say, and for each register how many of its rows name no holding."""

    facts: pd.DataFrame
    idle: Mapping[str, int]


def lay_registers(frame: pd.DataFrame, registers: Sequence[Register]) -> Registered:
    """What registers say counts before what the settings say of a source or a folder.

    A row by content counts before one by path, a later row before an earlier one, a later register before an earlier.
    Sensitivity flags, and what else tells who is shown, only ever join what was found.
    """
    places = _Places(frame)
    columns: dict[str, NDArray[np.object_]] = {}
    idle: dict[str, int] = {}
    for register in registers:
        for row in sorted(register.rows, key=lambda one: bool(one.sha256)):
            chosen = places.of(row)
            if not len(chosen):
                idle[register.name] = idle.get(register.name, 0) + 1
            for name, value in row.facts.items():
                if name not in columns:
                    columns[name] = _column(frame, name)
                _lay(columns[name], chosen, name, value)
    laid = frame.copy(deep=False)
    for name, column in columns.items():
        laid[name] = pd.Series(column, index=frame.index, dtype=object)
    return Registered(laid, idle)


def flags_by_content(holdings: pd.DataFrame, registers: Sequence[Register]) -> dict[str, tuple[str, ...]]:
    """The sensitivity flags that registers state, by SHA-256 of the picture (hex).

    ``holdings`` has the columns ``source``, ``path`` and ``sha256``. Every copy shares what is stated of one.
    """
    places = _Places(holdings)
    found: dict[str, set[str]] = {}
    digests = holdings["sha256"].to_numpy(object)
    for register in registers:
        for row in register.rows:
            flags = row.facts.get("sensitivity")
            if isinstance(flags, frozenset):
                for digest in digests[places.of(row)]:
                    found.setdefault(str(digest), set()).update(flags)
    return {digest: tuple(sorted(flags)) for digest, flags in found.items()}


def _column(frame: pd.DataFrame, name: str) -> NDArray[np.object_]:
    if name not in frame.columns:
        return np.full(len(frame), None, object)
    return np.array(frame[name].to_numpy(object), copy=True)


def _lay(column: NDArray[np.object_], chosen: _Rows, name: str, value: Any) -> None:
    if name not in JOINED:
        column[chosen] = value
        return
    for row in chosen:
        column[row] = joined_flags(column[row], value)


class _Places:
    """Holdings by path and by content, in sorted order: a row's holdings are a range, narrowed by its pattern."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self._sources = frame["source"].to_numpy(object)
        self._paths, self._by_path = _sorted(frame["path"])
        self._digests, self._by_digest = _sorted(frame["sha256"])

    def of(self, row: RegisterRow) -> _Rows:
        """The positions of the holdings that the row names."""
        if row.sha256:
            start, end = np.searchsorted(self._digests, [row.sha256, row.sha256 + "\0"])
            found = self._by_digest[start:end]
        else:
            found = self._matching(row.path)
        if row.source:
            found = found[self._sources[found] == row.source]
        return found

    def _matching(self, pattern: str) -> _Rows:
        start_of_all = fixed_start(pattern)
        # `chr(0x10FFFF)` sorts after every character that a path may go on with.
        start, end = np.searchsorted(self._paths, [start_of_all, start_of_all + chr(0x10FFFF)])
        matches = compiled(pattern).matches
        chosen = np.fromiter((matches(path) for path in self._paths[start:end]), bool, end - start)
        found: _Rows = self._by_path[start:end][chosen]
        return found


def _sorted(column: pd.Series[Any]) -> tuple[NDArray[np.object_], _Rows]:
    values = column.to_numpy(object)
    order = np.argsort(values, kind="stable")
    return values[order], order.astype(np.int64)
