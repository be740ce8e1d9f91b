"""Hashes of the whole picture: 256 signs of its cosine transform, their eight orientations, and imagehash's pHash."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

#: The hash counts 16 x 16 coefficients of a 64 x 64 picture.
_SIDE, _KEPT = 64, 16
#: The side of the picture from which the hash for exchange is made.
_EXCHANGED = 32

#: Orientation ``o``: mirrored left to right if ``o & 1``, top to bottom if ``o & 2``, then transposed if ``o & 4``.
ORIENTATIONS = 8


def square(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The picture at 64 x 64, from which hash, texture and thumbnail are made."""
    return _shrink(grey, _SIDE)


def perceptual_hash(grey: NDArray[np.uint8]) -> bytes:
    """32 bytes: the signs of the cosine coefficients 1 to 16 in both directions of the picture at 64 x 64.

    The idea is PDQ's (Facebook, 2019); the sign of a coefficient instead of its place about the median makes the
    hash of a mirrored or turned picture a permutation of the same bits, with some inverted.
    """
    small = _shrink(grey, _SIDE).astype(np.float32)
    basis = _cosines(_SIDE, 1, _KEPT)
    return np.packbits(basis @ small @ basis.T > 0).tobytes()


def orient(image: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    """``image`` in one of the eight orientations."""
    if orientation & 1:
        image = image[:, ::-1]
    if orientation & 2:
        image = image[::-1]
    if orientation & 4:
        image = image.swapaxes(0, 1)
    return np.ascontiguousarray(image)


def oriented_hashes(hashes: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    """The hashes (n x 32) that the pictures would have in this orientation, by lookup alone."""
    bits = np.unpackbits(hashes.reshape(-1, 32), axis=1).reshape(-1, _KEPT, _KEPT)
    # The first kept coefficient has the odd frequency 1: a flip changes the sign of every second one.
    if orientation & 1:
        bits[:, :, ::2] ^= 1
    if orientation & 2:
        bits[:, ::2, :] ^= 1
    if orientation & 4:
        bits = bits.transpose(0, 2, 1)
    return np.packbits(bits.reshape(len(bits), -1), axis=1)


def exchange_hash(grey: NDArray[np.uint8]) -> bytes:
    """The 8 bytes of ``imagehash.phash``, for exchange with other tools.

    Of a large picture a half, a quarter is hashed, as of a JPEG decoded at reduced size: other programs, which decode
    whole files, come to hashes that differ in a few bits at most.
    """
    import imagehash  # loads scipy and wavelets, which the program itself needs nowhere

    return bytes.fromhex(str(imagehash.phash(Image.fromarray(_halved(grey, 4 * _EXCHANGED)))))


def texture(grey: NDArray[np.uint8]) -> int:
    """How much there is to recognise, 0 to 100, on the 64 x 64 picture.

    PDQ's quality measure, taken from second differences: a gradient has none, however steep. Measured: gradients 0,
    night skies up to 18, photographs 90 and more, blurred ones too.
    """
    small = _shrink(grey, _SIDE).astype(np.int32)
    steps = [np.abs(np.diff(small, 2, axis=axis)) * 100 // 255 for axis in (0, 1)]
    return int(min(100, (steps[0].sum() + steps[1].sum()) // 90))


def small_grey(grey: NDArray[np.uint8], side: int = 32) -> bytes:
    """The dense thumbnail: ``side`` x ``side`` grey bytes, row by row."""
    return _shrink(grey, side).tobytes()


def halve(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The whole of it at half the size: means of four pixels, and where a side is odd very nearly so."""
    size = max(1, pixels.shape[1] // 2), max(1, pixels.shape[0] // 2)
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_LINEAR), np.uint8)


def _halved(grey: NDArray[np.uint8], least: int) -> NDArray[np.uint8]:
    """The picture halved while its sides are ``least`` or more: means of four pixels are the quickest."""
    while min(grey.shape) >= least:
        grey = halve(grey)
    return grey


def _shrink(grey: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    grey = _halved(grey, 4 * side)
    if grey.shape == (side, side):
        return grey
    smooth = cv2.INTER_AREA if min(grey.shape) >= side else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(grey, (side, side), interpolation=smooth), np.uint8)


@cache
def _cosines(side: int, first: int, count: int) -> NDArray[np.float32]:
    """Rows ``first`` to ``first + count - 1`` of the type II cosine basis without its scale factors."""
    frequency, place = np.arange(first, first + count)[:, None], np.arange(side)[None]
    return np.cos(np.pi * frequency * (2 * place + 1) / (2 * side)).astype(np.float32)
