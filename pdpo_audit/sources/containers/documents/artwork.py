"""Pictures in office documents of before 2007 (MS-ODRAW): records of drawings, and what else was embedded whole."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from pdpo_audit.imaging import FileKind, sniff
from pdpo_audit.imaging.formats import HEAD_BYTES
from pdpo_audit.model.locations.holdings import ImageProblem, SkipReason
from pdpo_audit.sources.containers.members import Budget, Member, StreamPath, Streams, Unread


@dataclass(frozen=True, slots=True, kw_only=True)
class _Blip:
    """How a record holds a picture: the ending, digests of 16 bytes before it, whether it is a drawing, packed."""

    ending: str
    digests: int
    drawing: bool = False


#: Instance and type of a record of a picture, as they stand in a file (MS-ODRAW 2.2.23 to 2.2.31). The second of each
#: pair carries two digests.
_BLIPS = {
    struct.pack("<HH", instance + second << 4, kind): _Blip(ending=ending, digests=1 + second, drawing=kind < 0xF01D)
    for instance, kind, ending in (
        (0x3D4, 0xF01A, "emf"), (0x216, 0xF01B, "wmf"), (0x542, 0xF01C, "pict"), (0x46A, 0xF01D, "jpg"),
        (0x6E2, 0xF01D, "jpg"), (0x6E0, 0xF01E, "png"), (0x7A8, 0xF01F, "bmp"), (0x6E4, 0xF029, "tif"),
        (0x46A, 0xF02A, "jpg"), (0x6E2, 0xF02A, "jpg"),
    )
    for second in (0, 1)
}  # fmt: skip
_RECORDS = re.compile(b"|".join(re.escape(header) for header in _BLIPS), re.DOTALL)
#: What stands before the bytes of a drawing: its size unpacked, frame, extent, size packed, method, filter.
_DRAWING_BYTES, _PACKED = 34, 0
#: Workbooks (MS-XLS): drawings of all sheets, what goes on from the record before, and a password.
_DRAWINGS, _GOES_ON, _PASSWORD = 0xEB, 0x3C, 0x2F
_WORKBOOKS = ("Workbook", "Book")
_NATIVE = "\x01Ole10Native"


def members(streams: Streams) -> Iterator[Member | Unread]:
    """The pictures of a document's drawings, by the stream they lie in, and what was embedded in it whole.

    Raises ``ImageProblem`` where the document is encrypted.
    """
    paths = streams.paths()
    if ("EncryptedPackage",) in paths or ("EncryptedSummary",) in paths or ("EncryptionInfo",) in paths:
        raise ImageProblem(SkipReason.CONTAINER_NOT_OPENED, "encrypted")
    for path in paths:
        where = "/".join(path).encode("utf-8", "surrogatepass")
        try:
            content = streams.read(path)
            if _is_encrypted(path, content):
                raise ImageProblem(SkipReason.CONTAINER_NOT_OPENED, "encrypted")
        except ImageProblem as problem:
            yield Unread(name=where, problem=problem)
            continue
        yield from of_stream(path, where, content, streams.budget)


def _is_encrypted(path: StreamPath, content: bytes) -> bool:
    if path == ("WordDocument",):
        return len(content) > 11 and bool(content[11] & 1)  # fEncrypted of the FIB (MS-DOC 2.5.2)
    if path == ("Current User",):
        return content[12:16] == b"\xdf\xc4\xd1\xf3"  # headerToken of an encrypted one (MS-PPT 2.3.2)
    return path[-1] in _WORKBOOKS and any(kind == _PASSWORD for kind, _ in _workbook_records(content))


def of_stream(path: StreamPath, where: bytes, content: bytes, budget: Budget) -> Iterator[Member | Unread]:
    """The pictures in one stream, and what was embedded whole; ``where`` is how members are named."""
    if path[-1] == _NATIVE:
        packed = _package(content)
        if packed is not None:
            budget.count()
            yield Member.of(where.rpartition(b"/")[0] + b"/" + packed[0], packed[1])
        return
    if sniff(content[:HEAD_BYTES], b"")[0] in (FileKind.DECODABLE, FileKind.CONTAINER):
        budget.count()
        yield Member.of(where, content, part=True)
        return
    drawn = b"".join(_drawings(content)) if path[-1] in _WORKBOOKS else content
    yield from blips(where, drawn, budget)


def blips(where: bytes, content: bytes, budget: Budget) -> Iterator[Member | Unread]:
    """The pictures whose records stand in a stream: ``where/picture 2.jpg``."""
    at = number = 0
    while found := _RECORDS.search(content, at):
        blip, start = _BLIPS[found[0]], found.end() + 4
        size = int.from_bytes(content[found.end() : start], "little")
        before = 16 * blip.digests + (_DRAWING_BYTES if blip.drawing else 1)
        at = found.end()
        if size <= before or size > budget.largest:
            continue
        budget.count()
        number += 1
        name = where + f"/picture {number}.{blip.ending}".encode()
        if start + size > len(content):
            yield Unread(name=name, problem=ImageProblem(SkipReason.TRUNCATED, "the document ends before it"))
            continue
        at = start + size
        yield _picture(name, blip, content[start : start + size], before, budget)


def _picture(name: bytes, blip: _Blip, record: bytes, before: int, budget: Budget) -> Member | Unread:
    content = record[before:]
    if blip.ending == "bmp":
        return Member.of(name, _with_file_header(content))
    if blip.drawing and record[before - 2] == _PACKED:
        unpacker = zlib.decompressobj()
        try:
            content = unpacker.decompress(content, budget.free)
        except zlib.error as error:
            return Unread(name=name, problem=ImageProblem(SkipReason.DAMAGED, f"drawing: {error}"))
        if unpacker.unconsumed_tail:
            return Unread(name=name, problem=ImageProblem(SkipReason.TOO_LARGE, "a drawing of more than 10 MB"))
    return Member.of(name, content)


def _with_file_header(bitmap: bytes) -> bytes:
    """A bitmap as a file: before it stands where its pixels begin, behind its header and palette."""
    header, bits = struct.unpack_from("<I", bitmap)[0], struct.unpack_from("<H", bitmap.ljust(40, b"\0"), 14)[0]
    used, method = struct.unpack_from("<I", bitmap.ljust(40, b"\0"), 32)[0], bitmap[16:20]
    colours = (used or (1 << bits if bits <= 8 else 0)) if bits <= 8 else used
    masks = 12 if header == 40 and method == b"\x03\0\0\0" else 0
    return b"BM" + struct.pack("<IHHI", 14 + len(bitmap), 0, 0, 14 + header + masks + 4 * colours) + bitmap


def _workbook_records(content: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 4 <= len(content):
        kind, size = struct.unpack_from("<HH", content, at)
        yield kind, content[at + 4 : at + 4 + size]
        at += 4 + size


def _drawings(content: bytes) -> Iterator[bytes]:
    """The drawings of a workbook in one piece: its records hold 8,224 bytes at most, and go on in the next."""
    before = 0
    for kind, record in _workbook_records(content):
        before = kind if kind != _GOES_ON else before
        if before == _DRAWINGS:
            yield record


def _package(content: bytes) -> tuple[bytes, bytes] | None:
    """Name and bytes of a file that was dropped into a document (``Ole10Native``); ``None`` for something else."""
    label, first, rest = content[6:].partition(b"\0")
    _, second, rest = rest.partition(b"\0")
    if not (label and first and second) or len(rest) < 12:
        return None
    length = int.from_bytes(rest[4:8], "little")  # of the path that it came from, behind two numbers
    size = int.from_bytes(rest[8 + length : 12 + length], "little")
    data = rest[12 + length : 12 + length + size]
    return (label.replace(b"/", b"_"), data) if size and len(data) == size else None
