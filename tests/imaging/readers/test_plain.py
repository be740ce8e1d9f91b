"""Formats that are read by Pillow, or by a few lines of our own: the same picture, whatever file it lies in."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from PIL import Image

from pdpo_audit.imaging import Reduction, load_grey, open_picture, upright_grey, upright_size
from pdpo_audit.imaging.formats.told import told_of
from pdpo_audit.imaging.readers.reading import content_format
from pdpo_audit.model.locations.holdings import SkipReason
from tests.imaging.readers.makers import LIMITS, is_close, notes, picture, problem, saved, shown

ORIGINAL = picture()
PIXELS = np.asarray(ORIGINAL)


@pytest.mark.parametrize(
    ("name", "format", "options"),
    [
        ("TGA", "TGA", {}),
        ("TGA", "TGA", {"compression": "tga_rle"}),
        ("PCX", "PCX", {}),
        ("PPM", "PNM", {}),
        ("SGI", "SGI", {}),
        ("DDS", "DDS", {}),
        ("QOI", "QOI", {}),
        ("JPEG2000", "JPEG2000", {}),
        ("JPEG2000", "JPEG2000", {"no_jp2": True, "irreversible": True, "quality_layers": [20]}),
    ],
)
def test_same_picture(name: str, format: str, options: dict[str, object]) -> None:
    data = saved(ORIGINAL, name, **options)
    assert content_format(data) == format
    assert is_close(shown(data), PIXELS, 2)
    assert upright_size(open_picture(data, LIMITS)) == (480, 320)


@pytest.mark.parametrize("name", ["ICO", "ICNS"])
def test_icon_is_its_largest_size(name: str) -> None:
    data = saved(ORIGINAL.resize((256, 256)), name)
    found = shown(data)
    assert found.shape[0] >= 256
    assert "the largest of" in notes(data)[0]


def test_jpeg_2000_is_decoded_reduced() -> None:
    large = picture(2000, 1500)
    data = saved(large, "JPEG2000")
    small = load_grey(data, reduction=Reduction(short=256), limits=LIMITS)
    assert 256 <= min(small.shape) < 512
    assert is_close(small, np.asarray(large.convert("L").resize(small.shape[::-1], Image.Resampling.BOX)), 2)
    opened = open_picture(data, LIMITS)
    upright_grey(opened, LIMITS, Reduction(short=256))
    assert min(opened.size) < 1500 / 2


def test_twelve_bits_keep_their_range() -> None:
    grey = np.linspace(0, 4095, 400 * 300).reshape(300, 400).astype(np.uint16)
    data = bytearray(saved(Image.fromarray(grey), "JPEG2000", no_jp2=True))
    at = data.index(b"\xff\x51")
    assert data[at + 40] == 15
    sixteen = shown(bytes(data))
    assert sixteen.max() < 20  # as stored: an eighth bit of sixteen
    data[at + 40] = 11  # the header of a camera of 12 bits
    assert told_of(open_picture(bytes(data), LIMITS)).levels == (0.0, 4095.0)


def test_pam_and_colour_pfm() -> None:
    head = b"P7\nWIDTH 480\nHEIGHT 320\nDEPTH 3\nMAXVAL 255\nTUPLTYPE RGB\nENDHDR\n"
    assert np.array_equal(shown(head + PIXELS.tobytes()), PIXELS)
    deep = head.replace(b"255", b"65535") + (PIXELS.astype(np.uint16) * 257).astype(">u2").tobytes()
    assert np.array_equal(shown(deep), PIXELS)
    light = ((PIXELS / 255.0) ** 2.2).astype("<f4")[::-1]
    assert is_close(shown(b"PF\n480 320\n-1.0\n" + light.tobytes()), PIXELS, 1)
    assert problem(head + PIXELS.tobytes()[:-9]).reason is SkipReason.TRUNCATED


def test_hdr() -> None:
    flat = np.full((40, 60, 4), (128, 64, 32, 129), np.uint8)  # 1, 0.5, 0.25
    data = b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 40 +X 60\n" + flat.tobytes()
    found = shown(data)
    assert found.shape == (40, 60, 3)
    assert found[0, 0, 0] == 255
    assert abs(int(found[0, 0, 1]) - 186) < 3


def test_cmyk_by_its_profile_and_lab() -> None:
    lab = ORIGINAL.convert("RGB")
    from PIL import ImageCms

    to_lab = ImageCms.buildTransform(ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), "RGB", "LAB")
    moved = ImageCms.applyTransform(lab, to_lab)
    assert moved is not None
    assert is_close(shown(saved(moved, "TIFF")), PIXELS, 6)
    assert is_close(shown(saved(ORIGINAL.convert("CMYK"), "TIFF")), PIXELS, 3)


def test_kinds_that_no_decoder_knows_are_not_called_damaged() -> None:
    four = bytearray(saved(ORIGINAL.convert("P"), "PCX"))
    four[3], four[65] = 2, 3  # two bits of a plane, three planes
    assert problem(bytes(four)).reason is SkipReason.FORMAT_NOT_DECODED
    texture = saved(ORIGINAL, "DDS")
    pixels = texture.index(b"DDS ") + 76
    dx10 = texture[: pixels + 4] + struct.pack("<I4s", 4, b"DX10") + texture[pixels + 12 : 128]
    assert problem(dx10 + struct.pack("<5I", 93, 3, 0, 1, 0) + bytes(999)).reason is SkipReason.FORMAT_NOT_DECODED


def test_an_icon_whose_largest_size_is_torn_says_so() -> None:
    whole = saved(ORIGINAL.resize((256, 256)), "ICNS")
    largest = whole.rindex(b"ic10")
    cut = whole[: largest + 8] + bytes(64) + whole[largest + 72 :]
    assert shown(cut).shape[0] < shown(whole).shape[0]
    assert notes(cut)[0] == "its largest size is damaged: a smaller one is shown"


@pytest.mark.parametrize("name", ["TGA", "PCX", "PPM", "SGI", "DDS", "QOI", "JPEG2000"])
def test_cut_files_cost_only_themselves(name: str) -> None:
    whole = saved(ORIGINAL, name)
    for share in (0.02, 0.3, 0.9):
        found = problem(whole[: int(len(whole) * share)])
        assert found.reason in (SkipReason.TRUNCATED, SkipReason.DAMAGED, SkipReason.FORMAT_NOT_DECODED)


def test_pixels_are_limited_before_anything_is_decoded() -> None:
    huge = bytearray(saved(ORIGINAL, "TGA"))
    huge[12:16] = struct.pack("<HH", 65535, 65535)
    assert problem(bytes(huge)).reason is SkipReason.TOO_LARGE
    assert problem(b"P7\nWIDTH 99999\nHEIGHT 99999\nDEPTH 3\nMAXVAL 255\nENDHDR\n").reason is SkipReason.TOO_LARGE
    assert problem(b"#?RADIANCE\n\n-Y 99999 +X 99999\n").reason is SkipReason.TOO_LARGE
