"""Show text literally: nothing that came from a file name may act, hide or reverse what stands by it."""

from __future__ import annotations

import re

from pdpo_audit.model.locations.printed import spelled

#: Characters that turn the text of a cell into a formula in one spreadsheet or another; an apostrophe is put before
#: them, and before those that have one already: so each apostrophe that was put there can be taken off again.
_FORMULA = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")


def unformulated(text: str) -> str:
    """``text`` that no spreadsheet takes for a formula: an apostrophe stands before one that could be."""
    return f"'{text}" if _FORMULA.match(text) else text


def formulated(text: str) -> str:
    """The text that ``unformulated`` made harmless."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


def printable_by(text: str, glyphs: frozenset[int]) -> str:
    """``text`` spelled out, with the characters that no font of the page has written out too; to be used once."""
    return "".join(char if ord(char) in glyphs or char == " " else f"[U+{ord(char):04X}]" for char in spelled(text))
