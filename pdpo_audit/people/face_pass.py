"""The face pass over one content: open, decode, detect, and make the pixelated picture for reports."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from statistics import median

import cv2
import numpy as np
from PIL import Image

from pdpo_audit.imaging import ImageProblem, Limits, open_picture, upright
from pdpo_audit.imaging.beyond.frames import frames_at, new_frames
from pdpo_audit.imaging.beyond.inner import shown_inside
from pdpo_audit.model.locations.holdings import ImageRef, Skipped, SkipReason
from pdpo_audit.model.people import Face, FaceFailure, FaceReading, Grade, Seen
from pdpo_audit.people.arrays import Pixels
from pdpo_audit.people.detectors.hits import overlaps
from pdpo_audit.people.detectors.passes import EngineFailed
from pdpo_audit.people.thumbnails import pixelated_thumbnail
from pdpo_audit.ports.detectors import FaceDetector

#: So many frames of an animation that show something new are looked at, evenly spread: a slide show is looked through,
#: a film is not.
MOST_FRAMES = 40
#: Two boxes over each other by so much (intersection over union) are one face.
_SAME = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceJob:
    """One content to look at: the page in its file (from 0), and whether a pixelated ``thumbnail`` is wanted."""

    content: int
    ref: ImageRef
    page: int = 0
    thumbnail: bool = False


def read_faces(
    job: FaceJob, reading: Callable[[], bytes], detector: FaceDetector, limits: Limits
) -> FaceReading | FaceFailure:
    """Every face of one picture, or why it could not be examined. ``reading`` gives the bytes of its file."""
    method = f"{detector.name} {detector.version}"
    try:
        data = reading()
        opened = open_picture(data, limits, job.page)
        image = upright(opened, limits)
    except ImageProblem as problem:
        return FaceFailure(content=job.content, detector=method, skipped=problem.at(job.ref))
    height, width = image.shape[:2]
    try:
        seen = detector.examine(image)
        thumbnail = pixelated_thumbnail(image, seen.faces, detector) if job.thumbnail else b""
        inside = _inner(data, opened, image, detector, seen) if not job.page else Seen(faces=())
        later = _later_frames(opened, detector, limits, bool(seen.faces))
        everything = _together((seen, later, inside))
    except (EngineFailed, cv2.error, MemoryError) as error:
        skipped = Skipped(ref=job.ref, reason=SkipReason.FACE_PASS_FAILED, detail=_words(error))
        return FaceFailure(content=job.content, detector=method, skipped=skipped)
    except ImageProblem as problem:
        return FaceFailure(content=job.content, detector=method, skipped=problem.at(job.ref))
    return FaceReading(
        content=job.content,
        detector=method,
        faces=everything.faces,
        width=width,
        height=height,
        crowd=is_crowd(seen.faces, min(width, height)),
        thumbnail=thumbnail,
        dropped=everything.dropped,
    )


def _inner(data: bytes, opened: Image.Image, image: Pixels, detector: FaceDetector, seen: Seen) -> Seen:
    """The faces of each further picture in the file that shows what the picture does not: an old thumbnail, the second
    picture of a camera with two lenses. Their ``frame`` counts down from -1 in the order of ``shown_inside``."""
    inside = shown_inside(data, opened, image)
    found = [(more, _seen_in(-number, kind, more, detector)) for number, kind, more in inside]
    return _together([_unlike(one, seen) if more.shape == image.shape else one for more, one in found])


def _unlike(inside: Seen, seen: Seen) -> Seen:
    """Of the faces in a picture that lies over the one that is shown those that are not seen there as well as here."""
    known = [(np.array([one.x, one.y, one.x + one.width, one.y + one.height], np.float32), one) for one in seen.faces]
    boxes = np.array([box for box, _ in known], np.float32).reshape(-1, 4)

    def is_new(face: Face) -> bool:
        own = np.array([face.x, face.y, face.x + face.width, face.y + face.height], np.float32)
        over, _ = overlaps(own, boxes)
        return not any(over[place] >= _SAME and one.grade is face.grade for place, (_, one) in enumerate(known))

    return replace(inside, faces=tuple(filter(is_new, inside.faces)))


def _later_frames(opened: Image.Image, detector: FaceDetector, limits: Limits, found: bool) -> Seen:
    """The faces of each further frame of an animation that shows something new, ``MOST_FRAMES`` of them at most.

    Where not all could be looked at, for they are too many or one cannot be read, and nobody was found in the others,
    that is an ``ImageProblem``: nobody may say then that nobody is there.
    """
    new = new_frames(opened, limits, MOST_FRAMES)
    frames = frames_at(opened, limits, new.looked)
    seen = _together([_seen_in(number, f"frame {number + 1}", frame, detector) for number, frame in frames])
    if new.left_out is not None and not (found or seen.faces):
        raise new.left_out
    return seen


def _seen_in(frame: int, where: str, picture: Pixels, detector: FaceDetector) -> Seen:
    """The faces of a further picture, with its number and where it stands."""
    seen = detector.examine(picture)
    faces = tuple(replace(face, frame=frame, reason=f"{face.reason}; in {where}") for face in seen.faces)
    return Seen(faces=faces, dropped=seen.dropped)


def _together(seen: Sequence[Seen]) -> Seen:
    faces = tuple(face for one in seen for face in one.faces)
    return Seen(faces=faces, dropped=sum(one.dropped for one in seen))


def _words(error: BaseException) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())}"[:300]


def is_crowd(faces: tuple[Face, ...], shorter_side: int) -> bool:
    """More than five faces, none of which is a portrait: under a fifth of the picture's shorter side and under twice
    the median face."""
    heights = [face.height for face in faces if face.grade is not Grade.DOUBTFUL]
    return len(heights) > 5 and max(heights) < 0.2 * shorter_side and max(heights) < 2.5 * median(heights)
