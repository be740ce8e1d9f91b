"""Thumbnails that Windows keeps: in ``Thumbs.db`` of a folder, and in the caches of a user's profile.

They stay when their picture is erased. Layouts: the public descriptions of both by forensic work (libyal's
``Windows Explorer Thumbnail Cache database format``; ``Thumbs.db`` as Vinetto's authors found it).
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from pdpo_audit.model.locations.holdings import ImageProblem, SkipReason
from pdpo_audit.sources.containers.members import Budget, Member, StreamPath, Streams, Unread, numbered

_CATALOGUE = "Catalog"
#: Since Windows Vista: the size in pixels, and a hash of the place.
_HASHED = re.compile(r"\d{2,4}_[0-9a-f]{16}", re.IGNORECASE)
#: A picture begins within so many bytes of its stream, behind a header of its own.
_BEGINS_WITHIN = 64
_BEGINNINGS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"BM")
_ENDINGS = (b".jpg", b".png", b".bmp")
_ENTRY = b"CMMM"
#: Bytes before the name of an entry, and where the sizes of name, padding and picture stand, by version (Windows Vista,
#: 7, later ones).
_VISTA, _SEVEN = 0x14, 0x15
_LAYOUTS: Mapping[int, tuple[int, int]] = {_VISTA: (56, 24), _SEVEN: (48, 16)}
_LATER = (56, 16)


def is_windows_cache(paths: Sequence[StreamPath]) -> bool:
    """Whether the streams of a compound file are those of a ``Thumbs.db``."""
    return (_CATALOGUE,) in paths or (bool(paths) and all(_HASHED.fullmatch(path[-1]) for path in paths))


def in_folder(streams: Streams) -> Iterator[Member | Unread]:
    """The thumbnails of a ``Thumbs.db``, each by the name of the file that it was made of, where that is said."""
    taken: dict[bytes, int] = {}
    names = _names(streams.read((_CATALOGUE,))) if (_CATALOGUE,) in streams.paths() else {}
    for path in streams.paths():
        if path == (_CATALOGUE,):
            continue
        streams.budget.count()
        said = names.get(path[-1][::-1], "")
        name = (said or path[-1]).encode("utf-8", "surrogatepass")
        try:
            yield _thumbnail(name, streams.read(path), said, taken)
        except ImageProblem as problem:
            yield Unread(name=numbered(name, taken), problem=problem)


def _names(catalogue: bytes) -> dict[str, str]:
    """The names of files by the number of their thumbnail: each entry says its length, number, time and name."""
    found, at = {}, int.from_bytes(catalogue[:2], "little")
    while at + 16 <= len(catalogue):
        length, number = struct.unpack_from("<II", catalogue, at)
        if length < 16:
            break
        found[str(number)] = catalogue[at + 16 : at + length].decode("utf-16-le", "replace").rstrip("\0")
        at += length
    return found


def members(data: bytes, budget: Budget) -> Iterator[Member | Unread]:
    """The thumbnails of a ``thumbcache_256.db`` and its kin; names and places of the pictures are not in it.

    Raises ``ImageProblem`` where it is damaged; what came before counts.
    """
    version, _, first = struct.unpack_from("<III", data.ljust(16, b"\0"), 4)
    header, sizes = _LAYOUTS.get(version, _LATER)
    taken: dict[bytes, int] = {}
    at = first if version < 0x1A else struct.unpack_from("<I", data.ljust(24, b"\0"), 16)[0]
    at = at if data[at : at + 4] == _ENTRY and at else data.find(_ENTRY, 4)
    while at > 0 and at + header <= len(data):
        if data[at : at + 4] != _ENTRY:
            raise ImageProblem(SkipReason.DAMAGED, "an entry of the cache is missing")
        length, key = struct.unpack_from("<IQ", data, at + 4)
        name, padding, size = struct.unpack_from("<III", data, at + sizes)
        if length < header:
            raise ImageProblem(SkipReason.DAMAGED, "an entry of the cache lies about its length")
        if size:
            budget.count()
            start = at + header + name + padding
            yield _thumbnail(f"{key:016x}".encode(), data[start : min(start + size, at + length)], "", taken)
        at += length


def _thumbnail(name: bytes, content: bytes, of: str, taken: dict[bytes, int]) -> Member:
    """The picture behind the header of its entry; what begins like none is left to the reader, which says why."""
    begins = [content.find(one, 0, _BEGINS_WITHIN) for one in _BEGINNINGS]
    start, kind = min(((at, kind) for kind, at in enumerate(begins) if at >= 0), default=(0, 0))
    name = name if name.lower().endswith((b".jpg", b".jpeg", b".png", b".bmp")) else name + _ENDINGS[kind]
    note = f"cached thumbnail of {of}" if of else "cached thumbnail"
    return replace(Member.of(numbered(name, taken), content[start:]), note=lambda: note)
