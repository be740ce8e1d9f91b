"""What reads text in pictures; other packages bring one by the entry point ``pdpo_audit.text_engines``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: ``name = "module:function"`` is registered here; the function takes a ``TextSpec`` and returns the engine.
ENTRY_POINTS = "pdpo_audit.text_engines"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of text as it was read, in memory only: what it says never shows in ``repr``, so no message holds it.

    ``score`` 0 to 1, the mean over its characters; the box in pixels of the picture, upright around the line.
    """

    text: str = field(repr=False)
    score: float
    x: int
    y: int
    width: int
    height: int


class TextEngine(Protocol):
    """Reads the lines of an upright RGB image (height x width x 3, uint8)."""

    name: str
    version: str
    #: SHA-256 (hex) of the weight files, joined by ``+``.
    weights_sha256: str

    def read(self, image: NDArray[np.uint8]) -> Sequence[Line]:
        """Every line found, in the order of reading."""
        ...
