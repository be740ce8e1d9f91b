"""Hong Kong identity card numbers: one or two letters, six digits, and a check digit in brackets.

A letter, six digits and a digit chosen at random pass the check one time in eleven; so the shape, its bracket and the
check digit count together, never one alone.
"""

from __future__ import annotations

import re

from pdpo_audit.text.numbers.folding import as_digits

#: Words that may touch a number from the left once blanks are gone; any other letter or digit there makes it none.
_BEFORE = r"(?:(?<![A-Z0-9])|(?<=NO)|(?<=NUMBER)|(?<=HKID)|(?<=CARD)|(?<=HKIC)|(?<=ID))"
_DIGIT = "[0-9OQDILZSBG]"
_SHAPE = re.compile(rf"{_BEFORE}([A-Z]{{1,2}})({_DIGIT}{{6}})\(({_DIGIT}|A)(?![0-9A-Z(])")
#: So many of the seven digits may have been read as letters.
_MISREAD = 1
#: What stands before a single letter counts as a blank.
_BLANK = 36


def has_number(line: str) -> bool:
    """Whether a folded line holds a number of this kind whose check digit is right."""
    return any(_is_right(*shape.groups()) for shape in _SHAPE.finditer(line))


def _is_right(letters: str, digits: str, check: str) -> bool:
    misread = sum(not one.isdigit() for one in digits) + (not check.isdigit() and check != "A")
    if misread > _MISREAD:
        return False
    return check_digit(letters, as_digits(digits)) == (check if check == "A" else as_digits(check))


def check_digit(letters: str, digits: str) -> str:
    """``0`` to ``9`` or ``A``: weights from 9 down, letters from A = 10 on, modulo 11."""
    values = [_BLANK] * (2 - len(letters)) + [ord(letter) - ord("A") + 10 for letter in letters]
    values += [int(digit) for digit in digits]
    left = -sum(weight * value for weight, value in zip(range(9, 1, -1), values, strict=True)) % 11
    return "A" if left == 10 else str(left)
