"""TNEF, Outlook's own packing of mail to the outside (``winmail.dat``): the attachments (MS-OXTNEF)."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from pdpo_audit.model.locations.holdings import ImageProblem, SkipReason
from pdpo_audit.sources.containers.members import Budget, Member, Unread, numbered

#: Attributes: a new attachment begins, its short name, its bytes, and its properties.
_BEGINS, _TITLE, _BYTES, _PROPERTIES = 0x00069002, 0x00018010, 0x0006800F, 0x00069005
#: Properties: the long name, a name to show, and a message or object that is the attachment.
_LONG_NAME, _SHOWN, _OBJECT = 0x3707, 0x3001, 0x3701
_OF_MESSAGE = b"\x07\x03\x02\0\0\0\0\0\xc0\0\0\0\0\0\0F"  # IID_IMessage; behind it a TNEF stream follows
#: Bytes of a value by its kind (MS-OXTNEF 2.1.3.4), padded to four; the others say their length.
_WIDTHS = {0x02: 4, 0x03: 4, 0x04: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x0A: 4, 0x0B: 4, 0x14: 8, 0x40: 8, 0x48: 16}
_LONG = frozenset({0x0D, 0x1E, 0x1F, 0x102})
_MANY, _NAMED = 0x1000, 0x8000


def members(data: bytes, budget: Budget) -> Iterator[Member | Unread]:
    """The attachments in their order. Raises ``ImageProblem`` where it ends too early; what came before counts."""
    taken: dict[bytes, int] = {}
    name, content, number = b"", None, 0
    try:
        for attribute, value in _attributes(data):
            if attribute == _BEGINS:
                if content is not None:
                    yield _member(name, content, number, taken)
                name, content, number = b"", None, number + 1
                budget.count()
            elif attribute == _TITLE:
                name = name or value.rstrip(b"\0")
            elif attribute == _BYTES:
                content = value
            elif attribute == _PROPERTIES:
                said = dict(_properties(value))
                name = _text(said.get(_LONG_NAME)) or _text(said.get(_SHOWN)) or name
                inner = said.get(_OBJECT, (0, b""))[1]
                if inner.startswith(_OF_MESSAGE):
                    name, content = name + b".tnef", inner[16:]
    except (struct.error, IndexError, ValueError) as error:
        if content is not None:
            yield _member(name, content, number, taken)
        raise ImageProblem(SkipReason.DAMAGED, f"TNEF: {error}") from error
    if content is not None:
        yield _member(name, content, number, taken)


def _member(name: bytes, content: bytes, number: int, taken: dict[bytes, int]) -> Member:
    return Member.of(numbered(name or f"attachment {number}".encode(), taken), content)


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Number and bytes of each attribute; a stream that ends in rubbish ends there."""
    at = 6  # behind the signature and a key
    while at < len(data) and data[at] in (1, 2):
        attribute, size = struct.unpack_from("<II", data, at + 1)
        if at + 9 + size > len(data):
            raise ValueError("it ends within an attribute")
        yield attribute, data[at + 9 : at + 9 + size]
        at += 11 + size


def _properties(data: bytes) -> Iterator[tuple[int, tuple[int, bytes]]]:
    """Number, kind and first value of each property."""
    at = 4
    for _ in range(struct.unpack_from("<I", data)[0]):
        kind, number = struct.unpack_from("<HH", data, at)
        at += 4
        if number >= _NAMED:
            at = _behind_name(data, at)
        many, kind = bool(kind & _MANY), kind & ~_MANY
        values = list[bytes]()
        count = 1
        if many or kind in _LONG:
            count, at = struct.unpack_from("<I", data, at)[0], at + 4
        for _ in range(min(count, len(data))):
            width = _WIDTHS.get(kind)
            if width is None:
                width, at = struct.unpack_from("<I", data, at)[0], at + 4
            if at + width > len(data):
                raise ValueError("it ends within a property")
            values.append(data[at : at + width])
            at += width + -width % 4
        yield number, (kind, values[0] if values else b"")


def _behind_name(data: bytes, at: int) -> int:
    """Where a named property goes on: behind its family, and a number or a name."""
    if struct.unpack_from("<I", data, at + 16)[0] == 0:
        return at + 24
    length = struct.unpack_from("<I", data, at + 20)[0]
    return int(at + 24 + length + -length % 4)


def _text(value: tuple[int, bytes] | None) -> bytes:
    if value is None:
        return b""
    kind, content = value
    text = content.decode("utf-16-le", "replace").encode("utf-8", "replace") if kind == 0x1F else content
    return text.rstrip(b"\0")
