"""In a worker: the pixels of files digested at full size."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from pdpo_audit.execution import attempt, telling
from pdpo_audit.fingerprints.exact import digest_of
from pdpo_audit.imaging import ImageProblem, Limits, open_picture, upright_size
from pdpo_audit.model.locations.places import Place
from pdpo_audit.workers.opening import Contents, places


@dataclass(frozen=True, slots=True, kw_only=True)
class PixelsJob:
    """A file (SHA-256) and where it lies."""

    place: Place
    sha256: bytes
    limits: Limits
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Digested:
    """Width and height of the upright picture, and the digest of its pixels; empty where it cannot be decoded."""

    width: int = 0
    height: int = 0
    digest: bytes = b""


#: Nothing can be told of the pixels.
UNDIGESTED = Digested()


@telling
def digest_pixels(batch: list[PixelsJob]) -> list[Digested]:
    """The pixels of each file's (first) picture."""
    contents = Contents(batch[0].limits)
    with places():
        return [attempt(partial(_digest, job, contents), seconds=job.seconds, failed=_not) for job in batch]


def _digest(job: PixelsJob, contents: Contents) -> Digested:
    data = contents.read((job.place,), job.sha256)
    width, height = upright_size(open_picture(data, job.limits))
    return Digested(width=width, height=height, digest=digest_of(open_picture(data, job.limits), job.limits))


def _not(_problem: ImageProblem) -> Digested:
    return UNDIGESTED
