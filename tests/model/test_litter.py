"""What lies where nobody works, or beside what people work with, is told from its name."""

from __future__ import annotations

import pytest

from pdpo_audit.model.locations.litter import is_set_aside, is_spare


@pytest.mark.parametrize(
    ("place", "aside"),
    [
        ("IMG_1 (conflicted copy 2024-01-01).jpg", True), ("a (Ann's conflicted copy 2024-01-01).jpg", True),
        ("set/a.sync-conflict-20240101-120000-ABCDEFG.jpg", True), ("a_conflict-20240101-120000.jpg", True),
        ("a (Case Conflict 1).jpg", True), ("a（衝突的副本 2024-01-01）.jpg", True), ("a.jpg.part", True),
        ("a.jpg.crdownload", True), ("conflict zone (2024).jpg", False), ("a (1).jpg", False), ("parts/a.jpg", False),
        ("a (conflicted copy)/b.jpg", False), ("conflict.jpg", False),
    ],
)  # fmt: skip
def test_what_programs_put_beside_a_file_is_no_master(place: str, aside: bool) -> None:
    assert is_set_aside(place) is aside
    assert not is_spare(place)
