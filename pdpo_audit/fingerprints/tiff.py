"""The image data of one TIFF page: the tags that decide its pixels, and its strips or tiles (TIFF 6.0, BigTIFF)."""

from __future__ import annotations

import struct
from collections.abc import Iterator

#: Width, height, bits, compression, photometric, fill order, samples, rows per strip, planar, predictor, colour map,
#: tile size, extra samples, sample format, JPEG tables, YCbCr coefficients, subsampling, positioning, reference.
_DECISIVE = (256, 257, 258, 259, 262, 266, 277, 278, 284, 317, 320, 322, 323, 338, 339, 347, 529, 530, 531, 532)
_STRIPS, _STRIP_BYTES, _TILES, _TILE_BYTES = 273, 279, 324, 325
_SUBFILE, _OLD_SUBFILE, _WIDTH, _HEIGHT = 254, 255, 256, 257
_REDUCED, _MASK, _OLD_REDUCED = 1, 4, 2
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
_WHOLE = {1: "B", 3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}

#: tag -> type, count, value bytes
_Entries = dict[int, tuple[int, int, bytes]]


class Pages:
    """Where the pages of a TIFF are described, found once: each page's description names the place of the next."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._order = {b"II": "<", b"MM": ">"}.get(data[:2], "<")
        self._places: list[int] = []
        self._met: set[int] = {0}

    def parts(self, page: int) -> Iterator[bytes | memoryview]:
        """What must be equal for two pages to hold the same compressed image data, in a fixed order.

        Raises ``ValueError`` or ``struct.error`` where the file is malformed.
        """
        entries = self._entries(page)
        yield self._order.encode()
        for tag in _DECISIVE:
            if tag in entries:
                kind, count, value = entries[tag]
                yield struct.pack("<HHQ", tag, kind, count)
                yield value
        places, lengths = (_TILES, _TILE_BYTES) if _TILES in entries else (_STRIPS, _STRIP_BYTES)
        view, order = memoryview(self._data), self._order
        for place, length in zip(_numbers(entries, places, order), _numbers(entries, lengths, order), strict=True):
            if place + length > len(self._data):
                raise ValueError("cut short")
            yield view[place : place + length]

    def thumbnails(self, count: int) -> frozenset[int]:
        """Of ``count`` pages those that the file calls smaller versions or masks of another (TIFF 6.0, NewSubfileType).

        One that is not smaller than the largest page is a page all the same, whatever it is called.
        """
        called: list[int] = []
        sizes: dict[int, int] = {}
        try:
            for page in range(count):
                entries = self._entries(page)
                sizes[page] = _numbers(entries, _WIDTH, self._order)[0] * _numbers(entries, _HEIGHT, self._order)[0]
                kind = _numbers(entries, _SUBFILE, self._order)[0] if _SUBFILE in entries else 0
                old = _numbers(entries, _OLD_SUBFILE, self._order)[0] if _OLD_SUBFILE in entries else 1
                if kind & (_REDUCED | _MASK) or old == _OLD_REDUCED:
                    called.append(page)
        except (ValueError, IndexError, struct.error):  # malformed: what cannot be told apart stays a page
            return frozenset()
        largest = max((size for page, size in sizes.items() if page not in called), default=0)
        return frozenset(page for page in called if sizes[page] < largest)

    def _entries(self, page: int) -> _Entries:
        """Of a page; those of its neighbours were read for it, or are read next."""
        data, order = self._data, self._order
        big = struct.unpack_from(order + "H", data, 2)[0] == 43
        pointer = order + ("Q" if big else "I")
        if not self._places:
            self._places += struct.unpack_from(pointer, data, 8 if big else 4)
            self._met.update(self._places)
        while True:
            number = min(page, len(self._places) - 1)
            at = self._places[number]
            if not at:
                raise ValueError("no such page")
            entries, following = _folder(data, order, at, big, pointer)
            if number == len(self._places) - 1:
                self._places.append(0 if following in self._met else following)
                self._met.add(following)
            if number == page:
                return entries


def _folder(data: bytes, order: str, at: int, big: bool, pointer: str) -> tuple[_Entries, int]:
    (count,) = struct.unpack_from(order + ("Q" if big else "H"), data, at)
    start, step, inline = (at + 8, 20, 8) if big else (at + 2, 12, 4)
    if start + count * step > len(data):
        raise ValueError("cut short")
    entries: _Entries = {}
    for index in range(count):
        tag, kind, number = struct.unpack_from(order + ("HHQ" if big else "HHI"), data, start + index * step)
        place, size = start + (index + 1) * step - inline, _SIZES.get(kind, 1) * number
        if size > inline:
            (place,) = struct.unpack_from(pointer, data, place)
        if place + size > len(data):
            raise ValueError("cut short")
        entries[tag] = (kind, number, data[place : place + size])
    (following,) = struct.unpack_from(pointer, data, start + count * step)
    return entries, following


def _numbers(entries: _Entries, tag: int, order: str) -> tuple[int, ...]:
    if tag not in entries:
        raise ValueError(f"no tag {tag}")
    kind, count, value = entries[tag]
    if kind not in _WHOLE:
        raise ValueError(f"tag {tag} of type {kind}")
    return struct.unpack(f"{order}{count}{_WHOLE[kind]}", value)
