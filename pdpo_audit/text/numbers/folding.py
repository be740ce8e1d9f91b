"""One form for what a reader may write in several: full width, small letters, blanks that it sees or does not."""

from __future__ import annotations

import unicodedata

#: Brackets of every kind are one bracket.
_BRACKETS = str.maketrans({"[": "(", "{": "(", "〔": "(", "【": "(", "]": ")", "}": ")", "〕": ")", "】": ")"})
#: Letters that are read where a digit stands. Only where check digits decide afterwards.
_DIGITS = str.maketrans("OQDILZSBG", "000112586")
#: Digits that are read where a letter stands.
_LETTERS = str.maketrans("01258", "OIZSB")


def folded(text: str) -> str:
    """Compatibility forms made plain, capital letters, one kind of bracket, no blanks."""
    plain = unicodedata.normalize("NFKC", text).upper().translate(_BRACKETS)
    return "".join(plain.split())


def as_digits(text: str) -> str:
    """The text where only digits can stand."""
    return text.translate(_DIGITS)


def as_letters(text: str) -> str:
    """The text where only letters can stand."""
    return text.translate(_LETTERS)
