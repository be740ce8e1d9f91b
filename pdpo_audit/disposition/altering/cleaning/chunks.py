"""The chunks of PNG, WebP and GIF: what says something of people taken out, all that is picture left as it stands."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from pdpo_audit.disposition.altering.cleaning.directories import cleaned_exif
from pdpo_audit.disposition.altering.cleaning.packets import MASKED, STRIPPED, Kept, cleaned_packet
from pdpo_audit.disposition.altering.results import Cause, Stopped

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PACKET = b"XML:com.adobe.xmp"
#: Chunks that are the picture.
_PICTURE = frozenset((b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"acTL", b"fcTL", b"fdAT", b"IEND"))
#: How colours and sizes are meant, and when it was written.
_COLOURS = frozenset((b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP", b"pHYs"))
_MEANT = _COLOURS | {b"sBIT", b"bKGD", b"hIST", b"tIME", b"sPLT"}
_TEXTS = frozenset((b"tEXt", b"zTXt", b"iTXt"))
#: Texts that stay: who made it and who owns it, when, by what.
_KEYWORDS = frozenset(
    (b"Author", b"Copyright", b"Creation Time", b"Software", b"Source", b"date:create", b"date:modify")
)
_EXIF_FLAG, _XMP_FLAG = 0x08, 0x04


def png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and body of each chunk, up to the end of the picture. Raises ``Stopped`` for a malformed file."""
    at, kind = 8, b""
    while kind != b"IEND":
        if at + 12 > len(data):
            raise Stopped(Cause.UNREADABLE, "the PNG is cut short")
        length, kind = struct.unpack_from(">I4s", data, at)
        if at + 12 + length > len(data):
            raise Stopped(Cause.UNREADABLE, "the PNG is cut short")
        yield kind, data[at + 8 : at + 8 + length]
        at += 12 + length


def png_chunk(kind: bytes, body: bytes) -> bytes:
    """A chunk as it stands in a file."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def cleaned_png(new: bytes, *, like: bytes, exif: bytes = b"") -> bytes:
    """The pictures of one PNG with what stays of what another one says of itself."""
    said = [] if not like else [(kind, body) for kind, body in png_chunks(like) if kind not in _PICTURE]
    parts = [_SIGNATURE]
    for kind, body in png_chunks(new):
        if kind not in _PICTURE and (like or kind != b"iCCP"):
            continue
        if kind == b"IEND":
            parts += [png_chunk(*one) for one in _after(said, exif)]
        parts.append(png_chunk(kind, body))
        if kind == b"IHDR":
            parts += [png_chunk(*one) for one in said if one[0] in _COLOURS]
    return b"".join(parts)


def _after(said: list[tuple[bytes, bytes]], exif: bytes) -> Iterator[tuple[bytes, bytes]]:
    for kind, body in said:
        if kind == b"tIME":
            yield kind, body
        elif kind in _TEXTS and (kept := _text(kind, body, MASKED)):
            yield kind, kept
    if exif:
        yield b"eXIf", exif


def stripped_png(data: bytes) -> bytes:
    """The file without the texts that may name people, its pictures and what lies behind them untouched."""
    parts = [_SIGNATURE]
    length = 8
    for kind, body in png_chunks(data):
        length += 12 + len(body)
        if kind in _TEXTS:
            kept = _text(kind, body, STRIPPED)
            if kept:
                parts.append(png_chunk(kind, kept))
        elif kind == b"eXIf":
            parts.append(png_chunk(kind, cleaned_exif(body, previews=True)))
        elif kind in _PICTURE or kind in _MEANT:
            parts.append(png_chunk(kind, body))
    return b"".join((*parts, data[length:]))


def _text(kind: bytes, body: bytes, kept: Kept) -> bytes:
    """What stays of a chunk of text; empty where it goes."""
    keyword, _, rest = body.partition(b"\0")
    if keyword in _KEYWORDS:
        return body
    if kind != b"iTXt" or keyword != _PACKET or len(rest) < 4:
        return b""
    packed, text = rest[0], rest[2:].split(b"\0", 2)[-1]
    try:
        packet = zlib.decompressobj().decompress(text, 10_000_000) if packed else text
    except zlib.error:
        return b""
    new = cleaned_packet(packet, kept)
    return _PACKET + b"\0\0\0\0\0" + new if new else b""


def stripped_webp(data: bytes) -> bytes:
    """The file with its EXIF and XMP cleaned; every other chunk as it was. Raises ``Stopped`` for a malformed one."""
    end = min(len(data), 8 + int.from_bytes(data[4:8], "little"))
    at, parts, flags = 12, list[bytes](), 0
    while at + 8 <= end:
        kind, length = struct.unpack_from("<4sI", data, at)
        body = data[at + 8 : at + 8 + length]
        if len(body) < length:
            raise Stopped(Cause.UNREADABLE, "the WebP is cut short")
        at += 8 + length + (length & 1)
        if kind == b"EXIF":
            head = b"Exif\0\0" if body.startswith(b"Exif\0\0") else b""
            body, flags = head + cleaned_exif(body[len(head) :], previews=True), flags | _EXIF_FLAG
        elif kind == b"XMP ":
            body = cleaned_packet(body, STRIPPED)
            if not body:
                continue
            flags |= _XMP_FLAG
        elif kind not in (b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"ICCP"):
            continue
        parts.append(struct.pack("<4sI", kind, len(body)) + body + b"\0" * (len(body) & 1))
    whole = b"".join(parts)
    if whole[:4] == b"VP8X":
        kept = whole[8] & ~(_EXIF_FLAG | _XMP_FLAG) | flags
        whole = whole[:8] + bytes((kept,)) + whole[9:]
    return b"RIFF" + struct.pack("<I", len(whole) + 4) + b"WEBP" + whole + data[end + (end & 1) :]


#: The application that keeps XMP in a GIF; loops and colour profiles have others.
_XMP_IN_GIF = b"XMP DataXMP"


def stripped_gif(data: bytes) -> bytes:
    """The file without its comments, captions and XMP. Raises ``Stopped`` for a malformed one."""
    at = 13 + _colours(data, 10)
    parts, start = [data[:at]], at
    try:
        while data[at] != 0x3B:
            start, goes = at, False
            if data[at] == 0x2C:
                at += 11 + _colours(data, at + 9)
            elif data[at] == 0x21:
                goes = data[at + 1] in (0xFE, 0x01) or (data[at + 1] == 0xFF and data[at + 3 : at + 14] == _XMP_IN_GIF)
                at += 2
            else:
                raise Stopped(Cause.UNREADABLE, "the blocks of the GIF do not lead to its end")
            while data[at]:
                at += 1 + data[at]
            at += 1
            if not goes:
                parts.append(data[start:at])
    except IndexError as error:
        raise Stopped(Cause.UNREADABLE, "the GIF is cut short") from error
    return b"".join((*parts, data[at:]))


def _colours(data: bytes, at: int) -> int:
    flags = data[at] if at < len(data) else 0
    return 3 * (2 << (flags & 7)) if flags & 0x80 else 0
