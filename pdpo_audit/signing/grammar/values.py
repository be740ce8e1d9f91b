"""Values of a PDF in exactly one way of writing: read, written again, and compared.

Programs that read PDF files forgive much, each in its own way; that is how one file shows two things. Here nothing is
forgiven: a value that is not written as its writer writes it is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

#: A scalar as its own bytes, an array, or a dictionary by its names (with their slash).
Value = bytes | list["Value"] | dict[bytes, "Value"]

#: Dictionaries within dictionaries: a report's catalog has four.
DEEPEST = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """How one program writes: what follows the opening of a dictionary and each entry, and its scalars."""

    gap: bytes
    scalar: re.Pattern[bytes]


_NAME = rb"/[^\x00-\x20\x7f-\xff()<>\[\]{}/%]+"
_PLAIN = _NAME + rb"|[1-9]\d{0,9} 0 R|-?\d{1,10}(?:\.\d{1,10})?|true|false|null|<(?:[0-9a-f]{2})*>"

#: pyHanko 0.38: everything in a string but letters, digits and spaces is escaped.
REVISION = Hand(gap=b"\n", scalar=re.compile(_PLAIN + rb"|\((?:[A-Za-z0-9 ]|\\[0-7]{3})*\)"))

#: qpdf: a dictionary on one line, and the two identifiers of the file without a space.
_IDENTIFIERS = rb"|\[(?:<[0-9a-f]*>){2}\]"
BODY = Hand(
    gap=b" ", scalar=re.compile(_PLAIN + _IDENTIFIERS + rb"|\((?:[ -'*-\[\]-~\x80-\xff]|\\[nrtbf()\\]|\\[0-7]{3})*\)")
)


def read_dictionary(text: bytes, at: int, hand: Hand) -> tuple[dict[bytes, Value], int]:
    """The dictionary at ``at`` and where it ends; ``ValueError`` unless every byte of it is as ``hand`` writes it."""
    value, end = _read(text, at, hand, DEEPEST)
    if not isinstance(value, dict):
        raise ValueError("an object is no dictionary")
    return value, end


def write(value: Value, hand: Hand = REVISION) -> bytes:
    """``value`` as ``hand`` writes it."""
    match value:
        case dict():
            entries = b"".join(key + b" " + write(one, hand) + hand.gap for key, one in value.items())
            return b"<<" + hand.gap + entries + b">>"
        case list():
            return b"[" + b"".join(b" " + write(one, hand) for one in value) + b" ]"
        case _:
            return value


def number_of(value: Value | None) -> int:
    """The object that a reference leads to, or an integer; ``ValueError`` when it is neither."""
    if not isinstance(value, bytes) or not re.fullmatch(rb"\d{1,10}(?: 0 R)?", value):
        raise ValueError("a number or a reference is something else")
    return int(value.removesuffix(b" 0 R"))


def numbers_of(value: Value | None) -> list[int]:
    """The objects that an array of references leads to, in order."""
    if not isinstance(value, list):
        raise ValueError("a list of references is something else")
    return [number_of(one) for one in value]


def _read(text: bytes, at: int, hand: Hand, depth: int) -> tuple[Value, int]:
    if depth == 0:
        raise ValueError("values lie too deep in each other")
    if text.startswith(b"<<" + hand.gap, at):
        return _read_entries(text, at + 2 + len(hand.gap), hand, depth)
    if found := hand.scalar.match(text, at):
        return found[0], found.end()
    if text.startswith(b"[", at):
        return _read_items(text, at + 1, hand, depth)
    raise ValueError(f"a value at byte {at} is not as this program writes it")


def _read_entries(text: bytes, at: int, hand: Hand, depth: int) -> tuple[dict[bytes, Value], int]:
    found: dict[bytes, Value] = {}
    while not text.startswith(b">>", at):
        key = hand.scalar.match(text, at)
        if key is None or not key[0].startswith(b"/") or key[0] in found:
            raise ValueError(f"an entry at byte {at} has no name, or one that stands there already")
        at = _after(text, key.end(), b" ")
        found[key[0]], at = _read(text, at, hand, depth - 1)
        at = _after(text, at, hand.gap)
    return found, at + 2


def _read_items(text: bytes, at: int, hand: Hand, depth: int) -> tuple[list[Value], int]:
    found: list[Value] = []
    while not text.startswith(b" ]", at):
        value, at = _read(text, _after(text, at, b" "), hand, depth - 1)
        found.append(value)
    return found, at + 2


def _after(text: bytes, at: int, expected: bytes) -> int:
    if not text.startswith(expected, at):
        raise ValueError(f"something stands between two values at byte {at}")
    return at + len(expected)
