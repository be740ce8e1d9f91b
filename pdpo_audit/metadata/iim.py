"""IPTC-IIM, the metadata of news wires before XMP: record 2 of a chain of tagged fields.

Format: IPTC-NAA Information Interchange Model 4.2, chapter 3; the block lies in Photoshop resource 0x0404 of a JPEG
and in tag 33723 of a TIFF.
"""

from __future__ import annotations

from collections.abc import Iterator

from PIL import Image

from pdpo_audit.metadata.texts import decode

KEYWORDS, CREATED_ON, CREATED_AT, BYLINE, CREDIT, COPYRIGHT, CAPTION = 25, 55, 60, 80, 110, 116, 120
_CHARACTER_SET = (1, 90)
_UTF8 = b"\x1b%G"
_TIFF_TAG = 33723
_PHOTOSHOP_RESOURCE = 0x0404
_MARKER = 0x1C


def block_of(image: Image.Image) -> bytes:
    """The IIM block of an opened image, empty where there is none."""
    resources = image.info.get("photoshop")
    if isinstance(resources, dict):
        found = resources.get(_PHOTOSHOP_RESOURCE, b"")
        return found if isinstance(found, bytes) else b""
    stored = getattr(getattr(image, "tag_v2", None), "_tagdata", {})
    found = stored.get(_TIFF_TAG, b"") if hasattr(stored, "get") else b""
    return found if isinstance(found, bytes) else b""


def parse_block(block: bytes) -> dict[int, tuple[str, ...]]:
    """The texts of record 2, keyed by dataset number; what follows the first broken field is left out."""
    fields = list(_fields(block))
    declared_utf8 = any(tag == _CHARACTER_SET and value.startswith(_UTF8) for tag, value in fields)
    found: dict[int, tuple[str, ...]] = {}
    for (record, dataset), value in fields:
        text = decode(value, utf8=declared_utf8).strip("\x00 \t\r\n") if record == 2 else ""
        if text:
            found[dataset] = (*found.get(dataset, ()), text)
    return found


def _fields(block: bytes) -> Iterator[tuple[tuple[int, int], bytes]]:
    place = 0
    while place + 5 <= len(block) and block[place] == _MARKER:
        tag, size = (block[place + 1], block[place + 2]), int.from_bytes(block[place + 3 : place + 5], "big")
        place += 5
        if size & 0x8000:  # extended dataset: the size of the size
            width = size & 0x7FFF
            if width > 4:
                return
            size = int.from_bytes(block[place : place + width], "big")
            place += width
        if place + size > len(block):
            return
        yield tag, block[place : place + size]
        place += size
