"""What an animation shows beyond its first frame: a digest of all frames, and those that show something new."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pdpo_audit.imaging.decoding import decoder, upright
from pdpo_audit.imaging.limits import Limits

#: The formats whose further frames belong to one picture; pages of a TIFF are pictures of their own.
MOVING = frozenset({"GIF", "PNG", "WEBP", "AVIF", "JXL", "DICOM"})
#: Frames are told from each other at so many pixels of each side.
_SIDE = 96
#: Two frames show the same where no block of 8 x 8 differs by more levels of luma, nor of any channel: coding, scaling
#: and the 256 colours of a GIF (measured: 9 and 26) stay below, a changed word, face or bar lies above.
_SAME_LUMA, _SAME_CHANNEL = 16.0, 40.0
#: No more frames than these are kept as key frames; identity covers all of them.
_MOST_KEYS = 60

#: Share of the key frames by which two codings of one animation may differ (frames dropped to save bytes).
_KEYS_APART = 0.1

Frame = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Animation:
    """The frames of one animation: a digest of every composed frame with its delay, and small RGB key frames."""

    count: int
    digest: bytes
    keys: tuple[Frame, ...]


def frame_count(image: Image.Image) -> int:
    """How many frames an opened picture has; 1 for a still. Raises ``ImageProblem``."""
    if image.format not in MOVING or not getattr(image, "is_animated", False):
        return 1
    with decoder():
        return max(1, int(getattr(image, "n_frames", 1)))


def read_animation(image: Image.Image, limits: Limits) -> Animation | None:
    """All frames of an opened picture; nothing for a still. Raises ``ImageProblem``."""
    count = frame_count(image)
    if count == 1:
        return None
    digest, keys = hashlib.sha256(), list[Frame]()
    for _, frame in _frames(image, limits, count):
        digest.update(np.array(frame.shape, np.int64).tobytes())
        digest.update(np.ascontiguousarray(frame).data)
        digest.update(str(image.info.get("duration", "")).encode())
        small = _small(frame)
        if len(keys) < _MOST_KEYS and (not keys or not shows_same(keys[-1], small)):
            keys.append(small)
    return Animation(count=count, digest=digest.digest(), keys=tuple(keys))


def new_frames(image: Image.Image, limits: Limits) -> Iterator[tuple[int, Frame]]:
    """Number (from 0) and pixels (upright RGB) of each frame that shows what none before it showed."""
    seen: list[Frame] = []
    for number, frame in _frames(image, limits, frame_count(image)):
        small = _small(frame)
        if not any(shows_same(known, small) for known in seen):
            seen.append(small)
            yield number, frame


def agree(one: Animation, other: Animation) -> bool:
    """Whether two animations show the same in the same order, whatever their size and coding."""
    apart = abs(len(one.keys) - len(other.keys)) / max(len(one.keys), len(other.keys))
    return apart <= _KEYS_APART and _follows(one.keys, other.keys) and _follows(other.keys, one.keys)


def _follows(frames: tuple[Frame, ...], others: tuple[Frame, ...]) -> bool:
    """Whether nearly all frames are found among the others, in the same order."""
    at = missed = 0
    for frame in frames:
        found = next((near for near in range(at, len(others)) if shows_same(frame, others[near])), None)
        if found is None:
            missed += 1
        else:
            at = found
    return missed <= _KEYS_APART * len(frames)


def shows_same(one: Frame, other: Frame) -> bool:
    """Whether two small frames show the same up to coding and scaling."""
    channels = cv2.absdiff(one, other).astype(np.float32).max(axis=2)
    luma = cv2.absdiff(cv2.cvtColor(one, cv2.COLOR_RGB2GRAY), cv2.cvtColor(other, cv2.COLOR_RGB2GRAY))
    return _worst_block(luma.astype(np.float32)) <= _SAME_LUMA and _worst_block(channels) <= _SAME_CHANNEL


def _worst_block(apart: NDArray[np.float32]) -> float:
    return float(cv2.resize(apart, (_SIDE // 8, _SIDE // 8), interpolation=cv2.INTER_AREA).max())


def _frames(image: Any, limits: Limits, count: int) -> Iterator[tuple[int, Frame]]:
    for number in range(count):
        with decoder():
            image.seek(number)
        limits.check_size(*image.size)
        yield number, upright(image, limits)


def _small(frame: Frame) -> Frame:
    return cv2.resize(frame, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA).astype(np.uint8)
