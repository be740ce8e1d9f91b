"""Texts that people's software puts beside the caption: Windows' own fields, comments, titles, trees of keywords."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from PIL import ExifTags, Image

from pdpo_audit.metadata.texts import decode

#: What Explorer writes as title, comment, keywords and subject (UTF-16).
_WINDOWS = (0x9C9B, 0x9C9C, 0x9C9E, 0x9C9F)
#: Texts of a PNG that speak of the picture.
_PNG = ("Title", "Description", "Comment", "Subject", "Keywords")
#: The first step of a tree of keywords below which people stand.
_PEOPLE = re.compile(r"people|persons?|faces?|人物|人|人名", re.IGNORECASE)


def remarks_in(image: Image.Image, base: Mapping[int, Any], detail: Mapping[int, Any]) -> Iterator[str]:
    """Every text of an opened image besides caption and keywords; ``base`` and ``detail`` are its EXIF directories."""
    for tag in _WINDOWS:
        yield from wide_text(base.get(tag, b"")).split(";")
    yield user_comment(detail.get(ExifTags.Base.UserComment, b""))
    comment = image.info.get("comment", b"")
    yield decode(comment.rstrip(b"\x00")) if isinstance(comment, bytes) else str(comment)
    if image.format == "PNG":
        yield from (str(image.info[name]) for name in _PNG if isinstance(image.info.get(name), str))


def wide_text(value: object) -> str:
    """A field of Explorer's: UTF-16 in bytes, or in numbers as Pillow may hand it."""
    if isinstance(value, tuple) and all(isinstance(one, int) and 0 <= one < 256 for one in value):
        value = bytes(value)
    return value.decode("utf-16-le", "replace").rstrip("\x00") if isinstance(value, bytes) else ""


def user_comment(value: object) -> str:
    """EXIF's UserComment: eight bytes that name the character set, then the text; cameras leave them out."""
    if isinstance(value, str):
        return value
    if not isinstance(value, bytes):
        return ""
    name, text = value[:8], value[8:]
    if name.startswith(b"UNICODE"):
        orders = ("utf-16",) if text[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-16-le", "utf-16-be")
        return max((text.decode(order, "replace").rstrip("\x00") for order in orders), key=_likely)
    known = name.rstrip(b"\x00") in (b"ASCII", b"JIS", b"")
    return decode((text if known else value).strip(b"\x00"))


def _likely(text: str) -> float:
    """The share of characters that people in Hong Kong write: in the wrong byte order they lie all over Unicode."""
    usual = sum(char.isascii() or "\u4e00" <= char <= "\u9fff" or "\u3000" <= char <= "\u303f" for char in text)
    return usual / len(text) if text else 0.0


def tree_of(path: str) -> tuple[str, str]:
    """The last step of a path of keywords (``People|Chan Tai Man``), and it again where it stands below people."""
    steps = [step.strip() for step in re.split(r"[|/]", path) if step.strip()]
    if not steps:
        return "", ""
    return steps[-1], steps[-1] if len(steps) > 1 and any(_PEOPLE.fullmatch(step) for step in steps[:-1]) else ""
