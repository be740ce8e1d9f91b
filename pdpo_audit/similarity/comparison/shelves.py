"""What is kept of pictures that are compared again and again: as many as there is room for, and the last ones."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

#: Of pictures beyond the room the last ones: the two of the pair that is compared.
_LAST = 2


@dataclass(frozen=True, slots=True)
class Pixels:
    """Colours at a size at which what is written can be read."""

    rgb: NDArray[np.uint8]

    @property
    def nbytes(self) -> int:
        return self.rgb.nbytes


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
        return self._stay.get(key) or self._last.get(key)

    def put(self, key: Key, picture: _Picture) -> _Picture:
        if picture.nbytes <= self._room:
            self._room -= picture.nbytes
            self._stay[key] = picture
            return picture
        self._last[key] = picture
        while len(self._last) > _LAST:
            self._last.popitem(last=False)
        return picture
