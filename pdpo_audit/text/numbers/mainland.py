"""Numbers of the resident identity card of the Mainland (GB 11643): region, date of birth, order, check digit."""

from __future__ import annotations

import re
from datetime import date

from pdpo_audit.text.numbers.folding import as_digits

_SHAPE = re.compile(r"(?<![0-9])(?=([0-9OQDILZSBG]{17}[0-9X]))(?!.{18}[0-9])")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
#: First two digits: provinces and regions; 81 to 83 are residence permits of people from Hong Kong, Macao and Taiwan.
_REGIONS = frozenset(
    str(number)
    for first, last in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 83), (91, 91))
    for number in range(first, last + 1)
)
_YEARS = range(1900, 2050)
#: So many of the 17 digits may have been read as letters.
_MISREAD = 2


def has_number(line: str) -> bool:
    """Whether a folded line holds a number of this kind with right region, date and check digit."""
    return any(_is_right(shape.group(1)) for shape in _SHAPE.finditer(line))


def _is_right(number: str) -> bool:
    if sum(not one.isdigit() for one in number[:17]) > _MISREAD:
        return False
    digits = as_digits(number[:17])
    return digits[:2] in _REGIONS and _is_date(digits[6:14]) and check_digit(digits) == number[17]


def _is_date(digits: str) -> bool:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:])).year in _YEARS
    except ValueError:
        return False


def check_digit(digits: str) -> str:
    """``0`` to ``9`` or ``X`` for 17 digits (ISO 7064, MOD 11-2)."""
    return _CHECKS[sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, digits, strict=True)) % 11]
