"""Hashes of the whole picture: 256 signs of its cosine transform, their eight orientations, and imagehash's pHash."""

from __future__ import annotations

from functools import cache, lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

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
    """The 8 bytes of ``imagehash.phash`` (64 bits, median of the lowest 8 x 8 coefficients at 32 x 32).

    Reduced by two products of matrices, rounded where Pillow rounds: the same bits in a third of the time.
    """
    down, across = (_lanczos(side, _EXCHANGED) for side in grey.shape)
    narrow = np.rint(np.clip(grey.astype(np.float32) @ across.T, 0, 255))
    small = np.rint(np.clip(down @ narrow, 0, 255))
    basis = _cosines(_EXCHANGED, 0, 8).astype(np.float64)
    low = basis @ small.astype(np.float64) @ basis.T
    return np.packbits(low > np.median(low)).tobytes()


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


def _shrink(grey: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    while min(grey.shape) >= 4 * side:  # means of any number of pixels cost five times as much as means of four
        grey = np.asarray(cv2.resize(grey, (grey.shape[1] // 2, grey.shape[0] // 2)), np.uint8)
    if grey.shape == (side, side):
        return grey
    smooth = cv2.INTER_AREA if min(grey.shape) >= side else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(grey, (side, side), interpolation=smooth), np.uint8)


@cache
def _cosines(side: int, first: int, count: int) -> NDArray[np.float32]:
    """Rows ``first`` to ``first + count - 1`` of the type II cosine basis without its scale factors."""
    frequency, place = np.arange(first, first + count)[:, None], np.arange(side)[None]
    return np.cos(np.pi * frequency * (2 * place + 1) / (2 * side)).astype(np.float32)


@lru_cache(maxsize=64)
def _lanczos(length: int, side: int) -> NDArray[np.float32]:
    """The weights (side x length) with which Pillow's Lanczos filter of three lobes resamples rows of ``length``."""
    scale = length / side
    stretch = max(scale, 1.0)
    middles = ((np.arange(side) + 0.5) * scale)[:, None]
    firsts = np.maximum((middles - 3 * stretch + 0.5).astype(int), 0)
    places = firsts + np.arange(int(6 * stretch) + 2)
    apart = (places + 0.5 - middles) / stretch
    lobes = np.sinc(apart) * np.sinc(apart / 3) * ((np.abs(apart) < 3) & (places < length))
    weights = np.zeros((side, length + lobes.shape[1]), np.float32)
    np.put_along_axis(weights, places, lobes / lobes.sum(axis=1, keepdims=True), axis=1)
    return weights[:, :length]
