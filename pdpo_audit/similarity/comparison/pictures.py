"""The pictures that are compared, read again for it: nothing larger than 32 x 32 pixels is ever stored."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pdpo_audit.imaging import ImageProblem, Limits, Reduction, is_turned, open_picture, upright
from pdpo_audit.imaging.beyond.extras import extra_of
from pdpo_audit.imaging.beyond.frames import MOVING, Animation, frame_count, read_animation
from pdpo_audit.imaging.colours import to_srgb
from pdpo_audit.imaging.hashes import halve, orient
from pdpo_audit.imaging.quality import luminance_steps
from pdpo_audit.model.locations.holdings import ImageRef
from pdpo_audit.model.locations.places import Place
from pdpo_audit.model.pictures import Fingerprint
from pdpo_audit.similarity.comparison.codings import Coded
from pdpo_audit.similarity.comparison.colours import colourfulness, luma, reduced
from pdpo_audit.similarity.comparison.flatness import Flatness, flatness
from pdpo_audit.similarity.comparison.reliefs import Relief
from pdpo_audit.similarity.comparison.shelves import Key, Pixels, Shelf

#: Long side of the pictures that are compared: a line of text on a scanned form is still 8 pixels high.
WORKING = 512
#: Long side at which what is written is compared: ten points on a sheet of A4 are 23 pixels high.
READABLE = 2_000
#: Below this shorter side (pixels) colours are compared at the size of the picture, from it on at half of it.
LARGE = 192
#: How many reliefs and turned pictures a process keeps: up to 3 MB each.
_RELIEFS = 4
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


@dataclass(frozen=True, eq=False, kw_only=True)
class WorkingPicture:
    """An upright picture at no more than ``WORKING`` pixels: its luma, RGB at half the size, and, of a small one, RGB
    at its own. ``is_half`` tells the half of a picture from one that has no more pixels; ``flatness`` is there for what
    may be drawn."""

    grey: _Grey
    half: _Rgb
    small: _Rgb | None
    is_half: bool = False
    flatness: Flatness | None = None

    @property
    def size(self) -> tuple[int, int]:
        """Height and width."""
        return self.grey.shape[0], self.grey.shape[1]

    @property
    def rgb(self) -> _Rgb:
        """The colours, at half the size where the picture is large."""
        return self.half if self.small is None else self.small

    @cached_property
    def halved(self) -> WorkingPicture:
        """The same at half the size."""
        return _picture(halve(self.grey), self.half, is_half=True)

    @cached_property
    def colourfulness(self) -> float:
        """Mean distance (levels) of its colours from those of a grey or tinted picture."""
        return colourfulness(self.halved.half)

    @property
    def nbytes(self) -> int:
        """What it takes with its half."""
        return self.grey.nbytes + self.half.nbytes * 3 // 2


def _picture(grey: _Grey, colours: _Rgb, *, is_half: bool = False) -> WorkingPicture:
    small = colours if min(grey.shape) < LARGE else None
    return WorkingPicture(grey=grey, half=halve(colours), small=small, is_half=is_half)


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


@dataclass(frozen=True, eq=False, kw_only=True)
class WholePicture:
    """Every pixel (luma, upright), the luminance quantisation steps of a JPEG (zeros for anything else), and whether
    the file stores the picture turned or mirrored."""

    coded: Coded
    turned: bool = False

    @property
    def nbytes(self) -> int:
        """What it takes with its coefficients, beside the same luma of the working picture."""
        return 2 * self.coded.luma.nbytes


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
        self._readable = Shelf[Pixels](room // 2)
        self._pixels: dict[Key, bytes] = {}
        self._animations: dict[Key, Animation | None] = {}

    def readable(self, side: VerifySide) -> _Rgb | None:
        """RGB at no more than ``READABLE`` pixels, or ``None`` as above."""
        found = self._readable.get(_key(side))
        if found is None:
            decoded = self._decoded(side, Reduction(long=READABLE))
            if decoded is None:
                return None
            found = self._readable.put(_key(side), Pixels(_shown(decoded[0], _at_most(decoded[1], READABLE))))
        return found.rgb

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
        decoded = self._decoded(side)
        return decoded and self._whole.put(_key(side), _whole(decoded[0], luma(decoded[1])))

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
        """A digest of what lies behind the end of the picture; empty where nothing does, and as above."""
        try:
            extra = extra_of(self._read(side), side.format)
        except ImageProblem as problem:
            self._problems[_key(side)] = problem
            return b""
        return extra.digest if extra else b""

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
        return (
            self._working.put(_key(side), working),
            self._whole.put(_key(side), _whole(opened, grey)),
        )

    def _open(self, side: VerifySide) -> Image.Image | None:
        """The file's picture, if its bytes can be read; those that could not are not tried again."""
        if _key(side) in self._gone:
            return None
        try:
            with self._about(side.content):
                opened = open_picture(self._read(side), self._limits, side.ref.page)
                frames = frame_count(opened)
            if frames == 1:
                self._animations[_key(side)] = None
            return opened
        except ImageProblem as problem:
            self._problems[_key(side)] = problem
            self._gone.add(_key(side))
            return None

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


def _key(side: VerifySide) -> Key:
    return side.sha256, side.ref.member


def _at_most(pixels: _Rgb, long: int) -> _Rgb:
    scale = long / max(pixels.shape[:2])
    return pixels if scale >= 1 else reduced(pixels, scale)


def _shown(opened: Image.Image, pixels: _Rgb) -> _Rgb:
    """The colours that a viewer shows; what the file says of its pixels is compared elsewhere."""
    return to_srgb(pixels, opened.info.get("icc_profile") or b"")


def _reduced(opened: Image.Image, pixels: _Rgb) -> WorkingPicture:
    pixels = _shown(opened, _at_most(pixels, WORKING))
    return replace(_picture(luma(pixels), pixels), flatness=flatness(pixels))


def _whole(image: Image.Image, grey: _Grey) -> WholePicture:
    return WholePicture(coded=Coded(luma=grey, steps=luminance_steps(image)), turned=is_turned(image))
