"""Copies of one frame tell which of them the others were made from."""

from __future__ import annotations

import random
import warnings
from collections.abc import Mapping
from functools import partial
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageEnhance, ImageFilter, ImageOps

from pdpo_audit.similarity.comparison.pictures import VerifySide
from pdpo_audit.similarity.facts import Preferences
from pdpo_audit.similarity.origin.elections import elect, frames
from pdpo_audit.similarity.resolution import resolve
from pdpo_audit.similarity.verification import hold_election
from tests.similarity.pairs import facts, form, jpeg, photo, png, readable, settled, side


def copies(name: str) -> dict[str, bytes]:
    """A photograph as JPEG and what was made of it, of one size."""
    source = jpeg(photo(name), 90)
    image = Image.open(BytesIO(source)).convert("RGB")
    half = image.resize((image.width // 2, image.height // 2), Image.Resampling.LANCZOS)
    return {
        "source": source,
        "coarse": jpeg(image, 40),
        "blurred": jpeg(image.filter(ImageFilter.GaussianBlur(1.2)), 92),
        "brighter": jpeg(ImageEnhance.Brightness(image).enhance(1.25), 92),
        "grey": jpeg(ImageOps.grayscale(image).convert("RGB"), 92),
        "through small": jpeg(half.resize(image.size, Image.Resampling.LANCZOS), 95),
        "mirrored": jpeg(ImageOps.mirror(image), 85),
    }


@pytest.fixture(params=["coffee", "chelsea"])
def sides(request: pytest.FixtureRequest, tmp_path: Path) -> Mapping[str, VerifySide]:
    made = copies(request.param)
    made |= {"smaller": jpeg(photo(request.param).resize((200, 150))), "another": jpeg(photo("astronaut"))}
    return {name: side(tmp_path, number, content) for number, (name, content) in enumerate(made.items(), 1)}


def test_one_frame_holds_what_has_its_size_turned_or_not(sides: Mapping[str, VerifySide]) -> None:
    (voters,) = frames([facts(one) for one in sides.values()])
    assert [voter.content for voter in voters] == list(range(1, 8))
    assert [voter.orientation for voter in voters if voter.orientation] == [1]
    assert not frames([facts(one) for one in list(sides.values())[:3]])


def test_the_source_is_elected_and_beats_its_copies_in_any_order(sides: Mapping[str, VerifySide]) -> None:
    contents = [facts(one) for one in sides.values()]
    results = set()
    for seed in range(3):
        random.Random(seed).shuffle(contents)
        (voters,) = frames(contents)
        election = hold_election(voters, {one.content: one for one in sides.values()}, readable())
        assert election is not None
        results.add((election.elected, election.beaten))
    ((elected, beaten),) = results
    assert elected == {sides["source"].content}
    assert beaten >= {sides[name].content for name in ("coarse", "blurred", "brighter", "through small")}


def test_who_cannot_be_read_has_no_voice(sides: Mapping[str, VerifySide], tmp_path: Path) -> None:
    (voters,) = frames([facts(one) for one in sides.values()])
    by_content = {one.content: one for one in sides.values()}
    (tmp_path / "2.jpg").write_bytes(b"another file by now")
    election = hold_election(voters, by_content, readable())
    assert election is not None
    assert election.elected == {1}
    assert 2 not in election.beaten
    for content in (3, 4, 5):
        (tmp_path / f"{content}.jpg").unlink()
    assert hold_election(voters, by_content, readable()) is None


def test_a_fine_grey_copy_is_not_the_source_of_coloured_ones(tmp_path: Path) -> None:
    source = jpeg(photo("chelsea"), 90)
    image = Image.open(BytesIO(source)).convert("RGB")
    made = [source, jpeg(ImageOps.grayscale(image).convert("RGB"), 96)]
    made += [jpeg(ImageEnhance.Brightness(image).enhance(factor), 92) for factor in (0.8, 1.1, 1.25)]
    sides = {number: side(tmp_path, number, content) for number, content in enumerate(made, 1)}
    (cluster,) = resolve([facts(one) for one in sides.values()], partial(settled, sides), Preferences()).clusters
    assert (cluster.master, len(cluster.members)) == (1, 5)


def test_of_equal_pixels_those_are_elected_that_hang_as_most_copies_do(tmp_path: Path) -> None:
    image = photo("chelsea").crop((0, 0, 448, 296))
    made = [png(image), png(ImageOps.mirror(image))]
    made += [jpeg(ImageEnhance.Brightness(image).enhance(factor), 92) for factor in (0.8, 1.1, 1.25)]
    for order in (made, [made[1], made[0], *made[2:]]):
        sides = {number: side(tmp_path, number, content) for number, content in enumerate(order, 1)}
        (voters,) = frames([facts(one) for one in sides.values()])
        election = hold_election(voters, sides, readable())
        assert election is not None
        (elected,) = election.elected
        assert order[elected - 1] is made[0]
        assert order.index(made[1]) + 1 in election.beaten


def test_pictures_too_slim_for_one_block_elect_nobody() -> None:
    nothing = np.empty((0, 5), np.float32)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert elect(dict.fromkeys(range(6), nothing), np.ones(5, np.float32)) is None


def test_of_a_page_the_lossless_file_is_elected_before_its_fine_coding(tmp_path: Path) -> None:
    """Most of a page is blank in both: they have nearly equal pixels, and only decoding the JPEG gives those of it."""
    page = form("CHAN Tai Man", "880123")
    soft = page.filter(ImageFilter.GaussianBlur(0.6))
    made = [png(page), jpeg(page, 95), jpeg(page, 75), jpeg(page, 50), jpeg(soft, 85)]
    sides = {number: side(tmp_path, number, content) for number, content in enumerate(made, 1)}
    (voters,) = frames([facts(one) for one in sides.values()])
    election = hold_election(voters, sides, readable())
    assert election is not None and election.elected == {1} and 2 in election.beaten
    decoded = png(Image.open(BytesIO(made[1])))
    sides |= {6: side(tmp_path, 6, decoded)}
    (voters,) = frames([facts(sides[number]) for number in (2, 3, 4, 5, 6)])
    election = hold_election(voters, sides, readable())
    assert election is not None and election.elected == {2, 6}
