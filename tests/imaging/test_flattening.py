"""Strips change nothing; memory is counted before anything is decoded."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from pdpo_audit.imaging import ImageProblem, Limits, load_grey, load_upright, open_picture
from pdpo_audit.imaging.flattening import flatten
from pdpo_audit.imaging.limits import canvas_of_webp, decoded_bytes
from pdpo_audit.model.locations.holdings import SkipReason

DRAWS = np.random.default_rng(15)
WIDTH, HEIGHT = 37, 53


def _made(mode: str) -> Image.Image:
    match mode:
        case "I;16":
            return Image.fromarray(DRAWS.integers(0, 65536, (HEIGHT, WIDTH), dtype=np.uint16))
        case "I":
            return Image.fromarray(DRAWS.integers(-70000, 90000, (HEIGHT, WIDTH), dtype=np.int32))
        case "F":
            fractions = DRAWS.normal(size=(HEIGHT, WIDTH)).astype(np.float32)
            fractions[3, 4], fractions[40, 2] = np.nan, np.inf
            return Image.fromarray(fractions)
        case "P":
            image = Image.fromarray(DRAWS.integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8)).quantize(64)
            image.info["transparency"] = bytes(range(64))
            return image
    bands = len(Image.new(mode, (1, 1)).getbands())
    shape = (HEIGHT, WIDTH) if bands == 1 else (HEIGHT, WIDTH, bands)
    if mode == "1":
        return Image.fromarray(DRAWS.integers(0, 2, shape, dtype=np.uint8) * 255).convert("1")
    values = DRAWS.integers(0, 256, shape, dtype=np.uint8)
    return Image.frombytes(mode, (WIDTH, HEIGHT), values.tobytes())


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA", "CMYK", "YCbCr", "LAB", "HSV", "I;16", "I", "F"])
@pytest.mark.parametrize("wanted", ["L", "RGB"])
@pytest.mark.parametrize("factor", [1, 2, 5])
def test_strips_give_what_the_whole_gives(mode: str, wanted: str, factor: int) -> None:
    image = _made(mode)
    whole = flatten(image, wanted, factor)
    assert whole.shape[:2] == (-(-HEIGHT // factor), -(-WIDTH // factor))
    for strip in (1, WIDTH * 7, WIDTH * 52):
        assert np.array_equal(flatten(image, wanted, factor, strip), whole)


def _coded(image: Image.Image, name: str, **options: object) -> bytes:
    buffer = BytesIO()
    image.save(buffer, name, **options)
    return buffer.getvalue()


@pytest.mark.parametrize("name", ["PNG", "WEBP", "AVIF", "TIFF", "JPEG", "GIF"])
def test_what_would_take_too_much_memory_is_not_decoded(name: str) -> None:
    data = _coded(Image.new("RGB", (400, 300)), name)
    load_upright(data, max_side=None, limits=Limits(memory=10_000_000))
    with pytest.raises(ImageProblem, match="the limit is") as caught:
        load_upright(data, max_side=None, limits=Limits(memory=360_000))
    assert caught.value.reason is SkipReason.TOO_LARGE


def test_a_progressive_file_costs_its_coefficients_too() -> None:
    picture = Image.new("RGB", (800, 600))
    plain, progressive = (_coded(picture, "JPEG", progressive=one) for one in (False, True))
    opened = [open_picture(data, Limits()) for data in (plain, progressive)]
    assert [decoded_bytes(one) for one in opened] == [800 * 600 * 4, 800 * 600 * (4 + 6)]
    opened[1].draft("RGB", (100, 75))
    assert decoded_bytes(opened[1]) == 100 * 75 * 4 + 800 * 600 * 6


@pytest.mark.parametrize("options", [{"quality": 80}, {"lossless": True}, {"quality": 80, "exif": b"Exif\0\0II*\0"}])
def test_the_canvas_of_a_webp_stands_in_its_header(options: dict[str, object]) -> None:
    assert canvas_of_webp(_coded(Image.new("RGB", (411, 305)), "WEBP", **options)) == (411, 305)
    assert canvas_of_webp(b"RIFF") == (1, 1)


def test_no_side_is_endless() -> None:
    data = _coded(Image.new("L", (3000, 1)), "PNG")
    with pytest.raises(ImageProblem, match="longest side"):
        load_grey(data, reduction=None, limits=Limits(max_side=2999))


def test_sixteen_bits_whose_nought_is_white_are_no_negative() -> None:
    values = DRAWS.integers(0, 65536, (HEIGHT, WIDTH), dtype=np.uint16)
    made: dict[int, bytes] = {}
    for photometric, stored in ((1, values), (0, 65535 - values)):
        file = BytesIO()
        Image.fromarray(stored).save(file, "TIFF", tiffinfo={262: photometric})
        made[photometric] = file.getvalue()
    shown = load_upright(made[1], max_side=None, limits=Limits())
    assert np.array_equal(load_upright(made[0], max_side=None, limits=Limits()), shown)
