"""Files of formats that no library here writes, made by hand from one picture."""

from __future__ import annotations

import struct
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pdpo_audit.imaging import ImageProblem, Limits, load_upright, open_picture

LIMITS = Limits()


def picture(width: int = 480, height: int = 320) -> Image.Image:
    """Red grows to the right, green to the bottom, and a bright disc lies top left."""
    y, x = np.mgrid[0:height, 0:width]
    red, green = 200 * x // width, 200 * y // height
    blue = np.where((x - width // 4) ** 2 + (y - height // 4) ** 2 < (height // 6) ** 2, 255, 40)
    return Image.fromarray(np.dstack([red, green, blue]).astype(np.uint8))


def saved(image: Image.Image, name: str, **options: object) -> bytes:
    buffer = BytesIO()
    image.save(buffer, name, **options)
    return buffer.getvalue()


def shown(data: bytes, max_side: int | None = None) -> NDArray[np.uint8]:
    return load_upright(data, max_side=max_side, limits=LIMITS)


def is_close(left: NDArray[np.uint8], right: NDArray[np.uint8], levels: float = 4.0) -> bool:
    return left.shape == right.shape and float(np.abs(left.astype(int) - right.astype(int)).mean()) < levels


def problem(data: bytes) -> ImageProblem:
    """Why a file cannot be shown."""
    try:
        load_upright(data, max_side=None, limits=LIMITS)
    except ImageProblem as found:
        return found
    raise AssertionError("it was shown")


def notes(data: bytes) -> tuple[str, ...]:
    from pdpo_audit.imaging.formats.told import told_of

    return told_of(open_picture(data, LIMITS)).notes


def raw_tiff(
    preview: bytes = b"",
    *,
    size: tuple[int, int] = (960, 640),
    orientation: int = 1,
    maker: bytes = b"NIKON CORPORATION\0",
    sensor: bytes | None = None,
    cut: bool = False,
) -> bytes:
    """A RAW built on TIFF: a directory with the maker, below it one of the sensor's data, and a JPEG behind all."""
    width, height = size
    grid = bytes(2 * width * height) if sensor is None else sensor
    below, makes = 8 + 2 + 5 * 12 + 4, 8 + 2 + 5 * 12 + 4 + 2 + 10 * 12 + 4
    data_at = makes + len(maker) + (len(maker) & 1)
    main = _directory(
        (254, 4, 1, 1),
        (271, 2, len(maker), makes),
        (274, 3, 1, orientation),
        (306, 2, 1, 0),
        (330, 4, 1, below),
    )
    raw = _directory(
        (254, 4, 1, 0), (256, 4, 1, width), (257, 4, 1, height), (258, 3, 1, 16), (259, 3, 1, 1), (262, 3, 1, 32803),
        (273, 4, 1, data_at), (277, 3, 1, 1), (278, 4, 1, height), (279, 4, 1, len(grid)),
    )  # fmt: skip
    stored = grid[: len(grid) // 2] if cut else grid
    return b"II*\0" + struct.pack("<I", 8) + main + raw + maker + bytes(len(maker) & 1) + stored + preview


def _directory(*entries: tuple[int, int, int, int]) -> bytes:
    body = b"".join(
        struct.pack("<HHI", tag, kind, count)
        + (struct.pack("<HH", value, 0) if kind == 3 and count == 1 else struct.pack("<I", value))
        for tag, kind, count, value in entries
    )
    return struct.pack("<H", len(entries)) + body + struct.pack("<I", 0)


def photoshop(
    pixels: NDArray[np.uint8] | NDArray[np.uint16],
    *,
    version: int = 1,
    mode: int = 3,
    merged: bool = True,
    clear: bool = False,
    thumbnail: bytes = b"",
) -> bytes:
    """A Photoshop file with a merged picture and no layer's pixels; ``clear``: its fourth channel is transparency."""
    height, width = pixels.shape[:2]
    planes = pixels.reshape(height, width, -1).transpose(2, 0, 1)
    depth = 16 if pixels.dtype == np.uint16 else 8
    stated = struct.pack(">IB", 1, merged) + bytes(12)
    resources = _resource(1057, stated) + (_resource(1036, bytes(28) + thumbnail) if thumbnail else b"")
    layers = struct.pack(">Ihi" if version == 1 else ">Qhi", 2, -1 if clear else 0, 0)
    head = b"8BPS" + struct.pack(">H6xHIIHH", version, len(planes), height, width, depth, mode)
    body = planes.astype(">u2").tobytes() if depth == 16 else planes.tobytes()
    length = struct.pack(">I" if version == 1 else ">Q", len(layers))
    return head + struct.pack(">II", 0, len(resources)) + resources + length + layers + struct.pack(">H", 0) + body


def _resource(number: int, body: bytes) -> bytes:
    return b"8BIM" + struct.pack(">HHI", number, 0, len(body)) + body + bytes(len(body) & 1)


def svg(body: str, attributes: str = 'viewBox="0 0 300 200"', head: str = "") -> bytes:
    names = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f"{head}<svg {names} {attributes}>{body}</svg>".encode()
