"""How large a picture a WebP announces, in each of its three forms: its decoder takes that memory at once."""

from __future__ import annotations

import struct

import pytest

from pdpo_audit.imaging.limits import canvas_of_webp


def webp(kind: bytes, head: bytes) -> bytes:
    return b"RIFF" + struct.pack("<I", 100) + b"WEBP" + kind + struct.pack("<I", 10) + head + bytes(80)


@pytest.mark.parametrize(
    ("data", "size"),
    [
        (
            webp(b"VP8X", bytes(4) + (0x10203).to_bytes(3, "little") + (0x40506).to_bytes(3, "little")),
            (0x10204, 0x40507),
        ),
        (webp(b"VP8X", bytes(4) + (0xFFFFFF).to_bytes(3, "little") + bytes(3)), (0x1000000, 1)),
        (webp(b"VP8L", b"\x2f" + (0x1ABC | 0x2DEF << 14).to_bytes(4, "little") + bytes(5)), (0x1ABD, 0x2DF0)),
        (webp(b"VP8 ", bytes(3) + b"\x9d\x01\x2a" + struct.pack("<HH", 0x5ABC, 0x9DEF)), (0x1ABC, 0x1DEF)),
        (webp(b"ALPH", bytes(10)), (1, 1)),
        (webp(b"VP8X", b"")[:26], (1, 1)),
        (b"RIFX" + webp(b"VP8X", b"\xff" * 10)[4:], (1, 1)),
    ],
)
def test_the_canvas_of_a_webp(data: bytes, size: tuple[int, int]) -> None:
    assert canvas_of_webp(data) == size
