"""Files that show one picture and hold another: in a further size, a layer, a smaller version, under transparency."""

from __future__ import annotations

import struct
from io import BytesIO

import numpy as np
from PIL import Image
from psd_tools import PSDImage


def icon(first: Image.Image, second: Image.Image) -> bytes:
    """An icon whose two sizes show two pictures."""
    return b"\0\0\1\0" + _two_sizes(_png(first.resize((256, 256))), _png(second.resize((255, 255))))


def cursor(first: Image.Image, second: Image.Image) -> bytes:
    """The same as a cursor, whose sizes are bitmaps."""
    parts = []
    for image, side in ((first, 256), (second, 255)):
        written = BytesIO()
        image.resize((side, side)).save(written, "ICO", sizes=[(side, side)], bitmap_format="bmp")
        parts.append(written.getvalue()[22:])
    return b"\0\0\2\0" + _two_sizes(*parts)


def _two_sizes(shown: bytes, other: bytes) -> bytes:
    sizes = struct.pack("<BBBBHHII", 0, 0, 0, 0, 1, 32, len(shown), 38)
    sizes += struct.pack("<BBBBHHII", 255, 255, 0, 0, 1, 32, len(other), 38 + len(shown))
    return struct.pack("<H", 2) + sizes + shown + other


def apple_icon(first: Image.Image, second: Image.Image) -> bytes:
    """The same as an Apple icon."""
    sizes = [(b"ic09", _png(first.resize((512, 512)))), (b"ic08", _png(second.resize((256, 256))))]
    body = b"".join(kind + struct.pack(">I", len(part) + 8) + part for kind, part in sizes)
    return b"icns" + struct.pack(">I", len(body) + 8) + body


def layered(first: Image.Image, second: Image.Image) -> bytes:
    """A Photoshop file with ``second`` on a hidden layer below, merged to ``first``."""
    document = PSDImage.new("RGB", first.size)
    for one, visible in ((second, False), (first, True)):
        document.create_pixel_layer(one.convert("RGB").resize(first.size), name="layer").visible = visible
    written = BytesIO()
    document.save(written)
    data, at = written.getvalue(), 26
    for _ in range(3):  # colours, resources, layers
        at += 4 + struct.unpack_from(">I", data, at)[0]
    return data[:at] + b"\0\0" + np.asarray(first.convert("RGB")).transpose(2, 0, 1).tobytes()


def with_smaller(first: Image.Image, second: Image.Image) -> bytes:
    """A TIFF that calls a picture of another scene the smaller version of its page."""
    written = BytesIO()
    small = second.convert("RGB").resize((first.width // 2, first.height // 2))
    first.convert("RGB").save(written, "TIFF", save_all=True, append_images=[small])
    data = bytearray(written.getvalue())
    pointer = struct.unpack_from("<I", data, 4)[0]
    entries = struct.unpack_from("<H", data, pointer)[0]
    pointer = struct.unpack_from("<I", data, pointer + 2 + 12 * entries)[0]
    entries = struct.unpack_from("<H", data, pointer)[0]
    table = data[pointer + 2 : pointer + 2 + 12 * entries]
    kind = struct.pack("<HHII", 254, 4, 1, 1)
    moved = struct.pack("<H", entries + 1) + kind + table + bytes(4)
    at = len(data) + (len(data) & 1)
    first_pointer = struct.unpack_from("<I", data, 4)[0]
    following = first_pointer + 2 + 12 * struct.unpack_from("<H", data, first_pointer)[0]
    data[following : following + 4] = struct.pack("<I", at)
    return bytes(data).ljust(at, b"\0") + moved


def transparent(second: Image.Image, form: str, alpha: int = 0) -> bytes:
    """A picture of which so little is seen (0 to 255), and all is in the file."""
    seen = second.convert("RGB")
    seen.putalpha(alpha)
    written = BytesIO()
    options = {"lossless": True, "exact": True} if form == "WEBP" else {}
    seen.save(written, form, **options)
    return written.getvalue()


def film(first: Image.Image, last: Image.Image, frames: int) -> bytes:
    """A film of so many frames of noise between two pictures of its size."""
    noise = np.random.default_rng(1)
    size = (first.height // 16, first.width // 16, 3)
    between = [
        Image.fromarray(noise.integers(0, 256, size, dtype=np.uint8)).resize(first.size, Image.Resampling.NEAREST)
        for _ in range(frames)
    ]
    written = BytesIO()
    first.save(written, "PNG", save_all=True, append_images=[*between, last], duration=40)
    return written.getvalue()


def _png(image: Image.Image) -> bytes:
    written = BytesIO()
    image.save(written, "PNG")
    return written.getvalue()
