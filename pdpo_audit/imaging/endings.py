"""JPEG files that lack their end marker and nothing else: every picture in them is there."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from io import BytesIO

from PIL import Image

_END = b"\xff\xd9"
#: A marker within or after coded data: neither a stuffed byte nor a restart.
MARKER = re.compile(rb"\xff([^\x00\xd0-\xd7\xff])")
_RESTART = re.compile(rb"\xff[\xd0-\xd7]")
#: Coded data that might follow. Where every block is there already, none of it changes a pixel.
_MORE = (b"", b"\x00" * 64, b"\xaa" * 64, b"\x55" * 64, b"\x7f" * 64)
#: What is said of such a file.
NOTE = "its last two bytes, the end marker, are missing; every pixel is there"


def complete_jpeg(data: bytes) -> bytes:
    """``data`` with the end marker where it is a JPEG that lacks only that; any other data as it is.

    Missing pixels are never made up: the picture is decoded with different continuations, and all must show the same.
    """
    if data[:3] != b"\xff\xd8\xff" or data.endswith(_END):
        return data
    start = _first_scan(data)
    if not start or data.find(_END, start) >= 0:
        return data
    body = data.removesuffix(b"\xff")
    try:
        if not _all_scans(body, start):
            return data
        shown = {_decoded(body + more + _END) for more in _continuations(body)}
    except Exception:  # noqa: BLE001 - whatever a decoder raises over it, it is not whole
        return data
    return body + _END if len(shown) == 1 else data


def end_of_jpeg(data: bytes, start: int = 0) -> int:
    """Just behind the end marker of the picture that begins there; 0 where there is none (ITU-T T.81, B.1.1)."""
    at = start + 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
        elif marker == 0xD9:
            return at + 2
        else:
            at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
            if marker == 0xDA:
                found = MARKER.search(data, at)
                if not found:
                    return 0
                at = found.start()
    return at + 2 if data[at : at + 2] == b"\xff\xd9" else 0


def _continuations(body: bytes) -> Iterator[bytes]:
    """Coded data that may follow, within the interval between two restarts and after the next restart."""
    last_scan = body.rfind(b"\xff\xda")
    restart = bytes((0xFF, 0xD0 + len(_RESTART.findall(body, last_scan)) % 8))
    yield from _MORE
    yield from (restart + more for more in _MORE)


def _decoded(data: bytes) -> bytes:
    with Image.open(BytesIO(data), formats=("JPEG",)) as image:
        return hashlib.sha256(image.tobytes()).digest()


def _first_scan(data: bytes) -> int:
    """Where the header of the first scan begins; 0 where none does."""
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        if data[at + 1] == 0xDA:
            return at
        at += 1 if data[at + 1] == 0xFF else 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return 0


def _all_scans(data: bytes, start: int) -> bool:
    """Whether the scans bring every coefficient of every component to its last bit (ITU-T T.81, B.2.3 and G.1)."""
    frame = _frame(data, start)
    if not frame:
        return False
    left = {(component, frequency) for component in frame for frequency in range(64)}
    at: int | None = start
    while at is not None:
        if data[at + 1] == 0xDA:
            count = data[at + 4]
            header = data[at + 5 : at + 5 + 2 * count + 3]
            if len(header) < 2 * count + 3:
                return False
            first, last, low = header[2 * count], header[2 * count + 1], header[2 * count + 2] & 15
            if low == 0:
                left -= {(header[2 * n], k) for n in range(count) for k in range(first, last + 1)}
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        found = MARKER.search(data, at + 2 + length)
        at = found.start() if found and found.end() + 3 < len(data) else None
    return not left


def _frame(data: bytes, end: int) -> bytes:
    """The components that the frame header names."""
    at = 2
    while at < end:
        if data[at + 1] == 0xFF:
            at += 1
            continue
        if 0xC0 <= data[at + 1] <= 0xCF and data[at + 1] not in (0xC4, 0xC8, 0xCC):
            count = data[at + 9]
            return data[at + 10 : at + 10 + 3 * count : 3]
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return b""
