"""Random numbers with right check digits: nobody's, and computed apart from the program that is measured."""

from __future__ import annotations

import random
import string

LETTERS = "ABCDEFGHKLMNPRSTVWYZ"


def hong_kong(dice: random.Random) -> str:
    """``A123456(3)``, one in five with two letters."""
    letters = dice.choice(LETTERS) if dice.random() < 0.8 else dice.choice(("WX", "XA", "XB", "XD", "XE", "XG", "XH"))
    digits = f"{dice.randrange(10**6):06d}"
    padded = [36] * (2 - len(letters)) + [ord(one) - 55 for one in letters] + [int(one) for one in digits]
    left = (11 - sum(value * (9 - place) for place, value in enumerate(padded)) % 11) % 11
    return f"{letters}{digits}({'A' if left == 10 else left})"


def mainland(dice: random.Random) -> str:
    """18 characters: region, date of birth, order, check digit."""
    day = f"{dice.randint(1950, 2005)}{dice.randint(1, 12):02d}{dice.randint(1, 28):02d}"
    region = dice.choice(("110105", "440106", "310115", "350203", "510107"))
    digits = f"{region}{day}{dice.randrange(1000):03d}"
    total = sum(int(one) * 2 ** (17 - place) for place, one in enumerate(digits)) % 11
    return digits + "10X98765432"[total]


def check(field: str) -> str:
    """The check digit of a field of a machine-readable zone."""
    values = [0 if one == "<" else int(one) if one.isdigit() else ord(one) - 55 for one in field]
    return str(sum(value * (7, 3, 1)[place % 3] for place, value in enumerate(values)) % 10)


def _day(dice: random.Random, first: int, last: int) -> str:
    return f"{dice.randint(first, last) % 100:02d}{dice.randint(1, 12):02d}{dice.randint(1, 28):02d}"


def _letters(dice: random.Random, count: int) -> str:
    return "".join(dice.choice(string.ascii_uppercase) for _ in range(count))


def name(dice: random.Random) -> tuple[str, str]:
    """Family and given names that nobody has."""
    parts = ("KA", "LO", "MEI", "SUN", "TIN", "WAI", "YAN", "ZOR", "BEX", "DIL", "FEN", "GAL", "HOX", "JIM", "PEL")
    return dice.choice(parts) + dice.choice(parts), dice.choice(parts) + dice.choice(parts)


def passport(dice: random.Random) -> tuple[str, ...]:
    """Two lines of 44, or (one in four) of 36."""
    state, (family, given) = dice.choice(("CHN", "GBR", "UTO", "IND", "PHL")), name(dice)
    number, birth, expiry = (
        f"{_letters(dice, 1)}{dice.randrange(10**8):08d}",
        _day(dice, 1950, 2005),
        _day(dice, 2024, 2034),
    )
    width = 44 if dice.random() < 0.75 else 36
    first = f"P<{state}{family}<<{given}".ljust(width, "<")
    dates = f"{birth}{check(birth)}{dice.choice('MF')}{expiry}{check(expiry)}"
    second = f"{number}{check(number)}{state}{dates}"
    more = "<" * (width - 1 - len(second))
    if width == 44:
        more = more[:-1] + "0"
    return first, second + more + check(second[:10] + second[13:20] + second[21:28] + more)


def travel_card(dice: random.Random) -> tuple[str, ...]:
    """Three lines of 30."""
    state, (family, given) = dice.choice(("HKG", "CHN", "UTO")), name(dice)
    number, birth, expiry = (
        f"{_letters(dice, 2)}{dice.randrange(10**7):07d}",
        _day(dice, 1950, 2005),
        _day(dice, 2024, 2034),
    )
    first = f"I<{state}{number}{check(number)}".ljust(30, "<")
    second = f"{birth}{check(birth)}{dice.choice('MF')}{expiry}{check(expiry)}{state}".ljust(29, "<")
    whole = first[5:30] + second[:7] + second[8:15] + second[18:29]
    return first, second + check(whole), f"{family}<<{given}".ljust(30, "<")


def home_return_permit(dice: random.Random) -> tuple[str, ...]:
    """Three lines of 30 in the order that the Mainland's permits of 2013 and later have."""
    number, expiry, birth = f"H{dice.randrange(10**8):08d}", _day(dice, 2024, 2034), _day(dice, 1950, 2005)
    fields = f"{number}{check(number)}<{expiry}{check(expiry)}<{birth}{check(birth)}<"
    family, given = name(dice)
    first = f"CR{fields}{check(fields)}"
    return first, f"{family}<<{given}".ljust(30, "<"), f"{_letters(dice, 8)}".ljust(30, "<")
