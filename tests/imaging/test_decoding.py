"""Pixels come out upright, flat and 8 bits deep, whatever the file holds; bad files say what is wrong."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageFile

from pdpo_audit.imaging import (
    ImageProblem,
    Limits,
    Reduction,
    encode_thumbnail,
    load_grey,
    load_upright,
    open_picture,
    pixelate,
    upright_size,
)
from pdpo_audit.imaging.process import prepare
from pdpo_audit.model.locations.holdings import SkipReason

LIMITS = Limits()


def picture(width: int = 90, height: int = 60) -> Image.Image:
    """Dark top left, bright bottom right, red growing to the right."""
    y, x = np.mgrid[0:height, 0:width]
    red, green = 255 * x // width, 255 * y // height
    return Image.fromarray(np.dstack([red, green, (red + green) // 2]).astype(np.uint8))


def encoded(image: Image.Image, name: str, **options: object) -> bytes:
    buffer = BytesIO()
    image.save(buffer, name, **options)
    return buffer.getvalue()


def close(left: NDArray[np.uint8], right: NDArray[np.uint8]) -> bool:
    return left.shape == right.shape and float(np.abs(left.astype(int) - right.astype(int)).mean()) < 4


@pytest.mark.parametrize("name", ["JPEG", "PNG", "TIFF", "WEBP", "AVIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_is_applied(name: str, orientation: int) -> None:
    upright = np.asarray(picture())
    # What a camera stores is what the inverse of the orientation makes of the upright picture.
    stored = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.swapaxes(0, 1),
        6: np.rot90(upright, 1),
        7: upright[::-1, ::-1].swapaxes(0, 1),
        8: np.rot90(upright, 3),
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encoded(Image.fromarray(np.ascontiguousarray(stored)), name, exif=exif)
    assert upright_size(open_picture(data, LIMITS)) == (90, 60)
    assert close(load_upright(data, max_side=None, limits=LIMITS), upright)


@pytest.mark.parametrize("mode", ["L", "CMYK", "LA", "RGBA", "P", "1", "I;16", "I", "F"])
def test_every_mode_becomes_eight_bit_rgb(mode: str) -> None:
    grey = picture().convert("L")
    values = np.asarray(grey)
    if mode == "I;16":
        image = Image.fromarray(values.astype(np.uint16) * 257)
    elif mode in ("I", "F"):
        image = grey.convert("I").convert(mode)
    else:
        image = grey.convert(mode)
    pixels = load_upright(encoded(image, "TIFF"), max_side=None, limits=LIMITS)
    assert pixels.shape == (60, 90, 3)
    assert pixels.dtype == np.uint8
    assert abs(float(pixels.mean()) - float(values.mean())) < 8


def test_transparency_is_laid_on_white() -> None:
    clear = Image.new("RGBA", (8, 8), (0, 0, 0, 0))
    assert load_upright(encoded(clear, "PNG"), max_side=None, limits=LIMITS).min() == 255
    palette = Image.new("P", (8, 8), 0)
    assert load_upright(encoded(palette, "PNG", transparency=0), max_side=None, limits=LIMITS).min() == 255


@pytest.mark.parametrize("name", ["JPEG", "PNG"])
def test_reduction_keeps_both_sides_long_enough(name: str) -> None:
    data = encoded(picture(1700, 1100), name)
    grey = load_grey(data, reduction=Reduction(short=256, long=400), limits=LIMITS)
    assert 256 <= min(grey.shape) < 512
    assert max(load_upright(data, max_side=500, limits=LIMITS).shape) in range(500, 1000)
    assert load_upright(data, max_side=5000, limits=LIMITS).shape == (1100, 1700, 3)


def test_first_frame_of_an_animation_and_pages_of_a_tiff() -> None:
    frames = [Image.new("L", (20, 10), shade) for shade in (0, 128, 255)]
    gif = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert load_upright(gif, max_side=None, limits=LIMITS).max() == 0
    tiff = encoded(frames[0], "TIFF", save_all=True, append_images=frames[1:])
    assert [int(load_upright(tiff, max_side=None, limits=LIMITS, page=page).mean()) for page in range(3)] == [
        0,
        128,
        255,
    ]


def reason(data: bytes, limits: Limits = LIMITS) -> SkipReason:
    with pytest.raises(ImageProblem) as caught:
        load_upright(data, max_side=256, limits=limits)
    return caught.value.reason


@pytest.mark.parametrize("name", ["JPEG", "PNG", "GIF", "WEBP", "TIFF", "AVIF"])
def test_a_file_cut_short_is_never_a_picture(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)  # as importing WeasyPrint does
    prepare()
    data = encoded(picture(300, 200), name)
    for keep in (0.3, 0.6, 0.9):
        assert reason(data[: int(len(data) * keep)]) in (SkipReason.TRUNCATED, SkipReason.DAMAGED)
    jpeg = encoded(picture(300, 200), "JPEG")
    assert reason(jpeg[: len(jpeg) // 2]) is SkipReason.TRUNCATED


def test_limits_are_checked_before_anything_is_decoded() -> None:
    data = encoded(Image.new("L", (2000, 1000)), "PNG")
    assert reason(data, Limits(max_pixels=1_999_999)) is SkipReason.TOO_LARGE
    assert reason(data, Limits(max_file_bytes=100)) is SkipReason.TOO_LARGE
    huge = bytearray(encoded(Image.new("L", (8, 8)), "BMP"))
    huge[18:26] = (60_000).to_bytes(4, "little") * 2
    assert reason(bytes(huge)) is SkipReason.TOO_LARGE


def test_nothing_and_nonsense() -> None:
    assert reason(b"") is SkipReason.EMPTY
    assert reason(b"\xff\xd8\xff" + b"not a picture" * 9) is SkipReason.DAMAGED


def test_malformed_exif_costs_only_itself() -> None:
    data = encoded(picture(), "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\x7f" + b"\xff" * 40)
    assert load_upright(data, max_side=None, limits=LIMITS).shape == (60, 90, 3)


def test_pixelation_leaves_nothing_finer_than_a_block() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (80, 80, 3)).astype(np.uint8)
    covered = pixelate(noise, [(10, 20, 30, 30), (-5, -5, 10, 10), (200, 200, 5, 5)], 3)
    assert len(np.unique(covered[20:50, 10:40].reshape(-1, 3), axis=0)) == 9
    assert np.array_equal(covered[55:, 45:], noise[55:, 45:])
    assert not np.array_equal(noise[20:50, 10:40], covered[20:50, 10:40])


def test_thumbnail_is_a_small_jpeg() -> None:
    thumbnail = encode_thumbnail(np.asarray(picture(900, 600)), max_side=100)
    with Image.open(BytesIO(thumbnail)) as image:
        assert (image.format, image.size) == ("JPEG", (100, 67))
