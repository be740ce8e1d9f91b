"""What one of two audits did not reach: absence is no evidence there, so neither side counts it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pdpo_audit.model.locations.holdings import Fault, SkipReason
from pdpo_audit.reports.deltas.reading import Frames, texts

if TYPE_CHECKING:
    import pandas as pd

#: Why a folder was passed over with everything in it: it could not be listed, or a link took its place.
_PASSED_OVER = frozenset(one for one in SkipReason if one.fault is Fault.PLACE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreached:
    """Whole sources, and folders of others as (source, folder), that nobody could look into."""

    sources: frozenset[str] = frozenset()
    folders: frozenset[tuple[str, str]] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.sources or self.folders)

    def __or__(self, other: Unreached) -> Unreached:
        return Unreached(sources=self.sources | other.sources, folders=self.folders | other.folders)

    @property
    def named(self) -> set[str]:
        """What people are told of it."""
        return {*self.sources, *(f"{source}: {folder}/" for source, folder in self.folders)}

    def folder_of(self, source: str, path: str) -> tuple[str, str] | None:
        """The folder of it that a place lies in."""
        at = path.find("/")
        while at >= 0:
            if (source, path[:at]) in self.folders:
                return source, path[:at]
            at = path.find("/", at + 1)
        return None


def passed_over(skipped: Frames) -> frozenset[tuple[str, str]]:
    """The places that an audit passed over, of its table ``skipped``; among them files, which hold nothing."""
    found: set[tuple[str, str]] = set()
    for frame in skipped():
        rows = texts(frame, ("source", "path", "reason"))
        rows = rows[rows["reason"].isin(_PASSED_OVER)]
        found.update(zip(rows["source"], rows["path"], strict=True))
    return frozenset(found)


def narrow(unreached: Unreached, *holdings: Frames) -> Unreached:
    """What of it some table of holdings has a row in: sources whatever they hold, and folders that held something."""
    found: set[tuple[str, str] | None] = set()
    for frames in holdings if unreached.folders else ():
        for frame in frames():
            rows = texts(frame, ("source", "path"))
            found.update(map(unreached.folder_of, rows["source"], rows["path"]))
    return Unreached(sources=unreached.sources, folders=frozenset(one for one in found if one))


def without(frames: Frames, unreached: Unreached) -> Frames:
    """The rows of a table that lie in nothing of it."""

    def others() -> Iterator[pd.DataFrame]:
        for frame in frames():
            rows = texts(frame, ("source", "path"))
            inside = rows["source"].isin(unreached.sources).to_numpy(copy=True)
            if unreached.folders:
                inside |= [one is not None for one in map(unreached.folder_of, rows["source"], rows["path"])]
            yield frame[~inside]

    return others
