"""Sorting by metadata: what a spreadsheet shows side by side, and how its guesses are scored."""

from __future__ import annotations

import os
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdpo_audit.model.locations.holdings import ImageRef
from pdpo_audit.sources.sorting import Listed, Scale, compare_with, sort, stem

NOON = datetime.fromisoformat("2024-05-01T12:00:00")  # cameras write no zone


@pytest.mark.parametrize(
    "name",
    ["IMG_0412.jpg", "Copy of IMG_0412.JPG", "img_0412 (2).png", "IMG_0412 - Copy.tif", "IMG_0412-edited-web.jpg",
     "IMG_0412-1024x768.webp", "x/y/IMG_0412_final_2.jpg", "IMG_0412 - Copy (3).jpg", "IMG_0412 副本.jpg"],
)  # fmt: skip
def test_the_names_of_copies_have_one_stem(name: str) -> None:
    assert stem(os.fsencode(name)) == "img_0412"


@pytest.mark.parametrize("name", ["IMG_0413.jpg", "IMG_0412b.jpg", "2 IMG_0412.jpg", ".jpg", "copy.jpg"])
def test_other_names_have_another(name: str) -> None:
    assert stem(os.fsencode(name)) not in ("img_0412", "")


def one(name: str, *, size: int = 1, modified: int = 0, camera: str = "", at: datetime | None = None) -> Listed:
    ref = ImageRef(source="s", locator=os.fsencode(name))
    return Listed(ref=ref, bytes=size, modified_ns=modified, camera=camera, captured_at=at)


def joined(*listed: Listed) -> bool:
    return bool(sort(listed))


def test_any_one_key_joins_and_less_does_not() -> None:
    assert joined(one("a.jpg", size=5, modified=1), one("b/a (1).jpg", size=5, modified=2))
    assert joined(one("a.jpg", size=5, at=NOON), one("a-web.jpg", size=6, at=NOON))
    assert joined(one("a.jpg", size=5, at=NOON, camera="X100"), one("b.jpg", size=6, at=NOON, camera="x100"))
    assert joined(one("a.jpg", size=5, modified=7), one("b.jpg", size=5, modified=7))
    assert not joined(one("a.jpg", size=5, modified=1), one("a.jpg", size=6, modified=1))
    assert not joined(one("a.jpg", size=5, modified=1, at=NOON), one("b.jpg", size=6, modified=1, at=NOON))


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 3), st.integers(1, 3)), max_size=12), st.randoms())
def test_groups_do_not_depend_on_the_order(rows: list[tuple[str, int, int]], chance: object) -> None:
    listed = [one(f"{k}/{n}.jpg", size=s, modified=m) for k, (n, s, m) in enumerate(rows)]
    mixed = listed.copy()
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    groups = [{frozenset(files[k].ref for k in group) for group in sort(files)} for files in (listed, mixed)]
    assert groups[0] == groups[1]


def test_guesses_are_scored_by_pairs() -> None:
    assert compare_with([1, 1, 1, 0, 2, 2], ["A", "A", "B", "B", "", ""]) == Scale(found=1, missed=1, wrong=3)
    assert compare_with([], []) == Scale(found=0, missed=0, wrong=0)
