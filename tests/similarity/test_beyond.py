"""Animations are one picture each: what their first frames share makes no copies of them."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from pdpo_audit.model.clusters import Relation, Verdict, VerifiedPair
from pdpo_audit.similarity.verification import verify_pair
from tests.imaging.parted import apple_icon, icon, layered, transparent
from tests.similarity.pairs import jpeg, photo, readable, side

SIZE = (320, 240)


def waiting() -> Image.Image:
    """The first frame that thousands of animations share."""
    frame = Image.new("RGB", SIZE, "white")
    pen = ImageDraw.Draw(frame)
    pen.rectangle((30, 150, 290, 180), outline="black", width=3)
    pen.rectangle((34, 154, 140, 176), fill=(30, 90, 200))
    pen.text((70, 90), "LOADING...", fill="black", font_size=36)
    return frame


def animated(form: str, *names: str, delay: int = 200) -> bytes:
    frames = [waiting(), *(photo(name).resize(SIZE) for name in names)]
    file = BytesIO()
    frames[0].save(file, form, save_all=True, append_images=frames[1:], duration=delay, loop=0)
    return file.getvalue()


def verified(folder: Path, left: tuple[str, bytes], right: tuple[str, bytes]) -> VerifiedPair:
    return verify_pair(side(folder, 1, left[1], left[0]), side(folder, 2, right[1], right[0]), readable())


@pytest.mark.parametrize("form", ["GIF", "PNG", "WEBP"])
def test_equal_first_frames_are_no_copies(tmp_path: Path, form: str) -> None:
    one, other = animated(form, "astronaut"), animated(form, "coffee")
    pair = verified(tmp_path, (form, one), (form, other))
    assert (pair.verdict, pair.evidence["rule"]) == (Verdict.SAME_SCENE, "frames differ")
    assert not pair.evidence.keys() & {"named_by", "decided_by", "linked_by"}


def test_all_frames_alike_are_copies_in_any_coding(tmp_path: Path) -> None:
    names = ("astronaut", "chelsea")
    webp, png, gif = animated("WEBP", *names), animated("PNG", *names), animated("GIF", *names)
    coded = verified(tmp_path, ("png", png), ("webp", webp))
    assert (coded.relation, coded.evidence["named_by"]) == (Relation.RECOMPRESSED, "none crossed")
    assert verified(tmp_path, ("png", png), ("gif", gif)).relation is Relation.RECOMPRESSED
    assert verified(tmp_path, ("png", png), ("png", animated("PNG", *names[::-1]))).verdict is Verdict.SAME_SCENE


def test_a_changed_later_frame_is_never_pixel_identical(tmp_path: Path) -> None:
    one = animated("PNG", "astronaut", "coffee")
    frames = [waiting(), photo("astronaut").resize(SIZE), photo("coffee").resize(SIZE)]
    frames[2].putpixel((100, 100), (255, 0, 255))
    file = BytesIO()
    frames[0].save(file, "PNG", save_all=True, append_images=frames[1:], duration=200, loop=0)
    pair = verified(tmp_path, ("png", one), ("png", file.getvalue()))
    assert (pair.relation, pair.evidence["named_by"]) == (Relation.RECOMPRESSED, "frames")


def test_a_still_is_an_edit_of_the_animation_that_begins_with_it(tmp_path: Path) -> None:
    pair = verified(tmp_path, ("png", animated("PNG", "astronaut")), ("jpg", jpeg(waiting(), 95)))
    assert (pair.relation, pair.reverse, pair.evidence["frame_of"]) == (Relation.EDITED, Relation.EDITED, 1)
    assert pair.evidence["made_from"] == "left"
    assert pair.evidence["named_by"] == "frames" and "named_at" not in pair.evidence


def test_what_lies_behind_the_end_makes_an_edit(tmp_path: Path) -> None:
    plain, second = jpeg(photo("coffee")), jpeg(photo("astronaut"))
    pair = verified(tmp_path, ("jpg", plain), ("jpg", plain + second))
    told = (pair.evidence["behind_end"], pair.evidence["made_from"])
    assert (pair.relation, pair.reverse, told) == (Relation.EDITED, Relation.EDITED, ("right", "right"))
    assert pair.evidence["named_by"] == "behind the end"
    again = plain[:2] + b"\xff\xfe\x00\x08hello!" + plain[2:]
    assert verified(tmp_path, ("jpg", plain + second), ("jpg", again + second)).relation is Relation.METADATA_ONLY


@pytest.mark.parametrize(("form", "maker"), [("ico", icon), ("icns", apple_icon), ("psd", layered)])
def test_another_size_or_layer_makes_an_edit(
    tmp_path: Path, form: str, maker: Callable[[Image.Image, Image.Image], bytes]
) -> None:
    first, one, other = (photo(name).resize((256, 256)) for name in ("coffee", "astronaut", "chelsea"))
    pair = verified(tmp_path, (form, maker(first, one)), (form, maker(first, other)))
    assert (pair.relation, pair.evidence["behind_end"]) == (Relation.EDITED, "both")
    pair = verified(tmp_path, (form, maker(first, one)), (form, maker(first, first)))
    assert (pair.relation, pair.evidence["behind_end"], pair.evidence["made_from"]) == (Relation.EDITED, "left", "left")
    pair = verified(tmp_path, (form, maker(first, one)), (form, maker(first, one) + b"\0"))
    assert pair.relation is Relation.PIXEL_IDENTICAL


def test_what_transparency_hides_makes_an_edit(tmp_path: Path) -> None:
    drawn = photo("coffee").convert("RGBA")
    drawn.paste((255, 255, 255, 255), (0, 0, drawn.width, drawn.height // 2))
    hiding, flat = drawn.copy(), drawn.copy()
    hidden = photo("coffee").crop((0, 0, drawn.width, drawn.height // 2))
    hidden.putalpha(0)
    hiding.paste(hidden, (0, 0))
    files = []
    for image in (hiding, flat):
        file = BytesIO()
        image.save(file, "PNG")
        files.append(file.getvalue())
    pair = verified(tmp_path, ("png", files[0]), ("png", files[1]))
    assert (pair.relation, pair.evidence["behind_end"]) == (Relation.EDITED, "left")
    again = verified(
        tmp_path, ("png", transparent(photo("coffee"), "PNG")), ("webp", transparent(photo("coffee"), "WEBP"))
    )
    assert again.relation is not Relation.EDITED
