"""The people level of a duplicate cluster: the highest of its copies, and what must be said beside it."""

from __future__ import annotations

from itertools import permutations

import pytest

from pdpo_audit.model.people import PeopleLevel, Version, cluster_level

P0, P1, P2, P3, UNKNOWN = (PeopleLevel(text) for text in ("P0", "P1", "P2", "P3", "unknown"))


def version(level: PeopleLevel, place: str = "a.jpg", *, master: bool = False) -> Version:
    return Version(level=level, reason=f"seen in {place}", place=place, master=master)


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ((P1, P2, P0), P2),
        ((P3, UNKNOWN), P3),
        ((P0, UNKNOWN), UNKNOWN),
        ((P1, UNKNOWN), P1),
        ((P0, P0), P0),
        ((), UNKNOWN),
    ],
)
def test_the_highest_counts_and_what_nobody_looked_at_is_never_p0(
    levels: tuple[PeopleLevel, ...], expected: PeopleLevel
) -> None:
    for order in permutations(levels):
        assert cluster_level([version(level) for level in order])[0] is expected


def test_a_master_without_a_face_beside_a_copy_with_one_is_said() -> None:
    versions = [version(P0, "crop.jpg", master=True), version(P2, "whole.jpg")]
    assert cluster_level(versions) == (
        P2,
        'the master shows no face while the copy "whole.jpg" does: seen in whole.jpg',
    )
    versions[0] = version(P1, "crop.jpg", master=True)
    assert cluster_level(versions)[1].startswith('shown by the copy "whole.jpg" and not by the master')
    versions[0] = version(UNKNOWN, "crop.jpg", master=True)
    assert cluster_level(versions)[1].startswith("the master was not examined for faces")


def test_where_the_master_shows_as_much_its_own_reason_stands() -> None:
    versions = [version(P2, "first.jpg"), version(P2, "master.jpg", master=True), version(P0, "third.jpg")]
    assert cluster_level(versions) == (P2, "seen in master.jpg")


def test_copies_that_nobody_looked_at_are_counted() -> None:
    versions = [version(P2, master=True), version(UNKNOWN), version(P0)]
    assert cluster_level(versions)[1].endswith("1 of 3 copies not examined for faces")
