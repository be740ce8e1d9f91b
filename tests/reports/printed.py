"""What a PDF prints, read from its pages: each glyph by its number in the embedded font, and the text it stands for."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pikepdf
from fontTools.pens.recordingPen import RecordingPen  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]


@dataclass
class Font:
    """An embedded font: which text each glyph stands for, and which glyphs it can draw."""

    name: str
    texts: dict[int, str]
    glyphs: TTFont
    used: set[int] = field(default_factory=set)

    def draws(self, number: int) -> bool:
        """Whether the glyph is a character with an outline (white space needs none)."""
        if number == 0 or number not in self.texts:
            return False
        pen = RecordingPen()
        self.glyphs.getGlyphSet()[self.glyphs.getGlyphName(number)].draw(pen)
        return bool(pen.value) or not self.texts[number].strip()


@dataclass
class Printed:
    """The text of each page (a space for each jump), and the fonts that drew it."""

    pages: list[str]
    fonts: list[Font]

    @property
    def text(self) -> str:
        """The text of all pages."""
        return " ".join(self.pages)

    def undrawn(self) -> list[str]:
        """Glyphs on the pages that show nothing or the wrong thing: ``.notdef``, without an outline, without a text."""
        return [f"{font.name}: glyph {number}" for font in self.fonts for number in font.used if not font.draws(number)]


def read_printed(pdf: bytes | Path) -> Printed:
    """Read every page, and everything drawn on it, of a PDF whose fonts are composite (as WeasyPrint writes them)."""
    fonts: dict[int, Font] = {}
    with pikepdf.open(io.BytesIO(pdf) if isinstance(pdf, bytes) else pdf) as document:
        read = ("".join(_read(page.obj, page.Resources, fonts)) for page in document.pages)
        pages = [" ".join(text.split()) for text in read]
    return Printed(pages=pages, fonts=list(fonts.values()))


def _read(drawn: pikepdf.Object, resources: pikepdf.Object, fonts: dict[int, Font]) -> Iterator[str]:
    font: Font | None = None
    for instruction in pikepdf.parse_content_stream(drawn):
        operands, operator = instruction.operands, instruction.operator
        match str(operator):
            case "Tf":
                entry = resources.Font[str(operands[0])]
                font = fonts.get(entry.objgen[0]) or _font(entry)
                fonts[entry.objgen[0]] = font
            case "Tj" | "TJ":
                assert font is not None
                pieces = operands[0] if str(operator) == "TJ" else [operands[0]]
                for piece in pieces:
                    if isinstance(piece, pikepdf.String):
                        yield _shown(bytes(piece), font)
            case "Td" | "TD" | "Tm" | "T*" | "BT":
                yield " "
            case "Do":
                inner = resources.XObject[str(operands[0])]
                if inner.Subtype == "/Form":
                    yield from _read(inner, inner.get("/Resources", resources), fonts)
            case _:
                pass


def _shown(codes: bytes, font: Font) -> str:
    numbers = [int.from_bytes(codes[place : place + 2], "big") for place in range(0, len(codes), 2)]
    font.used.update(numbers)
    return "".join(font.texts.get(number, "\ufffd") for number in numbers)


def _font(entry: pikepdf.Object) -> Font:
    assert entry.Subtype == "/Type0" and entry.Encoding == "/Identity-H", entry.BaseFont
    (descendant,) = entry.DescendantFonts
    descriptor = descendant.FontDescriptor
    file = next(descriptor[key] for key in ("/FontFile2", "/FontFile3") if key in descriptor)
    glyphs = TTFont(io.BytesIO(file.read_bytes()), lazy=True)
    return Font(name=str(entry.BaseFont), texts=_texts(entry.ToUnicode.read_bytes()), glyphs=glyphs)


def _texts(table: bytes) -> dict[int, str]:
    """The ``bfchar`` lines of a ToUnicode table."""
    texts = {}
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", table, re.DOTALL):
        for code, text in re.findall(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            texts[int(code, 16)] = bytes.fromhex(text.decode()).decode("utf-16-be", "replace")
    return texts
