"""The further pictures in a file: previews that should show the same, and pictures behind the end of the first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image

from pdpo_audit.imaging.beyond.concealment import conceals
from pdpo_audit.imaging.beyond.extras import holds_gain_map
from pdpo_audit.imaging.beyond.hiding import hidden_part
from pdpo_audit.imaging.decoding import decoder, load_upright, open_picture, orientation_of, turned, upright
from pdpo_audit.imaging.endings import end_of_jpeg
from pdpo_audit.imaging.formats.ifds import smaller_versions
from pdpo_audit.imaging.formats.told import Part, told_of
from pdpo_audit.imaging.hashes import ORIENTATIONS, orient, small_grey
from pdpo_audit.imaging.limits import Limits
from pdpo_audit.model.locations.holdings import ImageProblem, SkipReason

#: An EXIF block smaller than this holds no thumbnail worth the name.
_SMALLEST = 800
#: The thumbnail of an unaltered photograph agrees at 0.97 or more; after a crop of 10 % of each side at 0.85 or less.
_AGREEMENT = 0.90
#: From here on no other orientation is tried.
_SURE = 0.97
_ASPECT = 1.12
_LIMITS = Limits(max_pixels=4_000_000)
_MOST_BEHIND = 8
#: What the index of a multi-picture file says of a picture whose use it does not tell.
_UNDEFINED = "Undefined"
#: Shorter side (pixels) at which a picture is held against the further pictures in its file.
_COMPARED = 256
#: A layer shows something else where half of a place of so many pixels differs by more levels than that.
_PLACE, _MOST_OF_IT, _CHANGED = 32, 0.5, 24

Grey = NDArray[np.uint8]
Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inner:
    """A picture in a file beside the one that it shows: what it is, in words, and its upright RGB pixels.

    ``pixels`` is given the upright RGB picture that the file shows, and raises ``ImageProblem``. A ``preview`` should
    show what the picture shows; what is ``laid`` over it lies on it pixel for pixel.
    """

    kind: str
    pixels: Callable[[Pixels], Pixels]
    preview: bool = False
    laid: bool = False


def inner_pictures(data: bytes, image: Image.Image, *, behind: bool = True) -> list[Inner]:
    """Those of an opened file, always in the same order; gain maps are none. Not ``behind``: nothing lies there."""
    found = [_file(one, "the thumbnail in its EXIF data", preview=True) for one in _exif_thumbnail(image)]
    if preview := told_of(image).preview:
        found.append(_file(preview, "the thumbnail beside its layers", preview=True))
    if behind and image.format in ("JPEG", "MPO") and data[:3] == b"\xff\xd8\xff":
        found += _behind(data, image)
    found += [_file(one, "a smaller version in the file", preview=True) for one in _smaller(data, image)]
    parts = [*told_of(image).parts, *filter(None, [hidden_part(image)])]
    return [*found, *(Inner(kind=part.kind, pixels=partial(_pixels_of, part), laid=part.laid) for part in parts)]


def stale_preview(data: bytes, image: Image.Image, grey: Grey, *, behind: bool = True) -> bool:
    """Whether a preview in the file shows what ``grey``, its upright luma, does not."""
    found = inner_pictures(data, image, behind=behind)
    unneeded = np.zeros((1, 1, 3), np.uint8)
    return any(one.preview and more_shown(one, unneeded, grey) is not None for one in found)


def more_shown(inner: Inner, picture: Pixels, grey: Grey) -> Pixels | None:
    """The pixels (RGB) of an inner picture that shows another scene, another part of it, or what the picture hides.

    One that cannot be decoded, or is blank, shows nothing.
    """
    shown = upright_of(inner, picture)
    if shown is None:
        return None
    return shown if (_differs(shown, picture) if inner.laid else _shows_more(shown, grey)) else None


def shown_inside(
    data: bytes, image: Image.Image, picture: Pixels, *, previews: bool = True
) -> list[tuple[int, str, Pixels]]:
    """The further pictures in a file that show what the upright RGB ``picture`` does not: number among them from 1,
    what it is in words, and its pixels. Without ``previews`` and what lies behind the end: those that are left."""
    found = list(enumerate(inner_pictures(data, image, behind=previews), 1))
    found = [(number, one) for number, one in found if previews or not one.preview]
    if not found:
        return []
    scale = max(1, min(min(picture.shape[:2]) // _COMPARED, 16))
    size = picture.shape[1] // scale, picture.shape[0] // scale
    small = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
    grey = np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.uint8)
    more = [(number, one.kind, more_shown(one, picture, grey)) for number, one in found]
    return [(number, kind, shown) for number, kind, shown in more if shown is not None]


def _differs(shown: Pixels, picture: Pixels) -> bool:
    """Whether what is laid over a picture changes a place in it that is large enough for a face."""
    changed = (cv2.absdiff(shown, picture).max(axis=2) > _CHANGED).astype(np.float32)
    places = max(1, changed.shape[1] // _PLACE), max(1, changed.shape[0] // _PLACE)
    return float(cv2.resize(changed, places, interpolation=cv2.INTER_AREA).max()) >= _MOST_OF_IT


def _pixels_of(part: Part, picture: Pixels) -> Pixels:
    with decoder():
        opened = part.opened()
    if not part.laid:
        _LIMITS.check_size(*opened.size)
        return upright(opened, _LIMITS)
    with decoder():
        over = turned(np.asarray(opened.convert("RGBA")), orientation_of(opened))
    if over.shape[:2] != picture.shape[:2]:
        raise ImageProblem(SkipReason.DAMAGED, f"{part.kind}: not as large as the picture")
    share = over[..., 3:].astype(np.uint16)
    return ((over[..., :3] * share + picture * (255 - share)) // 255).astype(np.uint8)


def _file(data: bytes, kind: str, *, preview: bool) -> Inner:
    return Inner(kind=kind, pixels=lambda _: load_upright(data, max_side=None, limits=_LIMITS), preview=preview)


def _shows_more(shown: NDArray[np.uint8], grey: Grey) -> bool:
    small = _without_bars(np.asarray(cv2.cvtColor(shown, cv2.COLOR_RGB2GRAY), np.uint8))
    if min(small.shape) < 16 or int(small.max()) - int(small.min()) < 16:
        return False
    sides, own = sorted(small.shape), sorted(grey.shape)
    if not 1 / _ASPECT < (sides[1] / sides[0]) / (own[1] / own[0]) < _ASPECT:
        return True
    ours, best, lying = _standard(grey), -1.0, small
    for orientation in range(ORIENTATIONS):
        turned = np.ascontiguousarray(orient(small, orientation))
        agreement = float((ours * _standard(turned)).mean())
        if agreement > best:
            best, lying = agreement, turned
        if best >= _SURE:
            break
    return best < _AGREEMENT or conceals(lying, grey)


def upright_of(inner: Inner, picture: Pixels) -> Pixels | None:
    """The pixels (RGB) of an inner picture; none where it cannot be decoded: it says nothing then."""
    try:
        return inner.pixels(picture)
    except ImageProblem:
        return None


def _smaller(data: bytes, image: Image.Image) -> list[bytes]:
    return smaller_versions(data) if image.format == "TIFF" and image.tell() == 0 else []


def _exif_thumbnail(image: Image.Image) -> Iterator[bytes]:
    block = image.info.get("exif", b"")
    if not isinstance(block, bytes) or len(block) < _SMALLEST:
        return
    try:
        with decoder():
            second = image.getexif().get_ifd(ExifTags.IFD.IFD1)
        start, length = second.get(0x0201), second.get(0x0202)
    except ImageProblem:
        return  # malformed: says nothing of the picture
    if isinstance(start, int) and isinstance(length, int) and min(start, length) > 0:
        yield block.removeprefix(b"Exif\0\0")[start : start + length]


def _behind(data: bytes, image: Image.Image) -> Iterator[Inner]:
    """The JPEG files behind the end of the first; those that an index calls large thumbnails are previews."""
    at = end_of_jpeg(data)
    kinds = _kinds(image)
    for number in range(1, _MOST_BEHIND + 1):
        start = data.find(b"\xff\xd8\xff", at) if at else -1
        end = end_of_jpeg(data, start) if start >= 0 else 0
        if not end:
            return
        one, at = data[start:end], end
        if not holds_gain_map(one):
            preview = _is_preview(one, kinds.get(number, ""), image.size)
            yield _file(one, f"picture {number + 1} in the file", preview=preview)


def _kinds(image: Image.Image) -> dict[int, str]:
    """What the index of a multi-picture file calls its pictures, by their numbers from 0 (CIPA DC-007, 5.2.3.3)."""
    entries = getattr(image, "mpinfo", {}).get(0xB002, ()) if hasattr(image, "mpinfo") else ()
    return {number: str(one.get("Attribute", {}).get("MPType", "")) for number, one in enumerate(entries)}


def _is_preview(data: bytes, kind: str, first: tuple[int, int]) -> bool:
    """Whether a further picture stands for the first one: a large thumbnail, or a smaller one in colour of which the
    index does not say what it is. Views for stereo and panoramas are as large as the first, gain maps are grey."""
    if "Thumbnail" in kind:
        return True
    if kind != _UNDEFINED:
        return False
    try:
        opened = open_picture(data, _LIMITS)
    except ImageProblem:
        return False
    return opened.mode != "L" and opened.size[0] * opened.size[1] < first[0] * first[1]


def _without_bars(thumbnail: Grey) -> Grey:
    """Cameras lay a 3:2 picture into a 4:3 thumbnail with black bars."""
    rows, columns = np.nonzero(thumbnail.max(axis=1) > 24)[0], np.nonzero(thumbnail.max(axis=0) > 24)[0]
    if not len(rows) or not len(columns):
        return thumbnail
    return thumbnail[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _standard(grey: Grey) -> NDArray[np.float32]:
    values = np.frombuffer(small_grey(grey), np.uint8).astype(np.float32)
    return np.asarray((values - values.mean()) / max(float(values.std()), 1.0), np.float32)
