"""Show text literally: nothing that came from a file name may act, hide or reverse what stands by it."""

from __future__ import annotations

import re

#: Controls, line and paragraph separators, and the marks that reverse or hide text on a screen. The zero-width joiners
#: stay out of it: Indic and Persian names and composed emoji are spelled with them.
_ACTING = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164"
    "\ufeff\uffa0\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f\ud800-\udfff]"
)
#: Characters that turn the text of a cell into a formula in one spreadsheet or another.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def literal(text: str) -> str:
    """``text`` with every acting or invisible character written out as ``[U+202E]``; idempotent."""
    return _ACTING.sub(_spelled, text)


def _spelled(match: re.Match[str]) -> str:
    return f"[U+{ord(match.group()):04X}]"


def unformulated(text: str) -> str:
    """``text`` that no spreadsheet takes for a formula: an apostrophe stands before one that could be."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def printable_by(text: str, glyphs: frozenset[int]) -> str:
    """``literal(text)`` with the characters that no font of the page has written out too."""
    return "".join(char if ord(char) in glyphs or char == " " else f"[U+{ord(char):04X}]" for char in literal(text))
