"""The tables of an audit as columns of numbers: a million rows are some hundred bytes each, and compared at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from pdpo_audit.model.people import PeopleLevel
from pdpo_audit.reports.deltas.erasing import DECIDED, decided_columns
from pdpo_audit.reports.words.literal import unformulated

if TYPE_CHECKING:
    import pandas as pd

Numbers = NDArray[np.uint64]
Counts = NDArray[np.int64]
Codes = NDArray[np.int32]
#: Gives the rows of a table, each time anew.
Frames = Callable[[], "Iterator[pd.DataFrame]"]

_CHUNK = 100_000
_HOLDINGS = ("source", "path", "bytes", "sha256", "cluster_id", "relation", "people_level", "owner")
_FINDINGS = ("finding_id", "source", "path", "owner", "pack", "pack_sha256", "due_on", "status", *DECIDED)
_DISPOSITIONS = ("source", "path", "outcome", "act")
_SKIPPED = ("source", "path", "reason")
_READ = {*_HOLDINGS, *_FINDINGS, *_DISPOSITIONS, *_SKIPPED}
_RECOGNISABLE = (PeopleLevel.P2.value, PeopleLevel.P3.value)


@dataclass(slots=True, kw_only=True)
class Digester:
    """Turns text into 64-bit numbers under a key that nobody knows beforehand, and names into small codes.

    Two texts get one number with a chance of about one in ten million among a million; nobody can make such a pair.
    """

    key: str
    names: dict[str, int] = field(default_factory=dict)

    def digest(self, *columns: pd.Series) -> Numbers:
        """One number a row, of all columns together; 0 where all of them are empty."""
        from pandas.util import hash_array

        text = columns[0].to_numpy(object)
        for column in columns[1:]:
            text = text + "\0" + column.to_numpy(object)
        found: Numbers = hash_array(text, hash_key=self.key, categorize=len(columns) == 1)
        if len(columns) == 1:
            found[text == ""] = 0
        return found

    def places(self, places: Sequence[tuple[str, str]]) -> Numbers:
        """The numbers of places, as the tables print them."""
        import pandas as pd

        if not places:
            return np.empty(0, np.uint64)
        sources, paths = zip(*places, strict=True)
        return self.digest(*(pd.Series(map(unformulated, names), dtype=object) for names in (sources, paths)))

    def code(self, column: pd.Series) -> Codes:
        """A small number for each name, the same in every table."""
        import pandas as pd

        codes, uniques = pd.factorize(column.to_numpy(object))
        known = np.array([self.names.setdefault(str(one), len(self.names)) for one in uniques], dtype=np.int32)
        return known[codes] if len(known) else np.zeros(len(codes), np.int32)


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldingColumns:
    """The holdings of an audit in the order of its table; ``content`` and ``cluster`` are 0 where there is none.

    ``seen`` is what the methods said of each: relation to its master, and people level.
    """

    place: Numbers
    content: Numbers
    cluster: Numbers
    seen: Numbers
    recognisable: NDArray[np.bool_]
    bytes: Counts
    source: Codes
    owner: Codes


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingColumns:
    """The findings of an audit; ``due`` is a day's ordinal (0: none), ``pack`` its name and digest together."""

    finding: Numbers
    place: Numbers
    pack: Numbers
    due: Codes
    #: Whether it speaks of a whole source, and of no copy.
    whole: NDArray[np.bool_]
    open: NDArray[np.bool_]
    #: Whether the erasure of its copy is proposed or was decided; and whether a person decided otherwise.
    erases: NDArray[np.bool_]
    refused: NDArray[np.bool_]
    source: Codes
    owner: Codes


def among(numbers: Numbers, known: Numbers) -> NDArray[np.bool_]:
    """Which numbers are among the known ones."""
    if not len(known):
        return np.zeros(len(numbers), dtype=bool)
    ordered = np.sort(known)
    at = np.minimum(np.searchsorted(ordered, numbers), len(ordered) - 1)
    return np.asarray(ordered[at] == numbers)


def distinct(numbers: Numbers) -> Numbers:
    """Each number once, in order; sorting a million is quicker than hashing them."""
    ordered = np.sort(numbers)
    return ordered[np.r_[True, ordered[1:] != ordered[:-1]]] if len(ordered) else ordered


def read_holdings(frames: Frames, digester: Digester) -> HoldingColumns:
    """The table ``holdings`` as numbers."""
    parts = [_holdings(texts(frame, _HOLDINGS), digester) for frame in frames()]
    return HoldingColumns(**_joined(parts, HoldingColumns, _EMPTY_HOLDINGS))


def read_findings(frames: Frames, digester: Digester) -> FindingColumns:
    """The table ``findings`` as numbers."""
    parts = [_findings(texts(frame, _FINDINGS), digester) for frame in frames()]
    return FindingColumns(**_joined(parts, FindingColumns, _EMPTY_FINDINGS))


def read_put_up(frames: Frames, digester: Digester, said: FindingColumns) -> Numbers:
    """The places that an audit put up for erasure: by the ladder's act, by what a finding proposes, or by a person.

    What a person decided otherwise is none of them. Before acts were named, whatever was due was put up."""
    found = [said.place[said.erases]]
    for frame in frames():
        rows = texts(frame, _DISPOSITIONS)
        due = rows[(rows["outcome"] == "due") & rows["act"].isin(["erase", ""])]
        found.append(digester.digest(due["source"], due["path"]) if len(due) else np.empty(0, np.uint64))
    return np.setdiff1d(np.concatenate(found), said.place[said.refused])


def read_places(frames: Frames, rows: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Source and path of some rows of a table by their number."""
    wanted, start = sorted(rows), 0
    found: dict[int, tuple[str, str]] = {}
    for frame in frames():
        inside = [row for row in wanted if start <= row < start + len(frame)]
        if inside:
            part = texts(frame.iloc[[row - start for row in inside]], ("source", "path"))
            found |= dict(zip(inside, zip(part["source"], part["path"], strict=True), strict=True))
        start += len(frame)
        if wanted and start > wanted[-1]:
            break
    return found


def csv_frames(file: Path) -> Frames:
    """The rows of a table of the evidence; an audit that lacks it has none."""
    import pandas as pd

    def frames() -> Iterator[pd.DataFrame]:
        if not file.is_file():
            return
        with pd.read_csv(
            file, dtype=object, keep_default_na=False, chunksize=_CHUNK, usecols=lambda name: name in _READ,
            encoding_errors="surrogateescape",
        ) as reader:  # fmt: skip
            yield from reader

    return frames


def live_frames(chunks: Callable[[], Iterator[pd.DataFrame]]) -> Frames:
    """The rows of a table that is not written yet, as its CSV will have them."""

    def frames() -> Iterator[pd.DataFrame]:
        for chunk in chunks():
            part = chunk[[name for name in chunk.columns if name in _READ]].copy()
            for name in ("source", "path", "owner"):
                if name in part:
                    part[name] = part[name].map(lambda cell: unformulated(cell) if isinstance(cell, str) else cell)
            yield part

    return frames


def _holdings(rows: pd.DataFrame, digester: Digester) -> dict[str, NDArray[np.generic]]:
    return {
        "place": digester.digest(rows["source"], rows["path"]),
        "content": digester.digest(rows["sha256"]),
        "cluster": digester.digest(rows["cluster_id"]),
        "seen": digester.digest(rows["relation"], rows["people_level"]),
        "recognisable": rows["people_level"].isin(_RECOGNISABLE).to_numpy(bool),
        "bytes": _whole(rows["bytes"]),
        "source": digester.code(rows["source"]),
        "owner": digester.code(rows["owner"]),
    }


def _findings(rows: pd.DataFrame, digester: Digester) -> dict[str, NDArray[np.generic]]:
    return {
        "finding": digester.digest(rows["finding_id"]),
        "place": digester.digest(rows["source"], rows["path"]),
        "pack": digester.digest(rows["pack"], rows["pack_sha256"]),
        "due": _days(rows["due_on"]),
        "whole": (rows["path"] == "").to_numpy(bool),
        "open": (rows["status"] == "open").to_numpy(bool),
        **decided_columns(rows),
        "source": digester.code(rows["source"]),
        "owner": digester.code(rows["owner"]),
    }


_NOTHING = ""
_EMPTY_HOLDINGS: dict[str, Any] = {"recognisable": bool, "bytes": np.int64, "source": np.int32, "owner": np.int32}
_EMPTY_FINDINGS: dict[str, Any] = {
    "due": np.int32, "whole": bool, "open": bool, "erases": bool, "refused": bool, "source": np.int32,
    "owner": np.int32,
}  # fmt: skip


def _joined(parts: list[dict[str, NDArray[np.generic]]], kind: type, empty: dict[str, Any]) -> dict[str, NDArray]:  # type: ignore[type-arg]
    names = list(kind.__dataclass_fields__)  # type: ignore[attr-defined]
    if not parts:
        return {name: np.empty(0, empty.get(name, np.uint64)) for name in names}
    return {name: np.concatenate([part[name] for part in parts]) for name in names}


def texts(frame: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """The columns as text, empty where nothing stands or the audit did not know them."""
    import pandas as pd

    known = {name: _text(frame[name]) for name in columns if name in frame}
    return pd.DataFrame({name: known.get(name, _NOTHING) for name in columns}, index=frame.index, dtype=object)


def _text(column: pd.Series) -> pd.Series:
    """A column of a CSV is text already; one of the catalogue has gaps, numbers and truths."""
    if column.dtype == object and not column.isna().any():
        return column
    return column.astype(object).where(column.notna(), "")


def _whole(column: pd.Series) -> Counts:
    import pandas as pd

    found: Counts = pd.to_numeric(column, errors="coerce").fillna(0).to_numpy(np.int64)
    return found


def _days(column: pd.Series) -> Codes:
    import pandas as pd

    codes, uniques = pd.factorize(column.to_numpy(object))
    known = np.array([_ordinal(str(one)) for one in uniques], dtype=np.int32)
    return known[codes] if len(known) else np.zeros(len(codes), np.int32)


def _ordinal(text: str) -> int:
    try:
        return date.fromisoformat(text[:10]).toordinal()
    except ValueError:
        return 0
