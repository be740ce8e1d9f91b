"""A name or a flag tied to one copy holds wherever the person can be seen, and nowhere else."""

from __future__ import annotations

from pdpo_audit.model.clusters import Relation
from pdpo_audit.model.people import PeopleLevel
from pdpo_audit.model.pictures import Metadata
from pdpo_audit.people.levels import level_of
from pdpo_audit.people.sharing import Member, share_levels
from tests.people.test_levels import NOTHING, SHARP, SMALL

NAMED = Metadata(persons=("Chan Tai Man",), keywords=("children",))
CAPTIONED = Metadata(caption="Ms Mary Lee at the pier")


def member(content: int, relation: Relation, faces: list[object] | None, metadata: Metadata = NOTHING) -> Member:
    own = level_of(faces, metadata)  # type: ignore[arg-type]
    return Member(content=content, relation=relation, place=f"set/{content}.jpg", own=own)


def test_every_copy_that_shows_the_person_is_named_and_flagged() -> None:
    shared = share_levels(
        [
            member(1, Relation.RESIZED, [SHARP], NAMED),
            member(2, Relation.MASTER, [SHARP]),
            member(3, Relation.RECOLOURED, [SMALL]),
            member(4, Relation.CROPPED, []),
            member(5, Relation.RESIZED, None),
        ]
    )
    assert [one.level for one in shared.values()] == [
        PeopleLevel.P3, PeopleLevel.P3, PeopleLevel.P3, PeopleLevel.P0, PeopleLevel.UNKNOWN,
    ]  # fmt: skip
    assert [one.sensitivity for one in shared.values()] == [("child",), ("child",), ("child",), None, None]
    assert shared[2].reason.startswith('named by the metadata of the copy "set/1.jpg"; 1 face graded')
    assert "Chan" not in shared[2].reason


def test_the_same_image_data_is_named_whatever_was_seen_on_it() -> None:
    shared = share_levels([member(1, Relation.MASTER, [], NAMED), member(2, Relation.METADATA_ONLY, [])])
    assert shared[2].level is PeopleLevel.P3 and shared[2].sensitivity == ("child",)
    captions = share_levels([member(1, Relation.MASTER, [], CAPTIONED), member(2, Relation.METADATA_ONLY, [])])
    assert {one.level for one in captions.values()} == {PeopleLevel.P0}  # a caption may name somebody not shown


def test_a_caption_on_a_crop_that_shows_nobody_names_the_person_on_the_whole() -> None:
    shared = share_levels([member(1, Relation.CROPPED, [], CAPTIONED), member(2, Relation.MASTER, [SHARP])])
    assert [one.level for one in shared.values()] == [PeopleLevel.P0, PeopleLevel.P3]
