"""HEIC files with several pictures, made of the one in ``tests/workspace/heic``: nothing here can code HEVC."""

from __future__ import annotations

import struct
from pathlib import Path

#: A woman's face at the left, a model of a rocket at the right; 320 x 256.
CODED = Path(__file__).parents[1] / "workspace" / "heic" / "upright.heic"
#: So shown, the picture has nobody on it.
ROCKET = (-200, 0)
WHOLE = (0, 0)


def several(*moved: tuple[int, int], main: int = 1, last: bytes = b"") -> bytes:
    """A HEIC file whose pictures, each on a canvas of 320 x 256, show the coded one moved right and down by so much.

    ``main`` is the one that programs show, from 1. ``last`` stands in a box that shows nothing.
    """
    coded, meta = _parts(CODED.read_bytes())
    held = dict(_boxes(meta[b"iprp"], 8))[b"ipco"]
    properties = _boxes(held, 8)
    canvas = 1 + next(number for number, (kind, _) in enumerate(properties) if kind == b"ispe")
    count = len(moved)
    hidden = [_box(b"infe", struct.pack(">IHH", 2 << 24 | 1, count + 1, 0), b"hvc1\0")]
    infos = [_box(b"infe", struct.pack(">IHH", 2 << 24, one + 1, 0), b"iovl\0") for one in range(count)] + hidden
    every = bytes(number + 1 for number in range(len(properties)))
    laid = [(one + 1, bytes((canvas,))) for one in range(count)] + [(count + 1, every)]
    held_by = b"".join(struct.pack(">HB", item, len(which)) + which for item, which in laid)
    drawn = [struct.pack(">BB6Hhh", 0, 0, 65535, 65535, 65535, 65535, 320, 256, *place) for place in moved]
    links = [_box(b"dimg", struct.pack(">HHH", one + 1, 1, count + 1)) for one in range(count)]

    def all_but(start: int) -> bytes:
        at, places = start, []
        for item, part in enumerate([*drawn, coded], 1):
            places.append(struct.pack(">HHHII", item, 0, 1, at, len(part)))
            at += len(part)
        return _box(
            b"meta",
            bytes(4),
            meta[b"hdlr"],
            _box(b"pitm", struct.pack(">IH", 0, main)),
            _box(b"iloc", struct.pack(">IBBH", 0, 0x44, 0, count + 1), *places),
            _box(b"iinf", struct.pack(">IH", 0, count + 1), *infos),
            _box(b"iprp", held, _box(b"ipma", struct.pack(">II", 0, count + 1), held_by)),
            _box(b"iref", bytes(4), *links),
        )

    kind = _boxes(CODED.read_bytes(), 0)[0][1]
    begun = len(kind) + len(all_but(0)) + 8
    return kind + all_but(begun) + _box(b"mdat", *drawn, coded) + (_box(b"free", last) if last else b"")


def _parts(data: bytes) -> tuple[bytes, dict[bytes, bytes]]:
    """The coded picture, and the boxes that describe it."""
    meta = dict(_boxes(dict(_boxes(data, 0))[b"meta"], 12))
    start, length = struct.unpack_from(">I6xI", meta[b"iloc"], 20)
    return data[start : start + length], meta


def _boxes(data: bytes, at: int) -> list[tuple[bytes, bytes]]:
    found = []
    while at < len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        found.append((kind, data[at : at + size]))
        at += size
    return found


def _box(kind: bytes, *parts: bytes) -> bytes:
    content = b"".join(parts)
    return struct.pack(">I4s", len(content) + 8, kind) + content
