"""The photographs of the sample library: scikit-image's public-domain and CC0 pictures, and what people do to them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw, ImageFont, ImageOps
from skimage import data

#: Only pictures that lie inside scikit-image's wheel; licences in PROVENANCE.md.
READERS: dict[str, Callable[[], object]] = {
    "astronaut": data.astronaut,
    "camera": data.camera,
    "cat": data.chelsea,
    "coffee": data.coffee,
    "hubble": data.hubble_deep_field,
    "rocket": data.rocket,
    "coins": data.coins,
    "brick": data.brick,
    "gravel": data.gravel,
    "grass": data.grass,
}


def photo(name: str, width: int = 0) -> Image.Image:
    """The picture ``name`` in RGB, ``width`` pixels wide (its own width where 0)."""
    picture = Image.fromarray(np.asarray(READERS[name]())).convert("RGB")
    return scaled(picture, width) if width else picture


def scaled(picture: Image.Image, width: int) -> Image.Image:
    """``picture`` at another width, its shape kept."""
    height = round(picture.height * width / picture.width)
    return picture.resize((width, height), Image.Resampling.LANCZOS)


def cropped(picture: Image.Image, left: float, top: float, right: float, bottom: float) -> Image.Image:
    """The part between four fractions of width and height."""
    width, height = picture.size
    return picture.crop((round(left * width), round(top * height), round(right * width), round(bottom * height)))


def brightened(picture: Image.Image, factor: float) -> Image.Image:
    """Every channel times ``factor``: an exposure mistake."""
    return picture.point(lambda value: min(255, round(value * factor)))


def warmed(picture: Image.Image) -> Image.Image:
    """Another white balance: more red, less blue."""
    red, green, blue = picture.split()
    redder, less_blue = red.point(lambda v: min(255, round(v * 1.12))), blue.point(lambda v: v * 86 // 100)
    return Image.merge("RGB", (redder, green, less_blue))


def captioned(picture: Image.Image, text: str) -> Image.Image:
    """A band with words over the lowest twelfth."""
    edited = picture.copy()
    draw = ImageDraw.Draw(edited)
    top = edited.height - edited.height // 12
    draw.rectangle((0, top, edited.width, edited.height), fill=(18, 60, 90))
    draw.text((16, top + 4), text, font=ImageFont.load_default(round(edited.height * 0.055)), fill=(255, 255, 255))
    return edited


def bordered(picture: Image.Image, share: float, colour: tuple[int, int, int]) -> Image.Image:
    """A frame around the picture, ``share`` of its width on each side."""
    return ImageOps.expand(picture, round(picture.width * share), colour)


def pixelated(picture: Image.Image, box: tuple[float, float, float, float], blocks: int) -> Image.Image:
    """``box`` (fractions) drawn as ``blocks`` coarse blocks across: how a face is made unrecognisable."""
    left, top, right, bottom = (round(f * side) for f, side in zip(box, (*picture.size, *picture.size), strict=True))
    part = picture.crop((left, top, right, bottom))
    small = part.resize((blocks, max(1, round(blocks * part.height / part.width))), Image.Resampling.BOX)
    changed = picture.copy()
    changed.paste(small.resize(part.size, Image.Resampling.NEAREST), (left, top))
    return changed


def placed(ground: Image.Image, picture: Image.Image, left: float, top: float) -> Image.Image:
    """``picture`` pasted onto ``ground`` at fractions of its width and height."""
    together = ground.copy()
    together.paste(picture, (round(left * ground.width), round(top * ground.height)))
    return together


def mirrored(picture: Image.Image) -> Image.Image:
    """Left and right exchanged."""
    return ImageOps.mirror(picture)


def turned_right(picture: Image.Image) -> Image.Image:
    """A quarter turn clockwise."""
    return picture.transpose(Image.Transpose.ROTATE_270)


def turned_left(picture: Image.Image) -> Image.Image:
    """A quarter turn anticlockwise: upright again under EXIF orientation 6."""
    return picture.transpose(Image.Transpose.ROTATE_90)
