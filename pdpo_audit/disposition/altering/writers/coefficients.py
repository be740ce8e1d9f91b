"""The blocks of a JPEG changed without decoding it: libjpeg-turbo hands over the coefficients and codes them again.

What is not changed comes out of any decoder as it was, to the last level. The library (``libturbojpeg.so.0``, in every
distribution) is called as it is; no wheel brings an interface to its blocks.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from ctypes.util import find_library
from functools import cache

import numpy as np

from pdpo_audit.disposition.altering.fields import Field
from pdpo_audit.disposition.altering.results import Cause, Stopped

ADVICE = "apt-get install libturbojpeg0"
_NAMES = ("libturbojpeg.so.0", "libturbojpeg.so", "libturbojpeg.dylib", "turbojpeg.dll")
#: TJXOPT_PROGRESSIVE and TJXOPT_COPYNONE of turbojpeg.h.
_PROGRESSIVE, _NO_SEGMENTS = 32, 64
_BLOCK = 64
#: TJERR_WARNING: the file is odd, and was written all the same.
_WARNING = 0


class _Region(ctypes.Structure):
    _fields_ = (("x", ctypes.c_int), ("y", ctypes.c_int), ("w", ctypes.c_int), ("h", ctypes.c_int))


#: int customFilter(short *coeffs, tjregion array, tjregion plane, int component, int transform, tjtransform *)
_FILTER = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), _Region, _Region, ctypes.c_int, ctypes.c_int, ctypes.c_void_p
)


class _Transform(ctypes.Structure):
    _fields_ = (
        ("r", _Region),
        ("op", ctypes.c_int),
        ("options", ctypes.c_int),
        ("data", ctypes.c_void_p),
        ("filter", _FILTER),
    )


@cache
def library() -> ctypes.CDLL | None:
    """libjpeg-turbo's own interface; none where it is not installed."""
    for name in (*_NAMES, find_library("turbojpeg") or ""):
        try:
            found = ctypes.CDLL(name) if name else None
        except OSError:
            continue
        if found is not None and hasattr(found, "tjTransform"):
            return _declared(found)
    return None


def _declared(found: ctypes.CDLL) -> ctypes.CDLL:
    found.tjInitTransform.restype = ctypes.c_void_p
    found.tjDestroy.argtypes = found.tjFree.argtypes = [ctypes.c_void_p]
    found.tjGetErrorCode.argtypes = [ctypes.c_void_p]
    found.tjGetErrorStr2.argtypes, found.tjGetErrorStr2.restype = [ctypes.c_void_p], ctypes.c_char_p
    found.tjTransform.argtypes = [
        ctypes.c_void_p, ctypes.c_char_p, ctypes.c_ulong, ctypes.c_int, ctypes.POINTER(ctypes.c_void_p),
        ctypes.POINTER(ctypes.c_ulong), ctypes.POINTER(_Transform), ctypes.c_int,
    ]  # fmt: skip
    return found


def with_blocks(data: bytes, blocks: Sequence[Field], means: Sequence[int], *, progressive: bool) -> bytes:
    """The JPEG with some blocks of one colour, and without the segments that say something of it.

    ``blocks`` says of each plane which of its 8 x 8 blocks (rows x columns) become flat, ``means`` the quantised mean
    that they get. Raises ``Stopped`` where the library is missing or refuses the file.
    """
    turbo = library()
    if turbo is None:
        raise Stopped(Cause.NOT_INSTALLED, f"libturbojpeg is missing ({ADVICE})")

    def change(coefficients: object, array: _Region, _plane: _Region, component: int, _n: int, _this: object) -> int:
        chosen, row = blocks[component], array.y // 8
        if row < chosen.shape[0]:
            count = array.w // 8
            flat = np.ctypeslib.as_array(coefficients, shape=(count, _BLOCK))
            here = np.flatnonzero(chosen[row, :count])
            flat[here] = 0
            flat[here, 0] = means[component]
        return 0

    options = _NO_SEGMENTS | (_PROGRESSIVE if progressive else 0)
    transform = _Transform(_Region(0, 0, 0, 0), 0, options, None, _FILTER(change))
    return _transformed(turbo, data, transform)


def _transformed(turbo: ctypes.CDLL, data: bytes, transform: _Transform) -> bytes:
    handle = turbo.tjInitTransform()
    result, size = ctypes.c_void_p(), ctypes.c_ulong()
    try:
        failed = turbo.tjTransform(
            handle, data, len(data), 1, ctypes.byref(result), ctypes.byref(size), ctypes.byref(transform), 0
        )
        if result.value is None or (failed and turbo.tjGetErrorCode(handle) != _WARNING):
            words = (turbo.tjGetErrorStr2(handle) or b"").decode("utf-8", "replace")
            raise Stopped(Cause.NOT_WRITTEN, f"libjpeg-turbo: {words}")
        return ctypes.string_at(result, size.value)
    finally:
        if result.value is not None:
            turbo.tjFree(result)
        turbo.tjDestroy(handle)
