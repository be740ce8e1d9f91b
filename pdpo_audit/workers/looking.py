"""In a worker: pictures looked at for people, faces cut out for a person search, thumbnails of what a report shows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, partial

from pdpo_audit.execution import attempt, telling
from pdpo_audit.imaging import ImageProblem, Limits, encode_thumbnail, load_upright, open_picture, upright
from pdpo_audit.imaging.beyond.inner import inner_pictures, upright_of
from pdpo_audit.imaging.covering import filled
from pdpo_audit.model.locations.holdings import ImageRef, Skipped, SkipReason
from pdpo_audit.model.locations.places import Place
from pdpo_audit.model.people import Face, FaceFailure, FaceReading
from pdpo_audit.model.text.marks import UNCOVERED, Covers
from pdpo_audit.people.arrays import Pixels
from pdpo_audit.people.crops import FaceCrop, cut_out
from pdpo_audit.people.detectors.engines import DetectorSpec, open_detector
from pdpo_audit.people.face_pass import FaceJob, read_faces
from pdpo_audit.people.search import comparable
from pdpo_audit.people.thumbnails import pixelated_thumbnail
from pdpo_audit.ports import FaceDetector
from pdpo_audit.workers.opening import Contents, open_place, places


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleJob:
    """One content for the face pass, and the places that may hold it."""

    face: FaceJob
    places: tuple[Place, ...]
    sha256: bytes
    detector: DetectorSpec
    limits: Limits
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CropJob:
    """One content whose known ``faces`` are to be cut out."""

    content: int
    ref: ImageRef
    places: tuple[Place, ...]
    sha256: bytes
    faces: tuple[Face, ...]
    limits: Limits
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceJob:
    """A photograph that somebody handed in, whose faces are to be found and cut out."""

    place: Place
    detector: DetectorSpec
    limits: Limits
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ThumbnailJob:
    """One content that is to be shown, its long side ``longest`` pixels: as it is but for what ``covers`` names."""

    content: int
    ref: ImageRef
    places: tuple[Place, ...]
    sha256: bytes
    longest: int
    limits: Limits
    seconds: float
    covers: Covers = UNCOVERED


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverJob:
    """One content that is to be shown with its faces covered: the known ``faces``, and what is found besides."""

    picture: ThumbnailJob
    faces: tuple[Face, ...] | None
    detector: DetectorSpec


@telling
def find_people(batch: list[PeopleJob]) -> list[FaceReading | FaceFailure]:
    """Find and grade the faces of each content."""
    contents = Contents(batch[0].limits)
    with places():
        return [_find(job, contents) for job in batch]


def _find(job: PeopleJob, contents: Contents) -> FaceReading | FaceFailure:
    detector = _detector(job.detector)

    def fail(problem: ImageProblem) -> FaceReading | FaceFailure:
        method = f"{detector.name} {detector.version}"
        return FaceFailure(content=job.face.content, detector=method, skipped=problem.at(job.face.ref))

    reading = partial(contents.read, job.places, job.sha256)
    work = partial(read_faces, job.face, reading, detector, job.limits)
    return attempt(work, seconds=job.seconds, about=(job.face.content,), failed=fail)


@telling
def crop_faces(batch: list[CropJob]) -> list[list[FaceCrop] | Skipped]:
    """Cut out the faces of each content, or say why it could not be read again."""
    contents = Contents(batch[0].limits)

    def crop(job: CropJob) -> list[FaceCrop] | Skipped:
        data = contents.read(job.places, job.sha256)
        cut: list[FaceCrop] = []
        for frame in sorted({face.frame for face in job.faces}):
            image = _inner(data, job.limits, -frame) if frame < 0 else _upright(data, job.limits, frame or job.ref.page)
            cut += cut_out(image, [face for face in job.faces if face.frame == frame])
        return cut

    def fail(job: CropJob, problem: ImageProblem) -> list[FaceCrop] | Skipped:
        return problem.at(job.ref)

    with places():
        return [
            attempt(partial(crop, job), seconds=job.seconds, about=(job.content,), failed=partial(fail, job))
            for job in batch
        ]


@telling
def find_references(batch: list[ReferenceJob]) -> list[list[FaceCrop] | Skipped]:
    """Find the comparable faces of each photograph and cut them out, or say why it could not be read."""

    def look(job: ReferenceJob) -> list[FaceCrop] | Skipped:
        file = open_place(job.place)
        try:
            job.limits.check_file(file.stat.size)
            image = _upright(file.whole(), job.limits)
        finally:
            file.close()
        return cut_out(image, [face for face in _detector(job.detector).examine(image).faces if comparable(face)])

    def fail(job: ReferenceJob, problem: ImageProblem) -> list[FaceCrop] | Skipped:
        return problem.at(ImageRef(source=job.place.source, locator=job.place.locator))

    with places():
        return [attempt(partial(look, job), seconds=job.seconds, failed=partial(fail, job)) for job in batch]


@telling
def make_thumbnails(batch: list[ThumbnailJob]) -> list[bytes | Skipped]:
    """A small JPEG of each content, or why it could not be read again."""
    contents = Contents(batch[0].limits)

    def make(job: ThumbnailJob) -> bytes | Skipped:
        data = contents.read(job.places, job.sha256)
        image = load_upright(data, max_side=job.longest, limits=job.limits, page=job.ref.page)
        return encode_thumbnail(filled(image, job.covers), max_side=job.longest)

    def fail(job: ThumbnailJob, problem: ImageProblem) -> bytes | Skipped:
        return problem.at(job.ref)

    with places():
        return [
            attempt(partial(make, job), seconds=job.seconds, about=(job.content,), failed=partial(fail, job))
            for job in batch
        ]


@telling
def cover_faces(batch: list[CoverJob]) -> list[bytes | Skipped]:
    """A JPEG of each content with every face pixelated, or why there can be none."""
    contents = Contents(batch[0].picture.limits)

    def make(job: CoverJob) -> bytes | Skipped:
        shown, detector = job.picture, _detector(job.detector)
        image = _upright(contents.read(shown.places, shown.sha256), shown.limits, shown.ref.page)
        known = detector.examine(image).faces if job.faces is None else job.faces
        image = filled(image, shown.covers)
        faces = [face for face in known if face.frame == 0]
        return pixelated_thumbnail(image, faces, detector, longest=shown.longest)

    def fail(job: CoverJob, problem: ImageProblem) -> bytes | Skipped:
        return problem.at(job.picture.ref)

    with places():
        return [
            attempt(
                partial(make, job),
                seconds=job.picture.seconds,
                about=(job.picture.content,),
                failed=partial(fail, job),
            )
            for job in batch
        ]


def _inner(data: bytes, limits: Limits, number: int) -> Pixels:
    """A further picture in a file, by its number among them from 1."""
    opened = open_picture(data, limits)
    picture = upright(opened, limits)
    shown = upright_of(inner_pictures(data, opened)[number - 1], picture)
    if shown is None:
        raise ImageProblem(SkipReason.DAMAGED, f"picture {number} within it")
    return shown


def _upright(data: bytes, limits: Limits, page: int = 0) -> Pixels:
    return load_upright(data, max_side=None, limits=limits, page=page)


@cache
def _detector(spec: DetectorSpec) -> FaceDetector:
    return open_detector(spec)
