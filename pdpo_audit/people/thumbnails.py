"""The picture that a report may carry: at most 160 pixels long, and nobody in it recognisable to our own detector."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from pdpo_audit.imaging import encode_thumbnail, pixelate
from pdpo_audit.imaging.thumbnails import Box
from pdpo_audit.model.people import Face, Grade
from pdpo_audit.people.arrays import Pixels
from pdpo_audit.people.detectors.graded import LIKELY
from pdpo_audit.ports import FaceDetector

LONGEST = 160
#: A face becomes this many blocks across: at 7 blocks rank-1 re-identification is at chance (docs/people.md).
BLOCKS = 4
#: How far beyond its box a face is covered, as a share of the box: hair and ears identify too.
_MARGIN = 0.3
#: Looks at the result; each covers what the one before found.
_ROUNDS = 6
#: A face that lies in a covered box with this share of its own is one that the detector sees in the blocks.
_WITHIN = 0.7
_QUALITY = 80


def pixelated_thumbnail(
    image: Pixels, faces: Sequence[Face], detector: FaceDetector, *, longest: int = LONGEST
) -> bytes:
    """A JPEG of the picture, ``longest`` pixels at most, with every face (doubtful ones too) covered by coarse blocks.

    A doubtful face is covered as it was found: around a dog's face the margin would take the dog.

    The result is shown to the detector again and what it still finds is covered as well, and what it finds again in
    one colour. What it then takes for a face (fur, leaves) is nothing but blocks: the rest of the picture stays.
    """
    scale = min(1.0, longest / max(image.shape[:2]))
    doubtful = [face for face in faces if face.grade is Grade.DOUBTFUL and face.reason != LIKELY]
    boxes = _boxes(doubtful, scale, margin=0.0) + _boxes([one for one in faces if one not in doubtful], scale)
    covered = pixelate(_reduced(image, scale), boxes, blocks=BLOCKS)
    for _ in range(_ROUNDS):
        jpeg = encode_thumbnail(covered, max_side=longest, quality=_QUALITY)
        left = [face for face in detector.examine(_decoded(jpeg)).faces if face.grade is not Grade.NOT_IDENTIFIABLE]
        if not left:
            return jpeg
        again = [face for face in left if _share_within(face, boxes) >= _WITHIN]
        fresh = _boxes([face for face in left if face not in again], 1.0)
        covered = pixelate(pixelate(covered, fresh, blocks=BLOCKS), _boxes(again, 1.0), blocks=1)
        boxes += fresh
    return encode_thumbnail(covered, max_side=longest, quality=_QUALITY)


def _share_within(face: Face, boxes: Sequence[Box]) -> float:
    """The share of a face's box that lies in the one of ``boxes`` that holds most of it."""
    left, top, right, bottom = face.x, face.y, face.x + face.width, face.y + face.height

    def shared(box: Box) -> float:
        x, y, width, height = box
        across = min(right, x + width) - max(left, x)
        down = min(bottom, y + height) - max(top, y)
        return max(0.0, across) * max(0.0, down)

    return max(map(shared, boxes), default=0.0) / max(1e-9, face.width * face.height)


def _boxes(faces: Sequence[Face], scale: float, *, margin: float = _MARGIN) -> list[Box]:
    """What is covered of a picture for these faces."""
    boxes = []
    for face in faces:
        more_x, more_y = margin * face.width, margin * face.height
        left, top = int(scale * (face.x - more_x)), int(scale * (face.y - more_y))
        right = int(np.ceil(scale * (face.x + face.width + more_x)))
        bottom = int(np.ceil(scale * (face.y + face.height + more_y)))
        boxes.append((left, top, max(1, right - left), max(1, bottom - top)))
    return boxes


def _reduced(image: Pixels, scale: float) -> Pixels:
    size = (max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale)))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8) if scale < 1 else image


def _decoded(jpeg: bytes) -> Pixels:
    pixels = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert pixels is not None  # our own encoder's output
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB), np.uint8)
