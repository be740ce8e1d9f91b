"""A page as a list of marks in points, drawn at any resolution."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

#: Points in an inch.
_POINTS = 72.0

Colour = tuple[int, int, int]
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Something on a page (points, origin top left): ``text`` at the corner of a box, or a box, line, tick or disc.

    ``content`` says that it is what the page is about: what may be changed to make another page.
    """

    kind: str
    box: Box
    text: str = ""
    font: str = ""
    size: float = 10.0
    colour: Colour = (0, 0, 0)
    fill: Colour | None = None
    width: float = 0.7
    content: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page of this width and height (points) with its ground and marks."""

    size: tuple[float, float]
    ground: Colour
    marks: tuple[Mark, ...]


def draw(page: Page, dpi: float) -> Image.Image:
    """The page at so many pixels an inch."""
    scale = dpi / _POINTS
    image = Image.new("RGB", (round(page.size[0] * scale), round(page.size[1] * scale)), page.ground)
    pen = ImageDraw.Draw(image)
    for mark in page.marks:
        _draw(pen, mark, scale)
    return image


def _draw(pen: ImageDraw.ImageDraw, mark: Mark, scale: float) -> None:
    if mark.kind in ("tick", "cross") and mark.text != "on":
        return
    left, top, right, bottom = (value * scale for value in mark.box)
    width = max(1, round(mark.width * scale))
    match mark.kind:
        case "text":
            pen.text((left, top), mark.text, font=_font(mark.font, round(mark.size * scale)), fill=mark.colour)
        case "box":
            pen.rectangle((left, top, right, bottom), outline=mark.colour, fill=mark.fill, width=width)
        case "panel":
            pen.rounded_rectangle((left, top, right, bottom), mark.size * scale, fill=mark.fill)
        case "disc":
            pen.ellipse((left, top, right, bottom), fill=mark.fill)
        case "line":
            pen.line((left, top, right, bottom), fill=mark.colour, width=width)
        case "tick":
            middle = left + (right - left) * 0.38, bottom - (bottom - top) * 0.12
            points = [(left, top + (bottom - top) * 0.55), middle, (right, top)]
            pen.line(points, fill=mark.colour, width=width, joint="curve")
        case "cross":
            pen.line((left, top, right, bottom), fill=mark.colour, width=width)
            pen.line((left, bottom, right, top), fill=mark.colour, width=width)


@lru_cache(maxsize=256)
def _font(path: str, size: int) -> ImageFont.FreeTypeFont:
    name, _, index = path.partition("#")
    return ImageFont.truetype(name, size, index=int(index or 0))


def text_width(font: str, size: float, text: str) -> float:
    """Width of a line in points."""
    return float(_font(font, 100).getlength(text)) * size / 100


def of_content(page: Page) -> Sequence[int]:
    """The places of the marks that say what the page is about."""
    return [place for place, mark in enumerate(page.marks) if mark.content]
