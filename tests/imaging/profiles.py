"""An ICC profile made by hand: no wide one comes with the libraries."""

from __future__ import annotations

import struct

#: Display P3, adapted to D50 (ICC registry): X, Y and Z of red, green and blue.
_P3 = {
    b"rXYZ": (0.51512, 0.2412, -0.00105),
    b"gXYZ": (0.29198, 0.69225, 0.04189),
    b"bXYZ": (0.1571, 0.06657, 0.78407),
}
_D50 = (0.9642, 1.0, 0.8249)


def display_p3(gamma: float = 2.2) -> bytes:
    """An ICC profile (version 2, matrix and curve) with the primaries of Display P3."""

    def xyz(values: tuple[float, ...]) -> bytes:
        return b"XYZ \0\0\0\0" + b"".join(struct.pack(">i", round(value * 65536)) for value in values)

    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + b"\0\0"
    text = b"desc\0\0\0\0" + struct.pack(">I", 5) + b"test\0" + b"\0" * 79
    tags = {b"desc": text, b"cprt": b"text\0\0\0\0none\0\0\0\0", b"wtpt": xyz(_D50)}
    tags |= {name: xyz(values) for name, values in _P3.items()}
    tags |= dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve)
    table, body, start = struct.pack(">I", len(tags)), b"", 132 + 12 * len(tags)
    for name, data in tags.items():
        data += b"\0" * (-len(data) % 4)
        table += name + struct.pack(">II", start + len(body), len(data))
        body += data
    head = struct.pack(">I4sI4s4s4s12x4s", start + len(body), b"none", 0x02100000, b"mntr", b"RGB ", b"XYZ ", b"acsp")
    head += b"\0" * 28 + xyz(_D50)[8:] + b"\0" * 48
    return head[:128] + table + body
