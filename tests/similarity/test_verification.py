"""A pair is a duplicate only when its pixels prove it, and the relation says how the two differ."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageDraw, ImageEnhance, ImageOps

from pdpo_audit.model.clusters import Evidence, Relation, Verdict, as_seen_from
from pdpo_audit.similarity.comparison.pictures import Pictures, VerifySide
from pdpo_audit.similarity.verification import verify_pair
from tests.imaging.profiles import display_p3
from tests.similarity.pairs import LIMITS, form, jpeg, photo, png, readable, side, verified

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


def test_a_conversion_to_another_profile_changes_no_colour(tmp_path: Path) -> None:
    original, buffer = photo("astronaut"), BytesIO()
    profile, srgb = ImageCms.ImageCmsProfile(BytesIO(display_p3())), ImageCms.createProfile("sRGB")
    wide = ImageCms.profileToProfile(original, srgb, profile, ImageCms.Intent.RELATIVE_COLORIMETRIC)
    assert wide is not None
    wide.save(buffer, "JPEG", quality=88, icc_profile=display_p3())
    assert verified(tmp_path, jpeg(original), buffer.getvalue()).relation is Relation.RECOMPRESSED
    assert verified(tmp_path, jpeg(original), jpeg(wide)).relation is Relation.RECOLOURED  # its profile was lost


def test_equal_pixels_and_equal_data(tmp_path: Path) -> None:
    original = photo("coffee")
    coded = jpeg(original)
    (tmp_path / "x.jpg").write_bytes(coded)
    decoded = png(Image.open(tmp_path / "x.jpg"))
    pair = verified(tmp_path, coded, decoded)
    assert (pair.relation, pair.evidence["named_by"]) == (Relation.PIXEL_IDENTICAL, "equal pixels")
    described = coded[:2] + b"\xff\xfe\x00\x08hello!" + coded[2:]
    assert verified(tmp_path, coded, described).relation is Relation.METADATA_ONLY


@pytest.mark.parametrize("factor", [1, 3])
def test_equal_pixels_under_another_profile(tmp_path: Path, factor: int) -> None:
    original, buffer = photo("astronaut"), BytesIO()
    original = original.resize((original.width * factor, original.height * factor), Image.Resampling.BICUBIC)
    original.save(buffer, "JPEG", quality=90, icc_profile=display_p3())
    decoded = Image.open(buffer)
    decoded.load()
    decoded.info.clear()  # the profile is lost, and every pixel is kept
    pair = verified(tmp_path, buffer.getvalue(), png(decoded))
    assert (pair.relation, pair.evidence["profiles"]) == (Relation.PIXEL_IDENTICAL, "differ"), pair.evidence
    assert pair.evidence["trace"] == "coding", pair.evidence
    decoded.putpixel((200, 200), (255, 0, 255))
    assert verified(tmp_path, buffer.getvalue(), png(decoded)).relation is Relation.RECOLOURED


def test_other_pictures_are_different(tmp_path: Path) -> None:
    names = ["astronaut", "coffee", "chelsea", "rocket"]
    sides = [side(tmp_path, number, jpeg(photo(name))) for number, name in enumerate(names)]
    for left in range(len(names)):
        for right in range(left + 1, len(names)):
            assert verify_pair(sides[left], sides[right], readable()).verdict is Verdict.DIFFERENT


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


def card(portrait: Image.Image, size: tuple[int, int]) -> bytes:
    """A card of one club and one name, with a photograph."""
    page = Image.new("RGB", (640, 420), "white")
    pen = ImageDraw.Draw(page)
    pen.rectangle((0, 0, 640, 60), fill=(20, 60, 140))
    pen.text((20, 12), "HARBOUR CLUB  MEMBER", font_size=30, fill="white")
    page.paste(ImageOps.fit(portrait, size), (30, 90))
    pen.text((280, 110), "Name: Chan Tai Man", font_size=22, fill="black")
    pen.text((30, 385), "If found please return to 1 Queen's Road", font_size=15, fill="black")
    return jpeg(page, 90)


@pytest.mark.parametrize("size", [(60, 80), (100, 130), (180, 240)])
def test_cards_that_differ_only_in_the_photograph_are_two(tmp_path: Path, size: tuple[int, int]) -> None:
    dark = ImageEnhance.Brightness(photo("rocket")).enhance(0.4)  # most of it is as even as a sticker
    for one, other in ((photo("chelsea"), photo("coffee")), (photo("coffee"), dark)):
        pair = verified(tmp_path, card(one, size), card(other, size))
        assert pair.verdict is not Verdict.DUPLICATE, pair.evidence
    saved_anew = ImageEnhance.Brightness(photo("chelsea")).enhance(1.02)
    assert verified(tmp_path, card(photo("chelsea"), size), card(saved_anew, size)).verdict is Verdict.DUPLICATE


@pytest.mark.parametrize("contrast", [0.5, 1.0, 2.5])
def test_photographs_in_one_window_are_told_apart_however_faint(tmp_path: Path, contrast: float) -> None:
    one, other = (in_a_window(ImageEnhance.Contrast(photo(name)).enhance(contrast)) for name in ("coffee", "chelsea"))
    pair = verified(tmp_path, one, other)
    assert pair.verdict is not Verdict.DUPLICATE, pair.evidence


@pytest.mark.parametrize("change", [captioned, stickered])
def test_on_a_plain_ground_what_was_laid_over_is_no_other_picture(tmp_path: Path, change: Change) -> None:
    shot = Image.new("RGB", (600, 600), "white")
    shot.paste(photo("coffee").resize((280, 280)), (160, 160))
    pair = verified(tmp_path, jpeg(shot), jpeg(change(shot)))
    assert (pair.verdict, pair.relation) == (Verdict.DUPLICATE, Relation.EDITED), pair.evidence


@pytest.mark.parametrize("place", [(60, 50, 380, 330), (10, 170, 300, 390), (100, 40, 510, 360)])
def test_the_evidence_says_where_a_crop_lies(tmp_path: Path, place: tuple[int, int, int, int]) -> None:
    original = photo("coffee")
    pair = verified(tmp_path, jpeg(original), jpeg(original.crop(place)))
    left, top, width, height = map(int, str(pair.evidence["crop"]).split(","))
    assert np.abs(np.subtract((left, top, left + width, top + height), place)).max() <= 2
    assert pair.evidence["crop_in"] == "left"
    assert pair.evidence["aligned_by"] != "regions" or int(pair.evidence["inliers"]) >= 2
    back = verified(tmp_path, jpeg(original.crop(place)), jpeg(original))
    told = as_seen_from(back.evidence, master_is_left=False)
    assert (told["crop_in"], told["holding_in_master"]) == ("master", 1.0)
    assert np.abs(np.subtract([*map(int, str(told["crop"]).split(","))], (left, top, width, height))).max() <= 2


def test_evidence_as_seen_from_the_master() -> None:
    measured: Evidence = {
        "angle": 3.0, "scale": 0.5, "ink_lost": 0.2, "ink_added": 0.0, "left_in_right": 1.0, "right_in_left": 0.5,
        "made_from": "right", "agreement": 0.9, "differs_in": "left", "named_by": "resized", "named_at": 1.0,
    }  # fmt: skip
    assert as_seen_from(measured, master_is_left=False) == {
        "angle": -3.0, "scale": 2.0, "ink_lost": 0.0, "ink_added": 0.2, "holding_in_master": 1.0,
        "master_in_holding": 0.5, "made_from": "master", "agreement": 0.9, "differs_in": "holding",
        "named_by": "resized", "named_at": 1.0,
    }  # fmt: skip
    told = as_seen_from(measured, master_is_left=True)
    assert (told["angle"], told["made_from"], told["master_in_holding"]) == (3.0, "holding", 1.0)
    assert as_seen_from(measured | {"mirrored": 1}, master_is_left=False)["angle"] == 3.0


@pytest.mark.parametrize("number", range(len(CHANGES)))
def test_which_of_two_was_read_first_makes_no_difference(tmp_path: Path, number: int) -> None:
    original = photo("coffee")
    first, second = jpeg(original, 93), jpeg(CHANGES[number][2](original))
    pair, back = verified(tmp_path, first, second), verified(tmp_path, second, first)
    assert (pair.verdict, pair.relation, pair.similarity) == (back.verdict, back.reverse, back.similarity)
    told = as_seen_from(pair.evidence, master_is_left=True)
    other = as_seen_from(back.evidence, master_is_left=False)
    assert told.pop("scale") == pytest.approx(other.pop("scale"), rel=1e-3)  # its inverse was rounded, too
    assert other == told


def test_a_picture_is_read_once_for_all_its_comparisons(tmp_path: Path) -> None:
    original = photo("coffee")
    sides = [side(tmp_path, number, jpeg(original, 90 - 9 * number)) for number in range(5)]
    read: list[bytes] = []

    def counted(one: VerifySide) -> bytes:
        read.append(one.sha256)
        return (tmp_path / f"{one.content}.jpg").read_bytes()

    shown = Pictures(LIMITS, counted)
    for other in sides[1:]:
        assert verify_pair(sides[0], other, shown).verdict is Verdict.DUPLICATE
    assert sorted(read) == sorted(one.sha256 for one in sides)


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
    same = verify_pair(left, right, readable())
    assert (same.verdict, same.relation) == (Verdict.DUPLICATE, Relation.RESIZED)
    assert (same.evidence["decided_from"], same.evidence["named_by"]) == ("stored thumbnails", "stored sizes")
    assert verify_pair(left, other, readable()).verdict is Verdict.DIFFERENT


@pytest.mark.parametrize("first", ["framed", "alone"])
def test_a_faint_picture_is_found_in_a_frame_that_has_the_strongest_corners(tmp_path: Path, first: str) -> None:
    faint = ImageEnhance.Contrast(photo("chelsea")).enhance(0.25)
    sides = [jpeg(ImageOps.expand(faint, 40, "white")), jpeg(faint)]
    pair = verified(tmp_path, *(sides if first == "framed" else reversed(sides)))
    assert pair.verdict is Verdict.DUPLICATE
    assert pair.relation is (Relation.CROPPED if first == "framed" else Relation.EDITED)
