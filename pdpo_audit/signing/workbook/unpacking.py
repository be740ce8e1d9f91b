"""Unpacks a member of a package so that no bit of its packed data is free to be changed unnoticed.

``zipfile`` stops as soon as a member's size is reached: it does not notice that the packed data goes on, ends otherwise
than it says, or carries something in the bits after its end. No signature covers packed data, so here it must end
(RFC 1951) exactly where the member does, with zeros in the bits that are left of its last byte, as zlib writes them.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator

#: Bytes that are read, and unpacked, at a time.
BLOCK = 1 << 20

#: How many times its packed length a long member may unpack to. Sheets of a million rows and tables of equal rows reach
#: 10 to 60; DEFLATE ends at 1,032, which only emptiness reaches.
DENSEST = 300
#: Bytes below which a member may be as dense as it likes.
SHORT = 16 << 20


def expect_dense(archive: zipfile.ZipFile) -> None:
    """Raise ``ValueError`` where a member says that it unpacks to far more than its packed bytes can mean."""
    for info in archive.infolist():
        if info.file_size > SHORT and info.file_size > DENSEST * info.compress_size:
            raise ValueError(f"{info.filename} unpacks to {info.file_size} bytes, far more than such a file holds")


def unpack(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """The bytes of a member in blocks; ``ValueError`` where packed data, size or checksum are not as written."""
    pieces = _stored(archive, info) if info.compress_type == zipfile.ZIP_STORED else _inflated(archive, info)
    size = checksum = 0
    for piece in pieces:
        size, checksum = size + len(piece), zlib.crc32(piece, checksum)
        if size > info.file_size:
            break
        yield piece
    if (size, checksum) != (info.file_size, info.CRC):
        raise ValueError(f"{info.filename} is not as it was packed")


def _stored(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    return _packed(archive, info, info.compress_size)


def _inflated(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    if info.compress_type != zipfile.ZIP_DEFLATED or not info.compress_size:
        raise ValueError(f"{info.filename} is packed in an unknown way")
    engine = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for block in _packed(archive, info, info.compress_size - 1):
            rest = block
            while piece := engine.decompress(rest, BLOCK):
                yield piece
                rest = engine.unconsumed_tail
        (last,) = b"".join(_packed(archive, info, 1, after=info.compress_size - 1))
        before = engine.copy()
        piece = engine.decompress(bytes([last]))
    except zlib.error as error:
        raise ValueError(f"{info.filename} cannot be unpacked: {error}") from error
    if not engine.eof or engine.unused_data or last >> _used_bits(before.copy, last, piece):
        raise ValueError(f"{info.filename} does not end as it was packed")
    yield piece


def _used_bits(start: Callable[[], zlib._Decompress], last: int, expected: bytes) -> int:
    """How many bits of the last byte belong to the packed data: whatever stands in the others, it ends the same."""

    def ends(byte: int) -> bool:
        trial = start()
        try:
            return trial.decompress(bytes([byte])) == expected and trial.eof
        except zlib.error:
            return False

    for used in range(8):
        low = last & ((1 << used) - 1)
        if ends(low) and ends(low | 0xFF & ~((1 << used) - 1)):
            return used
    return 8


def _packed(archive: zipfile.ZipFile, info: zipfile.ZipInfo, length: int, after: int = 0) -> Iterator[bytes]:
    """``length`` bytes of a member's packed data from byte ``after`` on."""
    assert archive.fp is not None
    archive.fp.seek(info.header_offset)
    header = archive.fp.read(30)
    if header[:4] != b"PK\3\4":
        raise ValueError(f"{info.filename} is not where the directory says")
    at = info.header_offset + 30 + sum(struct.unpack("<HH", header[26:30])) + after
    end = at + length
    while at < end:
        archive.fp.seek(at)
        block = archive.fp.read(min(BLOCK, end - at))
        if not block:
            raise ValueError(f"{info.filename} is cut off")
        yield block
        at += len(block)
