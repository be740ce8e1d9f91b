"""Decoded pixels to 8 bits of luma or RGB without transparency, strip by strip: no copy of the whole picture."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.TiffImagePlugin import TiffImageFile

from pdpo_audit.imaging.colours import of_print
from pdpo_audit.imaging.formats.told import told_of
from pdpo_audit.model.locations.holdings import ImageProblem, SkipReason

#: A strip has about so many pixels: below, a picture is converted at once.
_STRIP = 4_000_000


def flatten(image: Image.Image, mode: str, factor: int = 1, strip: int = _STRIP) -> NDArray[np.uint8]:
    """The pixels of a decoded picture in ``mode`` (RGB or L), transparency laid on white, means of ``factor`` squared.

    Height x width (x 3). 16 bits count by their upper eight, 32-bit whole numbers and fractions from their own range.
    The same whatever the size of a strip. Raises ``ImageProblem`` for a colour mode that cannot be converted.
    """
    width, height = image.size
    span = _span(image)
    rows = max(1, strip // width // factor) * factor
    if rows >= height:
        return _strip(image, mode, factor, span)
    channels = (3,) if mode == "RGB" else ()
    flat = np.empty((-(-height // factor), -(-width // factor), *channels), np.uint8)
    for top, part in _strips(image, rows):
        flat[top // factor : -(-(top + part.size[1]) // factor)] = _strip(part, mode, factor, span)
    return flat


def _span(image: Image.Image) -> tuple[float, float]:
    """The values that become black and white: what the reader told, what is usual, or the picture's own range."""
    if (levels := told_of(image).levels) is not None:
        return levels
    if image.mode in ("I", "F") or (image.mode.startswith("I;16") and image.format == "FITS"):
        return _range(image)
    if image.mode.startswith("I;16"):
        return _WHITE_TO_BLACK if _zero_is_white(image) else _SIXTEEN_BITS
    return 0.0, 255.0


def _strips(image: Image.Image, rows: int) -> Iterator[tuple[int, Image.Image]]:
    width, height = image.size
    for top in range(0, height, rows):
        yield top, image.crop((0, top, width, min(height, top + rows)))


def _strip(image: Image.Image, mode: str, factor: int, span: tuple[float, float]) -> NDArray[np.uint8]:
    flat = _converted(image, mode, span)
    return np.asarray(flat.reduce(factor) if factor > 1 else flat)


def _converted(image: Image.Image, mode: str, span: tuple[float, float]) -> Image.Image:
    """8 bits a channel in ``mode``, transparency laid on white."""
    if image.mode.startswith("I") or image.mode == "F":
        image = _eight_bits(image, span)
    try:
        if image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info:
            image = image.convert("RGBA")
            paper = Image.new("RGBA", image.size, "white")
            image = Image.alpha_composite(paper, image).convert("RGB")
        if image.mode in ("CMYK", "LAB"):
            image = of_print(image)
        if image.mode not in ("RGB", "L"):
            image = image.convert("RGB")
        return image if image.mode == mode else image.convert(mode)
    except (ValueError, TypeError, KeyError) as error:  # colour modes, palettes or keys that Pillow cannot convert
        raise ImageProblem(SkipReason.FORMAT_NOT_DECODED, f"colours {image.mode}: {error}") from error


def _eight_bits(image: Image.Image, span: tuple[float, float]) -> Image.Image:
    values = np.asarray(image)
    if span in (_SIXTEEN_BITS, _WHITE_TO_BLACK):
        upper = (values.astype(np.uint32) >> 8).astype(np.uint8)
        return Image.fromarray(255 - upper if span == _WHITE_TO_BLACK else upper)
    low, high = span
    finite = _finite(values).astype(np.float64)
    return Image.fromarray(np.clip((finite - low) * (255.0 / max(high - low, 1e-9)), 0, 255).astype(np.uint8))


_SIXTEEN_BITS = (0.0, 65535.0)
_WHITE_TO_BLACK = (65535.0, 0.0)
_PHOTOMETRIC = 262


def _zero_is_white(image: Image.Image) -> bool:
    """Of a TIFF with 16 bits, which Pillow hands over as they are stored; of 8 bits it turns them itself."""
    return isinstance(image, TiffImageFile) and image.tag_v2.get(_PHOTOMETRIC) == 0


def _range(image: Image.Image) -> tuple[float, float]:
    """The values that become black and white; whole numbers up to 255 and up to 65,535 mean what they usually do."""
    width, height = image.size
    low, high = np.inf, -np.inf
    for _, part in _strips(image, max(1, min(height, _STRIP // width))):
        values = np.asarray(part)
        finite = _finite(values)
        low, high = min(low, float(finite.min())), max(high, float(finite.max()))
    if image.mode == "I":
        if 255 < high <= 65535:
            return _SIXTEEN_BITS
        if high <= 255:
            return 0.0, 255.0
    return low, high


def _finite(values: NDArray[Any]) -> NDArray[Any]:
    """Fractions that are no numbers, and infinite ones, count as nought."""
    if values.dtype.kind != "f" or np.isfinite(values).all():
        return values
    return np.asarray(np.nan_to_num(values, posinf=0.0, neginf=0.0))
