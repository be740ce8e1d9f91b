"""Decode a picture upright, as small as allowed, and say exactly why where that fails."""

from __future__ import annotations

import struct
import warnings
import zlib
from dataclasses import dataclass
from io import BytesIO
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import (
    AvifImagePlugin,
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    ImageFile,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,
)

from pdpo_audit.imaging.memory import keep_freed_memory
from pdpo_audit.model.holdings import SkipReason

# One process a core: threads inside a decoder or filter only steal time from the other workers.
cv2.setNumThreads(1)
keep_freed_memory()
# Our own limit is checked right after the header is read, before anything is decoded; Pillow's own limit would warn
# below it and refuse above it with another number.
Image.MAX_IMAGE_PIXELS = None

#: The only decoders that ever see a file.
_DECODERS = tuple(
    plugin.format
    for plugin in (
        JpegImagePlugin.JpegImageFile,
        PngImagePlugin.PngImageFile,
        GifImagePlugin.GifImageFile,
        BmpImagePlugin.BmpImageFile,
        TiffImagePlugin.TiffImageFile,
        WebPImagePlugin.WebPImageFile,
        AvifImagePlugin.AvifImageFile,
    )
    if plugin.format
)

#: What decoders raise on malformed input. Nothing else is caught: a mistake of ours must not look like a bad file.
_DECODER_ERRORS = (
    OSError,
    SyntaxError,
    ValueError,
    struct.error,
    zlib.error,
    EOFError,
    IndexError,
    KeyError,
    TypeError,
    AttributeError,
    OverflowError,
    ZeroDivisionError,
    RuntimeError,
    MemoryError,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much one picture may cost; what lies above is reported as ``too_large`` and not decoded."""

    max_pixels: int = 300_000_000
    max_file_bytes: int = 2 * 1024**3
    max_pages: int = 2_000


class ImageProblem(Exception):  # noqa: N818  # a problem of the input, told apart from errors of the program
    """Why a picture cannot be had: a reason from the closed list, and the decoder's own words."""

    def __init__(self, reason: SkipReason, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else str(reason))
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True, kw_only=True)
class Reduction:
    """How small a picture may be decoded: its short side stays at least ``short``, its long side at least ``long``."""

    short: int = 1
    long: int = 1


def open_picture(data: bytes, limits: Limits, page: int = 0) -> Image.Image:
    """Read the header of ``data`` (page ``page``, from 0) without decoding.

    Raises ``ImageProblem``: not an image, damaged, truncated, too large.
    """
    if not data:
        raise ImageProblem(SkipReason.EMPTY)
    if len(data) > limits.max_file_bytes:
        raise ImageProblem(SkipReason.TOO_LARGE, f"{len(data)} bytes, the limit is {limits.max_file_bytes}")
    try:
        image = _open(data)
        if page:
            image.seek(page)
    except UnidentifiedImageError as error:
        raise ImageProblem(SkipReason.DAMAGED, "no decoder accepts the header") from error
    except _DECODER_ERRORS as error:
        raise _problem(error) from error
    width, height = image.size
    if width * height > limits.max_pixels:
        raise ImageProblem(SkipReason.TOO_LARGE, f"{width} x {height} pixels, the limit is {limits.max_pixels}")
    if min(width, height) < 1:
        raise ImageProblem(SkipReason.DAMAGED, f"{width} x {height} pixels")
    return image


def _open(data: bytes) -> Image.Image:
    # A truncated file is reported as such: importing WeasyPrint (or face_recognition) lets Pillow pad them silently.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    if data[4:8] == b"ftyp" and b"avif" not in data[8:64] and b"avis" not in data[8:64]:
        from pi_heif import HeifImageFile  # imported where used: no other format needs libheif in memory

        return cast(Image.Image, HeifImageFile(BytesIO(data)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # malformed EXIF shows in what cannot be read, not on the terminal
        return Image.open(BytesIO(data), formats=_DECODERS)


def upright_size(image: Image.Image) -> tuple[int, int]:
    """Width and height with the EXIF orientation applied."""
    width, height = image.size
    return (height, width) if _orientation(image) >= 5 else (width, height)


def load_upright(data: bytes, *, max_side: int | None, limits: Limits, page: int = 0) -> NDArray[np.uint8]:
    """Decode to RGB, height x width x 3, upright; alpha is laid on white, 16 bits become 8.

    With ``max_side`` the picture is reduced by whole factors while it is decoded; its long side never falls below
    ``max_side`` unless the picture itself is smaller. Raises ``ImageProblem``.
    """
    return upright(open_picture(data, limits, page), Reduction(long=max_side) if max_side else None)


def upright(image: Image.Image, reduction: Reduction | None = None) -> NDArray[np.uint8]:
    """The colours of an opened picture, as ``load_upright`` gives them."""
    pixels = _pixels(image, "RGB", reduction)
    return _turn(pixels, _orientation(image))


def load_grey(data: bytes, *, reduction: Reduction | None, limits: Limits, page: int = 0) -> NDArray[np.uint8]:
    """Decode to luma (ITU-R 601), height x width, upright; reduced as far as ``reduction`` allows."""
    return upright_grey(open_picture(data, limits, page), reduction)


def upright_grey(image: Image.Image, reduction: Reduction | None) -> NDArray[np.uint8]:
    """The luma of an opened picture, upright. A JPEG gives it without decoding its colours."""
    grey = _pixels(image, "L", reduction)
    return _turn(grey, _orientation(image))


def _pixels(image: Image.Image, mode: str, reduction: Reduction | None) -> NDArray[np.uint8]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if image.format in ("JPEG", "MPO"):
                _draft(image, mode, reduction)
            image.load()
            flat = _flatten(image, mode)
            if reduction is not None:
                factor = _factor(flat.size, reduction)
                flat = flat.reduce(factor) if factor > 1 else flat
            return np.asarray(flat)
    except _DECODER_ERRORS as error:
        raise _problem(error) from error


def _draft(image: Image.Image, mode: str, reduction: Reduction | None) -> None:
    factor = _factor(image.size, reduction) if reduction is not None else 1
    scale = max(power for power in (1, 2, 4, 8) if power <= factor)
    size = (image.size[0] // scale, image.size[1] // scale)
    image.draft(mode if image.mode == "RGB" and mode == "L" else None, size)


def _factor(size: tuple[int, int], reduction: Reduction) -> int:
    """The largest whole factor that keeps both sides long enough."""
    return max(1, min(min(size) // max(1, reduction.short), max(size) // max(1, reduction.long)))


def _flatten(image: Image.Image, mode: str) -> Image.Image:
    """8 bits a channel in ``mode`` (RGB or L), transparency laid on white."""
    if image.mode.startswith("I") or image.mode == "F":
        image = _eight_bits(image)
    if image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info:
        image = image.convert("RGBA")
        paper = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(paper, image).convert("RGB")
    if image.mode not in ("RGB", "L"):
        image = image.convert("RGB")
    return image if image.mode == mode else image.convert(mode)


def _eight_bits(image: Image.Image) -> Image.Image:
    """16 bits by their upper eight; 32-bit whole numbers and fractions from their own range."""
    values = np.asarray(image)
    if image.mode.startswith("I;16") or (image.mode == "I" and 255 < values.max(initial=0) <= 65535):
        return Image.fromarray((values.astype(np.uint32) >> 8).astype(np.uint8))
    finite = np.nan_to_num(values.astype(np.float64), posinf=0.0, neginf=0.0)
    low, high = (0.0, 255.0) if image.mode == "I" and finite.max(initial=0) <= 255 else (finite.min(), finite.max())
    span = max(high - low, 1e-9)
    return Image.fromarray(np.clip((finite - low) * (255.0 / span), 0, 255).astype(np.uint8))


def is_turned(image: Image.Image) -> bool:
    """Whether the file stores the picture turned or mirrored, for viewers to set upright by the EXIF orientation."""
    return _orientation(image) != 1


def _orientation(image: Image.Image) -> int:
    """The EXIF orientation that still has to be applied, 1 to 8; 1 where it is missing or malformed."""
    if image.format == "TIFF":  # Pillow turns it while it loads, and states the upright size before
        return 1
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            value = image.getexif().get(0x0112, 1)
    except _DECODER_ERRORS:
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _turn(pixels: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    """Apply the EXIF orientation (values 1 to 8 of EXIF 2.32, tag 0x0112)."""
    match orientation:
        case 2:
            turned = pixels[:, ::-1]
        case 3:
            turned = pixels[::-1, ::-1]
        case 4:
            turned = pixels[::-1]
        case 5:
            turned = pixels.swapaxes(0, 1)
        case 6:
            turned = pixels[::-1].swapaxes(0, 1)
        case 7:
            turned = pixels[::-1, ::-1].swapaxes(0, 1)
        case 8:
            turned = pixels[:, ::-1].swapaxes(0, 1)
        case _:
            turned = pixels
    return np.ascontiguousarray(turned)


def _problem(error: BaseException) -> ImageProblem:
    words = str(error)
    if isinstance(error, ImageProblem):
        return error
    if isinstance(error, EOFError) or "truncated" in words.lower() or "end of file" in words.lower():
        return ImageProblem(SkipReason.TRUNCATED, words)
    if isinstance(error, MemoryError):
        return ImageProblem(SkipReason.TOO_LARGE, "not enough memory to decode")
    return ImageProblem(SkipReason.DAMAGED, f"{type(error).__name__}: {words}"[:300])
