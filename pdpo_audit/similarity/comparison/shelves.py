"""What is kept of pictures that are compared again and again: as many as there is room for, and the last ones."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from pdpo_audit.imaging.hashes import halve
from pdpo_audit.similarity.comparison.codings import Coded
from pdpo_audit.similarity.comparison.colours import colourfulness, luma
from pdpo_audit.similarity.comparison.flatness import Flatness

_Grey = NDArray[np.uint8]
_Rgb = NDArray[np.uint8]

#: Below this shorter side (pixels) colours are compared at the size of the picture, from it on at half of it.
LARGE = 192
#: Of pictures beyond the room the last ones: the two of the pair that is compared.
_LAST = 2


@dataclass(frozen=True, eq=False)
class Pixels:
    """Colours at a size at which what is written can be read."""

    rgb: NDArray[np.uint8]

    @cached_property
    def grey(self) -> NDArray[np.uint8]:
        """Their luma."""
        return luma(self.rgb)

    @property
    def nbytes(self) -> int:
        """What it takes with its luma."""
        return self.rgb.nbytes * 4 // 3


@dataclass(frozen=True, eq=False, kw_only=True)
class WorkingPicture:
    """An upright picture at no more than ``WORKING`` pixels: its luma, RGB at half the size, and, of a small one, RGB
    at its own. ``is_half`` tells the half of a picture from one that has no more pixels; ``flatness`` is there for what
    may be drawn; ``profile`` is a digest of the colour profile that was followed to what a screen shows, empty where
    that shows the pixels as they are."""

    grey: _Grey
    half: _Rgb
    small: _Rgb | None
    is_half: bool = False
    flatness: Flatness | None = None
    profile: bytes = b""

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
        return working_picture(halve(self.grey), self.half, is_half=True)

    @cached_property
    def colourfulness(self) -> float:
        """Mean distance (levels) of its colours from those of a grey or tinted picture."""
        return colourfulness(self.halved.half)

    @property
    def nbytes(self) -> int:
        """What it takes with its half."""
        return self.grey.nbytes + self.half.nbytes * 3 // 2


def working_picture(grey: _Grey, colours: _Rgb, *, is_half: bool = False) -> WorkingPicture:
    """A picture from its luma and its colours of that size."""
    small = colours if min(grey.shape) < LARGE else None
    return WorkingPicture(grey=grey, half=halve(colours), small=small, is_half=is_half)


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


class Kept(Protocol):
    @property
    def nbytes(self) -> int: ...


_Picture = TypeVar("_Picture", bound=Kept)
#: The digest of a file and what it holds at which place.
Key = tuple[bytes, str]


class Shelf(Generic[_Picture]):
    """Pictures that stay while there is room, and the last ones of those for which there was none.

    Pictures come round and round: letting the oldest go for a new one would keep none until it is asked for again.
    """

    def __init__(self, room: int) -> None:
        self._room = room
        self._stay: dict[Key, _Picture] = {}
        self._last: OrderedDict[Key, _Picture] = OrderedDict()

    def get(self, key: Key) -> _Picture | None:
        if key in self._last:
            self._last.move_to_end(key)
        return self._stay.get(key) or self._last.get(key)

    def put(self, key: Key, picture: _Picture) -> _Picture:
        if key in self._stay:
            return self._stay[key]
        if picture.nbytes <= self._room:
            self._room -= picture.nbytes
            self._stay[key] = picture
            return picture
        self._last[key] = picture
        while len(self._last) > _LAST:
            self._last.popitem(last=False)
        return picture
