"""The segments of a JPEG file up to its first scan, and the file made of segments again (ITU-T T.81, B.1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pdpo_audit.disposition.altering.results import Cause, Stopped

APP0, APP1, APP2, APP13, APP14, COMMENT = 0xE0, 0xE1, 0xE2, 0xED, 0xEE, 0xFE
_SCAN, _TABLES = 0xDA, 0xDB
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_PROGRESSIVE = frozenset((0xC2, 0xC6, 0xCA, 0xCE))
JFIF, ADOBE, ICC, EXIF = b"JFIF\0", b"Adobe", b"ICC_PROFILE\0", b"Exif\0\0"
XMP, MORE_XMP = b"http://ns.adobe.com/xap/1.0/\0", b"http://ns.adobe.com/xmp/extension/\0"
PHOTOSHOP, SEVERAL = b"Photoshop 3.0\0", b"MPF\0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One marker segment: where its payload begins in the file, and the payload."""

    marker: int
    start: int
    payload: bytes

    @property
    def says(self) -> bool:
        """Whether it says something of the picture and is no part of it."""
        return 0xE0 <= self.marker <= 0xEF or self.marker == COMMENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """One colour plane: its identifier, sampling factors and quantisation table."""

    name: int
    across: int
    down: int
    table: int


def segments(data: bytes) -> Iterator[Segment]:
    """Those before the first scan, and the head of that scan as the last.

    Raises ``Stopped`` where the file is malformed.
    """
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        if length < 2 or at + 2 + length > len(data):
            break
        yield Segment(marker=marker, start=at + 4, payload=data[at + 4 : at + 2 + length])
        if marker == _SCAN:
            return
        at += 2 + length
    raise Stopped(Cause.UNREADABLE, "the segments of the JPEG do not lead to a picture")


def packed(marker: int, payload: bytes) -> bytes:
    """A segment as it stands in a file."""
    return bytes((0xFF, marker)) + (len(payload) + 2).to_bytes(2, "big") + payload


def with_sayings(picture: bytes, sayings: Iterable[bytes]) -> bytes:
    """The picture of a JPEG file without what its own segments say, and with these packed segments instead."""
    parts = [b"\xff\xd8", *sayings]
    for segment in segments(picture):
        if segment.marker == _SCAN:
            parts.append(picture[segment.start - 4 :])
        elif not segment.says:
            parts.append(packed(segment.marker, segment.payload))
    return b"".join(parts)


def is_progressive(found: Iterable[Segment]) -> bool:
    """Whether the frame is coded progressively."""
    return any(segment.marker in _PROGRESSIVE for segment in found)


def components(found: Iterable[Segment]) -> tuple[Component, ...]:
    """The colour planes that the frame header names."""
    for segment in found:
        if segment.marker in _FRAMES:
            body = segment.payload
            parts = [body[6 + 3 * n : 9 + 3 * n] for n in range(body[5] if len(body) > 5 else 0)]
            if parts and all(len(part) == 3 and part[1] >> 4 and part[1] & 15 for part in parts):
                return tuple(Component(name=p[0], across=p[1] >> 4, down=p[1] & 15, table=p[2]) for p in parts)
    raise Stopped(Cause.UNREADABLE, "the JPEG has no frame header")


def first_steps(found: Iterable[Segment]) -> dict[int, int]:
    """The step by which the mean of a block is quantised, by number of the table."""
    steps: dict[int, int] = {}
    for segment in found:
        body = segment.payload if segment.marker == _TABLES else b""
        while body:
            wide, number = body[0] >> 4, body[0] & 15
            steps[number] = int.from_bytes(body[1 : 2 + wide], "big")
            body = body[1 + 64 * (1 + wide) :]
    return steps


def stores_light(found: Iterable[Segment], planes: tuple[Component, ...]) -> tuple[bool, ...]:
    """Of each plane, whether its lowest value is black (or full ink) and not, as of a colour difference, a colour.

    As libjpeg decides: by JFIF, then by Adobe's segment, then by the planes' identifiers.
    """
    said = list(found)
    if len(planes) not in (3, 4):
        return (True,) * len(planes)
    adobe = next((one.payload for one in said if one.marker == APP14 and one.payload.startswith(ADOBE)), b"")
    transform = adobe[11] if len(adobe) > 11 else None
    if len(planes) == 4:
        return (True, False, False, True) if transform == 2 else (True,) * 4
    jfif = any(one.marker == APP0 and one.payload.startswith(JFIF) for one in said)
    by_name = [plane.name for plane in planes] == [0x52, 0x47, 0x42]
    if not jfif and (transform == 0 or (transform is None and by_name)):
        return (True, True, True)
    return (True, False, False)
