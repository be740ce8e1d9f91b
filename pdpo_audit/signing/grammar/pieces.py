"""A report cut into its pieces, end to end: the body, and each appended revision, object by object.

Between two objects there is no byte. So a program that rebuilds the table of objects by looking through the file finds
the very objects that the table lists, and shows the same pages as one that trusts the table.
"""

from __future__ import annotations

import re
import struct
import zlib
from dataclasses import dataclass

from pdpo_audit.signing.grammar.values import BODY, REVISION, Hand, Value, number_of, read_dictionary

HEADER = re.compile(rb"%PDF-1\.[3-7]\n%\xbf\xf7\xa2\xfe\n")
OBJECT = re.compile(rb"([1-9]\d{0,9}) 0 obj\n")
SIGNATURE = re.compile(rb"<<\n/Contents <([0-9A-F]+)>\n/ByteRange \[0 (\d+) (\d+) (\d+)\] *\n")
END = re.compile(rb"\n?startxref\n([1-9]\d{0,9})\n%%EOF\n")

#: What looks like the head of an object, a table or a trailer to a program that searches for them. Between two words a
#: remark is as good as a space, some take every control character for one, and a number may have a sign.
_SPACE = rb"[\x00-\x20\x85\xa0]"
ECHO = re.compile(
    rb"\d" + _SPACE + rb"++[-+]*+\d++" + _SPACE + rb"*+obj|startxref|"
    rb"trailer" + _SPACE + rb"*+<<|(?:\A|" + _SPACE + rb")xref" + _SPACE
)
REMARK = re.compile(rb"%[^\r\n]*+[\r\n]")

#: Hexadecimal digits that a signature has room for: ten times one with a timestamp and all its issuers.
LARGEST_SIGNATURE = 1 << 20

#: Bytes that a table or a list of objects unpacks to at most: ten times that of 500 pages.
LARGEST_UNPACKED = 64 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One object: its number, where it starts, its dictionary, the bytes of its stream (``None``: it has none).

    A signature also has its ``hole``: the bytes that it cannot cover, from the first to the one after the last, and the
    byte range that it states.
    """

    number: int
    start: int
    entries: dict[bytes, Value]
    stream: bytes | None = None
    hole: tuple[int, int] | None = None
    byte_range: tuple[int, int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """The body of a report or what was appended to it at once: ``start`` to ``end``, its objects, its table last."""

    start: int
    end: int
    pieces: tuple[Piece, ...]

    @property
    def table(self) -> Piece:
        """The cross-reference stream."""
        return self.pieces[-1]


def cut(pdf: bytes) -> tuple[Revision, ...]:
    """The body and every appended revision; ``ValueError`` where a byte belongs to no object of a permitted form."""
    header = HEADER.match(pdf)
    if header is None:
        raise ValueError("it does not begin as a report")
    revisions = [_cut_revision(pdf, header.end(), BODY)]
    while revisions[-1].end < len(pdf):
        revisions.append(_cut_revision(pdf, revisions[-1].end, REVISION))
    heads = sum(len(one.pieces) + 1 for one in revisions)
    if any(sum(1 for _ in ECHO.finditer(text)) != heads for text in (pdf, REMARK.sub(b" ", pdf))):
        raise ValueError("something in it looks like an object and is none")
    return tuple(revisions)


def unpack_stream(piece: Piece) -> bytes:
    """The packed bytes of a stream, unpacked; ``ValueError`` where they go on after their end, or never end."""
    engine = zlib.decompressobj()
    try:
        content = engine.decompress(piece.stream or b"", LARGEST_UNPACKED)
    except zlib.error as error:
        raise ValueError(f"object {piece.number} cannot be unpacked: {error}") from error
    if not engine.eof or engine.unused_data or engine.unconsumed_tail:
        raise ValueError(f"object {piece.number} does not end as it was packed")
    return content


def _cut_revision(pdf: bytes, start: int, hand: Hand) -> Revision:
    pieces: list[Piece] = []
    at = start
    while (ending := END.match(pdf, at)) is None:
        piece, at = _cut_object(pdf, at, hand)
        pieces.append(piece)
    if not pieces or pieces[-1].entries.get(b"/Type") != b"/XRef" or int(ending[1]) != pieces[-1].start:
        raise ValueError("it does not end with its table of objects")
    if ending[0].startswith(b"\n") != (hand is REVISION):
        raise ValueError("something stands before the place of the table")
    return Revision(start=start, end=ending.end(), pieces=tuple(pieces))


def _cut_object(pdf: bytes, at: int, hand: Hand) -> tuple[Piece, int]:
    head = OBJECT.match(pdf, at)
    if head is None:
        raise ValueError(f"byte {at} belongs to no object")
    number = int(head[1])
    signature = SIGNATURE.match(pdf, head.end()) if hand is REVISION else None
    if signature is not None:
        return _cut_signature(pdf, at, number, signature)
    entries, end = read_dictionary(pdf, head.end(), hand)
    stream = None
    if pdf.startswith(b"\nstream\n", end):
        begin = end + len(b"\nstream\n")
        end = begin + number_of(entries.get(b"/Length"))
        stream = pdf[begin:end]
        end = _expect(pdf, end, b"\nendstream")
    end = _expect(pdf, end, b"\nendobj\n")
    return Piece(number=number, start=at, entries=entries, stream=stream), end


def _cut_signature(pdf: bytes, at: int, number: int, found: re.Match[bytes]) -> tuple[Piece, int]:
    """The one object whose first two entries are written later than the rest, into room kept for them."""
    rest, end = read_dictionary(b"<<\n" + pdf[found.end() : pdf.find(b"\nendobj\n", found.end()) + 1], 0, REVISION)
    end = _expect(pdf, found.end() + end - len(b"<<\n"), b"\nendobj\n")
    if len(found[1]) > LARGEST_SIGNATURE:
        raise ValueError(f"object {number} has room for more than a signature")
    covered = (int(found[2]), int(found[3]), int(found[4]))
    hole = (found.start(1) - 1, found.end(1) + 1)
    return Piece(number=number, start=at, entries=rest, hole=hole, byte_range=covered), end


def _expect(pdf: bytes, at: int, expected: bytes) -> int:
    if not pdf.startswith(expected, at):
        raise ValueError(f"an object does not end at byte {at}")
    return at + len(expected)


def read_rows(piece: Piece, widths: tuple[int, int, int]) -> list[tuple[int, int, int]]:
    """The rows of a table of objects: kind, place or stream, generation or index; columns of ``widths`` bytes."""
    content, width = unpack_stream(piece), sum(widths)
    if b"/DecodeParms" in piece.entries:
        content = _without_predictor(content, width)
    if len(content) % width:
        raise ValueError("the table of objects is cut off")
    one, two, three = widths
    rows = struct.unpack(f"{one}s{two}s{three}s" * (len(content) // width), content)
    numbers = [int.from_bytes(cell, "big") for cell in rows]
    return list(zip(numbers[::3], numbers[1::3], numbers[2::3], strict=True))


def _without_predictor(content: bytes, width: int) -> bytes:
    """The rows of a PNG-predicted table (ISO 32000-1, 7.4.4.4): each byte is added to the one above it."""
    above, out = bytes(width), bytearray()
    if len(content) % (width + 1):
        raise ValueError("the table of objects is cut off")
    for at in range(0, len(content), width + 1):
        if content[at] != 2:
            raise ValueError("the table of objects is packed in another way")
        above = bytes((a + b) & 0xFF for a, b in zip(above, content[at + 1 : at + 1 + width], strict=True))
        out += above
    return bytes(out)
