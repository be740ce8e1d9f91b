"""The directories of EXIF and TIFF cleaned where they lie: what names or shows people goes, no other byte moves."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from pdpo_audit.disposition.altering.cleaning.packets import Kept, fitted_packet
from pdpo_audit.disposition.altering.cleaning.resources import cleaned_iim, cleaned_resources
from pdpo_audit.disposition.altering.results import Cause, Stopped

_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
_BYTES, _TEXT, _OPAQUE = 1, 2, 7
#: Directories below a directory: further pictures, EXIF, position, what tables agree on.
_SUB_PICTURES, _EXIF, _POSITION, _INTEROPERABILITY = 330, 0x8769, 0x8825, 0xA005
_POINTERS = frozenset((_SUB_PICTURES, _EXIF, _POSITION, _INTEROPERABILITY))
_PACKET, _IIM, _PHOTOSHOP, _LAYERS = 700, 33723, 34377, 37724
#: Texts that stay: make, model, software, day, artist, copyright, times with their zones and fractions, lens.
_TEXTS = frozenset(
    (271, 272, 305, 306, 315, 33432, 36867, 36868, 36880, 36881, 36882, 37520, 37521, 37522, 42035, 42036)
)
#: Of what is neither text nor number: versions, components, where from, colour filters, tables, profiles, layers.
_OPAQUES = frozenset((347, 34675, 36864, 37121, 40960, 41728, 41729, 41730, _LAYERS))
#: Of the position everything but the names of places (28) and of the method (27).
_UNPLACED = frozenset((27, 28))
#: Whatever their type: description, document, page, computer, maker's note, comment, the camera's owner, and what
#: Explorer writes (title, comment, author, keywords, subject).
_NEVER = frozenset((269, 270, 285, 316, 37500, 37510, 42032, *range(0x9C9B, 0x9CA0)))
#: More bytes than versions and references of the position have.
_MOST_BYTES = 4
_BYTE_TABLES = frozenset((258, 277, 512, 513, 514, 50706, 50707))
_THUMBNAIL, _THUMBNAIL_BYTES = 513, 514
_MOST_DIRECTORIES = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """One tag as it stands: its 12 (20) bytes, and where its value lies."""

    raw: bytes
    tag: int
    kind: int
    place: int
    size: int
    inline: bool


def cleaned_exif(block: bytes, *, previews: bool) -> bytes:
    """An EXIF block (from its TIFF header on) of the same length; without ``previews`` its thumbnail goes too.

    Of one that is malformed nothing stays: whoever reads the result back sees whether it turned the picture.
    """
    try:
        return _Cleaning(bytearray(block), previews=previews).cleaned(pages=False)
    except Stopped:
        return bytes(len(block))


def cleaned_tiff(data: bytes, kept: Kept) -> bytes:
    """A TIFF file of the same length, every strip and tile where it was. Raises ``Stopped`` for a malformed one."""
    return _Cleaning(bytearray(data), previews=True, kept=kept).cleaned(pages=True)


class _Cleaning:
    """One walk over all directories of a block."""

    def __init__(self, data: bytearray, *, previews: bool, kept: Kept = frozenset()) -> None:
        order = {b"II": "<", b"MM": ">"}.get(bytes(data[:2]))
        if order is None or len(data) < 8:
            raise Stopped(Cause.UNREADABLE, "its EXIF data has no header")
        self._data, self._order, self._previews, self._kept = data, order, previews, kept
        self._big = bytes(data[2:4]) in (b"+\0", b"\0+")
        self._step, self._inline, self._count = (20, 8, "Q") if self._big else (12, 4, "H")
        self._pointer = "Q" if self._big else "I"

    def cleaned(self, *, pages: bool) -> bytes:
        first = self._number(self._pointer, 8 if self._big else 4)
        met: set[int] = set()
        pending = [(first, True)]
        while pending:
            at, main = pending.pop()
            if not at or at in met:
                continue
            if len(met) >= _MOST_DIRECTORIES:
                raise Stopped(Cause.TOO_LARGE, "its data has too many directories")
            met.add(at)
            below, following = self._directory(at, drop_next=main and not pages and not self._previews)
            pending += [(place, False) for place in below]
            pending.append((following, pages and main))
        return bytes(self._data)

    def _directory(self, at: int, *, drop_next: bool) -> tuple[list[int], int]:
        """Clean one; the directories below it, and the one that follows."""
        entries = list(self._entries(at))
        kept = [entry for entry in entries if self._stays(entry)]
        for entry in entries:
            if entry not in kept and not entry.inline:
                self._blank(entry.place, entry.size)
        start = at + struct.calcsize(self._order + self._count)
        end = start + len(entries) * self._step
        following = self._number(self._pointer, end)
        if drop_next and following:
            self._drop_thumbnail(following)
            following = 0
        body = b"".join(entry.raw for entry in kept) + struct.pack(self._order + self._pointer, following)
        room = end + struct.calcsize(self._pointer) - start
        self._data[start : start + room] = body.ljust(room, b"\0")
        struct.pack_into(self._order + self._count, self._data, at, len(kept))
        return [place for entry in kept if entry.tag in _POINTERS for place in self._places(entry)], following

    def _stays(self, entry: _Entry) -> bool:
        """Whether an entry stays; packets are cleaned on the way."""
        tag = entry.tag
        if tag in _NEVER:
            return False
        if tag in (_PACKET, _IIM, _PHOTOSHOP):
            return self._clean_packet(entry)
        if tag == _SUB_PICTURES and not self._previews:
            return False
        if tag in _POINTERS:
            return True
        match entry.kind:
            case 2:
                return tag in _TEXTS or (tag < 32 and tag not in _UNPLACED and entry.size <= 32)
            case 7:
                return tag in _OPAQUES or (tag in (1, 2) and entry.size <= 8)
            case 1 | 6:
                return entry.size <= _MOST_BYTES or tag in _BYTE_TABLES or tag in _OPAQUES
            case _:
                return True

    def _clean_packet(self, entry: _Entry) -> bool:
        old = bytes(self._data[entry.place : entry.place + entry.size])
        new = {
            _PACKET: lambda: fitted_packet(old, self._kept),
            _IIM: lambda: cleaned_iim(old),
            _PHOTOSHOP: lambda: cleaned_resources(old, previews=self._previews),
        }[entry.tag]()
        if entry.inline or not new or len(new) > entry.size:
            return False
        self._data[entry.place : entry.place + entry.size] = new.ljust(entry.size, b"\0")
        return True

    def _entries(self, at: int) -> Iterator[_Entry]:
        count = self._number(self._count, at)
        start = at + struct.calcsize(self._order + self._count)
        if start + count * self._step + struct.calcsize(self._pointer) > len(self._data):
            raise Stopped(Cause.UNREADABLE, "a directory of its EXIF data is cut short")
        for index in range(count):
            place = start + index * self._step
            raw = bytes(self._data[place : place + self._step])
            tag, kind = struct.unpack_from(self._order + "HH", raw)
            size = _SIZES.get(kind, 1) * self._number(self._pointer, place + 4)
            inline = size <= self._inline
            value = place + self._step - self._inline
            where = value if inline else self._number(self._pointer, value)
            if where + size > len(self._data):
                raise Stopped(Cause.UNREADABLE, "a value of its EXIF data lies behind its end")
            yield _Entry(raw=raw, tag=tag, kind=kind, place=where, size=size, inline=inline)

    def _places(self, entry: _Entry) -> list[int]:
        form = {3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}.get(entry.kind)
        if form is None:
            return []
        return list(struct.unpack_from(f"{self._order}{entry.size // struct.calcsize(form)}{form}", self._value(entry)))

    def _value(self, entry: _Entry) -> bytes:
        """Of an entry that was read before its directory was packed."""
        if entry.inline:
            return entry.raw[self._step - self._inline :]
        return bytes(self._data[entry.place : entry.place + entry.size])

    def _drop_thumbnail(self, at: int) -> None:
        """The directory that describes a thumbnail, and the thumbnail."""
        entries = list(self._entries(at))
        where = {entry.tag: next(iter(self._places(entry)), 0) for entry in entries}
        for entry in entries:
            if not entry.inline:
                self._blank(entry.place, entry.size)
        self._blank(where.get(_THUMBNAIL, 0), where.get(_THUMBNAIL_BYTES, 0))
        self._blank(at, struct.calcsize(self._order + self._count) + len(entries) * self._step)

    def _blank(self, place: int, size: int) -> None:
        if place >= 8:
            self._data[place : place + size] = bytes(len(self._data[place : place + size]))

    def _number(self, form: str, at: int) -> int:
        if not 0 <= at <= len(self._data) - struct.calcsize(form):
            raise Stopped(Cause.UNREADABLE, "its EXIF data points behind its end")
        return int(struct.unpack_from(self._order + form, self._data, at)[0])
