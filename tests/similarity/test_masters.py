"""The proposed master is the picture the others were made from, whatever their pixels, sizes and qualities say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageOps

from pdpo_audit.similarity.comparison.codings import Coded
from pdpo_audit.similarity.facts import ContentFacts, Preferences
from pdpo_audit.similarity.origin.masters import propose
from pdpo_audit.similarity.origin.sharpness import sharpness_gains, softened
from pdpo_audit.similarity.resolution import resolve
from tests.similarity.pairs import facts, jpeg, photo, png, settled, side

Make = Callable[[Image.Image], bytes]


def captioned(image: Image.Image) -> bytes:
    changed = image.copy()
    pen = ImageDraw.Draw(changed)
    pen.rectangle((0, image.height - 40, image.width, image.height), fill="black")
    pen.text((8, image.height - 32), "Annual dinner 2025", fill="white", font_size=24)
    return jpeg(changed, 97)


DERIVED: list[Make] = [
    lambda image: jpeg(image, 97),  # saved again at a higher quality
    lambda image: jpeg(image, 50),
    png,
    lambda image: jpeg(image.resize((image.width * 2, image.height * 2), Image.Resampling.LANCZOS), 97),
    lambda image: jpeg(image.resize((image.width * 3 // 4, image.height * 3 // 4), Image.Resampling.LANCZOS), 97),
    captioned,
    lambda image: jpeg(ImageOps.expand(image, 40, "white"), 97),
    lambda image: jpeg(image.crop((40, 40, image.width - 40, image.height - 40)), 97),
    lambda image: jpeg(ImageOps.grayscale(image).convert("RGB"), 97),
    lambda image: jpeg(ImageEnhance.Brightness(image).enhance(1.3), 97),
]


#: Quality 94 saved again at 97 leaves no trace: there, nothing but metadata could tell.
CASES = [(quality, number) for quality in (75, 94) for number in range(len(DERIVED)) if (quality, number) != (94, 0)]


@pytest.mark.parametrize(("quality", "number"), CASES)
def test_a_copy_never_beats_its_source(tmp_path: Path, quality: int, number: int) -> None:
    coded = jpeg(photo("coffee"), quality)
    copy = DERIVED[number](Image.open(BytesIO(coded)).convert("RGB"))
    for order in ((coded, copy), (copy, coded)):
        sides = {place: side(tmp_path, place, content) for place, content in enumerate(order, 1)}

        def regions(wanted: Sequence[int]) -> Iterable[tuple[int, bytes]]:
            return [(content, sides[content].fingerprint.regions) for content in wanted]  # noqa: B023

        contents = [facts(one) for one in sides.values()]
        (cluster,) = resolve(contents, partial(settled, sides), Preferences(), regions=regions).clusters
        assert order[cluster.master - 1] is coded, [member.evidence for member in cluster.members]


@pytest.mark.parametrize("short", [64, 96, 160])
@pytest.mark.parametrize("saved", [lambda image: jpeg(image, 80), lambda image: jpeg(image, 95), png])
def test_an_enlarged_thumbnail_does_not_lead_and_what_it_was_made_from_does(
    tmp_path: Path, short: int, saved: Make
) -> None:
    """What a small JPEG becomes, and what it was made from, on either side; without loss nothing proves the first."""
    whole = photo("coffee")
    size = round(whole.width * short / whole.height), short
    large = size[0] * 2, size[1] * 2
    small = jpeg(whole.resize(size, Image.Resampling.LANCZOS), 85)
    enlarged = saved(Image.open(BytesIO(small)).convert("RGB").resize(large, Image.Resampling.BICUBIC))
    original = saved(whole.resize(large, Image.Resampling.LANCZOS))
    reduced = jpeg(Image.open(BytesIO(original)).convert("RGB").resize(size, Image.Resampling.LANCZOS), 85)
    pairs = ((original, reduced),) if saved is png else ((small, enlarged), (original, reduced))
    for place, (first, second) in enumerate(pairs):
        sides = {number: side(tmp_path, number, content) for number, content in ((1, second), (2, first))}
        contents = [facts(one) for one in sides.values()]
        (cluster,) = resolve(contents, partial(settled, sides), Preferences(), regions=lambda _: []).clusters
        assert cluster.master == 2, (place, [member.evidence for member in cluster.members])


@pytest.mark.parametrize("short", [60, 100, 140])
@pytest.mark.parametrize("saved", [lambda image: jpeg(image, 92), png])
def test_a_soft_original_leads_before_its_thumbnail(tmp_path: Path, short: int, saved: Make) -> None:
    whole = photo("coffee").filter(ImageFilter.GaussianBlur(9))
    size = round(whole.width * short / whole.height), short
    small = jpeg(whole.resize(size, Image.Resampling.LANCZOS), 85)
    sides = {number: side(tmp_path, number, content) for number, content in ((1, small), (2, saved(whole)))}
    contents = [facts(one) for one in sides.values()]
    (cluster,) = resolve(contents, partial(settled, sides), Preferences(), regions=lambda _: []).clusters
    assert cluster.master == 2, [member.evidence for member in cluster.members]


def plain(content: int, source: str, jurisdiction: str = "HK") -> ContentFacts:
    return ContentFacts(
        content=content,
        sha256=bytes([content]) * 32,
        image_sha256=b"",
        format="JPEG",
        width=800,
        height=600,
        bytes=1,
        texture=90,
        perceptual=bytes(32),
        quality=90,
        sources=(source,),
        jurisdictions=(jurisdiction,),
    )


def test_among_equals_the_preferred_source_then_jurisdiction() -> None:
    contents = [plain(1, "archive"), plain(2, "nas"), plain(3, "partner", "SZ")]
    assert propose(contents, Preferences(sources=("nas",)))[0] == 2
    assert propose(contents[::2], Preferences(jurisdiction="SZ"))[0] == 3
    assert propose(contents[::-1], Preferences())[0] == 1


def test_the_reason_says_what_decided() -> None:
    rich = replace(plain(1, "nas"), metadata_fields=7)
    best, reason = propose([plain(2, "archive"), rich], Preferences(sources=("nas",)))
    assert best == 1
    assert reason == "800 x 600 pixels, JPEG quality 90, most complete metadata, in a preferred source"


@pytest.mark.parametrize("smaller_quality", [60, 75, 90])
@pytest.mark.parametrize("softness", [2.0, 4.0])
def test_a_soft_original_beats_its_smaller_copy(tmp_path: Path, softness: float, smaller_quality: int) -> None:
    soft = photo("coffee").filter(ImageFilter.GaussianBlur(softness))
    web = soft.resize((soft.width // 2, soft.height // 2), Image.Resampling.LANCZOS)
    for original in (jpeg(soft, 90), png(soft)):
        sides = {1: side(tmp_path, 1, jpeg(web, smaller_quality)), 2: side(tmp_path, 2, original)}
        (cluster,) = resolve([facts(one) for one in sides.values()], partial(settled, sides), Preferences()).clusters
        assert cluster.master == 2, [member.evidence for member in cluster.members]


def test_a_squashed_copy_and_a_flat_one_are_no_masters(tmp_path: Path) -> None:
    original = photo("coffee")
    squashed = jpeg(original.resize((original.width, original.height // 2)), 90)
    for copy in (squashed, jpeg(original, 92)):
        sides = {1: side(tmp_path, 1, copy), 2: side(tmp_path, 2, png(original), "png")}
        (cluster,) = resolve([facts(one) for one in sides.values()], partial(settled, sides), Preferences()).clusters
        assert cluster.master == 2, [member.evidence for member in cluster.members]


def test_what_lies_in_trash_is_no_master_while_another_copy_is(tmp_path: Path) -> None:
    original = photo("coffee")
    small = jpeg(original.resize((original.width // 2, original.height // 2)), 70)
    sides = {1: side(tmp_path, 1, jpeg(original, 95)), 2: side(tmp_path, 2, small), 3: side(tmp_path, 3, png(original))}
    for spare in ({1, 3}, {1}, {3}, {1, 2, 3}):
        contents = [replace(facts(one), spare=content in spare) for content, one in sides.items()]
        (cluster,) = resolve(contents, partial(settled, sides), Preferences()).clusters
        assert len(cluster.members) == 3
        assert cluster.master not in spare or len(spare) == 3, spare


def coded(image: Image.Image, quality: int) -> Coded:
    luma = np.asarray(Image.open(BytesIO(jpeg(image, quality))).convert("L"))
    return Coded(luma=luma, steps=np.zeros((8, 8)))


def test_a_picture_that_was_blurred_a_little_is_told_from_one_under_lettering() -> None:
    """A blurred copy of a soft picture seems to lack ink; so does what nothing was laid over yet."""
    image = photo("coffee").filter(ImageFilter.GaussianBlur(0.7))
    source = coded(image, 90)
    blurred = coded(image.filter(ImageFilter.GaussianBlur(1.6)), 95)
    assert (softened(sharpness_gains(source, blurred)), softened(sharpness_gains(blurred, source))) == (1, -1)
    lettered = coded(Image.open(BytesIO(captioned(image))).convert("RGB"), 95)
    sharpened = coded(image.filter(ImageFilter.UnsharpMask(2, 60, 0)), 95)
    others = (lettered, sharpened, coded(image, 60))
    assert [softened(sharpness_gains(source, other)) for other in others] == [0, 0, 0]
