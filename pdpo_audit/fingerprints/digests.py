"""Digests of the image data alone: what stays the same when only metadata is written, edited or stripped."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator
from itertools import chain

from pdpo_audit.fingerprints.tiff import Pages
from pdpo_audit.imaging.beyond.extras import Extra


def file_digest(data: bytes) -> bytes:
    """SHA-256 of every byte."""
    return hashlib.sha256(data).digest()


def image_digest(
    data: bytes, format: str, page: int = 0, pages: Pages | None = None, behind: Extra | None = None
) -> bytes:
    """SHA-256 of the image data without its metadata segments; empty where the format does not allow it.

    ``pages`` are those of the TIFF in ``data``, where several of them are digested; ``behind`` is what lies behind the
    end of the picture.

    JPEG: everything but APPn and comments; Adobe's APP14 stays, it says how colours are coded. PNG: header, palette,
    transparency, pixels, frames. WebP: the coded frames and alpha. TIFF: the tags that decide how pixels are decoded,
    and the strips or tiles of the page. Orientation is metadata: two files with equal image data may be shown turned.
    """
    parts = _PARTS.get(format)
    if format == "TIFF":
        return _digest(format, (pages or Pages(data)).parts(page))
    rest = (behind.digest,) if behind else ()
    return _digest(format, chain(parts(data), rest)) if parts else b""


def _digest(format: str, parts: Iterator[bytes | memoryview]) -> bytes:
    digest = hashlib.sha256(format.encode())
    try:
        for part in parts:
            digest.update(part)
    except (struct.error, ValueError, IndexError):  # malformed: there is no telling data from metadata
        return b""
    return digest.digest()


def _jpeg_parts(data: bytes) -> Iterator[bytes | memoryview]:
    view, at = memoryview(data), 2
    while data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:  # a fill byte
            at += 1
            continue
        if marker == 0xDA:
            end = data.rfind(b"\xff\xd9")
            yield view[at : end if end > at else len(data)]
            return
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        if length < 2:
            break
        if not (0xE0 <= marker <= 0xEF or marker == 0xFE) or marker == 0xEE:
            yield view[at : at + 2 + length]
        at += 2 + length
    raise ValueError("no scan")


_PNG_KEPT = frozenset((b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"acTL", b"fcTL", b"fdAT"))


def _png_parts(data: bytes) -> Iterator[bytes | memoryview]:
    view, at, last = memoryview(data), 8, b""
    while last != b"IEND":
        length, kind = struct.unpack_from(">I4s", data, at)
        if at + 12 + length > len(data):
            raise ValueError("cut short")
        if kind in _PNG_KEPT:
            if kind != b"IDAT" or last != b"IDAT":  # how pixels are cut into chunks says nothing of the picture
                yield kind
            yield view[at + 8 : at + 8 + length]
        at += 12 + length
        last = kind


_WEBP_KEPT = frozenset((b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF"))


def _webp_parts(data: bytes) -> Iterator[bytes | memoryview]:
    view, at = memoryview(data), 12
    while at + 8 <= len(data):
        kind, length = struct.unpack_from("<4sI", data, at)
        if kind in _WEBP_KEPT:
            if at + 8 + length > len(data):
                raise ValueError("cut short")
            yield view[at : at + 8 + length]
        at += 8 + length + (length & 1)


_PARTS = {"JPEG": _jpeg_parts, "PNG": _png_parts, "WEBP": _webp_parts}
