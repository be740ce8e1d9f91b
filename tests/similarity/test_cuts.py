"""Every cut lies between what was measured of copies and of strangers, and decides on either side of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pdpo_audit.model.clusters import Verdict
from pdpo_audit.similarity.comparison.agreement import Agreement
from pdpo_audit.similarity.comparison.alignment import describe, whole_frame
from pdpo_audit.similarity.comparison.laying import FRAME, Laid
from pdpo_audit.similarity.comparison.relations import Tone
from pdpo_audit.similarity.comparison.verdicts import decide
from pdpo_audit.similarity.cuts import CUTS, cut

_SIZE = 300, 400


def laid(**measured: float) -> Laid:
    """Two photographs in one frame that agree but for what was ``measured``."""
    agreement = Agreement(explained=0.9, plain=0.1, strange=0.0, missing=0.1, other=0.0, replaced_coarse=1.0)
    agreement = replace(agreement, **measured)  # type: ignore[arg-type]
    frame = whole_frame(0, _SIZE, _SIZE)
    tone = Tone(change=0.0, patch=0.0)
    return Laid(transform=frame, geometry=describe(frame, _SIZE, _SIZE), agreement=agreement, tone=tone, how=FRAME)


def inked(share: float, **measured: float) -> Laid:
    return laid(lost_toned=share, added_toned=share, **measured)


@pytest.mark.parametrize("name", sorted(CUTS))
def test_a_cut_says_where_it_comes_from(name: str) -> None:
    one = CUTS[name]
    assert one.unit, one
    assert one.what, one
    assert one.corpus, one
    for least, most in (side for side in (one.copies, one.strangers) if side is not None):
        assert least <= most, one


#: What is measured just below and just above a cut, and the rules that decide there.
CASES = [
    ("replaced_photo", lambda at: inked(at), "photograph with its ink", "other ink in a photograph"),
    (
        "replaced_plain",
        lambda at: inked(at, plain=0.9, calm=0.0),
        "page with its ink",
        "other ink on a plain ground",
    ),
    (
        "exchanged",
        lambda at: inked(0.001, plain=0.9, calm=0.0, exchanged=round(at)),
        "page with its ink",
        "other ink on a plain ground",
    ),
    (
        "added_plain",
        lambda at: laid(added_toned=at, plain=0.9, calm=0.0),
        "page with its ink",
        "other ink on a plain ground",
    ),
    ("plain", lambda at: inked(0.05, plain=at, calm=0.0), "photograph with its ink", "other ink on a plain ground"),
    ("half_plain", lambda at: inked(0.05, plain=at, exchanged=90), "photograph with its ink", "other ink on a card"),
    (
        "exchanged_many",
        lambda at: inked(0.05, plain=0.5, exchanged=round(at)),
        "photograph with its ink",
        "other ink on a card",
    ),
    (
        "replaced_half_plain",
        lambda at: inked(at, plain=0.5, exchanged=90),
        "card with its ink",
        "other ink on a card",
    ),
    ("strange", lambda at: laid(strange=at), "photograph with its ink", "too strange"),
    ("strange_patch", lambda at: laid(strange=at, patch=0.1, ground=0.9), "all but a patch", "too strange"),
    (
        "replaced_patch",
        lambda at: inked(at, patch=0.1, ground=0.55),
        "all but a patch",
        "other ink in a photograph",
    ),
    ("replaced_even", lambda at: inked(at, patch=0.1, ground=0.9), "all but a patch", "other ink in a photograph"),
    ("least_ground", lambda at: inked(0.1, patch=0.1, ground=at), "other ink in a photograph", "all but a patch"),
    ("even_ground", lambda at: inked(0.3, patch=0.1, ground=at), "other ink in a photograph", "all but a patch"),
    (
        "patch_photo",
        lambda at: inked(0.1, patch=0.1, ground=0.9, explained=at),
        "other ink in a photograph",
        "all but a patch",
    ),
    (
        "beside_patch",
        lambda at: inked(0.1, patch=0.1, ground=0.9, explained=0.55, beside=at),
        "other ink in a photograph",
        "all but a patch",
    ),
    (
        "patch_plain",
        lambda at: inked(0.1, patch=0.01, ground=0.9, plain=0.9, calm=0.0, explained=at),
        "other ink on a plain ground",
        "all but a patch",
    ),
    (
        "no_document",
        lambda at: laid(added_toned=0.2, plain=0.9, calm=at),
        "other ink on a plain ground",
        "object with its ink",
    ),
    (
        "explained_object",
        lambda at: laid(added_toned=0.2, plain=0.9, calm=0.5, explained=at),
        "other ink on a plain ground",
        "object with its ink",
    ),
    (
        "drawn_over_object",
        lambda at: laid(added_toned=at, plain=0.9, calm=0.5),
        "object with its ink",
        "other ink on a plain ground",
    ),
    (
        "exchanged_object",
        lambda at: inked(0.02, plain=0.9, calm=0.5, exchanged=round(at)),
        "object with its ink",
        "other ink on a plain ground",
    ),
    (
        "other_sharpness",
        lambda at: inked(0.02, plain=0.9, calm=0.5, sharper=at),
        "object with its ink",
        "other ink on a plain ground",
    ),
]


@pytest.mark.parametrize(("name", "made", "below", "above"), CASES)
def test_either_side_of_a_cut(name: str, made: object, below: str, above: str) -> None:
    assert callable(made)
    step = 1.0 if cut(name) >= 5 else 0.002
    assert (decide(made(cut(name) - step)).rule, decide(made(cut(name) + step)).rule) == (below, above)


#: Cuts that choose which others are asked: a decision names those.
CHOOSING = {
    "plain", "half_plain", "exchanged_many", "least_ground", "even_ground", "patch_photo", "beside_patch",
    "patch_plain", "no_document", "explained_object", "other_sharpness",
}  # fmt: skip


@pytest.mark.parametrize(("name", "made"), [case[:2] for case in CASES if case[0] not in CHOOSING])
def test_the_evidence_names_the_cut_that_decided(name: str, made: object) -> None:
    """Above the cut that something crossed it stands in what is told, with what was measured."""
    assert callable(made)
    at = cut(name) + (1.0 if cut(name) >= 5 else 0.002)
    told = decide(made(at)).told
    if name in (
        "replaced_patch",
        "replaced_even",
    ):  # with so much exchanged it is no patch: a photograph's cut is asked
        assert told["decided_by"] == "replaced_photo" and decide(made(at - 0.004)).told["decided_by"] == name
    else:
        assert (told["decided_by"], told["decided_at"]) == (name, round(at, 4))
    assert ("linked_by" in told) == (decide(made(at)).verdict is not Verdict.DUPLICATE)


def test_related_is_told_by_structure() -> None:
    for at, verdict, by in ((-0.01, Verdict.DIFFERENT, "related"), (0.01, Verdict.SAME_SCENE, "half_plain")):
        decision = decide(inked(0.5, explained=cut("related") + at))
        assert (decision.verdict, decision.told["linked_by"]) == (verdict, by)


def test_a_card_is_a_layout_and_a_photograph_a_scene() -> None:
    for at, verdict in ((-0.01, Verdict.SAME_SCENE), (0.01, Verdict.SAME_LAYOUT)):
        decision = decide(inked(0.5, plain=cut("half_plain") + at))
        assert (decision.verdict, decision.told["linked_at"]) == (verdict, round(cut("half_plain") + at, 4))


def test_too_little_of_a_scene_is_another_picture() -> None:
    for at, rule in ((-0.01, "too little explained"), (0.01, "photograph with its ink")):
        assert decide(laid(explained=cut("different") + at)).rule == rule
    for at, rule in ((-0.01, "too little shared"), (0.01, "photograph with its ink")):
        one, share = laid(), cut("shared") + at
        geometry = replace(one.geometry, left_inside=share, right_inside=share / 2)
        assert decide(replace(one, geometry=geometry)).rule == rule
    told = decide(laid(explained=0.3)).told
    assert told == {"rule": "too little explained", "decided_by": "different", "decided_at": 0.3}


def test_something_else_in_one_place_is_told_by_no_number() -> None:
    told = decide(laid(other=0.05, strange=0.15)).told
    assert told["rule"] == "something else in one place" and "decided_by" not in told


def test_a_patch_covers_little_of_what_is_on_a_page() -> None:
    for at, rule in ((-0.002, "all but a patch"), (0.002, "other ink on a plain ground")):
        patch = (cut("patch_of_content") + at) * 0.1
        assert decide(inked(0.1, patch=patch, ground=0.9, plain=0.9, calm=0.0)).rule == rule
