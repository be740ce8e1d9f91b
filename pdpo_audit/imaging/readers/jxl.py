"""JPEG XL and JPEG XR by imagecodecs; a JPEG that was packed without loss comes back byte for byte."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pdpo_audit.imaging.formats.told import Told, tell
from pdpo_audit.imaging.limits import Limits
from pdpo_audit.imaging.readers.frames import Frames
from pdpo_audit.model.locations.holdings import ImageProblem, SkipReason

#: Decoder and result hold so many bytes of a pixel (libjxl works in fractions).
_OF_A_PIXEL = 24
_RATIOS = ((1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))


def open_jxl(data: bytes, limits: Limits) -> Image.Image:
    """The picture with all its frames, decoded; of one made from a JPEG that JPEG, opened. Raises ``ImageProblem``."""
    import imagecodecs

    if data[:2] == b"II":
        return _open_jxr(data, limits)
    coded = _codestream(data)
    if coded[:2] != b"\xff\x0a":
        raise ImageProblem(SkipReason.DAMAGED, "this JPEG XL file holds no picture")
    width, height, animated = _stated(coded)
    limits.check_size(width, height)
    limits.check_bytes(width * height * _OF_A_PIXEL)
    if any(kind == b"jbrd" for kind, _ in _boxes(data)):
        packed = bytes(imagecodecs.jpegxl_decode_jpeg(data, numthreads=1))
        told = Told(coded=packed, notes=("a JPEG packed without loss: compared as that JPEG",))
        return tell(Image.open(BytesIO(packed), formats=("JPEG", "MPO")), told)
    pixels = np.asarray(imagecodecs.jpegxl_decode(data))
    moves = animated and pixels.ndim >= 3 and pixels.shape[0] > 1 and pixels.shape[1:3] == (height, width)
    image = Frames([_image(frame) for frame in pixels], "JXL") if moves else _image(pixels)
    exif = next((body[4:] for kind, body in _boxes(data) if kind == b"Exif" and len(body) > 12), b"")
    if exif:
        image.info["exif"] = b"Exif\0\0" + exif
    return tell(image, Told(upright=True))


def _open_jxr(data: bytes, limits: Limits) -> Image.Image:
    import imagecodecs

    from pdpo_audit.imaging.formats.ifds import directories, first

    # The same directories as of a TIFF, under another mark and with tags of its own (ITU-T T.832, annex A).
    (found,) = directories(data[:2] + b"*\0" + data[4:])[:1] or [{}]
    width, height = first(found, 0xBC80), first(found, 0xBC81)
    limits.check_size(width, height)
    limits.check_bytes(width * height * _OF_A_PIXEL)
    return tell(_image(np.asarray(imagecodecs.jpegxr_decode(data))), Told(upright=True))


def _image(pixels: NDArray[Any]) -> Image.Image:
    """8 bits of each channel; fractions are taken as 0 to 1."""
    if pixels.dtype == np.uint16:
        pixels = (pixels >> 8).astype(np.uint8)
    elif pixels.dtype.kind == "f":
        pixels = np.rint(np.clip(np.nan_to_num(pixels.astype(np.float32)), 0, 1) * 255).astype(np.uint8)
    if pixels.ndim == 3 and pixels.shape[2] == 1:
        pixels = pixels[..., 0]
    if pixels.ndim not in (2, 3) or pixels.dtype != np.uint8 or (pixels.ndim == 3 and pixels.shape[2] > 4):
        raise ImageProblem(SkipReason.FORMAT_NOT_DECODED, f"channels of shape {pixels.shape}")
    return Image.fromarray(np.ascontiguousarray(pixels))


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The boxes of a container (ISO 18181-2); none of a bare codestream."""
    at = 0
    while data[4:8] == b"JXL " and at + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        start = at + 8
        if length == 1 and at + 16 <= len(data):
            (length,) = struct.unpack_from(">Q", data, at + 8)
            start = at + 16
        end = at + length if length else len(data)
        if end <= at:
            return
        yield kind, data[start:end]
        at = end


def _codestream(data: bytes) -> bytes:
    """The first bytes of the coded picture, in a container or bare."""
    if data[:2] == b"\xff\x0a":
        return data[:64]
    for kind, body in _boxes(data):
        if kind == b"jxlc":
            return body[:64]
        if kind == b"jxlp":
            return body[4:68]
    return b""


def _stated(coded: bytes) -> tuple[int, int, bool]:
    """Width, height, and whether there may be several frames (ISO 18181-1, A.3 and A.6)."""
    bits = int.from_bytes(coded[2:64], "little")

    def take(count: int) -> int:
        nonlocal bits
        value = bits & ((1 << count) - 1)
        bits >>= count
        return value

    def side(small: bool) -> int:
        return (take(5) + 1) * 8 if small else take((9, 13, 18, 30)[take(2)]) + 1

    small = bool(take(1))
    height = side(small)
    ratio = take(3)
    width = side(small) if not ratio else height * _RATIOS[ratio - 1][0] // _RATIOS[ratio - 1][1]
    if take(1) or not take(1):  # all defaults, or no further fields
        return width, height, False
    take(3)
    if take(1):  # a size of its own for displays
        small = bool(take(1))
        side(small)
        if not take(3):
            side(small)
    if take(1):  # a preview
        return width, height, True
    return width, height, bool(take(1))
