"""What a file holds behind the end of its picture: further pictures, films, archives, the rest of an older file."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass

from pdpo_audit.imaging.endings import end_of_jpeg

#: So few bytes are padding or the counter of some writer.
_LEAST = 32
_JPEG = "another picture (JPEG)"
_GAINS = "a gain map, by which some screens show the picture brighter"
#: What Apple, Google and the standard (ISO 21496-1) write into a gain map.
_GAIN_MAPS = (b"hdrgm:", b"HDRGainMap", b"urn:iso:std:iso:ts:21496")
_KINDS = (
    (re.compile(rb"\xff\xd8\xff"), _JPEG),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "another picture (PNG)"),
    (re.compile(rb"PK\x03\x04"), "an archive (ZIP)"),
    (re.compile(rb"Rar!\x1a\x07"), "an archive (RAR)"),
    (re.compile(rb"%PDF-"), "a document (PDF)"),
    (re.compile(rb"ftyp(?:mp4|isom|iso|qt|M4V|avc)"), "a film or motion photo"),
)
#: Of what lies there, so much is searched for the beginning of something known.
_SEARCHED = 4096
_MARKED = 65536


@dataclass(frozen=True, slots=True, kw_only=True)
class Extra:
    """Bytes behind the end of a picture: what they look like, how many, and their digest."""

    kind: str
    size: int
    digest: bytes

    def note(self) -> str:
        """What is said of it."""
        done = "people are looked for in it" if self.kind.endswith(_JPEG) else "not examined"
        return f"{self.size:,} bytes lie behind the end of the picture: {self.kind}; {done}"


def extra_of(data: bytes, format: str) -> Extra | None:
    """What lies behind the picture in ``data``; nothing where that is padding, or where the end cannot be told."""
    ends: dict[str, Callable[[bytes], int]] = {
        "JPEG": end_of_jpeg,
        "PNG": _end_of_png,
        "WEBP": _end_of_webp,
        "GIF": _end_of_gif,
    }
    end = ends[format](data) if format in ends else 0
    rest = data[end:].strip(b"\0") if end else b""
    if len(rest) < _LEAST:
        return None
    begun = [(found.start(), name) for start, name in _KINDS if (found := start.search(rest, 0, _SEARCHED))]
    kind = min(begun)[1] if begun else "something that is no known format"
    if kind == _JPEG and holds_gain_map(rest):
        kind = _GAINS if rest.count(b"\xff\xd8\xff") == 1 else f"{_GAINS}, and {_JPEG}"
    return Extra(kind=kind, size=len(data) - end, digest=hashlib.sha256(rest).digest())


def holds_gain_map(data: bytes) -> bool:
    """Whether a JPEG file says, or the first of several, that it is a gain map."""
    return any(mark in data[:_MARKED] for mark in _GAIN_MAPS)


def _end_of_png(data: bytes) -> int:
    at = 8
    while at + 12 <= len(data):
        kind, length = data[at + 4 : at + 8], int.from_bytes(data[at : at + 4], "big")
        at += 12 + length
        if kind == b"IEND":
            return at
    return 0


def _end_of_gif(data: bytes) -> int:
    """Just behind the trailer (GIF 89a, 27); 0 where the blocks do not lead there."""
    try:
        at = 13 + _colours(data[10])
        while data[at] != 0x3B:
            if data[at] == 0x2C:
                at += 11 + _colours(data[at + 9])
            elif data[at] == 0x21:
                at += 2
            else:
                return 0
            while data[at]:
                at += 1 + data[at]
            at += 1
    except IndexError:
        return 0
    return at + 1


def _colours(flags: int) -> int:
    """Bytes of the table of colours that these flags announce."""
    return 3 * (2 << (flags & 7)) if flags & 0x80 else 0


def _end_of_webp(data: bytes) -> int:
    if data[:4] != b"RIFF":
        return 0
    end = 8 + int.from_bytes(data[4:8], "little")
    return end + (end & 1)
