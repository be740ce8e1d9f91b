"""What the coefficients of two pictures tell of which was made from which."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageFilter

from pdpo_audit.imaging import open_picture, upright
from pdpo_audit.imaging.quality import luminance_steps
from pdpo_audit.similarity.comparison.codings import Coded, is_enlargement, traced
from tests.similarity.pairs import LIMITS, jpeg, photo


def coded(data: bytes) -> Coded:
    image = open_picture(data, LIMITS)
    steps = luminance_steps(image)
    return Coded(luma=np.asarray(Image.fromarray(upright(image, LIMITS)).convert("L")), steps=steps)


@pytest.mark.parametrize("softness", [0, 2])
@pytest.mark.parametrize("filter_", [Image.Resampling.BICUBIC, Image.Resampling.LANCZOS])
def test_an_enlarged_picture_is_what_the_smaller_one_becomes(softness: int, filter_: Image.Resampling) -> None:
    small = jpeg(photo("astronaut").resize((300, 300)).filter(ImageFilter.GaussianBlur(softness)), 95)
    with Image.open(BytesIO(small)) as opened:
        enlarged = jpeg(opened.resize((600, 600), filter_), 85)
    assert is_enlargement(coded(enlarged), coded(small))


@pytest.mark.parametrize("quality", [75, 95])
def test_a_picture_that_was_made_smaller_is_none(quality: int) -> None:
    large = photo("astronaut")
    assert not is_enlargement(coded(jpeg(large, quality)), coded(jpeg(large.resize((256, 256)), 92)))


def test_coefficients_that_have_one_value_anyway_are_no_trace_of_a_coarser_file() -> None:
    draws = np.random.default_rng(1)
    tile = draws.integers(-14, 15, (8, 8)) * 3
    signs = draws.choice((-1, 1), (48, 64))
    cloth = 128 + np.kron(signs, tile) + draws.normal(0, 1, (384, 512))
    fine = jpeg(Image.fromarray(cloth.clip(0, 255).astype(np.uint8)).convert("RGB"), 92)
    with Image.open(BytesIO(fine)) as opened:
        coarse = jpeg(opened.convert("RGB"), 17)
    assert traced(coded(fine), coded(coarse)) == 0
