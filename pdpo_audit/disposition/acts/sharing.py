"""Whether a file's blocks belong to other files or snapshots, too: then its end frees nothing and ends no content."""

from __future__ import annotations

import fcntl
import struct

#: FS_IOC_FIEMAP, and the flags of its answer that matter (linux/fiemap.h).
_FIEMAP = 0xC020660B
_SHARED, _LAST = 0x2000, 0x1
_HEAD, _EXTENT = struct.Struct("=QQLLLL"), struct.Struct("=QQQQQLLLL")
_EXTENTS = 32


def shares_blocks(handle: int) -> bool:
    """Whether the file system says so of any of the first extents; ``False`` where it cannot be asked."""
    room = _EXTENTS * _EXTENT.size
    asked = bytearray(_HEAD.pack(0, 2**64 - 1, 0, 0, _EXTENTS, 0)) + bytearray(room)
    try:
        fcntl.ioctl(handle, _FIEMAP, asked, True)
    except OSError:
        return False
    count = _HEAD.unpack_from(asked)[3]
    flags = [_EXTENT.unpack_from(asked, _HEAD.size + number * _EXTENT.size)[5] for number in range(count)]
    return any(flag & _SHARED for flag in flags)
