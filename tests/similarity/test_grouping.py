"""How many comparisons grouping asks for: no more than the pictures themselves suggest."""

from __future__ import annotations

import pytest

from pdpo_audit.model.clusters import Relation, Verdict, VerifiedPair
from pdpo_audit.similarity.clusters import Known, Pair, group

#: So many photographs (by number), each with a screenshot (this much more) in the window of one program.
_PHOTOS, _SHOT = 40, 1000


def compared(pair: Pair) -> VerifiedPair:
    """A screenshot shows its photograph and as much again; screenshots share the window only."""
    left, right = pair
    if right - left != _SHOT:
        return VerifiedPair(left=left, right=right, verdict=Verdict.DIFFERENT)
    return VerifiedPair(
        left=left,
        right=right,
        verdict=Verdict.DUPLICATE,
        relation=Relation.EDITED,
        reverse=Relation.CROPPED,
        similarity=0.9,
        evidence={"left_in_right": 1.0, "right_in_left": 0.53, "made_from": "left", "trace": "frame"},
    )


def grouped(around: dict[int, set[int]]) -> tuple[dict[int, tuple[int, ...]], int]:
    """The groups, and how many pairs were compared; the larger number is the likelier master by itself."""
    pairs: dict[Pair, VerifiedPair] = {}
    known = Known(neighbours=around, pairs=pairs, rejected=set(), propose=max, apart=lambda one, other: 100)
    plan = group(sorted(around), known)
    while plan.wanted:
        pairs |= {pair: compared(pair) for pair in plan.wanted}
        plan = group(sorted(around), known)
    return plan.groups, len(pairs)


def library(others: int) -> dict[int, set[int]]:
    """Candidates: each photograph and its screenshot, all screenshots; each photograph and so many others of them."""
    photos = range(1, _PHOTOS + 1)
    shots = {photo + _SHOT for photo in photos}
    around = {photo: {(photo - 1 + step) % _PHOTOS + 1 + _SHOT for step in range(others + 1)} for photo in photos}
    for shot in shots:
        around[shot] = shots - {shot} | {photo for photo in photos if shot in around[photo]}
    return around


@pytest.mark.parametrize(("others", "most"), [(0, 5), (4, 15)])
def test_a_window_that_many_screenshots_share_does_not_lead_to_the_other_photographs(others: int, most: int) -> None:
    groups, compared_pairs = grouped(library(others))
    assert groups == {photo: (photo, photo + _SHOT) for photo in range(1, _PHOTOS + 1)}
    assert compared_pairs < most * _PHOTOS  # of 1,600 pairs of a photograph and a screenshot, and 780 of screenshots
