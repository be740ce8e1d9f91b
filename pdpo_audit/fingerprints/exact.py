"""A digest of what a picture shows, to the last level of the last pixel, whatever file without loss holds it."""

from __future__ import annotations

import hashlib

from PIL import Image

from pdpo_audit.imaging import Limits, decoder, open_picture, upright
from pdpo_audit.imaging.beyond.frames import frame_count


def pixel_digest(data: bytes, limits: Limits, page: int = 0) -> bytes:
    """SHA-256 of all frames of the picture: RGB of 8 bits, orientation applied, transparency laid on white.

    16 bits count by their upper eight, delays between frames not at all. Raises ``ImageProblem``.
    """
    return digest_of(open_picture(data, limits, page), limits)


def digest_of(image: Image.Image, limits: Limits) -> bytes:
    """The same of an opened picture, at its full size."""
    digest = hashlib.sha256()
    count = frame_count(image)
    for number in range(count):
        if count > 1:
            with decoder():
                image.seek(number)
        pixels = upright(image, limits)
        digest.update(f"{pixels.shape[1]}x{pixels.shape[0]}\0".encode())
        digest.update(pixels.data)
    return digest.digest()
