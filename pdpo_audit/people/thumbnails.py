"""The picture that a report may carry: at most 160 pixels long, and nobody in it recognisable to our own detector."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from pdpo_audit.imaging import encode_thumbnail, pixelate
from pdpo_audit.model.people import Face, Grade
from pdpo_audit.people.arrays import Pixels
from pdpo_audit.ports import FaceDetector

LONGEST = 160
#: A face becomes this many blocks across: at 7 blocks rank-1 re-identification is at chance (docs/people.md).
BLOCKS = 4
#: How far beyond its box a face is covered, as a share of the box: hair and ears identify too.
_MARGIN = 0.3
_ROUNDS = 4
_QUALITY = 80


def pixelated_thumbnail(
    image: Pixels, faces: Sequence[Face], detector: FaceDetector, *, longest: int = LONGEST
) -> bytes:
    """A JPEG of the picture, ``longest`` pixels at most, with every face (doubtful ones too) covered by coarse blocks.

    The result is shown to the detector again and what it still finds is covered as well; where that does not end,
    the whole picture is reduced to blocks.
    """
    scale = min(1.0, longest / max(image.shape[:2]))
    covered = _covered(_reduced(image, scale), faces, scale)
    for _ in range(_ROUNDS):
        jpeg = encode_thumbnail(covered, max_side=longest, quality=_QUALITY)
        left = [face for face in detector.examine(_decoded(jpeg)).faces if face.grade is not Grade.NOT_IDENTIFIABLE]
        if not left:
            return jpeg
        covered = _covered(covered, left, 1.0)
    height, width = covered.shape[:2]
    return encode_thumbnail(pixelate(covered, [(0, 0, width, height)], blocks=8), max_side=longest, quality=_QUALITY)


def _covered(image: Pixels, faces: Sequence[Face], scale: float) -> Pixels:
    boxes = []
    for face in faces:
        more_x, more_y = _MARGIN * face.width, _MARGIN * face.height
        left, top = int(scale * (face.x - more_x)), int(scale * (face.y - more_y))
        right = int(np.ceil(scale * (face.x + face.width + more_x)))
        bottom = int(np.ceil(scale * (face.y + face.height + more_y)))
        boxes.append((left, top, max(1, right - left), max(1, bottom - top)))
    return pixelate(image, boxes, blocks=BLOCKS)


def _reduced(image: Pixels, scale: float) -> Pixels:
    size = (max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale)))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8) if scale < 1 else image


def _decoded(jpeg: bytes) -> Pixels:
    pixels = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert pixels is not None  # our own encoder's output
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB), np.uint8)
