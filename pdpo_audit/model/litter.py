"""Folders in which systems keep what people have thrown away: what lies there is held all the same, and is marked."""

from __future__ import annotations

import re

#: Names of such folders, as a whole folder's name in any case: freedesktop.org's trash (``.Trash-1000``,
#: ``Trash/files``), macOS, Windows from 95 on, Synology, QNAP, and Samba's recycle module.
_TRASH = re.compile(
    r"(?:^|/)(?:\.trash|\.trashes|\.trash-\d+|trash/files|\$recycle\.bin|recycler|recycled|#recycle|@recycle|\.recycle)/",
    re.IGNORECASE,
)


def in_trash(place: str) -> bool:
    """Whether a printed place lies in a trash or recycle folder."""
    return _TRASH.search(place) is not None
