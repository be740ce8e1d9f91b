"""A whole file with its texts of people taken out and its pictures left as they are coded, by format."""

from __future__ import annotations

from collections.abc import Callable

from PIL import Image

from pdpo_audit.disposition.altering.cleaning.chunks import stripped_gif, stripped_png, stripped_webp
from pdpo_audit.disposition.altering.cleaning.directories import cleaned_exif, cleaned_tiff
from pdpo_audit.disposition.altering.cleaning.packets import STRIPPED, fitted_packet
from pdpo_audit.disposition.altering.cleaning.resources import cleaned_resources
from pdpo_audit.disposition.altering.results import Cause, Stopped
from pdpo_audit.disposition.altering.segments import (
    APP0,
    APP1,
    APP2,
    APP13,
    APP14,
    EXIF,
    ICC,
    PHOTOSHOP,
    SEVERAL,
    XMP,
    Segment,
    segments,
)
from pdpo_audit.imaging.endings import end_of_jpeg
from pdpo_audit.metadata.embedded import packet_of

#: Formats in which EXIF and XMP lie as whole blocks that can be written over where they are.
_IN_PLACE = frozenset(("HEIC", "AVIF", "JPEG2000", "JXL"))
_MOST_BEHIND = 8
_START = b"\xff\xd8\xff"


def stripped_file(data: bytes, format: str, image: Image.Image) -> bytes:
    """The file without what names people. Raises ``Stopped``: malformed, or of a format that is not written here."""
    ways: dict[str, Callable[[bytes], bytes]] = {
        "JPEG": _jpeg,
        "PNG": stripped_png,
        "WEBP": stripped_webp,
        "GIF": stripped_gif,
        "TIFF": lambda whole: cleaned_tiff(whole, STRIPPED),
    }
    if format in ways:
        return ways[format](data)
    if format in _IN_PLACE:
        return _in_place(data, image)
    raise Stopped(Cause.NOT_WRITTEN, format)


def _jpeg(data: bytes) -> bytes:
    """The first picture and those behind it, each byte of a picture where it was: whatever points there still does."""
    whole = bytearray(data)
    for at, _ in jpeg_pictures(data):
        for segment in segments(data[at:]):
            if segment.says:
                start = at + segment.start
                whole[start : start + len(segment.payload)] = _saying(segment)
    return bytes(whole)


def jpeg_pictures(data: bytes) -> list[tuple[int, int]]:
    """Where the pictures of a JPEG file begin and end: the first, and those that follow it."""
    end = end_of_jpeg(data)
    found = [(0, end or len(data))]
    while end and len(found) <= _MOST_BEHIND:
        at = data.find(_START, end)
        end = end_of_jpeg(data, at) if at >= 0 else 0
        if end:
            found.append((at, end))
    return found


def _saying(segment: Segment) -> bytes:
    """A payload of the same length with only what stays of it."""
    body, room = segment.payload, len(segment.payload)
    match segment.marker:
        case marker if marker in (APP0, APP14) or (marker == APP2 and body.startswith((ICC, SEVERAL))):
            return body
        case marker if marker == APP1 and body.startswith(EXIF):
            return EXIF + cleaned_exif(body.removeprefix(EXIF), previews=True)
        case marker if marker == APP1 and body.startswith(XMP):
            packet = fitted_packet(body.removeprefix(XMP), STRIPPED)
            return XMP + packet if packet else bytes(room)
        case marker if marker == APP13 and body.startswith(PHOTOSHOP):
            kept = cleaned_resources(body.removeprefix(PHOTOSHOP), previews=True)
            return (PHOTOSHOP + kept).ljust(room, b"\0") if kept else bytes(room)
        case _:
            return bytes(room)


def _in_place(data: bytes, image: Image.Image) -> bytes:
    new = data
    exif, packet = image.info.get("exif", b""), packet_of(image)
    if isinstance(exif, bytes) and exif:
        bare = exif.removeprefix(b"Exif\0\0")
        new = _over(new, bare[8:], lambda: cleaned_exif(bare, previews=True)[8:])
    if packet:
        bare = packet.strip(b"\0 \t\r\n")
        new = _over(new, bare, lambda: fitted_packet(bare, STRIPPED) or b" " * len(bare))
    return new


def _over(data: bytes, block: bytes, cleaned: Callable[[], bytes]) -> bytes:
    """The file with a block written over by one of the same length.

    Of EXIF the first eight bytes are not looked for: a decoder may hand over an orientation that it has applied.
    """
    if data.count(block) != 1:
        raise Stopped(Cause.NOT_WRITTEN, "its data is not stored as one block")
    return data.replace(block, cleaned())
