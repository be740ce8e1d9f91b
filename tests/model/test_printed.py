"""Printed places say one place each, and are read back to the byte."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdpo_audit.model.locations.holdings import ImageRef
from pdpo_audit.model.locations.printed import (
    former,
    lasting,
    printed_members,
    printed_place,
    read_members,
    read_place,
    read_spelled,
    spelled,
)
from pdpo_audit.reports.words.literal import formulated, unformulated

#: Names as folders hold them: any bytes but NUL and the separator, those that mean something in print more often.
NAMES = st.lists(
    st.one_of(
        st.sampled_from(
            [b"%", b"!", b"%FF", b"\xff", b"a", b"%25", b"%21", b".tif", "圖".encode(), b"\n", b"[U+202E]"]
        ),
        st.binary(min_size=1, max_size=2).filter(lambda raw: not set(raw) & {0, 47}),
    ),
    min_size=1,
    max_size=5,
).map(b"".join)
LOCATORS = st.lists(NAMES, min_size=1, max_size=3).map(b"/".join)
MEMBERS = st.lists(st.lists(NAMES, min_size=1, max_size=2).map(b"/".join), max_size=2).map(tuple)


@given(LOCATORS, MEMBERS)
def test_a_printed_place_is_read_back(locator: bytes, members: tuple[bytes, ...]) -> None:
    text = printed_place(locator, printed_members(members))
    outer, member = read_place(text)
    assert (outer, read_members(member)) == (locator, members)
    assert text.encode()  # nothing is left in it that is not UTF-8


@given(st.tuples(LOCATORS, MEMBERS), st.tuples(LOCATORS, MEMBERS))
def test_two_places_never_share_a_name_nor_a_lasting_one(
    left: tuple[bytes, tuple[bytes, ...]], right: tuple[bytes, tuple[bytes, ...]]
) -> None:
    one, other = (printed_place(locator, printed_members(members)) for locator, members in (left, right))
    assert (one == other) == (left == right)
    assert (lasting(one) == lasting(other)) == (left == right)


@pytest.mark.parametrize(
    ("locator", "member", "text", "before"),
    [
        (b"a\xff.jpg", "", "a%FF.jpg", "a%FF.jpg"),
        (b"a%FF.jpg", "", "a%25FF.jpg", "a%FF.jpg"),
        (b"scan.tif", "page/3", "scan.tif!/page/3", "scan.tif!/page/3"),
        (b"scan.tif!/page/3", "", "scan.tif%21/page/3", "scan.tif!/page/3"),
        (b"50% off!.jpg", "", "50%25 off!.jpg", "50% off!.jpg"),
    ],
)
def test_what_shared_a_name_before_has_two_now(locator: bytes, member: str, text: str, before: str) -> None:
    assert ImageRef(source="s", locator=locator, member=member).path == text
    assert former(text) == before


def test_names_that_last_are_as_they_were_where_they_were_unmistakable() -> None:
    assert lasting("50%25 off.jpg") == "50% off.jpg" and lasting("a%FF.jpg") == "a%FF.jpg"
    assert lasting("a%25FF.jpg") != "a%FF.jpg" and lasting("scan.tif%21/page/3") != "scan.tif!/page/3"


@given(st.text())
def test_what_is_spelled_out_is_read_back(text: str) -> None:
    assert read_spelled(spelled(text)) == text


@pytest.mark.parametrize("text", ["[U+202E]", "\u202e", "[U+005B]U+202E]", "[[U+0041]", "[u+202e]", "a\nb"])
def test_an_escape_in_a_name_is_no_escape_of_ours(text: str) -> None:
    shown = spelled(text)
    assert read_spelled(shown) == text and "\n" not in shown and "\u202e" not in shown
    assert (shown == text) == (text == "[u+202e]")


@given(st.text("'=+-@\t\ra", max_size=4), st.text("'=+-@\t\ra", max_size=4))
def test_the_apostrophe_before_a_formula_can_be_taken_off_again(left: str, right: str) -> None:
    assert formulated(unformulated(left)) == left
    assert (unformulated(left) == unformulated(right)) == (left == right)
    assert unformulated(left)[:1] not in ("=", "+", "-", "@", "\t", "\r") or not left
