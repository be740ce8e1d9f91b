"""Identity numbers: shape, bracket and check digit together, and nothing else."""

from __future__ import annotations

import random

import pytest

from benchmarks.documents import numbers
from pdpo_audit.text.numbers import hong_kong, mainland, zones
from pdpo_audit.text.numbers.folding import folded

#: Published examples: the check digit of each is known from elsewhere.
ICAO_BOOK = "L898902C36UTO7408122F1204159ZE184226B<<<<<10"
ICAO_CARD = ("I<UTOD231458907<<<<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<6", "ERIKSSON<<ANNA<MARIA<<<<<<<<<<")


RIGHT = (
    "A123456(3)|身份證號碼：A123456(3)|HKID No. A123456(3)|a 123456 （3）|Ａ１２３４５６［３］|G123456(A)|AB987654(3)|"
    "A123456(3|HKIDNo.A123456(3)日期|A12345 6(3)"
)


@pytest.mark.parametrize("line", RIGHT.split("|"))
def test_a_hong_kong_number_is_told(line: str) -> None:
    assert hong_kong.has_number(folded(line))


@pytest.mark.parametrize(
    "line",
    ["A123456(4)", "A1234563", "A123456-3", "A123456 3", "A12345(3)", "A1234567(3)", "ABC123456(3)", "XA123456(3)x2",
     "A123456(34)", "1A123456(3)", "A123456()", "(A123456)3", "A123456(B)", "IIZ34S6(3)", ""],
)  # fmt: skip
def test_other_strings_are_no_hong_kong_numbers(line: str) -> None:
    assert not hong_kong.has_number(folded(line))


def test_one_letter_read_for_a_digit_is_allowed_and_the_check_digit_decides() -> None:
    assert hong_kong.has_number("A12345G(3)") and not hong_kong.has_number("A12345B(3)")
    assert not hong_kong.has_number("AI2345G(3)")


def test_a_mainland_number_needs_region_date_and_check_digit() -> None:
    right = "11010519491231002X"
    assert mainland.has_number(folded(f"公民身份号码 {right}")) and mainland.has_number(folded("110105 19491231 002x"))
    assert mainland.has_number("11O1O519491231002X")
    for wrong in ("110105194912310021", "11010519491331002X", "99010519491231002X", f"1{right}", "1101051949123100"):
        assert not mainland.has_number(wrong)
    digits = "00010519491231002"
    assert not mainland.has_number(digits + mainland.check_digit(digits))


def test_the_zones_of_the_standard_are_told() -> None:
    assert (
        zones.is_book(ICAO_BOOK) and zones.is_book(ICAO_BOOK[:36]) and zones.is_book(folded("  " + ICAO_BOOK.lower()))
    )
    assert zones.cards(ICAO_CARD) == [0, 1] == zones.cards([*ICAO_CARD[:2], "12:40 13:20"])
    assert zones.cards(list(reversed(ICAO_CARD))) == [1, 2]
    assert not zones.cards(ICAO_CARD[:1]) and not zones.cards(ICAO_CARD[1:])


def test_a_zone_that_lost_its_fillers_is_told_and_one_with_two_wrong_digits_is_not() -> None:
    assert zones.is_book(ICAO_BOOK.replace("<", "")) and zones.is_book(ICAO_BOOK.replace("UTO", "UT0"))
    one_wrong = ICAO_BOOK[:9] + "7" + ICAO_BOOK[10:]
    assert zones.is_book(one_wrong) and not zones.is_book(one_wrong[:19] + "5" + one_wrong[20:])
    assert not zones.is_book(ICAO_BOOK.replace("740812", "741312"))


def test_a_line_of_fillers_is_a_hint_alone() -> None:
    assert zones.looks_like_one("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<")
    assert not zones.looks_like_one("if a<b and b<c and c<d") and not zones.looks_like_one("A<<<<<<B")


def test_every_invented_number_is_told() -> None:
    """The makers compute check digits apart from the program."""
    dice = random.Random(24)
    for _ in range(200):
        assert hong_kong.has_number(numbers.hong_kong(dice))
        assert mainland.has_number(numbers.mainland(dice))
        assert zones.is_book(numbers.passport(dice)[1])
        assert zones.cards(numbers.travel_card(dice)) == [0, 1]
        assert zones.is_permit(numbers.home_return_permit(dice)[0])


def test_random_digits_are_hardly_ever_told() -> None:
    dice = random.Random(7)
    serials = [f"{dice.randrange(10**18):018d}" for _ in range(20_000)]
    assert sum(map(mainland.has_number, serials)) <= 1
    assert not any(hong_kong.has_number(text) or zones.is_book(text) or zones.is_permit(text) for text in serials)
