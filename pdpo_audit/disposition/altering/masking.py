"""The act ``mask``: every face of a file covered by a solid fill, in a new file that is read back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image

from pdpo_audit.disposition.altering.fields import Field, field_of
from pdpo_audit.disposition.altering.reading_back import Pixels, durations, furthest, pictures_of, read_back
from pdpo_audit.disposition.altering.results import Altered, Cause, Refused, Stopped
from pdpo_audit.disposition.altering.writers.animations import MOST_FRAMES, WRITTEN, write_animation
from pdpo_audit.disposition.altering.writers.jpeg import write_jpeg
from pdpo_audit.disposition.altering.writers.stills import write_still
from pdpo_audit.disposition.altering.writers.written import Written
from pdpo_audit.fingerprints.tiff import Pages
from pdpo_audit.imaging import ImageProblem, Limits, open_picture
from pdpo_audit.imaging.beyond.frames import frame_count
from pdpo_audit.imaging.decoding import orientation_of
from pdpo_audit.imaging.readers.reading import content_format
from pdpo_audit.metadata import facts_of
from pdpo_audit.model.locations.holdings import SkipReason
from pdpo_audit.model.people import Face, Grade
from pdpo_audit.ports import FaceDetector

#: Looks at the result; each covers what the one before still found.
_ROUNDS = 5
_EXPOSED = (Grade.IDENTIFIABLE, Grade.BORDERLINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Old:
    """The file as it is: its bytes, format and frames (upright RGB), and for how long each is shown."""

    data: bytes
    format: str
    frames: list[Pixels]
    times: list[float]


def mask(
    data: bytes, faces: Sequence[Face], detector: FaceDetector, limits: Limits, judges: Sequence[FaceDetector] = ()
) -> Altered | Refused:
    """The file with everybody's face covered, or why there is none.

    ``faces`` are those that the face pass knows (their ``frame`` counts); the detector looks for more, in every frame,
    and at the result until it finds nobody recognisable; so do the ``judges``, at the result alone. Previews, further
    pictures, films behind the picture and all texts that may name people are left out. Outside the filled fields
    nothing differs by more than two levels.
    """
    try:
        return _masked(_opened(data, limits), faces, (detector, *judges), limits)
    except Stopped as stop:
        return stop.refused
    except ImageProblem as problem:
        large = problem.reason is SkipReason.TOO_LARGE
        return Refused(cause=Cause.TOO_LARGE if large else Cause.UNREADABLE, detail=problem.detail)


def _opened(data: bytes, limits: Limits) -> _Old:
    image = open_picture(data, limits)
    format = content_format(data)
    count = frame_count(image)
    if format == "TIFF":
        _one_page(data, image)
    if count > 1 and (image.format not in WRITTEN or count > MOST_FRAMES):
        raise Stopped(Cause.NOT_WRITTEN, f"{format} with {count} frames")
    width, height = image.size
    limits.check_bytes(8 * count * width * height)
    times = durations(image) if count > 1 else [0.0]
    return _Old(data=data, format=format, frames=list(pictures_of(open_picture(data, limits), limits)), times=times)


def _one_page(data: bytes, image: Image.Image) -> None:
    pages = int(getattr(image, "n_frames", 1))
    if pages > 1 and len(Pages(data).thumbnails(pages)) < pages - 1:
        raise Stopped(Cause.SEVERAL_PAGES, f"{pages} pages")


def _masked(old: _Old, faces: Sequence[Face], looking: Sequence[FaceDetector], limits: Limits) -> Altered:
    known = [[face for face in faces if face.frame == number] for number in range(len(old.frames))]
    if len(old.frames) > 1 or not any(known):
        known = [[*some, *more] for some, more in zip(known, _looked(old.frames, looking[:1]), strict=True)]
    if not any(known) and not faces:
        raise Stopped(Cause.NOTHING_THERE, "no face was found")
    for _ in range(_ROUNDS):
        written = _written(old, known, limits)
        new = read_back(written, old.frames, old.times, limits)
        left = _looked(new, looking)
        if not any(_counts(face) for some in left for face in some):
            return _result(old, written, new, known)
        known = [[*some, *filter(_counts, more)] for some, more in zip(known, left, strict=True)]
    raise Stopped(Cause.FACES_LEFT, f"after {_ROUNDS} looks")


def _counts(face: Face) -> bool:
    """Whether a face in the result is covered as well: whatever is a person for certain, however small."""
    return face.grade is not Grade.DOUBTFUL


def _looked(frames: Sequence[Pixels], looking: Sequence[FaceDetector]) -> list[list[Face]]:
    """The faces of each frame, whoever sees them; a frame equal to the one before is not looked at again."""
    found: list[list[Face]] = []
    for number, frame in enumerate(frames):
        if number and np.array_equal(frame, frames[number - 1]):
            found.append(found[-1])
        else:
            seen = (face for detector in looking for face in detector.examine(frame).faces)
            found.append([replace(face, frame=number) for face in seen])
    return found


def _written(old: _Old, known: Sequence[Sequence[Face]], limits: Limits) -> Written:
    image = open_picture(old.data, limits)
    orientation = orientation_of(image)
    height, width = old.frames[0].shape[:2]
    own = [field_of(some, height, width) for some in known]
    if len(own) > 1 or image.format == "GIF":
        return write_animation(old.data, image, _with_neighbours(own), orientation, limits)
    if image.format in ("JPEG", "MPO") and old.format == "JPEG":
        return write_jpeg(old.data, own[0], orientation)
    return write_still(old.data, image, old.format, own[0], orientation)


def _with_neighbours(fields: Sequence[Field]) -> list[Field]:
    """A face that is missed in one frame stands nearly where it is in the next and in the one before."""
    last = len(fields) - 1
    return [fields[max(0, n - 1)] | field | fields[min(last, n + 1)] for n, field in enumerate(fields)]


def _result(old: _Old, written: Written, new: Sequence[Pixels], known: Sequence[Sequence[Face]]) -> Altered:
    image = open_picture(written.data, Limits())
    said = facts_of(written.data, image)
    if said.persons or said.regions or said.caption or said.keywords or said.remarks or said.model_release:
        raise Stopped(Cause.NAMES_LEFT, "in the metadata of the new file")
    far = [furthest(*three) for three in zip(new, old.frames, written.apart, strict=True)]
    return Altered(
        data=written.data,
        format=written.format,
        covered=max(len(some) for some in known),
        furthest=max(far),
        notes=written.notes,
    )
