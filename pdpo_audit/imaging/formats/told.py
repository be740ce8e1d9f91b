"""What the reader of a format tells beside the pixels; it travels with the opened picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image

_KEY = "pdpo-audit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A further picture in a file: what it is, in words, and how it is opened, which may raise what a decoder raises.

    ``laid`` over the picture that is shown, pixel for pixel, as layers are; transparent where it shows nothing.
    """

    kind: str
    opened: Callable[[], Image.Image]
    laid: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What an opened picture does not say of itself.

    ``size``: width and height of the whole picture, as stored, where less of it is decoded. ``levels``: the values that
    are black and white. ``upright``: the pixels are turned already. ``coded``: the JPEG file that is wholly in another
    file. ``preview``: a JPEG that is to show the same. ``parts``: further pictures that need not. ``notes``: what a
    reader of the report should know.
    """

    size: tuple[int, int] | None = None
    levels: tuple[float, float] | None = None
    upright: bool = False
    coded: bytes = b""
    preview: bytes = b""
    parts: tuple[Part, ...] = ()
    notes: tuple[str, ...] = ()


_NOTHING = Told()


def tell(image: Image.Image, told: Told) -> Image.Image:
    """The picture, with what its reader tells."""
    image.info[_KEY] = told
    return image


def told_of(image: Image.Image) -> Told:
    """What the reader told of an opened picture."""
    found = image.info.get(_KEY, _NOTHING)
    return found if isinstance(found, Told) else _NOTHING
