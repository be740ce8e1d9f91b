"""Decode a picture upright, as small as allowed, and say exactly why where that fails."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import cast

import numpy as np
from numpy.typing import NDArray
from PIL import (
    AvifImagePlugin,
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,
)

from pdpo_audit.imaging.endings import complete_jpeg
from pdpo_audit.imaging.flattening import flatten
from pdpo_audit.imaging.formats.ifds import tiff_kind
from pdpo_audit.imaging.formats.told import told_of
from pdpo_audit.imaging.limits import Limits, decoded_bytes
from pdpo_audit.imaging.readers.reading import open_other
from pdpo_audit.model.locations.holdings import ImageProblem, SkipReason

#: The decoders of what photographs, screens and the web use.
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


#: What those files begin with; anything else, and a TIFF that may be a camera's RAW, has a reader of its own.
_USUAL = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8", b"BM", b"RIFF")
_TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reduction:
    """How small a picture may be decoded: its short side stays at least ``short``, its long side at least ``long``."""

    short: int = 1
    long: int = 1


@contextmanager
def decoder() -> Iterator[None]:
    """Around calls of a decoder and nothing else: whatever it raises is the file's fault, as an ``ImageProblem``.

    A mistake of ours stands outside, so that it never looks like a damaged file.
    """
    try:
        yield
    except ImageProblem:
        raise
    except Exception as error:
        raise _problem(error) from error


def open_picture(data: bytes, limits: Limits, page: int = 0) -> Image.Image:
    """Read the header of ``data`` (page ``page``, from 0) without decoding.

    A JPEG that lacks only its end marker is read as if it had one. Raises ``ImageProblem``: not an image, damaged,
    truncated, too large.
    """
    if not data:
        raise ImageProblem(SkipReason.EMPTY)
    limits.check_file(len(data))
    limits.check_canvas(data)
    with decoder():
        image = _open(complete_jpeg(data), limits)
    if page or _is_any_of_several(image):
        turn_to(image, page, limits)
    else:
        limits.check_size(*image.size)
    return image


def page_count(image: Image.Image) -> int:
    """Pages of a TIFF, pictures of a HEIC file (a burst, a collection); the frames of an animation are one picture.

    Raises ``ImageProblem``.
    """
    if image.format not in ("TIFF", "HEIF"):
        return 1
    try:
        with decoder():
            return max(1, int(getattr(image, "n_frames", 1)))
    except ImageProblem as problem:
        raise ImageProblem(problem.reason, f"chain of pages: {problem.detail}") from problem


def _is_any_of_several(image: Image.Image) -> bool:
    """Whether a file may show, as it is opened, another page than its first: the one that a HEIC calls its main one."""
    return image.format == "HEIF" and page_count(image) > 1


def turn_to(image: Image.Image, page: int, limits: Limits) -> None:
    """Go to another page (from 0) of an opened file. Raises ``ImageProblem`` as ``open_picture`` does."""
    with decoder():
        image.seek(page)
    limits.check_size(*image.size)


def _open(data: bytes, limits: Limits) -> Image.Image:
    if data.startswith(_USUAL) or (data.startswith(_TIFF) and tiff_kind(data) == "TIFF"):
        return Image.open(BytesIO(data), formats=_DECODERS)
    if data[4:8] != b"ftyp" or data[8:12] == b"crx ":
        return open_other(data, limits)
    if b"avif" in data[8:64] or b"avis" in data[8:64]:
        return Image.open(BytesIO(data), formats=_DECODERS)
    from pi_heif import HeifImageFile  # imported where used: no other format needs libheif in memory

    return cast(Image.Image, HeifImageFile(BytesIO(data)))


def upright_size(image: Image.Image) -> tuple[int, int]:
    """Width and height with the EXIF orientation applied; of the whole picture, where less of it is decoded."""
    width, height = told_of(image).size or image.size
    return (height, width) if orientation_of(image) >= 5 else (width, height)


def load_upright(data: bytes, *, max_side: int | None, limits: Limits, page: int = 0) -> NDArray[np.uint8]:
    """Decode to RGB, height x width x 3, upright; alpha is laid on white, 16 bits become 8.

    With ``max_side`` the picture is reduced by whole factors while it is decoded; its long side never falls below
    ``max_side`` unless the picture itself is smaller. Raises ``ImageProblem``.
    """
    return upright(open_picture(data, limits, page), limits, Reduction(long=max_side) if max_side else None)


def upright(image: Image.Image, limits: Limits, reduction: Reduction | None = None) -> NDArray[np.uint8]:
    """The colours of an opened picture, as ``load_upright`` gives them."""
    pixels = _pixels(image, "RGB", limits, reduction)
    return turned(pixels, orientation_of(image))


def load_grey(data: bytes, *, reduction: Reduction | None, limits: Limits, page: int = 0) -> NDArray[np.uint8]:
    """Decode to luma (ITU-R 601), height x width, upright; reduced as far as ``reduction`` allows."""
    return upright_grey(open_picture(data, limits, page), limits, reduction)


def upright_grey(image: Image.Image, limits: Limits, reduction: Reduction | None) -> NDArray[np.uint8]:
    """The luma of an opened picture, upright. A JPEG gives it without decoding its colours."""
    grey = _pixels(image, "L", limits, reduction)
    return turned(grey, orientation_of(image))


def _pixels(image: Image.Image, mode: str, limits: Limits, reduction: Reduction | None) -> NDArray[np.uint8]:
    with decoder():
        if image.format in ("JPEG", "MPO"):
            _draft(image, mode, reduction)
    factor = 1 if reduction is None else _factor(image.size, reduction)
    width, height = image.size
    result = (width // factor + 1) * (height // factor + 1) * (3 if mode == "RGB" else 1)
    if image.format == "JPEG2000":
        return _of_levels(image, mode, limits, factor, result)
    limits.check_memory(image, result)
    with decoder():
        image.load()
    return flatten(image, mode, factor)


def _of_levels(image: Image.Image, mode: str, limits: Limits, factor: int, result: int) -> NDArray[np.uint8]:
    """The pixels of a JPEG 2000, of which no more than the size that is wanted is decoded."""
    from pdpo_audit.imaging.readers.jpeg2000 import decoded, reduce_by

    width, scale = image.size[0], reduce_by(image, factor)
    limits.check_bytes(decoded_bytes(image) // scale**2 + result)
    with decoder():
        whole = decoded(image, limits)
    return flatten(whole, mode, max(1, factor // max(1, round(width / whole.size[0]))))


def _draft(image: Image.Image, mode: str, reduction: Reduction | None) -> None:
    factor = _factor(image.size, reduction) if reduction is not None else 1
    scale = max(power for power in (1, 2, 4, 8) if power <= factor)
    size = (image.size[0] // scale, image.size[1] // scale)
    image.draft(mode if image.mode == "RGB" and mode == "L" else None, size)


def _factor(size: tuple[int, int], reduction: Reduction) -> int:
    """The largest whole factor that keeps both sides long enough."""
    return max(1, min(min(size) // max(1, reduction.short), max(size) // max(1, reduction.long)))


def is_turned(image: Image.Image) -> bool:
    """Whether the file stores the picture turned or mirrored, for viewers to set upright by the EXIF orientation."""
    return orientation_of(image) != 1


def orientation_of(image: Image.Image) -> int:
    """The EXIF orientation that still has to be applied, 1 to 8; 1 where it is missing or malformed."""
    if image.format == "TIFF":  # Pillow turns it while it loads, and states the upright size before
        return 1
    if told_of(image).upright:
        return 1
    try:
        value = image.getexif().get(0x0112, 1)
    except Exception:  # noqa: BLE001 - whatever a decoder raises over broken EXIF, the file states no orientation
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def turned(pixels: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    """Pixels with the EXIF orientation applied (values 1 to 8 of EXIF 2.32, tag 0x0112)."""
    match orientation:
        case 2:
            result = pixels[:, ::-1]
        case 3:
            result = pixels[::-1, ::-1]
        case 4:
            result = pixels[::-1]
        case 5:
            result = pixels.swapaxes(0, 1)
        case 6:
            result = pixels[::-1].swapaxes(0, 1)
        case 7:
            result = pixels[::-1, ::-1].swapaxes(0, 1)
        case 8:
            result = pixels[:, ::-1].swapaxes(0, 1)
        case _:
            result = pixels
    return np.ascontiguousarray(result)


#: What decoders say of a sound file of a kind that they do not read.
_NOT_KNOWN = ("unknown PCX mode", "unable to determine J2K image mode", "Unsupported", "not supported")


def _problem(error: Exception) -> ImageProblem:
    words = str(error)
    if isinstance(error, MemoryError | Image.DecompressionBombError):
        return ImageProblem(SkipReason.TOO_LARGE, "decoding needs more memory than a worker may use")
    if isinstance(error, NotImplementedError) or any(part in words for part in _NOT_KNOWN):
        return ImageProblem(SkipReason.FORMAT_NOT_DECODED, f"a kind that no decoder knows: {words}"[:300])
    if isinstance(error, UnidentifiedImageError):
        return ImageProblem(SkipReason.DAMAGED, "no decoder accepts the header")
    if isinstance(error, EOFError) or "truncated" in words.lower() or "end of file" in words.lower():
        return ImageProblem(SkipReason.TRUNCATED, words)
    return ImageProblem(SkipReason.DAMAGED, f"{type(error).__name__}: {words}"[:300])
