"""How many comparisons grouping asks for: no more than the pictures themselves suggest."""

from __future__ import annotations

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


def test_a_window_that_many_screenshots_share_does_not_lead_to_the_other_photographs() -> None:
    photos = range(1, _PHOTOS + 1)
    shots = {photo + _SHOT for photo in photos}
    around = {photo: {photo + _SHOT} for photo in photos}
    around |= {shot: shots - {shot} | {shot - _SHOT} for shot in shots}
    pairs: dict[Pair, VerifiedPair] = {}
    known = Known(neighbours=around, pairs=pairs, rejected=set(), propose=min, apart=lambda one, other: 100)
    plan = group(sorted(around), known)
    while plan.wanted:
        pairs |= {pair: compared(pair) for pair in plan.wanted}
        plan = group(sorted(around), known)
    assert plan.groups == {photo: (photo, photo + _SHOT) for photo in photos}
    assert len(pairs) < 5 * _PHOTOS  # of 1,600 that the window suggests
