"""A new file held against the old one before anybody trusts it: what stays is the same, what goes is gone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pdpo_audit.disposition.altering.fields import Field
from pdpo_audit.disposition.altering.results import Cause, Stopped
from pdpo_audit.disposition.altering.writers.written import Written
from pdpo_audit.imaging import Limits, open_picture, upright
from pdpo_audit.imaging.beyond.frames import frame_count
from pdpo_audit.imaging.beyond.inner import inner_pictures
from pdpo_audit.imaging.decoding import decoder

#: Levels by which a picture may differ outside the filled fields.
MOST_APART = 2
#: Levels by which the pixels of a filled field may differ among each other.
_SOLID = 8

Pixels = NDArray[np.uint8]


def pictures_of(image: Image.Image, limits: Limits) -> Iterator[Pixels]:
    """Every frame of an opened picture, upright RGB: one for a still. Raises ``ImageProblem``."""
    count = frame_count(image)
    if count == 1:
        yield upright(image, limits)
        return
    for number in range(count):
        with decoder():
            image.seek(number)
        yield upright(image, limits)


def durations(image: Image.Image) -> list[float]:
    """For how many milliseconds each frame is shown; one nought for a still."""
    found = []
    for number in range(frame_count(image)):
        with decoder():
            image.seek(number)
            image.load()
        found.append(float(image.info.get("duration", 0) or 0))
    return found


def read_back(written: Written, old: Sequence[Pixels], times: Sequence[float], limits: Limits) -> list[Pixels]:
    """The frames of the new file, one for each of the old one.

    A writer may join equal frames that follow each other: they are told apart again by their times. Raises ``Stopped``
    where what had to stay differs, or a field is not filled.
    """
    image = open_picture(written.data, limits)
    if inner_pictures(written.data, image):
        raise Stopped(Cause.NOT_FAITHFUL, "the new file holds a further picture")
    new = list(pictures_of(image, limits))
    if len(new) != len(old):
        new = _apart(new, durations(image), times)
    for picture, before, apart, solid in zip(new, old, written.apart, written.solid, strict=True):
        if picture.shape != before.shape:
            raise Stopped(Cause.NOT_FAITHFUL, "the size of the picture")
        if (far := furthest(picture, before, apart)) > MOST_APART:
            raise Stopped(Cause.NOT_FAITHFUL, f"{far} levels outside the filled fields")
        if not _is_solid(picture, solid):
            raise Stopped(Cause.NOT_FAITHFUL, "a field is not of one colour")
    return new


def furthest(new: Pixels, old: Pixels, field: Field) -> int:
    """The largest difference in levels outside a field."""
    differences = np.abs(new.astype(np.int16) - old).max(axis=2)
    return int(differences[~field].max(initial=0))


def _is_solid(picture: Pixels, field: Field) -> bool:
    inside = picture[field]
    return not len(inside) or int((inside.max(axis=0) - inside.min(axis=0)).max()) <= _SOLID


def _apart(new: Sequence[Pixels], lasting: Sequence[float], times: Sequence[float]) -> list[Pixels]:
    """The new frame that is shown at the middle of the time of each old one."""
    ends = np.cumsum(lasting)
    starts = np.concatenate(([0.0], np.cumsum(times)))
    if not len(ends) or abs(float(ends[-1]) - float(starts[-1])) > 0.02 * float(starts[-1]) + 1:
        raise Stopped(Cause.NOT_FAITHFUL, "the times of the frames")
    middles = [(start + end) / 2 for start, end in pairwise(starts)]
    return [new[min(len(new) - 1, int(np.searchsorted(ends, middle)))] for middle in middles]
