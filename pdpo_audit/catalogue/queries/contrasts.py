"""Which copy of a duplicate cluster stands out: the oldest file, and the one of the lowest quality."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row


def oldest(members: Sequence[Row[Any]]) -> Row[Any]:
    """The copy whose file is the oldest; of several the first by place. File times prove nothing by themselves."""
    return min(members, key=lambda row: row.modified_ns)


def poorest(members: Sequence[Row[Any]]) -> Row[Any] | None:
    """The copy of the lowest quality: fewest pixels, then coarsest coding, then fewest bytes; the first by place.

    ``None`` where no copy is poorer than another, or their size is not known.
    """
    if len({_quality(row) for row in members}) < 2 or not all(row.width for row in members):
        return None
    return min(members, key=_quality)


def _quality(row: Row[Any]) -> tuple[int, int, int]:
    """Pixels, JPEG quality (a coding without loss ranks above 100) and bytes."""
    return row.width * row.height, row.quality or 101, row.size
