"""What one picture may cost, at the byte on either side of each limit."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from PIL import Image

from pdpo_audit.imaging.limits import Limits, canvas_of_webp, decoded_bytes
from pdpo_audit.model.locations.holdings import ImageProblem, SkipReason


def test_the_limits_are_those_of_the_contract() -> None:
    limits = Limits()
    assert (limits.max_pixels, limits.max_file_bytes, limits.max_pages) == (300_000_000, 2_147_483_648, 100_000)
    assert (limits.max_side, limits.memory) == (1_000_000, 1_400_000_000)


def test_what_is_as_large_as_the_limit_is_read_and_one_more_is_not() -> None:
    limits = Limits(max_pixels=12, max_file_bytes=100, max_side=6, memory=1_000)
    limits.check_file(100)
    limits.check_size(4, 3)
    limits.check_size(1, 6)
    limits.check_bytes(1_000)
    beyond: list[Callable[[], None]] = [
        lambda: limits.check_file(101), lambda: limits.check_size(13, 1), lambda: limits.check_size(1, 7),
        lambda: limits.check_bytes(1_001),
    ]  # fmt: skip
    for check in beyond:
        with pytest.raises(ImageProblem) as found:
            check()
        assert found.value.reason is SkipReason.TOO_LARGE
    with pytest.raises(ImageProblem) as found:
        limits.check_size(0, 3)
    assert found.value.reason is SkipReason.DAMAGED


@pytest.mark.parametrize(
    ("mode", "form", "bytes_a_pixel"),
    [
        ("1", "PNG", 1), ("L", "PNG", 1), ("P", "GIF", 1 + 4), ("RGB", "BMP", 4), ("RGBA", "WEBP", 4 + 12),
        ("RGB", "JPEG2000", 4 + 16), ("RGB", "DDS", 4 + 4), ("RGB", "ICNS", 4 + 4), ("RGB", "AVIF", 4 + 8),
        ("RGB", "HEIF", 4 + 8), ("I;16", "TIFF", 2), ("I;16B", "TIFF", 2), ("F", "TIFF", 4),
    ],
)  # fmt: skip
def test_bytes_that_a_pixel_takes(mode: str, form: str, bytes_a_pixel: int) -> None:
    image = Image.new(mode, (7, 5))
    image.format = form
    assert decoded_bytes(image) == 35 * bytes_a_pixel
    image.format = None
    assert decoded_bytes(image) == 35 * (bytes_a_pixel if form in ("PNG", "BMP", "TIFF") else bytes_a_pixel % 4 or 4)


def test_a_progressive_jpeg_keeps_its_coefficients_at_full_size() -> None:
    stream = io.BytesIO()
    Image.new("RGB", (64, 48)).save(stream, "JPEG", progressive=True)
    whole = Image.open(io.BytesIO(stream.getvalue()))
    assert decoded_bytes(whole) == 64 * 48 * (4 + 2 * 3)
    small = Image.open(io.BytesIO(stream.getvalue()))
    small.draft("RGB", (8, 6))
    assert small.size == (8, 6)
    assert decoded_bytes(small) == 8 * 6 * 4 + 64 * 48 * 2 * 3


@pytest.mark.parametrize("options", [{"lossless": True}, {"quality": 80}, {"quality": 80, "exact": True}])
def test_a_webp_states_its_canvas_in_its_header(options: dict[str, object]) -> None:
    for mode in ("RGB", "RGBA"):
        stream = io.BytesIO()
        Image.new(mode, (301, 203), 9).save(stream, "WEBP", **options)
        assert canvas_of_webp(stream.getvalue()) == (301, 203)
        Limits(memory=301 * 203 * 16).check_canvas(stream.getvalue())
        with pytest.raises(ImageProblem):
            Limits(memory=301 * 203 * 16 - 1).check_canvas(stream.getvalue())
    extended = b"RIFF....WEBPVP8X" + bytes(4) + bytes(4) + (999).to_bytes(3, "little") + (4_999).to_bytes(3, "little")
    assert canvas_of_webp(extended) == (1_000, 5_000) and canvas_of_webp(extended[:-1]) == (1, 1)
    assert canvas_of_webp(b"RIFF....WEBPXXXX" + bytes(20)) == canvas_of_webp(b"") == (1, 1)
