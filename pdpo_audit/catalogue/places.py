"""Where a holding lies: the joins, the order and the words that every table of holdings shares."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row

from pdpo_audit.catalogue import schema
from pdpo_audit.model.locations.holdings import ImageRef, locate
from pdpo_audit.model.locations.printed import printed_place

_HELD, _FOLDERS, _SOURCES = schema.holdings, schema.folders, schema.sources

#: Holdings with their folder and source.
PLACES = _HELD.join(_FOLDERS, _FOLDERS.c.id == _HELD.c.folder_id).join(_SOURCES, _SOURCES.c.id == _FOLDERS.c.source_id)
#: The columns that name a place, and the stable order of places.
PLACE = (_SOURCES.c.name.label("source"), _FOLDERS.c.path.label("folder"), _HELD.c.name, _HELD.c.member)
ORDER = (_SOURCES.c.name, _FOLDERS.c.path, _HELD.c.name, _HELD.c.member)


def path_of(row: Row[Any]) -> str:
    """The path of a row that has the columns of ``PLACE``, as the tables write it."""
    return printed_place(locate(row.folder, row.name), row.member)


def index_key(value: bytes) -> bytes:
    """Bytes of any length in 16 (BLAKE2b), for indexes: those of PostgreSQL hold no key as long as a path may be."""
    return hashlib.blake2b(value, digest_size=16).digest()


def place_key(source: str, path: str) -> bytes:
    """A place, as the tables write it, in 16 bytes."""
    return index_key(f"{source}\0{path}".encode("utf-8", "surrogatepass"))


def place_digest(source: str, path: str) -> int:
    """A place in 64 bits, for comparing many: of two million places any two share one with odds of 1 in 10 million."""
    named = f"{source}\0{path}".encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(named, digest_size=8).digest(), "little")


def size_of(row: Row[Any]) -> int:
    """The file's size, counted once where a file holds several pictures or has several names."""
    return 0 if row.linked else file_size_of(row)


def file_size_of(row: Row[Any]) -> int:
    """The file's size, counted once where it holds several pictures, under each of its names; of a picture inside
    another file its own."""
    if row.member in ("", "page/1"):
        return int(row.size)
    ref = ImageRef(source="", locator=b"", member=row.member)
    return int(row.own_size or 0) if ref.inside and ref.part in ("", "page/1") else 0


def moment_of(nanoseconds: int) -> str:
    """A file's time as ISO 8601 in UTC, to the second."""
    return datetime.fromtimestamp(nanoseconds // 10**9, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
