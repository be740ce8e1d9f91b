"""The one language of path patterns, by example."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdpo_audit.model.locations.patterns import (
    Patterns,
    compiled,
    fixed_start,
    is_at,
    literal,
    matched_before,
    matches,
)
from pdpo_audit.model.locations.printed import printed, printed_members, printed_place
from tests.model.test_printed import LOCATORS, MEMBERS

MATCHING: list[tuple[str, bytes, str]] = [
    ("**/*", b"a", ""), ("**/*", b"a/b/c", ""), ("**", b"a/b", "page/1"),
    ("2023-summer/**", b"2023-summer/x/y.jpg", ""),
    ("**/IMG_????.jpg", b"x/IMG_1234.jpg", ""),
    ("**/b", b"a\nx/b", ""), ("照片/**", "照片/一.jpg".encode(), ""), ("?.jpg", "圖.jpg".encode(), ""),
    # The file, and everything inside it.
    ("**/*.tif", b"scan.tif", ""), ("**/*.tif", b"scans/scan.tif", "page/3"), ("*.tif", b"scan.tif", "page/3"),
    ("scan.tif!/page/3", b"scan.tif", "page/3"), ("**/page/?", b"scans/scan.tif", "page/3"),
    ("deck.pptx!/**/*.jpg", b"deck.pptx", "ppt/media/image3.jpg"), ("**/*.jpg", b"deck.pptx", "ppt/image3.jpg"),
    # Sets, and names with the brackets themselves.
    ("a[1].jpg", b"a[1].jpg", ""), ("a[1].jpg", b"a1.jpg", ""), ("set[0-3]/*", b"set2/x", ""),
    ("[!a]x", b"bx", ""), ("[!a]x", b"%x", ""), ("[!a]x", b"\xffx", ""), ("[%]x", b"%x", ""), ("[]]x", b"]x", ""),
    ("[z-a]x", b"[z-a]x", ""), ("[a-]x", b"-x", ""), ("[圖相]x", "相x".encode(), ""),
    # Bytes and signs.
    ("100%/*", b"100%/x", ""), ("100%25/*", b"100%/x", ""), ("?.jpg", b"%.jpg", ""), ("?.jpg", b"\xff.jpg", ""),
    ("a%FF.jpg", b"a\xff.jpg", ""), ("a%ff.jpg", b"a\xff.jpg", ""), ("a\udcff.jpg", b"a\xff.jpg", ""),
    ("a%2A.jpg", b"a*.jpg", ""), ("%E5%9C%96.jpg", "圖.jpg".encode(), ""), ("a%21.jpg", b"a!.jpg", ""),
    ("Wow%21/**", b"Wow!/x", ""), ("Wow%21**", b"Wow!/x", ""), ("Wow?/x", b"Wow!/x", ""), ("*/x", b"Wow!/x", ""),
    ("[!!a]/x", b"b/x", ""), ("[a!]/x", b"!/x", ""),
    # Anchors.
    ("tmp/", b"tmp/x/y", ""), ("/a/*", b"a/x", ""), ("./a/*", b"a/x", ""),
]  # fmt: skip

OTHERS: list[tuple[str, bytes, str]] = [
    ("*", b"a/b", ""), ("2023-summer/**", b"2023-summer-2/x.jpg", ""), ("**/IMG_????.jpg", b"x/IMG_12345.jpg", ""),
    ("a%25FF.jpg", b"a\xff.jpg", ""), ("a%FF.jpg", b"a%FF.jpg", ""), ("*5.jpg", b"100%.jpg", ""),
    ("scan.tif!/page/3", b"scan.tif!/page/3", ""), ("scan.tif%21/page/3", b"scan.tif", "page/3"),
    ("scan.tif", b"scan.tif2", ""), ("scan.ti", b"scan.tif", ""), ("tmp", b"tmp/x", ""), ("A.jpg", b"a.jpg", ""),
    ("[!%]x", b"%x", ""), ("[!!a]/x", b"!/x", ""), ("[a-c]x", b"dx", ""), ("a**/b", b"ab", ""),
    ("tmp/", b"tmp2/x", ""), ("tmp/", b"tmp.jpg", ""), ("tmp/", b"tmp", ""), ("/tmp/", b"tmpx/y", ""),
    ("", b"a", ""), ("a%2A.jpg", b"ab.jpg", ""), ("?", b"\xff\xfe", ""), ("**/*.jpg", b"a.jpg.txt", ""),
]  # fmt: skip


@pytest.mark.parametrize(("pattern", "locator", "member"), MATCHING)
def test_it_matches(pattern: str, locator: bytes, member: str) -> None:
    assert matches(pattern, printed_place(locator, member))
    assert printed_place(locator, member).startswith(fixed_start(pattern))


@pytest.mark.parametrize(("pattern", "locator", "member"), OTHERS)
def test_it_does_not_match(pattern: str, locator: bytes, member: str) -> None:
    assert not matches(pattern, printed_place(locator, member))


def test_one_of_several_is_enough_and_none_matches_nothing() -> None:
    assert (
        Patterns(("a/**", "b/**")).matches("b/x") and not Patterns(()).matches("a") and not Patterns(("",)).matches("")
    )


def test_before_there_was_one_language_a_star_crossed_folders() -> None:
    assert matched_before("set1/*", "set1/a/b.jpg") and matched_before("100%/*", "100%25/x.jpg")
    assert not matched_before("**/*.tif", "scan.tif")


@given(LOCATORS, MEMBERS)
def test_a_literal_place_matches_itself_and_what_is_inside(locator: bytes, members: tuple[bytes, ...]) -> None:
    place = printed_place(locator, printed_members(members))
    pattern = literal(place)
    assert matches(pattern, place) and matches(pattern, f"{place}!/page/1")
    assert fixed_start(pattern) == place


@given(LOCATORS, LOCATORS)
def test_a_literal_place_matches_no_other(left: bytes, right: bytes) -> None:
    assert matches(literal(printed(left)), printed(right)) == (left == right)


@given(st.text("*?[]!-%/a\n25F", max_size=10), st.text("ab%!/[]*\n", max_size=8).filter(bool))
def test_any_text_is_a_pattern(pattern: str, name: str) -> None:
    """No pattern is wrong, and places with and without escapes are compared by the same rules."""
    place = printed(name.encode())
    found = matches(pattern, place)
    assert found is False or place.startswith(fixed_start(pattern))
    assert (Patterns((pattern,))._whole.fullmatch(place) is not None) == found


def test_the_documented_examples_are_true() -> None:
    text = Path(__file__).parents[2].joinpath("docs/patterns.md").read_text("utf-8")
    table = text.partition("| does not select |")[2].partition("\n\n")[0].splitlines()[2:]
    rows = [[re.findall("`([^`]+)`", cell) for cell in line.strip("|").split("|")] for line in table]
    assert len(rows) > 5
    for (pattern,), chosen, others in rows:
        assert [matches(pattern, place) for place in chosen + others] == [True] * len(chosen) + [False] * len(others)


@pytest.mark.parametrize(
    ("wanted", "source", "path", "expected"),
    [
        (["nas:a/b.jpg"], "nas", "a/b.jpg", True),
        (["nas:a/b.jpg"], "web", "a/b.jpg", False),
        (["nas:a/*.jpg"], "nas", "a/b.jpg", True),
        (["nas:a/*.jpg"], "web", "a/b.jpg", False),
        (["nas:a/[b].jpg"], "nas", "a/[b].jpg", True),
        (["a/b.jpg"], "web", "a/b.jpg", True),
        (["a/*.jpg"], "web", "a/b.jpg", True),
        (["a/c.jpg"], "web", "a/b.jpg", False),
        (["a/c.jpg", "a/b.jpg"], "web", "a/b.jpg", True),
        (["nas:b.jpg"], "web", "nas:b.jpg", True),
        (["nas"], "nas", "a/b.jpg", False),
        (["nas:*.jpg"], "nas", "a/b.jpg", False),
        ([], "nas", "a/b.jpg", False),
    ],
)
def test_a_place_as_commands_name_it(wanted: list[str], source: str, path: str, expected: bool) -> None:
    assert is_at(wanted, source, path) is expected


def test_a_page_beyond_the_first_is_tried_where_a_pattern_numbers_it() -> None:
    assert compiled("a.tif!/page/300").may_match_page("a.tif")
    assert compiled("a.tif!/page/301").may_match_page("a.tif")
    assert compiled("a.tif!/page/1").may_match_page("a.tif")
    assert not compiled("a.tif!/page/0").may_match_page("a.tif")
    assert compiled("a.tif!/page/[3]0[1]").may_match_page("a.tif") is False, "a later page that no pattern numbers"


def test_a_wildcard_in_the_middle_of_a_name_begins_no_name() -> None:
    assert matches("a**/b", "ax/b") and matches("a/**/b", "a/b") and not matches("a**/b", "ab")
    assert matches("a**/b", "a/b") and matches("/**/b", "b") and not matches("xa**/b", "xab")
