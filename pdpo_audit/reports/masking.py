"""A distribution copy: the same tables with folders and file names replaced by codes that tell nothing."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from pdpo_audit.model.follow_ups import FollowUp
from pdpo_audit.model.tables import Table
from pdpo_audit.reports import columns

if TYPE_CHECKING:
    import pandas as pd

    from pdpo_audit.ports import TableSource

#: The columns that hold paths, by table; texts of the same row that repeat its path are masked with it.
PATHS: dict[Table, tuple[str, ...]] = {
    Table.HOLDINGS: ("path",),
    Table.CLUSTERS: ("master_path", "oldest_path", "lowest_quality_path"),
    Table.LINKS: ("left_path", "right_path"),
    Table.PEOPLE: ("path",),
    Table.FINDINGS: ("path",),
    Table.DISPOSITIONS: ("path",),
    Table.SKIPPED: ("path",),
    Table.EVENTS: (),
    Table.RIGHTS: ("path",),
}
_TEXTS = ("explanation", "detail", "master_reason", "people_reason", "details")


def mask_path(path: str, key: bytes) -> str:
    """``folder-3f2a91c4/file-0b77a2d18c03.jpg``: the same code for the same path and key, and nothing to read back.

    The folder's code is the same for all files in it. ``key`` is random for each audit, at least 16 bytes.
    """
    outer, mark, member = path.partition("!/")
    folder, _, name = outer.rpartition("/")
    suffix = PurePosixPath(name).suffix.lower()
    shown = suffix if suffix.isascii() and 1 < len(suffix) <= 6 and suffix[1:].isalnum() else ""
    masked = f"file-{_code(path, key, 12)}{shown}" if not mark else f"file-{_code(outer, key, 12)}{shown}"
    inside = f"!/{_code(member, key, 8)}" if mark else ""
    return f"folder-{_code(folder, key, 8)}/{masked}{inside}" if folder else f"{masked}{inside}"


def mask_follow_up(found: FollowUp, key: bytes) -> FollowUp:
    """``found`` with the codes that the tables carry in place of paths."""
    masked = (
        replace(one, path=mask_path(one.path, key), erased_path=mask_path(one.erased_path, key))
        for one in found.returned
    )
    return replace(found, returned=tuple(masked))


def _code(text: str, key: bytes, digits: int) -> str:
    return hmac.new(key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:digits]


class MaskedTables:
    """A ``TableSource`` whose paths are masked; pictures, numbers and digests are those of the one it wraps."""

    def __init__(self, tables: TableSource, key: bytes) -> None:
        self._tables = tables
        self._mask = lru_cache(maxsize=20_000)(lambda path: mask_path(path, key))

    def chunks(self, table: Table, rows: int = 50_000) -> Iterator[pd.DataFrame]:
        """The rows of ``table`` with masked paths."""
        return (self._masked(frame, PATHS[table]) for frame in self._tables.chunks(table, rows))

    def picture(self, cluster_id: str) -> bytes:
        """The cluster's pixelated picture."""
        return self._tables.picture(cluster_id)

    def _masked(self, frame: pd.DataFrame, paths: tuple[str, ...]) -> pd.DataFrame:
        """The chunk with its paths masked, and each of them in every text of its row."""
        changed: dict[str, list[str]] = {}
        for column in paths:
            originals = columns.text(frame, column)
            codes = [self._mask(path) if path else "" for path in originals]
            changed[column] = codes
            for text in (name for name in _TEXTS if name in frame.columns):
                said_so_far = changed.get(text) or columns.text(frame, text)
                pairs = zip(said_so_far, originals, codes, strict=True)
                changed[text] = [said.replace(path, masked) if path else said for said, path, masked in pairs]
        return frame.assign(**changed)
