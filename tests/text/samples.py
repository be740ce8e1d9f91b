"""A card with an invented number, in the font that every installation has; and what turns it."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from matplotlib import font_manager
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

#: Invented, with right check digits.
HKID = "K987243(4)"
ZONE = "L898902C36UTO7408122F1204159ZE184226B<<<<<10"


def card(
    number: str = HKID, *, size: tuple[int, int] = (640, 400), ink: int = 34, title: str = "IDENTITY CARD"
) -> Image.Image:
    """A pale card with a name, a grey field where the portrait is, and the number at the lower right."""
    picture = Image.new("RGB", size, (214, 226, 220))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((30, 90, 190, 300), fill=(150, 150, 160))
    font = ImageFont.truetype(font_manager.findfont("DejaVu Sans"), ink)
    draw.text((220, 30), title, font=font, fill=(20, 20, 40))
    draw.text((220, 140), "SPECIMEN, Sam", font=font, fill=(20, 20, 40))
    width = draw.textlength(number, font=font)
    draw.text((size[0] - width - 30, size[1] - 80), number, font=font, fill=(20, 20, 40))
    return picture


def pixels(picture: Image.Image) -> NDArray[np.uint8]:
    return np.asarray(picture, np.uint8)


def saved(picture: Image.Image, path: Path, *, quality: int = 85) -> Path:
    """As a JPEG, or in the format of the suffix."""
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path, quality=quality)
    return path


def jpeg(picture: Image.Image, quality: int = 85) -> bytes:
    data = io.BytesIO()
    picture.save(data, "JPEG", quality=quality)
    return data.getvalue()
