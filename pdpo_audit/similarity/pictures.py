"""The two pictures of a pair, read again for the comparison: nothing larger than 32 x 32 pixels is ever stored."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property, lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from pdpo_audit.imaging import ImageProblem, Limits, is_turned, load_upright, open_picture, upright
from pdpo_audit.imaging.quality import luminance_steps
from pdpo_audit.imaging.reading import open_file
from pdpo_audit.model.holdings import ImageRef
from pdpo_audit.model.pictures import Fingerprint
from pdpo_audit.similarity.codings import Coded
from pdpo_audit.similarity.generations import colourfulness
from pdpo_audit.similarity.reliefs import Relief

#: Long side of the pictures that are compared: a line of text on a scanned form is still 8 pixels high.
WORKING = 512
#: Whole pictures are kept up to this many bytes, but two in any case.
_WHOLE_BYTES = 12_000_000
#: How many reliefs a process keeps: up to 3 MB each.
_RELIEFS = 4
#: How many pictures a process keeps: the master of a cluster is compared with every other member. 600 KB each.
_KEPT = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifySide:
    """One of the two contents of a pair: where it can be read, and what is stored of it."""

    content: int
    ref: ImageRef
    path: bytes
    sha256: bytes
    image_sha256: bytes
    format: str
    width: int
    height: int
    fingerprint: Fingerprint


@dataclass(frozen=True, eq=False, kw_only=True)
class WorkingPicture:
    """An upright picture at no more than ``WORKING`` pixels: RGB and luma, and RGB at half the size."""

    rgb: NDArray[np.uint8]
    grey: NDArray[np.uint8]
    half: NDArray[np.uint8]

    @cached_property
    def halved(self) -> WorkingPicture:
        """The same at half the size."""
        return _working(self.half)

    @cached_property
    def colourfulness(self) -> float:
        """Mean distance (levels) of its colours from those of a grey or tinted picture."""
        return colourfulness(self.halved.half)


@lru_cache(maxsize=_RELIEFS)
def relief_of(picture: WorkingPicture) -> Relief:
    """The grey picture, all of which counts, with what was worked out of it before."""
    return Relief(grey=picture.grey)


_kept: OrderedDict[tuple[bytes, str], WorkingPicture] = OrderedDict()


def read_working(side: VerifySide, limits: Limits) -> WorkingPicture | None:
    """The picture, or ``None`` if the file vanished, changed or cannot be decoded any more."""
    key = (side.sha256, side.ref.member)
    if key in _kept:
        _kept.move_to_end(key)
        return _kept[key]
    if max(side.width, side.height) <= WORKING:
        whole = read_whole(side, limits)  # decoded once: it is asked for again where traces are looked for
        pixels = None if whole is None else whole.rgb
    else:
        pixels = _read(side, limits, WORKING)
    if pixels is None:
        return None
    pixels = _resize(pixels, WORKING / max(pixels.shape[:2]))
    _kept[key] = _working(pixels)
    while len(_kept) > _KEPT:
        _kept.popitem(last=False)
    return _kept[key]


def _working(pixels: NDArray[np.uint8]) -> WorkingPicture:
    grey = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)
    return WorkingPicture(rgb=pixels, grey=grey, half=_halve(pixels))


def _halve(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Half the size, without an odd last row or column: OpenCV is four times quicker at whole factors."""
    height, width = (max(1, side // 2) for side in pixels.shape[:2])
    even = pixels[: 2 * height, : 2 * width]
    return np.asarray(cv2.resize(even, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def _resize(pixels: NDArray[np.uint8], scale: float) -> NDArray[np.uint8]:
    if scale >= 1:
        return pixels
    size = (max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale)))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


@dataclass(frozen=True, kw_only=True)
class WholePicture:
    """Every pixel (RGB, upright), the luminance quantisation steps of a JPEG (zeros for anything else), and whether
    the file stores the picture turned or mirrored."""

    rgb: NDArray[np.uint8]
    steps: NDArray[np.float64]
    turned: bool = False

    @cached_property
    def coded(self) -> Coded:
        """The grey picture with its steps."""
        return Coded(luma=np.asarray(cv2.cvtColor(self.rgb, cv2.COLOR_RGB2GRAY), np.uint8), steps=self.steps)


_whole: OrderedDict[tuple[bytes, str], WholePicture] = OrderedDict()


def read_whole(side: VerifySide, limits: Limits) -> WholePicture | None:
    """The picture at full size, or ``None`` as above. The last few are kept: a master meets many copies."""
    key = (side.sha256, side.ref.member)
    if key in _whole:
        _whole.move_to_end(key)
        return _whole[key]
    data = _bytes(side)
    if data is None:
        return None
    try:
        image = open_picture(data, limits, side.ref.page)
        steps, rgb = luminance_steps(image), upright(image)
        _whole[key] = WholePicture(rgb=rgb, steps=steps, turned=is_turned(image))
    except ImageProblem:
        return None
    while len(_whole) > 2 and sum(one.rgb.nbytes for one in _whole.values()) > _WHOLE_BYTES:
        _whole.popitem(last=False)
    return _whole[key]


def _read(side: VerifySide, limits: Limits, max_side: int) -> NDArray[np.uint8] | None:
    data = _bytes(side)
    if data is None:
        return None
    try:
        return load_upright(data, max_side=max_side, limits=limits, page=side.ref.page)
    except ImageProblem:
        return None


def _bytes(side: VerifySide) -> bytes | None:
    """The file's bytes, if they are still those that were examined."""
    try:
        file = open_file(side.path)
        try:
            data = file.whole()
        finally:
            file.close()
    except ImageProblem:
        return None
    return data if hashlib.sha256(data).digest() == side.sha256 else None
