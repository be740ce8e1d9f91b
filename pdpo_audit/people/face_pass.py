"""The face pass over one content: open, decode, detect, and make the pixelated picture for reports."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

import cv2

from pdpo_audit.imaging import ImageProblem, Limits, load_upright
from pdpo_audit.model.locations.holdings import ImageRef, Skipped, SkipReason
from pdpo_audit.model.people import Face, FaceFailure, FaceReading, Grade
from pdpo_audit.people.detectors.passes import EngineFailed
from pdpo_audit.people.thumbnails import pixelated_thumbnail
from pdpo_audit.ports.detectors import FaceDetector


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
        image = load_upright(reading(), max_side=None, limits=limits, page=job.page)
    except ImageProblem as problem:
        return FaceFailure(content=job.content, detector=method, skipped=problem.at(job.ref))
    height, width = image.shape[:2]
    try:
        seen = detector.examine(image)
        thumbnail = pixelated_thumbnail(image, seen.faces, detector) if job.thumbnail else b""
    except (EngineFailed, cv2.error, MemoryError) as error:
        skipped = Skipped(ref=job.ref, reason=SkipReason.FACE_PASS_FAILED, detail=_words(error))
        return FaceFailure(content=job.content, detector=method, skipped=skipped)
    return FaceReading(
        content=job.content,
        detector=method,
        faces=seen.faces,
        width=width,
        height=height,
        crowd=is_crowd(seen.faces, min(width, height)),
        thumbnail=thumbnail,
        dropped=seen.dropped,
    )


def _words(error: BaseException) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())}"[:300]


def is_crowd(faces: tuple[Face, ...], shorter_side: int) -> bool:
    """More than five faces, none of which is a portrait: under a fifth of the picture's shorter side and under twice
    the median face."""
    heights = [face.height for face in faces if face.grade is not Grade.DOUBTFUL]
    return len(heights) > 5 and max(heights) < 0.2 * shorter_side and max(heights) < 2.5 * median(heights)
