"""The digest of the image data changes with the pixels and with nothing else."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image, PngImagePlugin
from skimage import data

from pdpo_audit.fingerprints.digests import image_digest


def photo(name: str) -> Image.Image:
    """A public-domain picture of scikit-image."""
    return Image.fromarray(getattr(data, name)())


def encoded(name: str, image: Image.Image | None = None, **options: object) -> bytes:
    buffer = BytesIO()
    (image or photo("chelsea")).save(buffer, name, **options)
    return buffer.getvalue()


def exif() -> Image.Exif:
    block = Image.Exif()
    block[0x013B] = "Chan Tai Man"
    return block


@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_metadata_is_left_out(name: str) -> None:
    plain, described = encoded(name), encoded(name, exif=exif())
    assert plain != described
    assert image_digest(plain, name) == image_digest(described, name) != b""


@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_pixels_count(name: str) -> None:
    changed = photo("chelsea")
    changed.putpixel((200, 100), (255, 0, 255))
    assert image_digest(encoded(name), name) != image_digest(encoded(name, changed), name)


def test_png_chunks_may_be_cut_differently() -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", "hello")
    whole = encoded("PNG", pnginfo=info)
    start = whole.index(b"IDAT") - 4
    length = int.from_bytes(whole[start : start + 4], "big")
    body, rest = whole[start + 8 : start + 8 + length], whole[start + 12 + length :]

    def chunk(part: bytes) -> bytes:
        return len(part).to_bytes(4, "big") + b"IDAT" + part + bytes(4)

    cut = whole[:start] + chunk(body[:100]) + chunk(body[100:]) + rest
    assert image_digest(cut, "PNG") == image_digest(whole, "PNG") == image_digest(encoded("PNG"), "PNG")


def test_adobe_marker_counts_because_it_changes_colours() -> None:
    jpeg = encoded("JPEG")
    adobe = jpeg[:2] + b"\xff\xee\x00\x0eAdobe\x00\x64\0\0\0\0\0" + jpeg[2:]
    assert image_digest(adobe, "JPEG") != image_digest(jpeg, "JPEG")


@pytest.mark.parametrize("name", ["JPEG", "PNG", "TIFF"])
@pytest.mark.parametrize("length", [3, 9, 30, 200])
def test_malformed_files_have_none(name: str, length: int) -> None:
    content = encoded(name)
    assert image_digest(content[:length], name) == b""


def test_formats_without_a_rule_have_none() -> None:
    assert image_digest(encoded("GIF"), "GIF") == b""
