"""What an animation shows beyond its first frame: a digest of all frames, and those that show something new."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pdpo_audit.imaging.decoding import decoder, upright
from pdpo_audit.imaging.limits import Limits
from pdpo_audit.model.locations.holdings import ImageProblem, SkipReason

#: The formats whose further frames belong to one picture; pages of a TIFF are pictures of their own.
MOVING = frozenset({"GIF", "PNG", "WEBP", "AVIF", "JXL", "DICOM"})
#: Frames are told from each other at so many pixels of each side.
_SIDE = 96
#: Two frames show the same where no block of 8 x 8 differs by more levels of luma, nor of any channel: coding, scaling
#: and the 256 colours of a GIF (measured: 9 and 26) stay below, a changed word, face or bar lies above.
_SAME_LUMA, _SAME_CHANNEL = 16.0, 40.0
#: No more frames than these are kept as key frames, from the beginning and up to the end; identity covers all of them.
_FIRST_KEYS, _LAST_KEYS = 180, 60
#: So many of the frames that showed something new are remembered: in a film nothing that was seen comes again.
_REMEMBERED = 60

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
    digest, keys, last = hashlib.sha256(), list[Frame](), deque[Frame](maxlen=_LAST_KEYS)
    for _, frame in _frames(image, limits, range(count)):
        digest.update(np.array(frame.shape, np.int64).tobytes())
        digest.update(np.ascontiguousarray(frame).data)
        digest.update(str(image.info.get("duration", "")).encode())
        small = _small(frame)
        if not keys or not shows_same((last or keys)[-1], small):
            (keys if len(keys) < _FIRST_KEYS else last).append(small)
    return Animation(count=count, digest=digest.digest(), keys=(*keys, *last))


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFrames:
    """The frames after the first that show what none before them showed: which are ``looked`` at, by their numbers
    from 0, how many there are, and the problem that ended the reading, if one did."""

    looked: tuple[int, ...]
    count: int
    problem: ImageProblem | None

    @property
    def left_out(self) -> ImageProblem | None:
        """Why not all of them could be looked at; nothing where all were."""
        if self.problem is None and len(self.looked) < self.count:
            detail = f"an animation: of {self.count} frames that show something new {len(self.looked)} were looked at"
            return ImageProblem(SkipReason.TOO_LARGE, detail)
        return self.problem


def new_frames(image: Image.Image, limits: Limits, most: int) -> NewFrames:
    """The frames of an opened picture that show something new; ``most`` of them, evenly spread, are to be looked at."""
    found: list[int] = []
    problem: ImageProblem | None = None
    count = frame_count(image)
    seen = deque[Frame](maxlen=_REMEMBERED)
    try:
        for number, frame in _frames(image, limits, range(count if count > 1 else 0)):
            small = _small(frame)
            if not any(shows_same(known, small) for known in reversed(seen)):
                seen.append(small)
                found.append(number)
    except ImageProblem as met:
        problem = met
    later = found[1:]
    looked = later if len(later) <= most else [later[place * len(later) // most] for place in range(most)]
    return NewFrames(looked=tuple(looked), count=len(later), problem=problem)


def frames_at(image: Image.Image, limits: Limits, numbers: Sequence[int]) -> Iterator[tuple[int, Frame]]:
    """Number and pixels (upright RGB) of each of these frames, in rising order."""
    return _frames(image, limits, numbers)


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


def _frames(image: Any, limits: Limits, numbers: Iterable[int]) -> Iterator[tuple[int, Frame]]:
    for number in numbers:
        with decoder():
            image.seek(number)
        limits.check_size(*image.size)
        yield number, upright(image, limits)


def _small(frame: Frame) -> Frame:
    return cv2.resize(frame, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA).astype(np.uint8)
