"""Formats that Pillow reads as they are, and those whose values have a range of their own: PNM, HDR, FITS."""

from __future__ import annotations

import re
from io import BytesIO

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import (
    BmpImagePlugin,
    DdsImagePlugin,
    FitsImagePlugin,
    Image,
    PcxImagePlugin,
    PpmImagePlugin,
    QoiImagePlugin,
    SgiImagePlugin,
    TgaImagePlugin,
)

from pdpo_audit.imaging.formats.told import Told, tell
from pdpo_audit.imaging.limits import Limits
from pdpo_audit.model.locations.holdings import ImageProblem, SkipReason

_PLUGINS = (
    DdsImagePlugin.DdsImageFile, PcxImagePlugin.PcxImageFile, QoiImagePlugin.QoiImageFile, SgiImagePlugin.SgiImageFile,
    BmpImagePlugin.BmpImageFile, TgaImagePlugin.TgaImageFile,
)  # fmt: skip
_PLAIN = tuple(plugin.format for plugin in _PLUGINS if plugin.format)
_MEASURED = (PpmImagePlugin.PpmImageFile.format, FitsImagePlugin.FitsImageFile.format)
_PAM_FIELD = re.compile(rb"^(WIDTH|HEIGHT|DEPTH|MAXVAL)\s+(\d{1,9})\s*$")
_PFM_HEADER = re.compile(rb"PF\s+(\d{1,9})\s+(\d{1,9})\s+([-+.0-9eE]{1,20})\s")
_HDR_SIZE = re.compile(rb"^[-+]Y (\d{1,9}) [-+]X (\d{1,9})$", re.MULTILINE)
#: Light to the values of a screen.
_GAMMA = 1 / 2.2


def open_plain(data: bytes, limits: Limits) -> Image.Image:
    """TGA, PCX, SGI, DDS, QOI: opened, not decoded."""
    image = Image.open(BytesIO(data), formats=_PLAIN)
    limits.check_size(*image.size)
    return image


def open_measured(data: bytes, limits: Limits) -> Image.Image:
    """PNM with its further kinds, HDR and FITS."""
    if data.startswith(b"P7"):
        return _pam(data, limits)
    if data.startswith(b"PF"):
        return _colour_pfm(data, limits)
    if data.startswith(b"#?"):
        return _hdr(data, limits)
    image = Image.open(BytesIO(data), formats=tuple(name for name in _MEASURED if name))
    limits.check_size(*image.size)
    return image


def _pam(data: bytes, limits: Limits) -> Image.Image:
    """PAM: a header of lines, then samples of one or two bytes (netpbm, pam(5))."""
    head, ended, body = data.partition(b"ENDHDR\n")
    fields = {found[1]: int(found[2]) for line in head.splitlines() if (found := _PAM_FIELD.match(line.strip()))}
    width, height, depth = (fields.get(name, 0) for name in (b"WIDTH", b"HEIGHT", b"DEPTH"))
    limits.check_size(width, height)
    largest = fields.get(b"MAXVAL", 0)
    if not ended or not 1 <= depth <= 4 or not 1 <= largest <= 65535:
        raise ImageProblem(SkipReason.DAMAGED, "the header of this PAM lacks a field")
    samples = np.dtype(">u2") if largest > 255 else np.dtype("u1")
    limits.check_bytes(width * height * depth * (samples.itemsize + 5))
    values = _samples(body, width * height * depth, samples).astype(np.float32) * (255 / largest)
    pixels = np.clip(values + 0.5, 0, 255).astype(np.uint8).reshape(height, width, depth)
    return _image(pixels, "PAM")


def _colour_pfm(data: bytes, limits: Limits) -> Image.Image:
    """Fractions from the bottom up, the sign of the scale says in which order of bytes."""
    found = _PFM_HEADER.match(data)
    if not found:
        raise ImageProblem(SkipReason.DAMAGED, "the header of this PFM is no header")
    width, height = int(found[1]), int(found[2])
    limits.check_size(width, height)
    limits.check_bytes(width * height * 3 * 9)
    values = _samples(data[found.end() :], width * height * 3, np.dtype("<f4" if found[3].startswith(b"-") else ">f4"))
    return _image(_of_light(values.astype(np.float32).reshape(height, width, 3)[::-1]), "PFM")


def _hdr(data: bytes, limits: Limits) -> Image.Image:
    found = _HDR_SIZE.search(data, 0, 65536)
    if not found:
        raise ImageProblem(SkipReason.DAMAGED, "the header of this HDR states no size")
    limits.check_size(int(found[2]), int(found[1]))
    limits.check_bytes(int(found[2]) * int(found[1]) * 3 * 9)
    values = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_ANYDEPTH | cv2.IMREAD_COLOR)
    if values is None:
        raise ImageProblem(SkipReason.TRUNCATED, "its pixels end before the picture does")
    return _image(_of_light(np.asarray(values, np.float32)[..., ::-1]), "HDR")


def _of_light(values: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Linear light, 1 being white, as a screen shows it; what is brighter stays white."""
    shown = np.clip(np.nan_to_num(values), 0, 1) ** _GAMMA
    return np.asarray(np.rint(shown * 255), np.uint8)


def _samples(body: bytes, count: int, kind: np.dtype[np.generic]) -> NDArray[np.generic]:
    if len(body) < count * kind.itemsize:
        raise ImageProblem(SkipReason.TRUNCATED, f"{len(body)} bytes of {count * kind.itemsize}")
    return np.frombuffer(body, kind, count)


def _image(pixels: NDArray[np.uint8], format: str) -> Image.Image:
    depth = pixels.shape[2]
    image = Image.fromarray(pixels[..., 0] if depth == 1 else np.ascontiguousarray(pixels))
    return tell(image, Told(notes=() if format == "PAM" else (f"light of {format} shown as on a screen, 1 is white",)))
