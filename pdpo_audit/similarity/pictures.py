"""The two pictures of a pair, read again for the comparison: nothing larger than 32 x 32 pixels is ever stored."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from pdpo_audit.imaging import ImageProblem, Limits, load_upright
from pdpo_audit.model.holdings import ImageRef, SkipReason
from pdpo_audit.model.pictures import Fingerprint

#: Long side of the pictures that are compared: a line of text on a scanned form is still 8 pixels high.
WORKING = 512
#: How many pictures a process keeps: the master of a cluster is compared with every other member. 600 KB each.
_KEPT = 48


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


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingPicture:
    """An upright picture at no more than ``WORKING`` pixels: RGB and luma."""

    rgb: NDArray[np.uint8]
    grey: NDArray[np.uint8]


_kept: OrderedDict[tuple[bytes, str], WorkingPicture] = OrderedDict()


def read_working(side: VerifySide, limits: Limits) -> WorkingPicture | None:
    """The picture, or ``None`` if the file vanished, changed or cannot be decoded any more."""
    key = (side.sha256, side.ref.member)
    if key in _kept:
        _kept.move_to_end(key)
        return _kept[key]
    pixels = _read(side, limits, WORKING)
    if pixels is None:
        return None
    scale = WORKING / max(pixels.shape[:2])
    if scale < 1:
        size = (max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale)))
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    grey = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)
    _kept[key] = WorkingPicture(rgb=pixels, grey=grey)
    while len(_kept) > _KEPT:
        _kept.popitem(last=False)
    return _kept[key]


def read_whole(side: VerifySide, limits: Limits) -> NDArray[np.uint8] | None:
    """Every pixel (RGB, upright), or ``None`` as above."""
    return _read(side, limits, None)


def _read(side: VerifySide, limits: Limits, max_side: int | None) -> NDArray[np.uint8] | None:
    try:
        data = Path(side.path.decode("utf-8", "surrogateescape")).read_bytes()
        if hashlib.sha256(data).digest() != side.sha256:
            return None
        page = int(side.ref.member.removeprefix("page/")) - 1 if side.ref.member.startswith("page/") else 0
        return load_upright(data, max_side=max_side, limits=limits, page=page)
    except ImageProblem as problem:
        if problem.reason is SkipReason.TOO_LARGE:
            return None
        return None
    except OSError:
        return None
