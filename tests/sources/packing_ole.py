"""OLE compound files, made for the tests (MS-CFB, version 3): messages of Outlook, old documents, ``Thumbs.db``."""

from __future__ import annotations

import itertools
import struct
from collections.abc import Mapping

from tests.sources.packing import Files

_SECTOR, _SMALL, _CUT = 512, 64, 4096
_FREE, _END, _TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
Streams = Mapping[tuple[str, ...], bytes]


def _padded(content: bytes, unit: int) -> bytes:
    return content + bytes(-len(content) % unit)


def _chained(table: list[int], count: int) -> int:
    """``count`` sectors more in a table, one leading to the next; the first of them."""
    start = len(table)
    table += [*range(start + 1, start + count), _END] if count else []
    return start if count else _END


def compound(streams: Streams) -> bytes:
    """A compound file of these streams, by the storages that lead to them."""
    sectors, table, small, small_table = list[bytes](), list[int](), bytearray(), list[int]()

    def placed(content: bytes) -> int:
        padded = _padded(content, _SECTOR)
        sectors.extend(padded[at : at + _SECTOR] for at in range(0, len(padded), _SECTOR))
        return _chained(table, len(padded) // _SECTOR)

    entries: list[tuple[str, int, int, int]] = [("Root Entry", 5, 0, 0)]  # name, kind, first sector, size
    children: dict[tuple[str, ...], list[int]] = {(): []}
    for path, content in streams.items():
        for depth in range(1, len(path)):
            if path[:depth] not in children:
                children[path[:depth]] = []
                children[path[: depth - 1]].append(len(entries))
                entries.append((path[depth - 1], 1, 0, 0))
        if len(content) < _CUT:
            start = _chained(small_table, -(-len(content) // _SMALL))
            small += _padded(content, _SMALL)
        else:
            start = placed(content)
        children[path[:-1]].append(len(entries))
        entries.append((path[-1], 2, start, len(content)))
    entries[0] = ("Root Entry", 5, placed(bytes(small)), len(small))
    small_start = placed(b"".join(struct.pack("<I", one) for one in small_table).ljust(_SECTOR, b"\xff"))
    directory = placed(_directory(entries, children))
    needed = 1
    while (len(table) + needed) * 4 > needed * _SECTOR:
        needed += 1
    first = len(table)
    table += [_TABLE] * needed
    filled = b"".join(struct.pack("<I", one) for one in table).ljust(needed * _SECTOR, b"\xff")
    sectors += [filled[at : at + _SECTOR] for at in range(0, len(filled), _SECTOR)]
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, needed, directory, 0, _CUT, small_start, 1, _END, 0)
    header += b"".join(struct.pack("<I", first + n if n < needed else _FREE) for n in range(109))
    return header + b"".join(sectors)


def _directory(entries: list[tuple[str, int, int, int]], children: Mapping[tuple[str, ...], list[int]]) -> bytes:
    """The entries: those of one storage lead from one to the next, a storage to its first."""
    following, inside = dict[int, int](), dict[int, int]()
    for inner in children.values():
        following |= dict(itertools.pairwise(inner))
    storages = [0, *(number for number, entry in enumerate(entries) if entry[1] == 1)]
    for number, inner in zip(storages, children.values(), strict=True):
        if inner:
            inside[number] = inner[0]
    made = b""
    for number, (name, kind, start, size) in enumerate(entries):
        text = name.encode("utf-16-le") + b"\0\0"
        made += text.ljust(64, b"\0") + struct.pack("<HBB", len(text), kind, 1)
        made += struct.pack("<III", _FREE, following.get(number, _FREE), inside.get(number, _FREE))
        made += bytes(36) + struct.pack("<IQ", start, size)
    return _padded(made, _SECTOR)


def outlook(files: Files, subject: str = "Pictures", inner: Files | None = None) -> bytes:
    """A message with attachments, and one inside it with those of ``inner``."""
    streams = _message((), files, subject)
    if inner is not None:
        at = ("__attach_version1.0_#000000FF", "__substg1.0_3701000D")
        streams |= _message(at, inner, "Fwd: older")
    return compound(streams)


def _message(at: tuple[str, ...], files: Files, subject: str) -> dict[tuple[str, ...], bytes]:
    streams = {
        (*at, "__properties_version1.0"): bytes(32),
        (*at, "__substg1.0_0037001F"): subject.encode("utf-16-le"),
    }
    for number, (name, content) in enumerate(files.items()):
        attached = (*at, f"__attach_version1.0_#{number:08X}")
        streams[*attached, "__properties_version1.0"] = bytes(8)
        streams[*attached, "__substg1.0_37010102"] = content
        streams[*attached, "__substg1.0_3707001F"] = name.encode("utf-16-le")
    return streams


def blip(content: bytes, header: bytes = b"\xa0\x46\x1d\xf0") -> bytes:
    """A record of a drawing with a JPEG (or what ``header`` says), as MS-ODRAW lays it out."""
    return header + struct.pack("<I", 17 + len(content)) + bytes(16) + b"\xff" + content


def slides(files: Files) -> bytes:
    """A presentation of before 2007: its pictures in one stream."""
    return compound({("PowerPoint Document",): b"text", ("Pictures",): b"".join(map(blip, files.values()))})


def sheets(files: Files) -> bytes:
    """A workbook of before 2007: drawings in records of at most 8,224 bytes, the rest in those that go on."""
    drawn = b"".join(map(blip, files.values()))
    parts = [drawn[at : at + 8_224] for at in range(0, len(drawn), 8_224)]
    records = [
        (0x809, bytes(16)),
        *((0xEB if not number else 0x3C, part) for number, part in enumerate(parts)),
        (10, b""),
    ]
    return compound({("Workbook",): b"".join(struct.pack("<HH", kind, len(body)) + body for kind, body in records)})


def thumbs(files: Files) -> bytes:
    """A ``Thumbs.db`` whose catalogue names the files that the thumbnails were made of."""
    catalogue = struct.pack("<HHIII", 16, 7, len(files), 96, 96)
    streams = dict[tuple[str, ...], bytes]()
    for number, (name, content) in enumerate(files.items(), 1):
        text = name.encode("utf-16-le") + bytes(4)
        catalogue += struct.pack("<IIQ", 16 + len(text), number, 0) + text
        streams[(str(number)[::-1],)] = struct.pack("<III", 12, number, len(content)) + content
    return compound({("Catalog",): catalogue, **streams})


def cache(files: Files) -> bytes:
    """A ``thumbcache_96.db`` as Windows 10 writes it."""
    made = b"CMMM" + struct.pack("<IIIII", 0x20, 0, 0, 24, 0)
    for number, content in enumerate(files.values(), 1):
        name = f"{number:016x}".encode("utf-16-le")
        length = 56 + len(name) + len(content)
        made += b"CMMM" + struct.pack("<IQIIIIIIQQ", length, number, len(name), 0, len(content), 96, 96, 0, 0, 0)
        made += name + content
    return made


def winmail(files: Files) -> bytes:
    """TNEF: short names as attributes, long ones as properties."""
    made = struct.pack("<IH", 0x223E9F78, 1)
    for number, (name, content) in enumerate(files.items()):
        text = name.encode("utf-16-le") + b"\0\0"
        said = struct.pack("<IHHII", 1, 0x1F, 0x3707, 1, len(text)) + text + bytes(-len(text) % 4)
        for attribute, value in (
            (0x00069002, bytes(14)), (0x00018010, f"PIC~{number}.JPG\0".encode()), (0x0006800F, content),
            (0x00069005, said),
        ):  # fmt: skip
            made += b"\2" + struct.pack("<II", attribute, len(value)) + value
            made += struct.pack("<H", sum(value) & 0xFFFF)
    return made
