"""The sample library's hard cases: staff cards of different people, and edits of one portrait."""

from __future__ import annotations

from functools import partial
from itertools import combinations

import pytest

from pdpo_audit.fingerprints import examine_file
from pdpo_audit.imaging import Limits
from pdpo_audit.model.clusters import Relation, Verdict, VerifiedPair
from pdpo_audit.model.locations.holdings import ImageRef
from pdpo_audit.model.locations.places import Place
from pdpo_audit.model.pictures import Examination
from pdpo_audit.resources import resource
from pdpo_audit.similarity.verification import VerifySide, verify_pair
from pdpo_audit.sources.files import open_file
from tests.similarity.pairs import readable

CARDS = (
    "hr-archive/leavers/2023/HL-0305/card.png",
    "hr-archive/staff-cards/current/HL-0192.png",
    "hr-archive/staff-cards/current/HL-0418.png",
)
PORTRAIT = "hk-studio-share/2023-summer-harbour-lights/originals/HL23_0412.jpg"


def side(content: int, name: str) -> VerifySide:
    path = resource("samples") / "library" / name
    ref = ImageRef(source="samples", locator=name.encode())
    one = examine_file(partial(open_file, bytes(path)), ref, Limits())[0]
    assert isinstance(one, Examination) and one.fingerprint is not None
    return VerifySide(
        content=content,
        ref=ref,
        places=(Place.of_file(bytes(path)),),
        sha256=one.sha256,
        image_sha256=one.image_sha256,
        format=one.format,
        width=one.width,
        height=one.height,
        fingerprint=one.fingerprint,
    )


def compare(left: str, right: str) -> VerifiedPair:
    return verify_pair(side(1, left), side(2, right), readable())


@pytest.mark.parametrize(("left", "right"), list(combinations(CARDS, 2)))
def test_staff_cards_of_different_people_are_one_layout_and_never_duplicates(left: str, right: str) -> None:
    assert compare(left, right).verdict is Verdict.SAME_LAYOUT


@pytest.mark.parametrize(
    ("name", "relations"),
    [
        ("shenzhen-partner/修圖/人像_字幕.jpg", {Relation.EDITED}),
        ("shenzhen-partner/修圖/人像_邊框.jpg", {Relation.EDITED}),
        ("hk-studio-share/2023-summer-harbour-lights/press/harbour-portrait-anonymised.jpg", {Relation.EDITED}),
        ("shenzhen-partner/修圖/人像_提亮.jpg", {Relation.RECOLOURED}),
        ("hk-studio-share/2023-summer-harbour-lights/web/harbour-portrait-480.jpg", {Relation.RESIZED}),
    ],
)
def test_edits_of_a_portrait_are_duplicates(name: str, relations: set[Relation]) -> None:
    pair = compare(PORTRAIT, name)
    assert pair.verdict is Verdict.DUPLICATE
    assert pair.relation in relations
