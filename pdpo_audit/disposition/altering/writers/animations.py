"""Animations with fields of each frame filled: every frame and its time as it was, nothing lost in the coding."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import GifImagePlugin, Image

from pdpo_audit.disposition.altering.cleaning.chunks import cleaned_png
from pdpo_audit.disposition.altering.cleaning.packets import MASKED, cleaned_packet
from pdpo_audit.disposition.altering.fields import Field, stored
from pdpo_audit.disposition.altering.results import Cause, Stopped
from pdpo_audit.disposition.altering.writers.stills import exif_of
from pdpo_audit.disposition.altering.writers.written import Written
from pdpo_audit.imaging.decoding import decoder
from pdpo_audit.imaging.limits import Limits
from pdpo_audit.metadata.embedded import packet_of

#: Animations of these formats are written again, each frame without loss.
WRITTEN = frozenset(("GIF", "PNG", "WEBP"))
#: No more frames than these are looked at and written: a slide show is, a film is not.
MOST_FRAMES = 400
_COLOURS = 256

Frame = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """One composed frame: height x width x 4, and for how many milliseconds it is shown."""

    pixels: Frame
    duration: float


def write_animation(data: bytes, image: Any, fields: Sequence[Field], orientation: int, limits: Limits) -> Written:
    """The animation with a field of each frame (of the upright picture) filled with black. Raises ``Stopped``."""
    frames = _frames(image, len(fields), limits)
    lying = [stored(field, orientation) for field in fields]
    if image.format == "GIF":
        new, carried = _gif(frames, lying, image)
        fields = [_back(field, orientation) for field in carried]
    else:
        new = _saved(image, _filled(frames, lying))
        if image.format == "PNG":
            new = cleaned_png(new, like=data, exif=exif_of(image))
    return Written(data=new, format=image.format, apart=tuple(fields), solid=tuple(fields))


def _back(field: Field, orientation: int) -> Field:
    return stored(field, {6: 8, 8: 6}.get(orientation, orientation))


def _frames(image: Any, count: int, limits: Limits) -> list[_Shown]:
    width, height = image.size
    if count > MOST_FRAMES or 8 * count * width * height > limits.memory:
        raise Stopped(Cause.TOO_LARGE, f"{count} frames of {width} x {height} pixels")
    found: list[_Shown] = []
    for number in range(count):
        with decoder():
            image.seek(number)
            pixels = np.array(image.convert("RGBA"))
        found.append(_Shown(pixels=pixels, duration=float(image.info.get("duration", 0) or 0)))
    return found


def _filled(frames: Sequence[_Shown], fields: Sequence[Field]) -> list[_Shown]:
    filled = []
    for frame, field in zip(frames, fields, strict=True):
        pixels = frame.pixels.copy()
        pixels[field] = (0, 0, 0, 255)
        filled.append(_Shown(pixels=pixels, duration=frame.duration))
    return filled


def _saved(image: Any, frames: Sequence[_Shown]) -> bytes:
    pictures = [Image.fromarray(frame.pixels, "RGBA") for frame in frames]
    options: dict[str, Any] = {
        "save_all": True,
        "append_images": pictures[1:],
        "duration": [frame.duration for frame in frames],
        "loop": image.info.get("loop", 0),
    }
    if profile := image.info.get("icc_profile"):
        options["icc_profile"] = profile
    if image.format == "WEBP":
        options["duration"] = [round(frame.duration) for frame in frames]
        options |= {"lossless": True, "exact": True, "quality": 60, "exif": exif_of(image)}
        options |= {
            "xmp": cleaned_packet(packet_of(image), MASKED),
            "background": image.info.get("background", (0,) * 4),
        }
    elif image.info.get("default_image"):
        options["default_image"] = True
        options["duration"] = options["duration"][1:]
    written = BytesIO()
    try:
        pictures[0].save(written, image.format, **options)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Stopped(Cause.NOT_WRITTEN, f"animated {image.format}: {error}") from error
    return written.getvalue()


def _gif(frames: Sequence[_Shown], fields: Sequence[Field], image: Any) -> tuple[bytes, list[Field]]:
    """A GIF has 256 colours a frame: each frame brings what changed, with a table of its own.

    What a field uncovers again may need more colours than its frame has; the field then stays until a frame can. Where
    black is one colour too many, the field takes the darkest that the frame shows elsewhere.
    """
    height, width = frames[0].pixels.shape[:2]
    head = b"GIF89a" + width.to_bytes(2, "little") + height.to_bytes(2, "little") + b"\0\0\0"
    parts = [head, *_loop(image)]
    clear = any(bool((frame.pixels[..., 3] < 128).any()) for frame in frames)
    carried: list[Field] = []
    before: Frame | None = None
    for number, frame in enumerate(frames):
        for field, fill in _ways(frame, fields[number], carried):
            pixels = _opaque(frame.pixels)
            pixels[field] = fill
            coded = _coded(pixels, None if clear else before, frame.duration, clear=clear)
            if coded is not None:
                break
        else:
            raise Stopped(Cause.NOT_WRITTEN, f"frame {number + 1} of the GIF needs more than {_COLOURS} colours")
        parts.append(coded)
        carried.append(field)
        before = pixels
    return b"".join((*parts, b";")), carried


def _ways(frame: _Shown, field: Field, carried: Sequence[Field]) -> Iterator[tuple[Field, Frame]]:
    """In which ways a frame may be filled, the best first."""
    wider = [field | carried[-1]] if carried else []
    for one in (field, *wider):
        shown = frame.pixels[~one & (frame.pixels[..., 3] >= 128)]
        yield one, np.array((0, 0, 0, 255), np.uint8)
        if len(shown):
            darkest = shown[int(shown[:, :3].astype(np.int32).sum(axis=1).argmin())].copy()
            darkest[3] = 255
            yield one, darkest


def _loop(image: Any) -> Iterator[bytes]:
    if "loop" in image.info:
        yield b"!\xff\x0bNETSCAPE2.0\x03\x01" + int(image.info["loop"]).to_bytes(2, "little") + b"\0"


def _opaque(pixels: Frame) -> Frame:
    """Alpha is all or nothing, and what is nothing has one colour."""
    flat = pixels.copy()
    flat[..., 3] = np.where(pixels[..., 3] < 128, 0, 255)
    flat[flat[..., 3] == 0] = 0
    return flat


def _coded(pixels: Frame, before: Frame | None, duration: float, *, clear: bool) -> bytes | None:
    """One frame as it stands in the file; none where it needs more colours than there are."""
    top, left, bottom, right = 0, 0, *pixels.shape[:2]
    same = np.zeros(pixels.shape[:2], np.bool_)
    if before is not None:
        same = (pixels == before).all(axis=2)
        rows, columns = np.nonzero(~same.all(axis=1))[0], np.nonzero(~same.all(axis=0))[0]
        top, bottom = (int(rows[0]), int(rows[-1]) + 1) if len(rows) else (0, 1)
        left, right = (int(columns[0]), int(columns[-1]) + 1) if len(columns) else (0, 1)
    part, kept = pixels[top:bottom, left:right], same[top:bottom, left:right]
    see_through = kept | (part[..., 3] == 0)
    packed = part[..., 0].astype(np.uint32) << 16 | part[..., 1].astype(np.uint32) << 8 | part[..., 2]
    colours = np.unique(packed[~see_through])
    holes = bool(see_through.any())
    if holes and before is not None and len(np.unique(packed)) <= _COLOURS:  # nothing needs to be left as it was
        colours, holes, see_through = np.unique(packed), False, np.zeros_like(see_through)
    if len(colours) + holes > _COLOURS:
        return None
    indices = np.searchsorted(colours, packed).astype(np.int64)
    indices[see_through] = len(colours)
    picture = Image.fromarray(np.minimum(indices, _COLOURS - 1).astype(np.uint8), "P")
    table = np.stack([colours >> 16, colours >> 8 & 255, colours & 255], axis=1).astype(np.uint8)
    picture.putpalette(table.tobytes() + b"\0\0\0" * holes)
    options: dict[str, Any] = {"duration": duration, "disposal": 2 if clear else 1, "include_color_table": True}
    if holes:
        options["transparency"] = len(colours)
    return b"".join(GifImagePlugin.getdata(picture, (left, top), **options))
