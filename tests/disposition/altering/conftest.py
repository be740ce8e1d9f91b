"""A portrait, a detector that is quick and honest about one place, and files that hold more than a picture."""

from __future__ import annotations

from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from pdpo_audit.model.people import Face, Grade, Seen
from tests.people.conftest import astronaut, detector

__all__ = ["astronaut", "detector"]

Pixels = NDArray[np.uint8]
#: The face in ``portrait``.
BOX = (82, 48, 88, 120)

PACKET = b"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" xmlns:plus="http://ns.useplus.org/ldf/xmp/1.0/"
 plus:ModelReleaseStatus="MR-UMR">
<dc:creator><rdf:Seq><rdf:li>Wong Siu Ming</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">Chan Tai Man at the harbour</rdf:li></rdf:Alt></dc:description>
<Iptc4xmpExt:PersonInImage><rdf:Bag><rdf:li>Chan Tai Man</rdf:li></rdf:Bag></Iptc4xmpExt:PersonInImage>
</rdf:Description></rdf:RDF></x:xmpmeta>"""


def face(x: int, y: int, width: int, height: int, frame: int = 0) -> Face:
    return Face(
        x=x, y=y, width=width, height=height, score=0.9, eye_distance_px=30, sharpness=100, grade=Grade.IDENTIFIABLE,
        reason="sharp", frame=frame,
    )  # fmt: skip


@dataclass
class Watching:
    """Sees a face at each of its boxes where the picture is not of one colour."""

    boxes: list[tuple[int, int, int, int]]
    name: str = "watching"
    version: str = "1"
    weights_sha256: str = ""
    looks: int = field(default=0)

    def examine(self, image: Pixels) -> Seen:
        self.looks += 1
        found = []
        for x, y, width, height in self.boxes:
            part = image[y + height // 4 : y + height * 3 // 4, x + width // 4 : x + width * 3 // 4]
            if part.size and int(part.max()) - int(part.min()) > 12:
                found.append(face(x, y, width, height))
        return Seen(faces=tuple(found))


@pytest.fixture(scope="session")
def portrait(astronaut: Pixels) -> Pixels:
    """250 x 230: neither side is a multiple of what a JPEG codes together."""
    return np.ascontiguousarray(astronaut[:250, 100:330][10:])


def coded(pixels: Pixels | Image.Image, format: str, **options: Any) -> bytes:
    written = BytesIO()
    picture = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    picture.save(written, format, **options)
    return written.getvalue()


def exif(*, orientation: int = 1, thumbnail: bytes = b"", artist: str = "Wong Siu Ming") -> bytes:
    """EXIF with an orientation, texts that name people, a maker's note, and perhaps a thumbnail."""
    block = Image.Exif()
    block[0x0112], block[0x013B], block[0x010E] = orientation, artist, "Chan Tai Man in the sun"
    block[0x9C9F] = "Chan Tai Man".encode("utf-16-le") + b"\0\0"
    inner = block.get_ifd(0x8769)
    inner[0x9003], inner[0x9286], inner[0x927C] = (
        "2024:05:01 10:20:30",
        b"ASCII\0\0\0Chan Tai Man",
        b"owner=Chan Tai Man",
    )
    raw = block.tobytes()
    return with_thumbnail(raw, thumbnail) if thumbnail else raw


def with_thumbnail(raw: bytes, thumbnail: bytes) -> bytes:
    """The block with a second directory behind it that describes a JPEG."""
    head = b"Exif\0\0"
    tiff = bytearray(raw.removeprefix(head))
    order = "little" if tiff[:2] == b"II" else "big"

    def number(value: int, size: int) -> bytes:
        return value.to_bytes(size, order)  # type: ignore[arg-type]

    first = int.from_bytes(tiff[4:8], order)  # type: ignore[arg-type]
    count = int.from_bytes(tiff[first : first + 2], order)  # type: ignore[arg-type]
    at = len(tiff) + len(tiff) % 2
    tiff[first + 2 + 12 * count : first + 6 + 12 * count] = number(at, 4)
    data_at = at + 2 + 2 * 12 + 4
    entries = [(0x0201, data_at), (0x0202, len(thumbnail))]
    packed = b"".join(number(tag, 2) + number(4, 2) + number(1, 4) + number(value, 4) for tag, value in entries)
    return head + bytes(tiff).ljust(at, b"\0") + number(2, 2) + packed + number(0, 4) + thumbnail
