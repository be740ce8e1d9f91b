"""Machine-readable zones (ICAO 9303) of passports, travel cards and permits, told by their check digits.

A reader loses fillers (``<``), so fields are looked for where they stand to each other, not by the line's length: the
shape, sound dates, and all check digits but one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from pdpo_audit.text.numbers.folding import as_digits, as_letters

_FILLERS = str.maketrans(
    {"«": "<<", "‹": "<", "〈": "<", "く": "<", "《": "<<", "(": "<", "Λ": "<", "≪": "<<", "﹤": "<"}
)
_WORD = "[A-Z0-9<]"
_DIGIT = "[0-9OQDILZSBG]"
_DATE = f"({_DIGIT}{{6}})({_DIGIT})"
_SEX = "[MFX<]"
#: Second line of a passport (44 characters) or of a document of 36: number, state, birth, sex, expiry.
_BOOK = re.compile(rf"({_WORD}{{9}})({_DIGIT})([A-Z0<]{{3}}){_DATE}{_SEX}{_DATE}")
#: First and second line of a card of three lines of 30.
_CARD_FIRST = re.compile(rf"[ACI][A-Z<][A-Z0<]{{3}}({_WORD}{{9}})({_DIGIT})")
_CARD_SECOND = re.compile(rf"(?<![A-Z0-9]){_DATE}{_SEX}{_DATE}[A-Z0<]{{3}}")
#: First line of the permits of 2013 and later for travel between the Mainland, Hong Kong, Macao and Taiwan.
_PERMIT = re.compile(rf"C[A-Z<]({_WORD}{{9}})({_DIGIT})<?{_DATE}<?{_DATE}<?({_DIGIT})")
_WEIGHTS = (7, 3, 1)
#: A line of so many characters, with so many fillers, is a zone even where nothing in it could be checked.
_LONG, _FILLED = 25, 5


def is_book(line: str) -> bool:
    """Whether a folded line is the second one of a passport's zone: two of its three check digits right."""
    return any(_book(found) for found in _BOOK.finditer(_zone(line)))


def _book(found: re.Match[str]) -> bool:
    number, check, state, birth, birth_check, expiry, expiry_check = found.groups()
    if not as_letters(state).replace("<", "").isalpha() or not (_is_date(birth) and _is_date(expiry)):
        return False
    return sum((_right(number, check), _right(birth, birth_check), _right(expiry, expiry_check))) >= 2


def is_permit(line: str) -> bool:
    """Whether a folded line is the first one of a travel permit of the Mainland: two of three check digits right."""
    for found in _PERMIT.finditer(_zone(line)):
        number, check, expiry, expiry_check, birth, birth_check, _ = found.groups()
        right = (_right(number, check), _right(birth, birth_check), _right(expiry, expiry_check))
        if _is_date(birth) and _is_date(expiry) and sum(right) >= 2:
            return True
    return False


def cards(lines: Sequence[str]) -> list[int]:
    """Which lines are the first or second one of a travel card: two of the three check digits of both right.

    They stand in any order: a picture may stand on its head.
    """
    zones = [_zone(line) for line in lines]
    firsts = [(place, found) for place, zone in enumerate(zones) if (found := _CARD_FIRST.match(zone))]
    seconds = [(place, found) for place, zone in enumerate(zones) if (found := _CARD_SECOND.search(zone))]
    pairs = [(one, other) for one, first in firsts for other, second in seconds if _card(first, second)]
    return sorted({place for pair in pairs for place in pair})


def _card(first: re.Match[str], second: re.Match[str]) -> bool:
    birth, birth_check, expiry, expiry_check = second.groups()
    right = (_right(*first.groups()), _right(birth, birth_check), _right(expiry, expiry_check))
    return _is_date(birth) and _is_date(expiry) and sum(right) >= 2


def looks_like_one(line: str) -> bool:
    """Whether a folded line is a zone by its looks alone: that is a hint, and no number was read."""
    zone = _zone(line)
    return len(zone) >= _LONG and zone.count("<") >= _FILLED


def _zone(line: str) -> str:
    return line.translate(_FILLERS)


def _is_date(text: str) -> bool:
    digits = as_digits(text)
    return 1 <= int(digits[2:4]) <= 12 and 1 <= int(digits[4:]) <= 31


def _right(field: str, check: str) -> bool:
    """Whether a field agrees with its check digit, as it was read or with letters read as digits."""
    forms: tuple[Callable[[str], str], ...] = (str, as_digits)
    return any(check_digit(form(field)) == as_digits(check) for form in forms)


def check_digit(field: str) -> str:
    """Weights 7, 3, 1; digits count as they are, letters from A = 10 on, fillers 0; modulo 10."""
    values = (0 if one == "<" else int(one, 36) for one in field)
    return str(sum(value * _WEIGHTS[place % 3] for place, value in enumerate(values)) % 10)
