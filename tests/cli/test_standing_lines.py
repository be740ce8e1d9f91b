"""What `status` prints of the people levels is true at every level."""

from __future__ import annotations

import pytest

from pdpo_audit.catalogue.queries.totals import LevelCount
from pdpo_audit.cli.commands.inspecting import people_line


@pytest.mark.parametrize(
    ("level", "count", "printed"),
    [
        ("P0", (17, 84, 111), "P0: 17 pictures, held in 84 copies; 111 copies are at this level by themselves"),
        ("P2", (3, 9, 1), "P2: 3 pictures, held in 9 copies; 1 copy is at this level by itself"),
        ("P2", (3, 9, 0), "P2: 3 pictures, held in 9 copies; 0 copies are at this level by themselves"),
        ("P1", (3, 9, 9), "P1: 3 pictures, held in 9 copies"),
    ],
)
def test_a_picture_has_the_highest_level_of_its_copies(level: str, count: tuple[int, int, int], printed: str) -> None:
    pictures, held, holdings = count
    assert people_line(level, LevelCount(pictures=pictures, held=held, holdings=holdings)) == printed
