"""The directories of a TIFF and of the RAW formats built on it, read leniently: whatever is broken is left out."""

from __future__ import annotations

import struct
from collections.abc import Iterator

#: Tag -> its whole numbers, or its bytes.
Directory = dict[int, tuple[int, ...] | bytes]

WIDTH, HEIGHT, COMPRESSION, PHOTOMETRIC, MAKE, STRIPS, STRIP_BYTES = 256, 257, 259, 262, 271, 273, 279
TILES, TILE_BYTES, SUBFILE, SUB_DIRECTORIES, DNG_VERSION, EXIF = 324, 325, 254, 330, 0xC612, 0x8769
_REDUCED, _MASK, _JPEG = 1, 4, 0x201
_EXIF_WIDTH, _EXIF_HEIGHT = 0xA002, 0xA003
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 18: 8}
_WHOLE = {3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}
#: More directories than a camera writes; more values than its lists of strips have.
_MOST, _MOST_VALUES = 64, 100_000
#: Colour filter array, linear raw (DNG 1.7, chapter 3).
_RAW_PHOTOMETRICS = frozenset((32803, 34892))
#: Sony, Samsung, Nikon, Pentax, Kodak, Panasonic: how they code what the sensor saw.
_RAW_COMPRESSIONS = frozenset((32767, 32769, 32770, 34713, 65535, 65000, 34316))
_MAKERS = (
    (b"NIKON", "NEF"), (b"SONY", "ARW"), (b"PENTAX", "PEF"), (b"RICOH", "PEF"), (b"SAMSUNG", "SRW"),
    (b"Hasselblad", "3FR"), (b"Phase One", "IIQ"), (b"Leaf", "MOS"), (b"KODAK", "DCR"), (b"EPSON", "ERF"),
    (b"Mamiya", "MEF"), (b"OLYMPUS", "ORF"), (b"Panasonic", "RW2"),
)  # fmt: skip


def directories(data: bytes) -> list[Directory]:
    """Every directory that the file's own, and those below, lead to; in the order in which they are met."""
    return [directory for _, directory in _placed(data)]


def smaller_versions(data: bytes) -> list[bytes]:
    """Of a TIFF with one page each smaller version that it says it holds, as a TIFF file of its own.

    Masks are none. What is meant by those of several pages nobody can tell.
    """
    shown = [(at, one) for at, one in _placed(data) if _area(one) and not first(one, SUBFILE) & _MASK]
    whole = [one for _, one in shown if not first(one, SUBFILE) & _REDUCED]
    largest = max((_area(one) for one in whole), default=0)
    if len(whole) != 1:
        return []
    order = "<" if data[:2] == b"II" else ">"
    big = data[2:4] in (b"+\0", b"\0+")
    before, pointer = (8, order + "Q") if big else (4, order + "I")
    return [
        data[:before] + struct.pack(pointer, at) + data[before + struct.calcsize(pointer) :]
        for at, one in shown
        if first(one, SUBFILE) & _REDUCED and _area(one) < largest
    ]


def _area(directory: Directory) -> int:
    """Pixels of the picture that a directory describes; 0 where it describes none."""
    held = any(tag in directory for tag in (STRIPS, TILES, _JPEG))
    return first(directory, WIDTH) * first(directory, HEIGHT) if held else 0


def _placed(data: bytes) -> list[tuple[int, Directory]]:
    """Each directory with its place in the file."""
    order = {b"II": "<", b"MM": ">"}.get(data[:2])
    if order is None or len(data) < 8:
        return []
    big = data[2:4] in (b"+\0", b"\0+")
    first = _number(data, order + ("Q" if big else "I"), 8 if big else 4)
    found: list[tuple[int, Directory]] = []
    pending, met = [first], set[int]()
    while pending and len(found) < _MOST:
        at = pending.pop(0)
        if at in met or not 0 < at < len(data):
            continue
        met.add(at)
        directory, following = _directory(data, order, at, big)
        found.append((at, directory))
        pending += [*numbers(directory, SUB_DIRECTORIES), *numbers(directory, EXIF)]
        pending.append(following)
    return found


def numbers(directory: Directory, tag: int) -> tuple[int, ...]:
    """The whole numbers of a tag; none where it is missing or something else."""
    value = directory.get(tag, ())
    return value if isinstance(value, tuple) else ()


def first(directory: Directory, tag: int) -> int:
    """The first whole number of a tag, 0 where there is none."""
    return next(iter(numbers(directory, tag)), 0)


def largest(found: list[Directory]) -> tuple[int, int]:
    """Width and height of the largest picture that the directories describe, as it is stored; (0, 0) for none."""
    sizes = [(first(one, WIDTH), first(one, HEIGHT)) for one in found]
    sizes += [(first(one, _EXIF_WIDTH), first(one, _EXIF_HEIGHT)) for one in found]
    return max(sizes, key=lambda size: size[0] * size[1], default=(0, 0))


def is_cut_short(found: list[Directory], length: int) -> bool:
    """Whether strips or tiles lie behind the end of a file of so many bytes."""
    return any(
        at + size > length
        for one in found
        for places, sizes in ((STRIPS, STRIP_BYTES), (TILES, TILE_BYTES))
        for at, size in zip(numbers(one, places), numbers(one, sizes), strict=False)
    )


def tiff_kind(data: bytes) -> str:
    """``TIFF``, or the RAW format that a file with a TIFF's signature has by its content."""
    if data[8:10] == b"CR":
        return "CR2"
    if data[8:12] in (b"IIII", b"MMMM"):
        return "IIQ"
    found = directories(data)
    if any(DNG_VERSION in one for one in found):
        return "DNG"
    if not any(_is_raw(one) for one in found):
        return "TIFF"
    maker = next((one[MAKE] for one in found if isinstance(one.get(MAKE), bytes)), b"")
    return next((name for start, name in _MAKERS if isinstance(maker, bytes) and maker.startswith(start)), "RAW")


def _is_raw(directory: Directory) -> bool:
    if first(directory, PHOTOMETRIC) in _RAW_PHOTOMETRICS or first(directory, COMPRESSION) in _RAW_COMPRESSIONS:
        return True
    return bool(first(directory, SUBFILE) & 1) and MAKE in directory and SUB_DIRECTORIES in directory


def _directory(data: bytes, order: str, at: int, big: bool) -> tuple[Directory, int]:
    count = _number(data, order + ("Q" if big else "H"), at)
    start, step, inline = (at + 8, 20, 8) if big else (at + 2, 12, 4)
    directory: Directory = {}
    for index in range(min(count, 4096)):
        entry = start + index * step
        if entry + step > len(data):
            break
        tag, kind = struct.unpack_from(order + "HH", data, entry)
        values = _number(data, order + ("Q" if big else "I"), entry + 4)
        size, place = _SIZES.get(kind, 1) * values, entry + step - inline
        if size > inline:
            place = _number(data, order + ("Q" if big else "I"), place)
        if values <= _MOST_VALUES and place + size <= len(data):
            directory[tag] = _value(data[place : place + size], order, kind, values)
    return directory, _number(data, order + ("Q" if big else "I"), start + count * step)


def _value(raw: bytes, order: str, kind: int, count: int) -> tuple[int, ...] | bytes:
    return struct.unpack(f"{order}{count}{_WHOLE[kind]}", raw) if kind in _WHOLE else raw


def _number(data: bytes, form: str, at: int) -> int:
    if not 0 <= at <= len(data) - struct.calcsize(form):
        return 0
    return int(struct.unpack_from(form, data, at)[0])


def jpeg_starts(data: bytes) -> Iterator[int]:
    """Where something begins that may be a JPEG."""
    at = data.find(b"\xff\xd8\xff")
    while at >= 0:
        yield at
        at = data.find(b"\xff\xd8\xff", at + 3)
