"""In a worker: one file made anew, within time and memory; a file that breaks its decoder costs itself."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, partial
from importlib.util import find_spec

from pdpo_audit.disposition.altering.masking import mask
from pdpo_audit.disposition.altering.results import Altered, Cause, Refused
from pdpo_audit.disposition.altering.stripping import strip
from pdpo_audit.execution import attempt, telling
from pdpo_audit.imaging import ImageProblem, Limits
from pdpo_audit.model.locations.holdings import SkipReason
from pdpo_audit.model.people import Face
from pdpo_audit.people.detectors.engines import DetectorSpec, open_detector
from pdpo_audit.ports import FaceDetector


@dataclass(frozen=True, slots=True, kw_only=True)
class AlterJob:
    """A file's bytes, and what becomes of them: without names, or (``mask``) without the faces that are known of it."""

    data: bytes
    mask: bool
    faces: tuple[Face, ...]
    detector: DetectorSpec
    judges: tuple[DetectorSpec, ...] = ()
    limits: Limits
    seconds: float


@telling
def alter(batch: list[AlterJob]) -> list[Altered | Refused]:
    """What becomes of each file."""
    return [attempt(partial(_alter, job), seconds=job.seconds, failed=refused) for job in batch]


def refused(problem: ImageProblem) -> Altered | Refused:
    """What a failure of decoder, time or memory comes to."""
    large = problem.reason in (SkipReason.TOO_LARGE, SkipReason.TIMED_OUT)
    return Refused(cause=Cause.TOO_LARGE if large else Cause.UNREADABLE, detail=problem.detail or problem.reason.value)


def _alter(job: AlterJob) -> Altered | Refused:
    if job.mask:
        judges = [_detector(one) for one in job.judges]
        return mask(job.data, job.faces, _detector(job.detector), job.limits, judges)
    return strip(job.data, job.limits)


@cache
def _detector(spec: DetectorSpec) -> FaceDetector:
    return open_detector(spec)


def judges_here(detector: DetectorSpec) -> tuple[DetectorSpec, ...]:
    """Detectors that look at results besides: dlib's, where it is installed and not asked anyway."""
    return (DetectorSpec(name="hog"),) if find_spec("dlib") and detector.name not in ("hog", "cnn") else ()
