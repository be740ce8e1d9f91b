"""The tables of objects: each lists exactly the objects that stand there, and each object once."""

from __future__ import annotations

import re

from pdpo_audit.signing.grammar.pieces import Piece, Revision, read_rows, unpack_stream
from pdpo_audit.signing.grammar.values import BODY, Value, number_of, write

#: Columns of a revision's table: kind, place, generation.
REVISION_WIDTHS = (1, 8, 2)

#: Kinds of rows (ISO 32000-1, table 18).
FREE, PLAIN, PACKED = 0, 1, 2

#: A list of objects packed together begins with pairs of number and place.
PAIRS = re.compile(rb"(?:\d{1,10} \d{1,10}[ \n]+)*")

Row = tuple[int, int, int]


def expect_body_table(body: Revision) -> None:
    """Raise ``ValueError`` unless the body's table leads to each of its objects, packed ones too, and to no more."""
    table = body.table.entries
    if b"/Prev" in table or b"/XRefStm" in table or b"/Index" in table or b"/Encrypt" in table:
        raise ValueError("the body of the report is not of one piece")
    widths = table.get(b"/W")
    if not isinstance(widths, list) or len(widths) != 3:
        raise ValueError("the table of the body has no columns")
    one, two, three = (number_of(width) for width in widths)
    if max(one, two, three) > 8 or sum((one, two, three)) == 0:
        raise ValueError("the table of the body has columns of an unknown width")
    rows = read_rows(body.table, (one, two, three))
    if len(rows) != number_of(table.get(b"/Size")) or not rows or rows[0][0] != FREE:
        raise ValueError("the table of the body has another size than it says")
    if dict(enumerate(rows[1:], start=1)) != _rows_of_body(body):
        raise ValueError("the table of the body does not lead to its objects")


def expect_revision_table(revision: Revision, previous: Revision, first: Revision) -> None:
    """Raise ``ValueError`` unless an appended table is, to the byte, what the objects before it ask for."""
    numbers = [piece.number for piece in revision.pieces]
    if numbers != sorted(set(numbers)):
        raise ValueError("objects were appended out of order")
    rows: list[Row] = [(FREE, 0, 0xFFFF), *((PLAIN, piece.start, 0) for piece in revision.pieces)]
    if read_rows(revision.table, REVISION_WIDTHS) != rows:
        raise ValueError("an appended table does not lead to the appended objects")
    if write(revision.table.entries) != write(_expected_entries(revision, previous, first)):
        raise ValueError("an appended table is not complete, or says more than it should")


def _expected_entries(revision: Revision, previous: Revision, first: Revision) -> dict[bytes, Value]:
    body, own = first.table.entries, revision.table.entries
    return {
        b"/W": [b"1", b"8", b"2"],
        b"/Type": b"/XRef",
        b"/Filter": b"/FlateDecode",
        **({b"/Info": body[b"/Info"]} if b"/Info" in body else {}),
        b"/Root": body[b"/Root"],
        b"/Size": b"%d" % (revision.table.number + 1),
        b"/ID": [_first_identifier(body), _second_identifier(own)],
        b"/Prev": b"%d" % previous.table.start,
        b"/Index": [b"%d" % number for number in _runs([0, *(piece.number for piece in revision.pieces)])],
        b"/Length": b"%d" % len(revision.table.stream or b""),
    }


def _first_identifier(body: dict[bytes, Value]) -> bytes:
    both = re.fullmatch(rb"\[(<[0-9a-f]+>)<[0-9a-f]+>\]", write(body.get(b"/ID", b""), BODY))
    if both is None:
        raise ValueError("the report has no identifier")
    return both[1]


def _second_identifier(entries: dict[bytes, Value]) -> Value:
    both = entries.get(b"/ID")
    if not isinstance(both, list) or len(both) != 2 or not re.fullmatch(rb"<[0-9a-f]{32}>", write(both[1])):
        raise ValueError("a revision has no identifier")
    return both[1]


def _runs(numbers: list[int]) -> list[int]:
    """The first of each run of consecutive numbers and how many there are, as ``/Index`` lists them."""
    runs: list[int] = []
    for number in numbers:
        if runs and number == runs[-2] + runs[-1]:
            runs[-1] += 1
        else:
            runs += [number, 1]
    return runs


def _rows_of_body(body: Revision) -> dict[int, Row]:
    rows: dict[int, Row] = {}
    for piece in body.pieces:
        found = {piece.number: (PLAIN, piece.start, 0)}
        if piece.entries.get(b"/Type") == b"/ObjStm":
            found |= {number: (PACKED, piece.number, index) for index, number in enumerate(_packed_numbers(piece))}
        if rows.keys() & found.keys():
            raise ValueError("a number is given to two objects")
        rows |= found
    return rows


def _packed_numbers(piece: Piece) -> list[int]:
    """The numbers of the objects that a list packs together, in order."""
    if piece.entries.keys() != {b"/Type", b"/Length", b"/Filter", b"/N", b"/First"}:
        raise ValueError(f"object {piece.number} is no plain list of objects")
    head = unpack_stream(piece)[: number_of(piece.entries[b"/First"])]
    if not PAIRS.fullmatch(head):
        raise ValueError(f"object {piece.number} has no list of its objects")
    pairs = [int(number) for number in head.split()]
    numbers, places = pairs[::2], pairs[1::2]
    if len(numbers) != number_of(piece.entries[b"/N"]) or len(set(numbers)) != len(numbers) or places != sorted(places):
        raise ValueError(f"object {piece.number} lists its objects otherwise than it says")
    return numbers
