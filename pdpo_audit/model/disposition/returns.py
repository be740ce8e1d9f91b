"""Keyed digests by which what was certified as erased is known again, and what such a meeting comes to.

No picture, thumbnail, perceptual hash, name or place is kept for it: a digest of the bytes and one of the pixels, under
a key that is destroyed on a stated day. Without the key nobody can try whether a picture was here.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

#: Bytes of the keyed digest of a size, before that of the pixels: only pictures of such a size are decoded in full.
_SIZE_BYTES, _PIXEL_BYTES = 8, 24


class Match(StrEnum):
    """In what a copy is the one that was erased."""

    BYTES = "bytes"
    PIXELS = "pixels"


def bytes_key(key: bytes, sha256: bytes) -> bytes:
    """Of a file's bytes, by their SHA-256."""
    return hmac.digest(key, b"bytes\0" + sha256, hashlib.sha256)


def pixels_key(key: bytes, width: int, height: int, digest: bytes) -> bytes:
    """Of a picture's size (upright) and of its pixels (``fingerprints.exact``), 32 bytes together."""
    pixels = hmac.digest(key, b"pixels\0" + digest, hashlib.sha256)[:_PIXEL_BYTES]
    return size_key(key, width, height) + pixels


def size_key(key: bytes, width: int, height: int) -> bytes:
    """Of a picture's size alone."""
    return hmac.digest(key, f"size\0{width}x{height}".encode(), hashlib.sha256)[:_SIZE_BYTES]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """Keyed sizes of pictures that were erased, each under its key: what a worker has to know."""

    keyed: tuple[tuple[bytes, frozenset[bytes]], ...] = ()

    def has(self, width: int, height: int) -> bool:
        """Whether a picture of this size was erased: such a picture is worth a full decode."""
        return any(size_key(key, width, height) in known for key, known in self.keyed)


#: Of digests under one key the line of a plan, its identifier and number, that each stands for.
Lines = Mapping[bytes, tuple[str, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What a scan looks for: for each key the digests of bytes and of pixels."""

    of_bytes: Mapping[bytes, Lines] = field(default_factory=dict)
    of_pixels: Mapping[bytes, Lines] = field(default_factory=dict)
    sizes: Sizes = field(default_factory=Sizes)

    @classmethod
    def of(cls, of_bytes: Mapping[bytes, Lines], of_pixels: Mapping[bytes, Lines]) -> Watched:
        """With the sizes that the pixels' digests begin with."""
        keyed = ((key, frozenset(one[:_SIZE_BYTES] for one in known)) for key, known in of_pixels.items())
        return cls(of_bytes=of_bytes, of_pixels=of_pixels, sizes=Sizes(keyed=tuple(keyed)))

    def __bool__(self) -> bool:
        return bool(self.of_bytes or self.of_pixels)

    def meet(self, sha256: bytes, width: int, height: int, pixels: bytes) -> tuple[Match, str, int] | None:
        """Which erased copy a file is again, by its bytes first; ``pixels`` is empty where they were not digested."""
        for key, known in self.of_bytes.items():
            if found := known.get(bytes_key(key, sha256)):
                return Match.BYTES, *found
        for key, known in self.of_pixels.items() if pixels else ():
            if found := known.get(pixels_key(key, width, height, pixels)):
                return Match.PIXELS, *found
        return None


#: Nothing was erased that is looked for.
NO_SIZES = Sizes()
NOTHING_WATCHED = Watched()


class LikelyCause(StrEnum):
    """What most likely brought it back; a guess, told as one."""

    RESTORED = "restored"  # the very place, or a name under it, as backups restore
    SYNCED = "synced"  # the same name in another folder of a source that a client fills
    MADE_AGAIN = "made_again"  # the pixels in other bytes: exported or converted
    UPLOADED = "uploaded"  # another name somewhere else
