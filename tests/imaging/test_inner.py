"""Previews in a file that show what the picture hides, and honest ones that do not; pictures behind the end."""

from __future__ import annotations

import io

import cv2
import numpy as np
import pytest
from PIL import Image, ImageFilter
from skimage import data

from pdpo_audit.imaging import Limits, load_upright, open_picture, upright_grey
from pdpo_audit.imaging.beyond.inner import inner_pictures, more_shown, stale_preview

LIMITS = Limits()
#: Where the faces of the public-domain photographs in scikit-image lie.
PLACES = {"astronaut": (175, 60, 275, 190), "chelsea": (100, 60, 300, 220), "coffee": (180, 120, 420, 330)}
HIDDEN = ("5 blocks", "8 blocks", "blur", "black", "smear")
HONEST = ("box", "lanczos", "sharpened", "coarse", "brighter", "trimmed", "soft")


def photo(name: str) -> Image.Image:
    return Image.fromarray(getattr(data, name)())


def hidden(image: Image.Image, box: tuple[int, int, int, int], how: str) -> Image.Image:
    part = image.crop(box)
    match how:
        case "5 blocks" | "8 blocks":
            blocks = int(how[0])
            part = part.resize((blocks, blocks), Image.Resampling.BOX).resize(part.size, Image.Resampling.NEAREST)
        case "blur":
            part = part.filter(ImageFilter.GaussianBlur(part.width / 8))
        case "black":
            part = Image.new("RGB", part.size)
        case "smear":
            part = part.resize((3, 3), Image.Resampling.BOX).resize(part.size, Image.Resampling.BICUBIC)
    covered = image.copy()
    covered.paste(part, box[:2])
    return covered


def honest(image: Image.Image, how: str) -> bytes:
    size = (160, round(160 * image.height / image.width))
    resampling = Image.Resampling.LANCZOS if how == "lanczos" else Image.Resampling.BOX
    small = (image.crop((3, 3, image.width, image.height)) if how == "trimmed" else image).resize(size, resampling)
    if how == "sharpened":
        small = small.filter(ImageFilter.UnsharpMask(1, 150, 0))
    if how == "soft":
        small = small.filter(ImageFilter.GaussianBlur(0.7))
    if how == "brighter":
        small = Image.fromarray((255 * (np.asarray(small) / 255.0) ** 0.8).astype(np.uint8))
    return coded(small, quality=40 if how == "coarse" else 80)


def coded(image: Image.Image, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", **options)
    return file.getvalue()


def with_thumbnail(image: Image.Image, thumbnail: bytes) -> bytes:
    """A JPEG with a thumbnail in its EXIF data, as cameras write them."""
    header = b"Exif\0\0II*\0\x08\0\0\0\0\0\x0e\0\0\0\x02\0\x01\x02\x04\0\x01\0\0\0\x2c\0\0\0"
    header += b"\x02\x02\x04\0\x01\0\0\0" + len(thumbnail).to_bytes(4, "little") + bytes(4)
    return coded(image, quality=90, exif=header + bytes(6 + 0x2C - len(header)) + thumbnail)


def is_stale(file: bytes) -> bool:
    opened = open_picture(file, LIMITS)
    return stale_preview(file, opened, upright_grey(opened, LIMITS, None))


@pytest.mark.parametrize("name", PLACES)
@pytest.mark.parametrize("how", HIDDEN)
def test_what_the_picture_hides_and_its_thumbnail_shows_is_told(name: str, how: str) -> None:
    image = photo(name)
    assert is_stale(with_thumbnail(hidden(image, PLACES[name], how), honest(image, "box")))
    sharp, coarse = honest(image, "sharpened"), honest(image, "coarse")
    assert is_stale(with_thumbnail(hidden(image, PLACES[name], how), sharp))
    assert is_stale(with_thumbnail(hidden(image, PLACES[name], how), coarse))


@pytest.mark.parametrize("name", ["astronaut", "chelsea", "coffee", "rocket", "hubble_deep_field"])
@pytest.mark.parametrize("how", HONEST)
def test_an_honest_thumbnail_is_none(name: str, how: str) -> None:
    image = photo(name)
    assert not is_stale(with_thumbnail(image, honest(image, how)))
    turned = np.ascontiguousarray(np.rot90(np.asarray(Image.open(io.BytesIO(honest(image, how))))))
    assert not is_stale(with_thumbnail(image, coded(Image.fromarray(turned))))


def test_pictures_behind_the_end_but_for_gain_maps() -> None:
    first, second = coded(photo("coffee")), coded(photo("chelsea"))
    gains = coded(photo("coffee").convert("L"), comment=b'<rdf hdrgm:Version="1.0"/>')
    file = first + gains + bytes(64) + second
    (inner,) = inner_pictures(file, open_picture(file, LIMITS))
    coffee_then = np.asarray(photo("coffee"))
    assert not inner.preview
    assert np.array_equal(inner.pixels(coffee_then), load_upright(second, max_side=None, limits=LIMITS))
    grey = np.asarray(cv2.cvtColor(np.asarray(photo("coffee")), cv2.COLOR_RGB2GRAY), np.uint8)
    assert more_shown(inner, coffee_then, grey) is not None
    again = first + coded(photo("coffee").resize((300, 200)))
    (same,) = inner_pictures(again, open_picture(again, LIMITS))
    assert more_shown(same, coffee_then, grey) is None
    assert inner_pictures(first, open_picture(first, LIMITS)) == []


def several(first: Image.Image, second: Image.Image) -> bytes:
    """A multi-picture file whose index does not say what its second picture is for."""
    file = io.BytesIO()
    first.save(file, "MPO", save_all=True, append_images=[second])
    return file.getvalue()


def test_a_smaller_second_picture_of_another_scene_is_a_stale_preview() -> None:
    """Views for stereo are as large as the first, and gain maps are grey."""
    first, second = photo("coffee"), photo("chelsea")
    assert is_stale(several(first, second.resize((240, 160))))
    assert not is_stale(several(first, first.resize((300, 200))))
    assert not is_stale(several(first, second.resize(first.size)))
    assert not is_stale(several(first, second.resize((240, 160)).convert("L")))
