"""Photoshop files: the merged picture that was saved with the layers; the layers are parts, which may show more."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from io import BytesIO

from PIL import Image, PsdImagePlugin

from pdpo_audit.imaging.formats.table import advice
from pdpo_audit.imaging.formats.told import Part, Told, tell
from pdpo_audit.imaging.limits import Limits
from pdpo_audit.model.locations.holdings import ImageProblem, SkipReason

_VERSION, _THUMBNAIL, _THUMBNAIL_HEADER = 1057, 1036, 28
#: Colour modes: bitmap, grey, palette, RGB, CMYK, several inks, two inks, Lab (Adobe's file format specification).
_RGB, _INKS = 3, 7
#: A face in a smaller layer is nobody's; of more layers than so many the largest are looked at.
_SMALLEST, _MOST_LAYERS = 48, 24
_BY_PILLOW = frozenset(((0, 1), (0, 8), (1, 8), (2, 8), (3, 8), (4, 8), (8, 8), (9, 8)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Header:
    big: bool
    channels: int
    width: int
    height: int
    depth: int
    mode: int
    merged: bool
    clear: bool
    thumbnail: bytes
    layers: int


def open_photoshop(data: bytes, limits: Limits) -> Image.Image:
    """The merged picture, opened or (by psd-tools) decoded. Raises ``ImageProblem`` where none was saved."""
    head = _header(data)
    limits.check_size(head.width, head.height)
    if not head.merged:
        raise ImageProblem(SkipReason.FORMAT_NOT_DECODED, "PSD: it was saved without a merged picture of its layers")
    told = Told(preview=head.thumbnail, parts=_parts(data, head.layers), notes=_said(head.layers))
    if not head.big and (head.mode, head.depth) in _BY_PILLOW:
        return tell(_by_pillow(data, head), told)
    limits.check_bytes(head.width * head.height * head.channels * (head.depth // 8 + 4))
    name = "PSB" if head.big else "PSD"
    if wanted := advice(name):
        kind = f"of {head.depth} bits" if not head.big else "of large documents"
        raise ImageProblem(SkipReason.FORMAT_NOT_DECODED, f"{name} {kind}: install {wanted} to read it")
    return tell(_by_psd_tools(data), told)


def _said(layers: int) -> tuple[str, ...]:
    if layers and (wanted := advice("PSB")):
        return (f"its {layers} layers are not looked at for people: install {wanted} for that",)
    return ()


def _parts(data: bytes, layers: int) -> tuple[Part, ...]:
    """The layers, largest first, each where it lies; read together when the first of them is asked for."""
    if advice("PSB"):
        return ()
    opened = cache(partial(_layers, data))
    count = min(layers, _MOST_LAYERS)
    return tuple(Part(kind="one of its layers", opened=partial(_layer, opened, one), laid=True) for one in range(count))


def _layer(opened: Callable[[], list[Image.Image]], number: int) -> Image.Image:
    """Raises ``ImageProblem`` where fewer layers hold pixels."""
    found = opened()
    if number >= len(found):
        raise ImageProblem(SkipReason.FORMAT_NOT_DECODED, "PSD: no such layer")
    return found[number]


def _layers(data: bytes) -> list[Image.Image]:
    from psd_tools import PSDImage

    document = PSDImage.open(BytesIO(data))
    large = [one for one in document.descendants() if one.has_pixels() and min(one.size) >= _SMALLEST]
    large.sort(key=lambda one: -one.width * one.height)
    found = []
    for layer in large[:_MOST_LAYERS]:
        shown = layer.topil()
        if shown is not None:
            canvas = Image.new("RGBA", document.size)
            canvas.paste(shown.convert("RGBA"), layer.offset)
            found.append(canvas)
    return found


def _by_pillow(data: bytes, head: _Header) -> Image.Image:
    image = PsdImagePlugin.PsdImageFile(BytesIO(data))
    if image.mode == "RGBA" and not head.clear:
        image.load()  # the fourth channel is a selection somebody saved, no transparency
        plain = image.convert("RGB")
        plain.info = dict(image.info)
        return plain
    return image


def _by_psd_tools(data: bytes) -> Image.Image:
    from psd_tools import PSDImage

    found = PSDImage.open(BytesIO(data)).topil()
    if found is None:
        raise ImageProblem(SkipReason.FORMAT_NOT_DECODED, "PSD: its merged picture has colours that are not read")
    return found


def _header(data: bytes) -> _Header:
    """Raises ``struct.error`` where the file ends within it."""
    _, version, channels, height, width, depth, mode = struct.unpack_from(">4sH6xHIIHH", data)
    big = version == 2
    at = 26
    (length,) = struct.unpack_from(">I", data, at)
    at += 4 + length
    (length,) = struct.unpack_from(">I", data, at)
    resources = _resources(data[at + 4 : at + 4 + length])
    at += 4 + length
    (length,) = struct.unpack_from(">Q" if big else ">I", data, at)
    at += 8 if big else 4
    count = 0
    if length >= 6:
        (count,) = struct.unpack_from(">h", data, at + (8 if big else 4))
    stated = resources.get(_VERSION, b"")
    return _Header(
        big=big, channels=channels, width=width, height=height, depth=depth, mode=mode,
        merged=len(stated) < 5 or stated[4] != 0, clear=count < 0,
        thumbnail=resources.get(_THUMBNAIL, b"")[_THUMBNAIL_HEADER:], layers=abs(count),
    )  # fmt: skip


def _resources(block: bytes) -> dict[int, bytes]:
    """The image resources by number; what follows a broken one is left out."""
    found: dict[int, bytes] = {}
    at = 0
    while at + 12 <= len(block) and block[at : at + 2] == b"8B":
        (number,) = struct.unpack_from(">H", block, at + 4)
        at += 6
        at += (block[at] + 2) & ~1
        if at + 4 > len(block):
            break
        (length,) = struct.unpack_from(">I", block, at)
        found.setdefault(number, block[at + 4 : at + 4 + length])
        at += 4 + ((length + 1) & ~1)
    return found
