"""The word for how two pictures differ: the value on either side of each cut, and the cut that the evidence names."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pdpo_audit.model.clusters import Relation
from pdpo_audit.similarity.comparison.agreement import Agreement
from pdpo_audit.similarity.comparison.alignment import Geometry
from pdpo_audit.similarity.comparison.relations import Difference, Tone, name_relation
from pdpo_audit.similarity.cuts import cut

SAME = Difference(
    geometry=Geometry(angle=0.0, mirrored=False, scale=1.0, stretch=1.0, left_inside=1.0, right_inside=1.0),
    agreement=Agreement(explained=1.0, plain=0.0, strange=0.0, missing=0.0, other=0.0),
    tone=Tone(change=0.0, patch=0.0), stretch=(1.0, 1.0), shorter=512,
)  # fmt: skip
#: Above and below a cut: far beyond what rounding of a sum of two numbers can do.
UP, DOWN = 1 + 1e-9, 1 - 1e-9


def measured(name: str, value: float) -> Difference:
    """The same picture but for one measure."""
    geometry, agreement, tone = SAME.geometry, SAME.agreement, SAME.tone
    match name:
        case "turned":
            return replace(SAME, geometry=replace(geometry, angle=-value))
        case "whole":
            return replace(SAME, geometry=replace(geometry, left_inside=value))
        case "overlay":
            return replace(SAME, agreement=replace(agreement, lost_toned=value))
        case "overlay_rough":
            return replace(SAME, agreement=replace(agreement, added_toned=value), rough=True)
        case "drawn_over":
            return replace(SAME, agreement=replace(agreement, missing=value))
        case "drawn_over_recoloured":
            return replace(SAME, agreement=replace(agreement, missing=value), tone=replace(tone, change=2.0))
        case "tone_patch":
            return replace(SAME, tone=replace(tone, patch=value))
        case "tone":
            return replace(SAME, tone=replace(tone, change=value), shorter=10**15)
        case _:
            return replace(SAME, stretch=(1.0, 1 + value))


@pytest.mark.parametrize(
    ("name", "relation"),
    [
        ("turned", Relation.ROTATED), ("overlay", Relation.EDITED), ("overlay_rough", Relation.EDITED),
        ("drawn_over", Relation.EDITED), ("tone_patch", Relation.EDITED), ("tone", Relation.RECOLOURED),
        ("resized", Relation.RESIZED), ("drawn_over_recoloured", Relation.EDITED),
    ],
)  # fmt: skip
def test_either_side_of_each_cut(name: str, relation: Relation) -> None:
    """Beyond the cut it names the relation and stands in what is told; below it nothing is left but the coding."""
    value = cut(name)
    beyond, within = name_relation(measured(name, value * UP + 1e-9)), name_relation(measured(name, value * DOWN))
    assert (beyond.relation, beyond.reverse, beyond.by) == (relation, relation, name)
    assert beyond.at == pytest.approx(value, rel=1e-6, abs=1e-8)
    left = (Relation.RECOLOURED, "tone") if name == "drawn_over_recoloured" else (Relation.RECOMPRESSED, "none crossed")
    assert (within.relation, within.by) == left


def test_a_crop_and_what_was_added_around() -> None:
    whole = cut("whole")
    assert name_relation(measured("whole", whole)).by == "none crossed"
    crop = name_relation(measured("whole", whole * DOWN))
    assert (crop.relation, crop.reverse, crop.by) == (Relation.CROPPED, Relation.EDITED, "whole")
    assert crop.at == pytest.approx(whole, rel=1e-6)
    wider = replace(SAME, geometry=replace(SAME.geometry, right_inside=0.5))
    assert (name_relation(wider).relation, name_relation(wider).reverse) == (Relation.EDITED, Relation.CROPPED)
    both = replace(SAME, geometry=replace(SAME.geometry, left_inside=0.4, right_inside=0.5))
    assert (name_relation(both).relation, name_relation(both).reverse) == (Relation.EDITED, Relation.EDITED)
    assert name_relation(both).at == 0.4
    mirror = name_relation(replace(SAME, geometry=replace(SAME.geometry, mirrored=True, angle=90.0)))
    assert (mirror.relation, mirror.by) == (Relation.MIRRORED, "mirrored")


def test_lettering_counts_where_nothing_is_coarse_and_tones_stayed() -> None:
    lettered = replace(SAME, agreement=replace(SAME.agreement, lettering=int(cut("lettering")) + 1))
    assert name_relation(lettered).by == "lettering"
    less = replace(SAME, agreement=replace(SAME.agreement, lettering=int(cut("lettering"))))
    assert name_relation(less).by == "none crossed"
    assert name_relation(replace(lettered, rough=True)).by == "none crossed"
    assert name_relation(replace(lettered, stretch=(1.0, 1.5))).by == "resized"
    other = replace(lettered, tone=Tone(change=cut("much_changed"), patch=1.0))
    assert name_relation(other).by == "tone"


def test_sharpening_alone_lifts_no_cut_for_what_was_drawn_over() -> None:
    """Where tones changed the higher cut holds, but for a picture that was sharpened, too."""
    at = (cut("drawn_over") + cut("drawn_over_recoloured")) / 2
    recoloured = replace(SAME, agreement=replace(SAME.agreement, missing=at), tone=Tone(change=2.0, patch=0.0))
    assert name_relation(recoloured).by == "tone"
    for factor, by in ((cut("sharpened") * UP, "drawn_over"), (cut("sharpened") * DOWN, "tone")):
        for sharper in (factor, 1 / factor):
            told = name_relation(replace(recoloured, agreement=replace(recoloured.agreement, sharper=sharper)))
            assert told.by == by, sharper


def test_a_small_picture_must_change_more_to_be_of_another_tone() -> None:
    for shorter in (40, 400):
        limit = cut("tone") + cut("tone_of_small") / shorter
        beyond = name_relation(replace(SAME, tone=Tone(change=limit * UP, patch=0.0), shorter=shorter))
        assert beyond.told == {"named_by": "tone", "named_at": round(limit, 4), "named_limit": round(limit, 4)}
        within = name_relation(replace(SAME, tone=Tone(change=limit * DOWN, patch=0.0), shorter=shorter))
        assert within.told == {"named_by": "none crossed"}


@pytest.mark.parametrize("factor", [2.0, 1.3, 1.01])
def test_how_much_larger_is_one_number_whichever_is_the_left_one(factor: float) -> None:
    there = name_relation(replace(SAME, stretch=(factor, 1.0)))
    back = name_relation(replace(SAME, stretch=(1.0, 1 / factor)))
    assert there == back and there.told["named_at"] == pytest.approx(factor - 1, abs=1e-4)


def test_nought_is_told_too() -> None:
    assert name_relation(measured("whole", 0.0)).told == {"named_by": "whole", "named_at": 0.0}
