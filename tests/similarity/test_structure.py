"""What two pictures have in common, block by block: a watermark lets the picture show through, another one does not."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from pdpo_audit.similarity.comparison.reliefs import Relief
from pdpo_audit.similarity.comparison.structure import structure_of
from tests.similarity.pairs import photo

Grey = NDArray[np.uint8]


def grey(name: str) -> Grey:
    return np.asarray(photo(name).convert("L").resize((512, 512)), np.uint8)


def watermarked(picture: Grey, strength: float) -> Grey:
    """Lettering all over it, of which so much is ink."""
    over = Image.new("L", picture.shape[::-1], 0)
    draw = ImageDraw.Draw(over)
    for line in range(-10, picture.shape[0], 24):
        draw.text((line % 40 - 30, line), "SAMPLE COPY " * 10, fill=255, font=ImageFont.load_default(size=20))
    ink = np.asarray(over, np.float64) / 255 * strength
    return np.asarray((picture * (1 - ink) + 255 * ink).round(), np.uint8)


def strange(one: Grey, other: Grey) -> float:
    return structure_of(Relief(grey=one), Relief(grey=other)).strange


@pytest.mark.parametrize("strength", [0.3, 0.6, 1.0])
def test_a_picture_shows_through_its_watermark(strength: float) -> None:
    assert strange(grey("camera"), watermarked(grey("camera"), strength)) == 0.0


def test_another_picture_in_its_place_lets_nothing_through() -> None:
    card = grey("camera").copy()
    card[128:384, 128:384] = grey("coffee")[128:384, 128:384]
    assert strange(grey("camera"), card) > 0.1
