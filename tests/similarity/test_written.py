"""Forms of one template meet only those that say the same: what is compared grows with copies, not with pairs."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from pdpo_audit.imaging import Limits, Reduction, load_grey
from pdpo_audit.imaging.lines import describe_lines, may_be_written
from pdpo_audit.imaging.regions import RECORD, describe_regions
from pdpo_audit.model.clusters import Verdict, VerifiedPair
from pdpo_audit.similarity.candidates.meeting import MET, few_parts, meet, telling_parts
from pdpo_audit.similarity.candidates.written import find_written
from pdpo_audit.similarity.components import settle
from pdpo_audit.similarity.facts import ContentFacts, Preferences
from pdpo_audit.similarity.resolution import OTHER_LINES, resolve
from tests.similarity.pairs import photo

#: Forms of one template, and copies of the first three of them: coded coarsely, smaller, turned a little, on its head.
FORMS, WAYS = 24, 4
OWN = (0, 3, 5, 7, 9)
LABELS = (
    "Name",
    "Address",
    "District",
    "Telephone",
    "Account",
    "Amount",
    "Date",
    "Office",
    "Purpose",
    "Class",
    "Period",
    "Remark",
)
COPIES = {FORMS + 1 + WAYS * form + way: form + 1 for form in range(3) for way in range(WAYS)}


def filled(number: int) -> Image.Image:
    """A form with twelve labels, some entries of its own and others that all have."""
    page, said = Image.new("L", (900, 1200), 250), random.Random(number)
    pen, type_ = ImageDraw.Draw(page), ImageFont.load_default(24)
    for row, label in enumerate(LABELS):
        pen.text((60, 80 + 85 * row), f"{label} of applicant", font=type_, fill=20)
        own = " ".join(f"{said.randrange(10**6):06d}" for _ in range(3))
        entry = own if row in OWN else f"as before, no {label.lower()}"
        pen.text((380, 80 + 85 * row), entry, font=type_, fill=20)
        pen.line((370, 112 + 85 * row, 840, 112 + 85 * row), fill=120, width=2)
    return page


def copied(page: Image.Image, way: int) -> Image.Image:
    match way:
        case 0:
            buffer = BytesIO()
            page.save(buffer, "JPEG", quality=60)
            return Image.open(buffer)
        case 1:
            return page.resize((675, 900), Image.Resampling.LANCZOS)
        case 2:
            return page.rotate(1.2, Image.Resampling.BICUBIC, fillcolor=250)
        case _:
            return page.rotate(180)


def written(page: Image.Image) -> bytes:
    return describe_lines(np.asarray(page))


@pytest.fixture(scope="module")
def pages() -> dict[int, Image.Image]:
    forms = {number: filled(number) for number in range(1, FORMS + 1)}
    return forms | {copy: copied(forms[of], (copy - FORMS - 1) % WAYS) for copy, of in COPIES.items()}


@pytest.fixture(scope="module")
def pieces(pages: Mapping[int, Image.Image]) -> dict[int, bytes]:
    return {number: written(page) for number, page in pages.items()}


def facts(number: int, *, bits: int = 0, is_page: bool = True) -> ContentFacts:
    """A content whose hash has so many bits of its own."""
    own = np.zeros(256, np.uint8)
    own[random.Random(number).sample(range(256), bits)] = 1
    return ContentFacts(
        content=number,
        sha256=number.to_bytes(32),
        image_sha256=number.to_bytes(32),
        format="PNG",
        width=900,
        height=1200,
        bytes=1,
        texture=90,
        perceptual=np.packbits(own).tobytes(),
        written=is_page,
    )


def of(pieces: Mapping[int, bytes], wanted: Sequence[int]) -> Iterable[tuple[int, bytes]]:
    return [(one, pieces[one]) for one in wanted]


def test_copies_of_a_form_are_found_among_forms_beside_few_others(pieces: dict[int, bytes]) -> None:
    found = find_written(pieces.items())
    pairs = {(int(one), int(other)) for one, other in found.pairs}
    home = {number: COPIES.get(number, number) for number in pieces}
    assert {(COPIES[copy], copy) for copy in COPIES} <= pairs
    assert sum(home[one] != home[other] for one, other in pairs) < 3 * len(pieces)  # of 630 pairs


def test_forms_are_linked_with_one_of_their_template_and_not_with_each_other(pieces: dict[int, bytes]) -> None:
    found = find_written([one for one in pieces.items() if one[0] <= FORMS])
    assert len(found.pairs) <= 3 and not found.bland
    assert {one.template for one in found.layouts} == {1}
    assert len(found.layouts) >= FORMS - 4 and len({one.content for one in found.layouts}) == len(found.layouts)
    assert all(0.5 < one.share < 0.95 for one in found.layouts)


def test_the_order_of_pages_makes_no_difference(pieces: dict[int, bytes]) -> None:
    shuffled = list(pieces.items())
    random.Random(3).shuffle(shuffled)
    one, other = find_written(sorted(pieces.items())), find_written(shuffled)
    assert one.pairs.tolist() == other.pairs.tolist() and set(one.layouts) == set(other.layouts)


def test_blank_forms_meet_each_other(pieces: dict[int, bytes]) -> None:
    """On which nothing is written but what the template says, pieces tell nothing: the nearest are compared."""
    said = np.frombuffer(pieces[1], RECORD)
    blank = said[said["x"] < 16_000].tobytes()  # the labels alone
    forms = {number: packed for number, packed in pieces.items() if number <= FORMS} | {90: blank, 91: blank}
    contents = {number: facts(number, bits=2) for number in forms}
    assert (90, 91) in meet(contents, sorted(forms), 60, partial(of, forms)).pairs


def test_a_crowd_of_forms_is_not_compared_pair_by_pair(pieces: dict[int, bytes]) -> None:
    contents = {number: facts(number, bits=2) for number in pieces}
    without = meet(contents, sorted(pieces), 60, None)
    assert len(without.pairs) == len(pieces) * (len(pieces) - 1) // 2
    met = meet(contents, sorted(pieces), 60, partial(of, pieces))
    assert met.pairs == {(int(one), int(other)) for one, other in find_written(pieces.items()).pairs}
    assert len(met.layouts) <= len(pieces)


def test_pages_of_many_looks_are_not_compared_pair_by_pair(pieces: dict[int, bytes]) -> None:
    """Letters of one office: further apart than a crowd, and within what is compared."""
    contents = {number: facts(number, bits=14) for number in range(1, FORMS + 1)}
    assert len(meet(contents, sorted(contents), 60, partial(of, pieces)).pairs) <= 3
    few = {number: contents[number] for number in range(1, MET + 1)}
    assert len(meet(few, sorted(few), 60, partial(of, pieces)).pairs) == MET * (MET - 1) // 2


def test_a_picture_without_lines_meets_the_nearest_pages(pieces: dict[int, bytes]) -> None:
    contents = {number: facts(number, bits=2) for number in range(1, FORMS + 1)} | {99: facts(99, is_page=False)}
    met = meet(contents, sorted(contents), 60, partial(of, pieces)).pairs
    assert sum(99 in pair for pair in met) == MET and len(met) <= MET + 3


def test_regions_that_all_forms_have_are_no_candidates(pages: dict[int, Image.Image]) -> None:
    regions = {number: describe_regions(np.asarray(pages[number])) for number in range(1, FORMS + 1)}
    contents = {number: facts(number) for number in regions} | {98: facts(98, is_page=False)}
    regions[98] = regions[1]
    left = dict(telling_parts(contents, sorted(regions), partial(of, regions)))
    assert left[98] == regions[98]
    kept, of_all = (sum(len(packed[number]) for number in range(1, FORMS + 1)) for packed in (left, regions))
    assert 0 < kept < of_all / 2
    between = [(1, other) for other in range(2, MET + 3)]
    assert few_parts(contents, [*between, (1, 98)], frozenset({(1, 2)})) == [(1, 2), (1, 98)]


def test_forms_are_linked_without_a_comparison(pieces: dict[int, bytes]) -> None:
    contents = [facts(number, bits=2) for number in pieces]
    asked: list[tuple[int, int]] = []

    def verify(wanted: Mapping[tuple[int, int], int | None]) -> Iterable[VerifiedPair]:
        asked.extend(wanted)
        return [VerifiedPair(left=one, right=other, verdict=Verdict.DIFFERENT) for one, other in wanted]

    told = resolve(
        contents, lambda found: settle(found, verify, lambda _: None), Preferences(), lines=partial(of, pieces)
    )
    assert 0 < len(asked) < len(pieces) * (len(pieces) - 1) / 8
    assert {pair.verdict for pair in told.layouts} == {Verdict.SAME_LAYOUT}
    assert {pair.evidence["rule"] for pair in told.layouts} == {OTHER_LINES}
    again = resolve(
        contents,
        lambda found: settle(found, verify, lambda _: None),
        Preferences(),
        known={(pair.left, pair.right): pair for pair in told.layouts},
        lines=partial(of, pieces),
    )
    assert again.layouts == told.layouts  # what pieces told is no comparison that need not be made again


def test_what_a_photograph_shows_is_no_writing() -> None:
    buffer = BytesIO()
    photo("coffee").save(buffer, "PNG")
    grey = load_grey(buffer.getvalue(), reduction=Reduction(long=400), limits=Limits())
    assert not may_be_written(grey) and may_be_written(np.asarray(filled(1)))


def test_an_empty_sheet_and_a_few_words_have_no_pieces() -> None:
    sheet = Image.new("L", (900, 1200), 250)
    assert written(sheet) == b""
    ImageDraw.Draw(sheet).text((60, 80), "For internal use", font=ImageFont.load_default(24), fill=20)
    assert written(sheet) == b""
