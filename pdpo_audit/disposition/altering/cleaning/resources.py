"""Photoshop's resources and the IPTC block among them, with only what names nobody in the picture."""

from __future__ import annotations

from collections.abc import Iterator

_SIGNATURE = b"8BIM"
_RESOLUTION, _IIM, _THUMBNAILS = 0x03ED, 0x0404, (0x0409, 0x040C)
_MARKER = 0x1C
#: Record 2: its version, urgency, days and times, programs, who made it, credit, source, copyright, layout.
_STAY = frozenset((0, 10, 30, 35, 37, 38, 47, 55, 60, 62, 63, 65, 70, 80, 85, 110, 115, 116, 130, 131))
_CHARACTER_SET = (1, 90)


def cleaned_resources(block: bytes, *, previews: bool) -> bytes:
    """The resources that stay: resolution, what stays of IPTC, and with ``previews`` the thumbnails."""
    parts: list[bytes] = []
    for number, name, body in _resources(block):
        if number == _IIM:
            body = cleaned_iim(body)
        elif number != _RESOLUTION and not (previews and number in _THUMBNAILS):
            continue
        if body:
            head = _SIGNATURE + number.to_bytes(2, "big") + name + len(body).to_bytes(4, "big")
            parts.append(head + body + b"\0" * (len(body) & 1))
    return b"".join(parts)


def cleaned_iim(block: bytes) -> bytes:
    """The fields of IPTC-IIM that stay; empty where none says anything."""
    kept = [(tag, whole) for tag, whole in _fields(block) if tag == _CHARACTER_SET or (tag[0] == 2 and tag[1] in _STAY)]
    if all(tag in (_CHARACTER_SET, (2, 0)) for tag, _ in kept):
        return b""
    return b"".join(whole for _, whole in kept)


def _resources(block: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Number, name as it stands (an empty one instead of a text) and body; what follows a broken one is left out."""
    at = 0
    while block[at : at + 4] == _SIGNATURE and at + 12 <= len(block):
        number = int.from_bytes(block[at + 4 : at + 6], "big")
        length = 1 + block[at + 6]
        at += 6 + length + (length & 1)
        size = int.from_bytes(block[at : at + 4], "big")
        body = block[at + 4 : at + 4 + size]
        if len(body) < size:
            return
        yield number, b"\0\0", body
        at += 4 + size + (size & 1)


def _fields(block: bytes) -> Iterator[tuple[tuple[int, int], bytes]]:
    """Record and number of each field, and the field as it stands."""
    at = 0
    while at + 5 <= len(block) and block[at] == _MARKER:
        size, head = int.from_bytes(block[at + 3 : at + 5], "big"), 5
        if size & 0x8000:  # the size of the size
            wide = size & 0x7FFF
            if wide > 4:
                return
            size, head = int.from_bytes(block[at + 5 : at + 5 + wide], "big"), 5 + wide
        end = at + head + size
        if end > len(block):
            return
        yield (block[at + 1], block[at + 2]), block[at:end]
        at = end
