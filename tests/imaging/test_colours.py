"""A profile is followed: what a conversion shows is what was converted, whatever the numbers say."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageCms

from pdpo_audit.imaging.colours import to_srgb
from tests.imaging.profiles import display_p3


def p3_and_srgb() -> tuple[Image.Image, Image.Image]:
    """One picture in Display P3, and converted to sRGB."""
    draws = np.random.default_rng(22).integers(60, 196, (12, 16, 3), dtype=np.uint8)
    wide = Image.fromarray(draws).resize((320, 240), Image.Resampling.BICUBIC)
    profile = ImageCms.ImageCmsProfile(BytesIO(display_p3()))
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    narrow = ImageCms.profileToProfile(wide, profile, srgb, ImageCms.Intent.RELATIVE_COLORIMETRIC)
    assert narrow is not None
    return wide, narrow


def test_a_wide_profile_is_followed() -> None:
    wide, narrow = p3_and_srgb()
    apart = np.abs(np.asarray(wide, np.int16) - np.asarray(narrow, np.int16))
    assert apart.max() > 20
    followed = to_srgb(np.asarray(wide), display_p3())
    assert np.abs(followed.astype(np.int16) - np.asarray(narrow, np.int16)).max() <= 1


@pytest.mark.parametrize(
    "profile",
    [b"", b"no profile", display_p3()[:150], ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()],
    ids=["none", "garbage", "torn", "srgb"],
)
def test_without_a_usable_profile_and_with_that_of_a_screen_nothing_moves(profile: bytes) -> None:
    pixels = np.asarray(p3_and_srgb()[0])
    assert to_srgb(pixels, profile) is pixels
