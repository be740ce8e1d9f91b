"""The text pass over one content: open, decode, read, tell, and forget what was read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
from PIL import Image

from pdpo_audit.imaging import ImageProblem, Limits, open_picture, upright
from pdpo_audit.imaging.beyond.frames import frames_at, new_frames
from pdpo_audit.imaging.beyond.inner import shown_inside
from pdpo_audit.model.locations.holdings import ImageRef, SkipReason
from pdpo_audit.model.methods import TEXT
from pdpo_audit.model.text.marks import Mark
from pdpo_audit.model.text.readings import TextFailure, TextReading, TextRecord
from pdpo_audit.ports.text import Line, TextEngine
from pdpo_audit.text.engines.arrays import Pixels
from pdpo_audit.text.judging import told

#: So many frames of an animation that show something new are read, as in the face pass.
MOST_FRAMES = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class TextJob:
    """One content to read: the page in its file (from 0)."""

    content: int
    ref: ImageRef
    page: int = 0


def method_of(engine: TextEngine | TextRecord) -> str:
    """The name under which an engine's readings are kept: another engine or other rules never overwrite them."""
    return f"{engine.name} {engine.version} rules/{TEXT}"


def read_text(
    job: TextJob, reading: Callable[[], bytes], engine: TextEngine, limits: Limits
) -> TextReading | TextFailure:
    """The marks of one picture, or why it could not be read. ``reading`` gives the bytes of its file."""
    method = method_of(engine)
    try:
        data = reading()
        opened = open_picture(data, limits, job.page)
        image = upright(opened, limits)
        marks, lines = list[Mark](), 0
        for frame, shown in _everything(data, opened, image, job, limits):
            read = _read(engine, shown)
            marks += [replace(mark, frame=frame) for mark in _told(read)]
            lines += len(read)
    except ImageProblem as problem:
        return TextFailure(content=job.content, method=method, skipped=problem.at(job.ref))
    height, width = image.shape[:2]
    return TextReading(
        content=job.content, method=method, marks=tuple(dict.fromkeys(marks)), lines=lines, width=width, height=height
    )


def _everything(
    data: bytes, opened: Image.Image, image: Pixels, job: TextJob, limits: Limits
) -> Iterator[tuple[int, Pixels]]:
    """The picture, the frames that show something new, and the pictures within it that show what it does not."""
    yield 0, image
    if not job.page:
        yield from ((-number, shown) for number, _, shown in shown_inside(data, opened, image))
    new = new_frames(opened, limits, MOST_FRAMES)
    yield from frames_at(opened, limits, new.looked)
    if new.problem is not None:
        raise new.problem


def _read(engine: TextEngine, image: Pixels) -> Sequence[Line]:
    try:
        return engine.read(image)
    except cv2.error as error:
        raise ImageProblem(SkipReason.TEXT_PASS_FAILED, f"OpenCV error {error.code}") from None


def _told(lines: Sequence[Line]) -> tuple[Mark, ...]:
    """The marks; a fault in the rules is told by its type alone, for its words could quote what was read."""
    try:
        return told(lines)
    except Exception as error:  # noqa: BLE001 - costs its picture; nothing of the text may leave
        raise ImageProblem(SkipReason.TEXT_PASS_FAILED, type(error).__name__) from None
