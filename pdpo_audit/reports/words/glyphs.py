"""Which characters the fonts of this machine can draw, so that none prints as an empty box."""

from __future__ import annotations

import functools
import subprocess

#: What the fonts of a report surely have: used where fontconfig cannot be asked.
_CERTAIN = frozenset([*range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x2010, 0x2028), *range(0x4E00, 0x9FFF)])


@functools.cache
def drawable() -> frozenset[int]:
    """The code points that some installed font can draw, as fontconfig tells; the certain ones where it is missing."""
    try:
        told = subprocess.run(
            ["fc-list", "--format", "%{charset}\n"], capture_output=True, text=True, timeout=60, check=True
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return _CERTAIN
    ranges = {entry for line in set(told.splitlines()) for entry in line.split()}
    return frozenset(point for entry in ranges for point in _points(entry)) or _CERTAIN


def _points(entry: str) -> range:
    """One entry of a character set as fontconfig prints it: ``20-7e`` or ``a9``."""
    first, _, last = entry.partition("-")
    return range(int(first, 16), int(last or first, 16) + 1)
