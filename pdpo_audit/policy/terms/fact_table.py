"""Facts of many holdings as codes: every distinct set of facts once, each column with its few distinct values."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from pdpo_audit.policy.terms.facts import Absence, Fact, FactType
from pdpo_audit.policy.terms.flags import flags_in
from pdpo_audit.policy.terms.periods import hong_kong_day
from pdpo_audit.policy.terms.vocabulary import LEVEL_WORDS

if TYPE_CHECKING:
    import pandas as pd

#: A fact's value once normalised; flags are a frozenset, absence is None.
Known = str | int | bool | date | frozenset[str]

Codes = NDArray[np.int64]

#: The codes of a fact: few values, many rows.
Small = NDArray[np.int32]

#: The codes of a rule, as narrow as they may be: there are a hundred rules, each with a code for every set.
Narrow = NDArray[np.signedinteger]


class UnfitError(ValueError):
    """A supplied value that does not fit its fact's type."""


@dataclass(frozen=True, slots=True)
class Column:
    """One fact over all distinct sets: ``values[codes[i]]``; code 0 is absence."""

    fact: Fact
    codes: Small
    values: tuple[Known | None, ...]


@dataclass(frozen=True, slots=True)
class FactTable:
    """The distinct sets of facts (``size`` of them), the set of each row, and what could not be understood."""

    size: int
    columns: dict[str, Column]
    row_sets: Codes
    warnings: tuple[str, ...]

    def column(self, fact: Fact) -> Column:
        """The fact's column; all absent where nobody supplied it."""
        found = self.columns.get(fact.name)
        return found or Column(fact, np.zeros(self.size, np.int32), (None,))

    def narrowed(self, names: frozenset[str]) -> FactTable:
        """The distinct sets of these facts alone; its rows are the sets of this table."""
        kept = {name: column for name, column in self.columns.items() if name in names}
        own, first = distinct([column.codes for column in kept.values()], self.size)
        columns = {name: Column(column.fact, column.codes[first], column.values) for name, column in kept.items()}
        return FactTable(len(first), columns, own, ())


def tabulate(frame: pd.DataFrame, facts: Iterable[Fact]) -> FactTable:
    """The distinct sets of ``facts`` in ``frame`` (one row per holding); columns may be missing."""
    warnings: list[str] = []
    raw = {fact.name: _encode(frame[fact.name], fact, warnings) for fact in facts if fact.name in frame.columns}
    row_sets, first = distinct([column.codes for column in raw.values()], len(frame))
    columns = {name: Column(column.fact, column.codes[first], column.values) for name, column in raw.items()}
    return FactTable(len(first), columns, row_sets, tuple(warnings))


def distinct(keys: Sequence[NDArray[np.signedinteger]], rows: int) -> tuple[Codes, Codes]:
    """The group of every row over several code columns, and each group's first row; in order of appearance."""
    import pandas as pd

    running, size = np.zeros(rows, np.int64), 1
    for key in keys:
        width = int(key.max(initial=0)) + 1
        if width > 2**30:
            key, uniques = pd.factorize(key)
            width = len(uniques)
        if size * width >= 2**62:
            running, uniques = pd.factorize(running)
            size = len(uniques)
        running, size = running * width + key, size * width
    groups, uniques = pd.factorize(running)
    first = np.full(len(uniques), rows, np.int64)
    first[groups[::-1]] = np.arange(rows)[::-1]  # reversed: of several rows the first one stays
    return groups.astype(np.int64), first


def narrow(codes: NDArray[np.integer], count: int) -> Narrow:
    """Codes below ``count`` in as few bytes as hold them."""
    kind = next(kind for kind in (np.int8, np.int16, np.int32) if count <= np.iinfo(kind).max)
    return codes.astype(kind)


def _encode(series: pd.Series[Any], fact: Fact, warnings: list[str]) -> Column:
    import pandas as pd

    if fact.type is FactType.FLAGS:
        series = series.map(_hashable)
    codes, uniques = pd.factorize(series, use_na_sentinel=True)
    values: list[Known | None] = [None]
    position: dict[Known, int] = {}
    target = np.zeros(len(uniques) + 1, np.int32)
    for index, raw in enumerate(uniques):
        known = _normalised(raw, fact, warnings)
        if known is not None:
            if known not in position:
                position[known] = len(values)
                values.append(known)
            target[index] = position[known]
    return Column(fact, target[codes], tuple(values))


def _hashable(value: Any) -> Any:
    return tuple(sorted(map(str, value))) if isinstance(value, list | tuple | set | frozenset) else value


def _normalised(raw: Any, fact: Fact, warnings: list[str]) -> Known | None:
    try:
        return normalise(raw, fact)
    except UnfitError as error:
        if len(warnings) < 100:
            warnings.append(str(error))
        return None


def normalise(raw: Any, fact: Fact) -> Known | None:
    """A supplied value as its fact's type; None for absence. Raises ``UnfitError``."""
    if raw is None or (isinstance(raw, float) and math.isnan(raw)) or raw != raw or raw == "":
        return None
    match fact.type:
        case FactType.DATE:
            return _date(raw, fact)
        case FactType.YES_NO:
            return _yes_no(raw, fact)
        case FactType.COUNT:
            return _count(raw, fact)
        case FactType.FLAGS:
            return _flags(raw, fact)
        case FactType.TEXT | FactType.CHOICE | FactType.LEVEL:
            return _text(raw, fact)


def _unfit(raw: Any, fact: Fact) -> UnfitError:
    return UnfitError(f"{fact.name}: {str(raw)[:80]!r} is no {fact.type.value}; taken as not supplied")


def _date(raw: Any, fact: Fact) -> date:
    if isinstance(raw, datetime):  # pandas timestamps are datetimes
        return hong_kong_day(raw)
    if isinstance(raw, date):
        return raw
    if isinstance(raw, np.datetime64):
        return date.fromisoformat(str(raw.astype("datetime64[D]")))
    try:
        return date.fromisoformat(str(raw)) if len(str(raw)) == 10 else hong_kong_day(datetime.fromisoformat(str(raw)))
    except ValueError:
        raise _unfit(raw, fact) from None


def _yes_no(raw: Any, fact: Fact) -> bool:
    if isinstance(raw, bool | np.bool_) or raw in (0, 1):
        return bool(raw)
    words = {"true": True, "yes": True, "false": False, "no": False}
    if str(raw).lower() in words:
        return words[str(raw).lower()]
    raise _unfit(raw, fact)


def _count(raw: Any, fact: Fact) -> int:
    try:
        number = float(raw)
    except (TypeError, ValueError):
        raise _unfit(raw, fact) from None
    if math.isinf(number) or number != int(number) or number < 0:
        raise _unfit(raw, fact)
    return int(raw) if not isinstance(raw, str) else int(number)


def _flags(raw: Any, fact: Fact) -> frozenset[str] | None:
    """Where silence says that there is no such record, an empty list says no more than silence."""
    found = flags_in(raw)
    if not found <= fact.values.keys():
        raise _unfit(", ".join(sorted(found)), fact)
    return found if found or fact.absence is not Absence.NONE_RECORDED else None


def _text(raw: Any, fact: Fact) -> str | None:
    value = str(raw).strip()
    if fact.type is FactType.LEVEL:
        value = LEVEL_WORDS.get(value, value)
        if value == "unknown":
            return None
    if not value:
        return None
    if fact.closed and value not in fact.values:
        raise _unfit(raw, fact)
    return value
