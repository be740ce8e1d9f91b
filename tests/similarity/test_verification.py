"""A pair is a duplicate only when its pixels prove it, and the relation says how the two differ."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageEnhance, ImageOps

from pdpo_audit.model.clusters import Relation, Verdict
from pdpo_audit.similarity.pictures import Pictures
from pdpo_audit.similarity.verification import verify_pair
from tests.similarity.pairs import LIMITS, form, jpeg, photo, png, side, verified

Change = Callable[[Image.Image], Image.Image]


def captioned(image: Image.Image) -> Image.Image:
    changed = image.copy()
    pen = ImageDraw.Draw(changed)
    pen.rectangle((0, image.height - 40, image.width, image.height), fill="black")
    pen.text((8, image.height - 32), "Annual dinner 2025", fill="white", font_size=24)
    return changed


def stickered(image: Image.Image) -> Image.Image:
    changed = image.copy()
    ImageDraw.Draw(changed).ellipse((40, 60, 130, 150), fill=(250, 220, 30))
    return changed


def screenshot(image: Image.Image) -> Image.Image:
    page = Image.new("RGB", (int(image.width * 1.4), int(image.height * 1.5)), (242, 242, 245))
    page.paste(image, (60, 80))
    ImageDraw.Draw(page).text((10, 10), "Photos - shared", fill="black", font_size=30)
    return page


CHANGES: list[tuple[Relation, Relation, Change]] = [
    (Relation.RESIZED, Relation.RESIZED, lambda image: image.resize((image.width // 4, image.height // 4))),
    (Relation.RESIZED, Relation.RESIZED, lambda image: image.resize((300, 300))),
    (Relation.RECOLOURED, Relation.RECOLOURED, lambda image: ImageEnhance.Brightness(image).enhance(1.2)),
    (Relation.RECOLOURED, Relation.RECOLOURED, lambda image: ImageOps.grayscale(image).convert("RGB")),
    (Relation.RECOLOURED, Relation.RECOLOURED, lambda image: ImageEnhance.Color(image).enhance(1.6)),
    (Relation.MIRRORED, Relation.MIRRORED, ImageOps.mirror),
    (Relation.MIRRORED, Relation.MIRRORED, ImageOps.flip),
    (Relation.ROTATED, Relation.ROTATED, lambda image: image.transpose(Image.Transpose.ROTATE_90)),
    (Relation.ROTATED, Relation.ROTATED, lambda image: image.rotate(4, Image.Resampling.BICUBIC)),
    (Relation.CROPPED, Relation.EDITED, lambda image: image.crop((60, 50, image.width - 70, image.height - 40))),
    (Relation.EDITED, Relation.CROPPED, lambda image: ImageOps.expand(image, 40, "white")),
    (Relation.EDITED, Relation.CROPPED, screenshot),
    (Relation.EDITED, Relation.EDITED, captioned),
    (Relation.EDITED, Relation.EDITED, stickered),
]


@pytest.mark.parametrize("name", ["astronaut", "coffee"])
@pytest.mark.parametrize("number", range(len(CHANGES)))
def test_relations(tmp_path: Path, name: str, number: int) -> None:
    relation, reverse, change = CHANGES[number]
    original = photo(name)
    pair = verified(tmp_path, jpeg(original), jpeg(change(original)))
    assert (pair.verdict, pair.relation, pair.reverse) == (Verdict.DUPLICATE, relation, reverse), pair.evidence
    back = verified(tmp_path, jpeg(change(original)), jpeg(original))
    assert (back.verdict, back.relation, back.reverse) == (Verdict.DUPLICATE, reverse, relation), back.evidence


def test_coded_anew(tmp_path: Path) -> None:
    original = photo("astronaut")
    assert verified(tmp_path, jpeg(original, 95), jpeg(original, 40)).relation is Relation.RECOMPRESSED
    assert verified(tmp_path, png(original), jpeg(original, 40)).relation is Relation.RECOMPRESSED


def test_equal_pixels_and_equal_data(tmp_path: Path) -> None:
    original = photo("coffee")
    coded = jpeg(original)
    (tmp_path / "x.jpg").write_bytes(coded)
    decoded = png(Image.open(tmp_path / "x.jpg"))
    assert verified(tmp_path, coded, decoded).relation is Relation.PIXEL_IDENTICAL
    described = coded[:2] + b"\xff\xfe\x00\x08hello!" + coded[2:]
    assert verified(tmp_path, coded, described).relation is Relation.METADATA_ONLY


def test_other_pictures_are_different(tmp_path: Path) -> None:
    names = ["astronaut", "coffee", "chelsea", "rocket"]
    sides = [side(tmp_path, number, jpeg(photo(name))) for number, name in enumerate(names)]
    for left in range(len(names)):
        for right in range(left + 1, len(names)):
            assert verify_pair(sides[left], sides[right], Pictures(LIMITS)).verdict is Verdict.DIFFERENT


def test_one_form_filled_twice_is_one_layout(tmp_path: Path) -> None:
    one, other = jpeg(form("Chan Tai Man", "A123")), jpeg(form("Wong Siu Ming", "B987"))
    assert verified(tmp_path, one, other).verdict is Verdict.SAME_LAYOUT


def in_a_window(faint: Image.Image) -> bytes:
    """A screenshot of a program whose lettering is far stronger than the picture that it shows."""
    window = Image.new("RGB", (640, 520), (242, 242, 245))
    pen = ImageDraw.Draw(window)
    pen.rectangle((0, 0, 640, 44), fill=(40, 60, 120))
    pen.text((14, 10), "Photos - shared folder", fill="white", font_size=22)
    window.paste(ImageEnhance.Contrast(faint.resize((460, 340))).enhance(0.2), (90, 60))
    for line in range(5):
        pen.text((90, 408 + line * 22), f"Posted by user {line}, and a remark", fill=(60, 60, 60), font_size=16)
    return jpeg(window, 92)


def test_faint_pictures_in_one_window_are_told_apart(tmp_path: Path) -> None:
    pair = verified(tmp_path, in_a_window(photo("coffee")), in_a_window(photo("astronaut")))
    assert pair.verdict is not Verdict.DUPLICATE, pair.evidence
    same = in_a_window(photo("coffee")), in_a_window(ImageEnhance.Brightness(photo("coffee")).enhance(1.1))
    assert verified(tmp_path, *same).verdict is Verdict.DUPLICATE


def test_one_field_of_a_form_is_enough(tmp_path: Path) -> None:
    one, other = jpeg(form("Chan Tai Man", "A123")), jpeg(form("Chan Tai Man", "B987"))
    assert verified(tmp_path, one, other).verdict is Verdict.SAME_LAYOUT


def test_a_scanned_form_is_found_again(tmp_path: Path) -> None:
    page = form("Chan Tai Man", "A123")
    small = page.resize((310, 438), Image.Resampling.LANCZOS)
    assert verified(tmp_path, jpeg(page), jpeg(small, 70)).verdict is Verdict.DUPLICATE


def test_without_texture_only_equal_pixels_count(tmp_path: Path) -> None:
    ramp = np.linspace(60, 200, 300, dtype=np.uint8)[:, None, None].repeat(400, 1).repeat(3, 2)
    sky = Image.fromarray(ramp)
    assert verified(tmp_path, png(sky), png(sky.point(lambda level: level + 1))).verdict is Verdict.DIFFERENT
    buffer = jpeg(sky, 100)
    assert verified(tmp_path, buffer, buffer[:2] + b"\xff\xfe\x00\x04ab" + buffer[2:]).verdict is Verdict.DUPLICATE


def test_a_file_that_vanished_is_decided_from_what_is_stored(tmp_path: Path) -> None:
    original = photo("astronaut")
    left, right = side(tmp_path, 1, jpeg(original)), side(tmp_path, 2, jpeg(original.resize((300, 300))))
    other = side(tmp_path, 3, jpeg(photo("coffee")))
    for number in (1, 2, 3):
        (tmp_path / f"{number}.jpg").unlink()
    same = verify_pair(left, right, Pictures(LIMITS))
    assert (same.verdict, same.relation) == (Verdict.DUPLICATE, Relation.RESIZED)
    assert verify_pair(left, other, Pictures(LIMITS)).verdict is Verdict.DIFFERENT


@pytest.mark.parametrize("first", ["framed", "alone"])
def test_a_faint_picture_is_found_in_a_frame_that_has_the_strongest_corners(tmp_path: Path, first: str) -> None:
    faint = ImageEnhance.Contrast(photo("chelsea")).enhance(0.25)
    sides = [jpeg(ImageOps.expand(faint, 40, "white")), jpeg(faint)]
    pair = verified(tmp_path, *(sides if first == "framed" else reversed(sides)))
    assert pair.verdict is Verdict.DUPLICATE
    assert pair.relation is (Relation.CROPPED if first == "framed" else Relation.EDITED)
