"""JPEG 2000 and HTJ2K: decoded at a half, a quarter, ... of the size where no more is wanted."""

from __future__ import annotations

from io import BytesIO

import numpy as np
from PIL import Image, Jpeg2KImagePlugin

from pdpo_audit.imaging.formats.table import family_of, lacks
from pdpo_audit.imaging.formats.told import Told, tell
from pdpo_audit.imaging.limits import Limits

_START, _SIZE, _DEFAULT, _COMPONENT, _TILE = b"\xff\x4f\xff\x51", 0x51, 0x52, 0x53, 0x90
#: In all but a few files the first tile is reached by then.
_HEADER = 1 << 20


def open_jpeg2000(data: bytes, limits: Limits) -> Image.Image:
    """Open the header; ``reduce_by`` says later how much of the picture is decoded."""
    try:
        image = Jpeg2KImagePlugin.Jpeg2KImageFile(BytesIO(data))
    except SyntaxError:
        again = decode_otherwise(data, limits)
        if again is None:
            raise
        return again
    limits.check_size(*image.size)
    levels, bits = _coding(data)
    image.info["levels"], image.info["file"] = levels, data
    # Pillow hands over grey of 9 to 16 bits as it is stored.
    told = Told(levels=(0.0, float((1 << bits) - 1))) if image.mode.startswith("I;16") and bits < 16 else Told()
    return tell(image, told)


def reduce_by(image: Image.Image, factor: int) -> int:
    """Ask the decoder for the picture at a half, a quarter, ... but no less than a ``factor``-th; what it will be."""
    halvings = min(factor.bit_length() - 1, int(image.info.get("levels", 0)))
    if halvings > 0 and isinstance(image, Jpeg2KImagePlugin.Jpeg2KImageFile):
        image.reduce = halvings
        return 1 << halvings
    return 1


def decoded(image: Image.Image, limits: Limits) -> Image.Image:
    """The picture, decoded as far as was asked for; of a file that this decoder does not read by another one.

    Afterwards ``Image.reduce`` has its usual meaning, which Pillow's plugin hides behind the number set before.
    """
    try:
        image.load()
    except OSError:
        again = decode_otherwise(image.info["file"], limits)
        if again is None:
            raise
        return again
    if isinstance(image, Jpeg2KImagePlugin.Jpeg2KImageFile):
        image.reduce = 0
    return image


def decode_otherwise(data: bytes, limits: Limits) -> Image.Image | None:
    """The picture of a file that Pillow does not decode, by imagecodecs; none where that is missing or fails as well.

    Of 158 JP2 files 15 with odd components or boxes are decoded by imagecodecs alone.
    """
    family = family_of("JXL")
    width, height = _stated_size(data)
    if family is None or lacks(family) or min(width, height) < 1:
        return None
    import imagecodecs

    limits.check_size(width, height)
    limits.check_bytes(width * height * 24)
    try:
        pixels = np.asarray(imagecodecs.jpeg2k_decode(data))
    except (RuntimeError, ValueError, TypeError):
        return None
    bits = _coding(data)[1]
    if pixels.dtype.kind in "iu" and bits > 8:
        pixels = np.clip(pixels.astype(np.int64) >> (bits - 8), 0, 255)
    if pixels.ndim == 3:
        pixels = pixels[..., :3] if pixels.shape[2] in (3, 4) else pixels[..., 0]
    return tell(Image.fromarray(np.ascontiguousarray(pixels, np.uint8)), Told()) if pixels.ndim in (2, 3) else None


def _stated_size(data: bytes) -> tuple[int, int]:
    at = data.find(_START, 0, _HEADER)
    if at < 0 or at + 24 > len(data):
        return 0, 0
    right, bottom, left, top = (int.from_bytes(data[at + 8 + 4 * n : at + 12 + 4 * n], "big") for n in range(4))
    return right - left, bottom - top


def _coding(data: bytes) -> tuple[int, int]:
    """How often every component is halved in the coding, and the most bits of a component (ISO 15444-1, annex A)."""
    at = data.find(_START, 0, _HEADER) + 2
    if at < 2:
        return 0, 8
    levels, bits = list[int](), 8
    while at + 4 <= min(len(data), _HEADER) and data[at] == 0xFF and data[at + 1] != _TILE:
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        body = data[at + 4 : at + 2 + length]
        if marker == _SIZE and len(body) > 36:
            bits = max((1 + (depth & 0x7F) for depth in body[36::3]), default=8)
        elif marker == _DEFAULT and len(body) > 5:
            levels.append(body[5])
        elif marker == _COMPONENT and len(body) > 4:
            levels.append(min(body[2:5]) if len(body) < 6 else min(body[2], body[3]))
        at += 2 + length
    return min(levels, default=0), bits
