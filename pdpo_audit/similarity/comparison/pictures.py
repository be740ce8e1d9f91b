"""The pictures that are compared, read again for it: nothing larger than 32 x 32 pixels is ever stored."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pdpo_audit.imaging import ImageProblem, Limits, Reduction, is_turned, open_picture, upright
from pdpo_audit.imaging.beyond.extras import extra_of
from pdpo_audit.imaging.beyond.frames import MOVING, Animation, frame_count, read_animation
from pdpo_audit.imaging.beyond.inner import shown_inside
from pdpo_audit.imaging.colours import to_srgb
from pdpo_audit.imaging.hashes import orient
from pdpo_audit.imaging.quality import luminance_steps
from pdpo_audit.model.locations.holdings import ImageRef
from pdpo_audit.model.locations.places import Place
from pdpo_audit.model.pictures import Fingerprint
from pdpo_audit.similarity.comparison.codings import Coded
from pdpo_audit.similarity.comparison.colours import luma, reduced
from pdpo_audit.similarity.comparison.flatness import flatness, may_be_drawn
from pdpo_audit.similarity.comparison.reliefs import Relief
from pdpo_audit.similarity.comparison.shelves import Key, Pixels, Shelf, WholePicture, WorkingPicture, working_picture

#: Long side of the pictures that are compared: a line of text on a scanned form is still 8 pixels high.
WORKING = 512
#: Long side at which what is written is compared: ten points on a sheet of A4 are 23 pixels high.
READABLE = 2_000
#: How many reliefs and turned pictures a process keeps: up to 3 MB each.
_RELIEFS = 4
#: Formats that are reduced while they are decoded; of others the last two are kept open up to so many pixels.
_REDUCED, _KEPT_OPEN = ("JPEG", "MPO", "JPEG2000"), 4_000_000
#: How many bytes of pictures are kept: those of sixty photographs.
_ROOM = 64_000_000

_Grey = NDArray[np.uint8]
_Rgb = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifySide:
    """One of the two contents of a pair: where it can be read, and what is stored of it."""

    content: int
    ref: ImageRef
    places: tuple[Place, ...]
    sha256: bytes
    image_sha256: bytes
    format: str
    width: int
    height: int
    fingerprint: Fingerprint


@lru_cache(maxsize=_RELIEFS)
def relief_at(picture: WorkingPicture, size: tuple[int, int]) -> Relief:
    """The grey picture at this height and width, all of which counts, with what was worked out of it before."""
    if picture.size == size:
        return Relief(grey=picture.grey)
    grey = cv2.resize(picture.grey, size[::-1], interpolation=cv2.INTER_AREA)
    return Relief(grey=np.asarray(grey, np.uint8))


@lru_cache(maxsize=_RELIEFS)
def turned(picture: WorkingPicture, orientation: int) -> WorkingPicture:
    """The picture in another orientation (``imaging.hashes``)."""
    if not orientation:
        return picture
    colours = None if picture.small is None else orient(picture.small, orientation)
    return WorkingPicture(
        grey=orient(picture.grey, orientation),
        half=orient(picture.half, orientation),
        small=colours,
        is_half=picture.is_half,
    )


class Pictures:
    """Pictures that are compared with each other, each decoded once while there is room for it.

    ``read`` gives the bytes that were examined, from whichever place still holds them, or raises ``ImageProblem``.
    ``about`` is entered with a content's number around whatever a decoder does with its bytes.
    """

    def __init__(
        self,
        limits: Limits,
        read: Callable[[VerifySide], bytes],
        room: int = _ROOM,
        about: Callable[[int], AbstractContextManager[None]] = lambda _: nullcontext(),
    ) -> None:
        self._limits = limits
        self._read = read
        self._about = about
        self._problems: dict[Key, ImageProblem] = {}
        self._gone: set[Key] = set()
        self._working = Shelf[WorkingPicture](room // 2)
        self._whole = Shelf[WholePicture](room // 2)
        self._readable = Shelf[Pixels](room)
        self._lately: dict[Key, Image.Image] = {}
        self._pixels: dict[Key, bytes] = {}
        self._animations: dict[Key, Animation | None] = {}

    def readable(self, side: VerifySide) -> Pixels | None:
        """RGB at no more than ``READABLE`` pixels, or ``None`` as above."""
        found = self._readable.get(_key(side))
        if found is None and max(side.width, side.height) <= READABLE:
            self._read_whole(side, keep=True)
            found = self._readable.get(_key(side))
        elif found is None and (decoded := self._decoded(side, Reduction(long=READABLE))) is not None:
            found = self._readable.put(_key(side), Pixels(_shown(decoded[0], _at_most(decoded[1], READABLE))))
        return found

    def working(self, side: VerifySide) -> WorkingPicture | None:
        """The picture, or ``None`` if the file vanished, changed or cannot be decoded any more."""
        found = self._working.get(_key(side))
        if found is not None:
            return found
        if is_small(side):
            both = self._read_small(side)
            return both and both[0]
        decoded = self._decoded(side, Reduction(long=WORKING))
        return decoded and self._working.put(_key(side), _reduced(*decoded))

    def whole(self, side: VerifySide) -> WholePicture | None:
        """The picture at full size, or ``None`` as above."""
        found = self._whole.get(_key(side))
        if found is not None:
            return found
        if is_small(side):
            both = self._read_small(side)
            return both and both[1]
        working = self._working.get(_key(side))
        return self._read_whole(side, keep=working is not None and _will_be_read(working))

    def _read_whole(self, side: VerifySide, *, keep: bool) -> WholePicture | None:
        """Every pixel; in colour, too, to ``keep`` for reading what is no larger than that."""
        decoded = self._decoded(side)
        if decoded is None:
            return None
        opened, pixels = decoded
        if keep and max(pixels.shape[:2]) <= READABLE:
            self._readable.put(_key(side), Pixels(_shown(opened, pixels)))
        return self._whole.put(_key(side), _whole(opened, luma(pixels)))

    def pixels_digest(self, side: VerifySide) -> bytes:
        """A digest of every pixel (RGB, upright); empty as above."""
        key = _key(side)
        if key not in self._pixels:
            decoded = self._decoded(side)
            self._pixels[key] = b"" if decoded is None else hashlib.sha256(decoded[1].data).digest()
        return self._pixels[key]

    def animation(self, side: VerifySide) -> Animation | None:
        """The frames of a picture that moves; ``None`` for a still, and as above."""
        key = _key(side)
        if side.format in MOVING and key not in self._animations and (opened := self._open(side)) is not None:
            try:
                with self._about(side.content):
                    self._animations[key] = read_animation(opened, self._limits)
            except ImageProblem as problem:
                self._problems[key], self._animations[key] = problem, None
        return self._animations.get(key)

    def behind(self, side: VerifySide) -> bytes:
        """A digest of what lies behind the end of the picture, or in other parts of the file that show something else;
        empty where nothing does, and as above."""
        try:
            data = self._read(side)
            with self._about(side.content):
                extra = extra_of(data, side.format)
                parts = [] if side.ref.page else self._parts(data)
        except ImageProblem as problem:
            self._problems[_key(side)] = problem
            return b""
        digests = [extra.digest] if extra else []
        return b"".join([*digests, *(hashlib.sha256(one.data).digest() for one in parts)])

    def _parts(self, data: bytes) -> list[_Rgb]:
        opened = open_picture(data, self._limits)
        picture = upright(opened, self._limits)
        return [shown for _, _, shown in shown_inside(data, opened, picture, previews=False)]

    def unread(self, *sides: VerifySide) -> str:
        """Why one of the pictures could not be read again, as far as that was tried."""
        found = [str(self._problems[_key(side)]) for side in sides if _key(side) in self._problems]
        return "; ".join(dict.fromkeys(found))

    def _read_small(self, side: VerifySide) -> tuple[WorkingPicture, WholePicture] | None:
        """Both at once: what is compared is made from every pixel."""
        decoded = self._decoded(side)
        if decoded is None:
            return None
        opened, pixels = decoded
        if side.format != "JPEG":  # made of another file, its pixels may be equal: it is not decoded again for that
            self._pixels[_key(side)] = hashlib.sha256(pixels.data).digest()
        working = _reduced(opened, pixels)
        grey = luma(pixels)
        if _will_be_read(working):
            self._readable.put(_key(side), Pixels(_shown(opened, pixels)))
        return (
            self._working.put(_key(side), working),
            self._whole.put(_key(side), _whole(opened, grey)),
        )

    def _open(self, side: VerifySide) -> Image.Image | None:
        """The file's picture, if its bytes can be read; those that could not are not tried again."""
        if _key(side) in self._gone:
            return None
        if _key(side) in self._lately:
            return self._lately[_key(side)]
        try:
            with self._about(side.content):
                opened = open_picture(self._read(side), self._limits, side.ref.page)
                frames = frame_count(opened)
            if frames == 1:
                self._animations[_key(side)] = None
                self._keep_open(side, opened)
            return opened
        except ImageProblem as problem:
            self._problems[_key(side)] = problem
            self._gone.add(_key(side))
            return None

    def _keep_open(self, side: VerifySide, opened: Image.Image) -> None:
        """What no decoder reduces is decoded once for a small version and the whole, which are asked for together."""
        if side.format not in _REDUCED and side.width * side.height <= _KEPT_OPEN:
            self._lately = {**dict(list(self._lately.items())[-1:]), _key(side): opened}

    def _decoded(self, side: VerifySide, reduction: Reduction | None = None) -> tuple[Image.Image, _Rgb] | None:
        opened = self._open(side)
        if opened is None:
            return None
        try:
            with self._about(side.content):
                return opened, upright(opened, self._limits, reduction)
        except ImageProblem as problem:
            self._problems[_key(side)] = problem
            return None


def is_small(side: VerifySide) -> bool:
    """Whether a picture is decoded whole even to be compared at ``WORKING`` pixels: no decoder halves it."""
    return max(side.width, side.height) < 2 * WORKING


def _will_be_read(working: WorkingPicture) -> bool:
    """Whether a picture may be drawn: what is compared of it at a size at which it can be read is kept."""
    return working.flatness is not None and may_be_drawn(working.flatness)


def _key(side: VerifySide) -> Key:
    return side.sha256, side.ref.member


def _at_most(pixels: _Rgb, long: int) -> _Rgb:
    scale = long / max(pixels.shape[:2])
    return pixels if scale >= 1 else reduced(pixels, scale)


def _shown(opened: Image.Image, pixels: _Rgb) -> _Rgb:
    """The colours that a viewer shows; what the file says of its pixels is compared elsewhere."""
    return to_srgb(pixels, opened.info.get("icc_profile") or b"")


def _reduced(opened: Image.Image, pixels: _Rgb) -> WorkingPicture:
    stored = _at_most(pixels, WORKING)
    pixels = _shown(opened, stored)
    profile = b"" if pixels is stored else hashlib.sha256(opened.info["icc_profile"]).digest()
    return replace(working_picture(luma(pixels), pixels), flatness=flatness(pixels), profile=profile)


def _whole(image: Image.Image, grey: _Grey) -> WholePicture:
    return WholePicture(coded=Coded(luma=grey, steps=luminance_steps(image)), turned=is_turned(image))
