"""Levels of pictures, names, and sensitivity flags."""

from __future__ import annotations

import pytest

from pdpo_audit.errors import SettingsError
from pdpo_audit.model.people import Face, Grade, PeopleLevel
from pdpo_audit.model.pictures import Metadata, NamedRegion
from pdpo_audit.people.levels import MASKED, level_of
from pdpo_audit.people.naming import naming_of


def face(grade: Grade, height: int = 60) -> Face:
    return Face(
        x=0, y=0, width=50, height=height, score=0.9, eye_distance_px=20, sharpness=50, grade=grade, reason="as tested"
    )


SHARP, BORDER, SMALL, DOLL = (
    face(Grade.IDENTIFIABLE),
    face(Grade.BORDERLINE),
    face(Grade.NOT_IDENTIFIABLE),
    face(Grade.DOUBTFUL),
)
NOTHING = Metadata()


def level(*faces: Face, metadata: Metadata = NOTHING, path: str = "", patterns: tuple[str, ...] = ()) -> PeopleLevel:
    return level_of(faces, metadata, path=path, name_patterns=patterns).level


def test_levels_by_faces_alone() -> None:
    assert level() is PeopleLevel.P0
    assert level(SMALL) is PeopleLevel.P1
    assert level(DOLL, DOLL) is PeopleLevel.P1
    assert level(SMALL, BORDER) is PeopleLevel.P2
    assert level(DOLL, SHARP) is PeopleLevel.P2


def test_a_pass_that_did_not_run_is_unknown_and_never_p0() -> None:
    assert level_of(None, NOTHING).level is PeopleLevel.UNKNOWN
    assert level_of(None, Metadata(persons=("Chan Tai Man",))).level is PeopleLevel.P3


@pytest.mark.parametrize(
    "metadata",
    [
        Metadata(persons=("陳大文",)),
        Metadata(regions=(NamedRegion(x=0.5, y=0.5, width=0.1, height=0.1, name="Mary"),)),
        Metadata(model_release="MR-LMR"),
        Metadata(minor_age="AG-A17"),
        Metadata(caption="Ms Mary Lee at the pier"),
        Metadata(caption="Chan Tai-man receives the prize"),
        Metadata(keywords=("Chan Tai Man",)),
        Metadata(caption="陳大文先生出席派對"),
    ],
)
def test_associated_data_makes_p3_of_a_visible_person(metadata: Metadata) -> None:
    assert level(BORDER, metadata=metadata) is PeopleLevel.P3
    assert level(SMALL, metadata=metadata) is PeopleLevel.P3
    reason = level_of([BORDER], metadata).reason
    assert not any(name in reason for name in ("陳大文", "Mary", "Chan"))


@pytest.mark.parametrize(
    "metadata",
    [
        Metadata(artist="Wong Ka Wai", credit="Wong Ka Wai", rights="(c) Wong Ka Wai"),
        Metadata(artist="Wong Ka Wai", caption="Picture: Wong Ka Wai", keywords=("Wong Ka Wai",)),
        Metadata(caption="At the pier. Photo by Wong Ka Wai"),
        Metadata(model_release="MR-NON", minor_age="AG-UNK"),
        Metadata(caption="Harbour at dusk from Chan Street, then Wong Tai Sin and Lai Chi Kok"),
        Metadata(regions=(NamedRegion(x=0.5, y=0.5, width=0.1, height=0.1),)),
    ],
)
def test_credits_and_empty_declarations_never_make_p3(metadata: Metadata) -> None:
    assert level(SHARP, metadata=metadata) is PeopleLevel.P2


def test_without_a_face_only_a_declared_person_counts() -> None:
    assert level(metadata=Metadata(caption="Ms Mary Lee", model_release="MR-UMR")) is PeopleLevel.P0
    assert level(metadata=Metadata(persons=("Mary Lee",))) is PeopleLevel.P3


def test_what_tells_who_it_is_without_a_face_is_named_and_raises_nothing() -> None:
    caption = Metadata(caption="Ms Mary Lee and Mr Peter Chan, seen from behind", persons=())
    named = naming_of(caption)
    assert (named.identifiers, named.persons) == (frozenset({"caption"}), 2)
    assert level(metadata=caption) is PeopleLevel.P0
    assert level_of(None, caption).level is PeopleLevel.UNKNOWN
    placed = naming_of(NOTHING, path="HR/staff-01234.jpg", name_patterns=(r"staff-(\d{5})",))
    assert (placed.identifiers, placed.persons) == (frozenset({"place_name"}), 1)
    assert naming_of(Metadata(model_release="MR-UMR")).identifiers == {"release"}
    credited = Metadata(artist="Wong Ka Wai", caption="Picture: Wong Ka Wai", model_release="MR-NON")
    assert naming_of(credited).identifiers == frozenset()


def test_names_in_paths_by_the_workspaces_patterns() -> None:
    patterns = (r"leavers/([A-Z][a-z]+_[A-Z]+)/", r"staff-(\d{5})")
    found = level_of([SHARP], NOTHING, path="HR/leavers/Chan_TM/badge.jpg", name_patterns=patterns)
    assert (found.level, found.named) == (PeopleLevel.P3, ("Chan_TM",))
    assert level(SHARP, path="HR/staff-01234.jpg", patterns=patterns) is PeopleLevel.P3
    assert level(SHARP, path="HR/other.jpg", patterns=patterns) is PeopleLevel.P2
    with pytest.raises(SettingsError, match="no regular expression"):
        level(SHARP, path="a", patterns=("(",))


def test_sensitivity_is_not_looked_for_where_nothing_tells() -> None:
    assert level_of([SHARP], NOTHING).sensitivity is None
    assert level_of([SHARP], Metadata(caption="hospital")).sensitivity is None
    assert level_of([SHARP], Metadata(keywords=("harbour",))).sensitivity == ()
    assert level_of([SHARP], Metadata(keywords=("Children", "病人"))).sensitivity == ("child", "medical")
    assert level_of([SHARP], Metadata(minor_age="AG-A18")).sensitivity == ()
    assert level_of([SHARP], Metadata(minor_age="AG-U14")).sensitivity == ("child",)
    assert level_of([SHARP], NOTHING, record_class="identity_document_copy").sensitivity == ("identity_document",)
    assert level_of([SHARP], NOTHING, record_class="school_photo").sensitivity == ("child",)
    assert level_of([SHARP], NOTHING, record_class="event_photo").sensitivity == ()
    assert level_of([], NOTHING, registered=("incident",)).sensitivity == ("incident",)


def test_a_copy_that_this_program_masked_is_not_without_people() -> None:
    found = level_of((), Metadata(), masked=True)
    assert (found.level, found.reason) == (PeopleLevel.P1, MASKED)
    assert level_of(None, Metadata(), masked=True).level is PeopleLevel.P1
