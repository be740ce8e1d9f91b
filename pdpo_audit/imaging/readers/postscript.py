"""PostScript is a program and is never run: the previews in EPS, and the PDF in Illustrator files."""

from __future__ import annotations

import base64
import binascii
import re
import struct
from io import BytesIO

import numpy as np
from PIL import Image

from pdpo_audit.imaging.formats.told import Told, tell
from pdpo_audit.imaging.limits import Limits
from pdpo_audit.model.locations.holdings import ImageProblem, SkipReason

#: Long side of a drawn page in pixels.
LONGEST = 1024
_DOS = b"\xc5\xd0\xd3\xc6"
_BITMAP = re.compile(
    rb"%%BeginPreview:\s*(\d{1,5})\s+(\d{1,5})\s+(\d)\s+\d+[^\r\n]*[\r\n]+(.*?)%%EndPreview", re.DOTALL
)
_PHOTOSHOP = re.compile(rb"%BeginPhotoshop:[^\r\n]*[\r\n]+(.*?)%EndPhotoshop", re.DOTALL)
_NOT_HEX = re.compile(rb"[^0-9A-Fa-f]")
_THUMBNAIL = re.compile(rb"<xmpGImg:image>([^<]{100,2000000})</xmpGImg:image>")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=]")
_LONGEST_HEX = 20_000_000
_UNREAD = "EPS: it holds no preview; drawing it would run the program in it, which is never done"


def open_illustrator(data: bytes, limits: Limits) -> Image.Image:
    """The first page of the PDF in an Illustrator file, drawn. Raises ``ImageProblem``."""
    import pypdfium2

    document = pypdfium2.PdfDocument(data)
    try:
        pages = len(document)
        if not pages:
            raise ImageProblem(SkipReason.DAMAGED, "a document without pages")
        page = document[0]
        width, height = page.get_size()
        if min(width, height) <= 0 or max(width, height) / min(width, height) > LONGEST:
            raise ImageProblem(SkipReason.DAMAGED, f"its page is {width} x {height} points")
        drawn = page.render(scale=LONGEST / max(width, height)).to_pil().convert("RGB")
    finally:
        document.close()
    limits.check_size(*drawn.size)
    more = (f"the first of {pages} artboards; the others are not examined",) if pages > 1 else ()
    return tell(drawn, Told(notes=(f"drawn at {drawn.size[0]} x {drawn.size[1]} pixels", *more)))


def open_postscript(data: bytes, limits: Limits) -> Image.Image:
    """The preview of an EPS. Raises ``ImageProblem`` where it has none that is a picture."""
    text = data
    if data[:4] == _DOS and len(data) >= 30:
        start, length, _, _, at, size = struct.unpack_from("<6I", data, 4)
        if size and at + size <= len(data):
            return _seen(Image.open(BytesIO(data[at : at + size]), formats=("TIFF",)), limits)
        text = data[start : start + length]
    image = _photoshop(text) or _bitmap(text) or _in_metadata(text)
    if image is None:
        raise ImageProblem(SkipReason.FORMAT_NOT_DECODED, _UNREAD)
    return _seen(image, limits)


def _seen(image: Image.Image, limits: Limits) -> Image.Image:
    limits.check_size(*image.size)
    return tell(image, Told(notes=(f"seen by the preview in it ({image.size[0]} x {image.size[1]} pixels)",)))


def _photoshop(text: bytes) -> Image.Image | None:
    """The thumbnail among Photoshop's resources, a JPEG."""
    found = _PHOTOSHOP.search(text)
    body = _from_hex(found[1]) if found else b""
    at = body.find(b"\xff\xd8\xff")
    return Image.open(BytesIO(body[at:]), formats=("JPEG",)) if at >= 0 else None


def _in_metadata(text: bytes) -> Image.Image | None:
    """The thumbnail that Illustrator lays into the XMP packet, a JPEG in base 64."""
    found = _THUMBNAIL.search(text)
    if not found:
        return None
    body = base64.b64decode(_NOT_BASE64.sub(b"", found[1].replace(b"&#xA;", b"")))
    return Image.open(BytesIO(body), formats=("JPEG",))


def _bitmap(text: bytes) -> Image.Image | None:
    """An EPSI preview: rows of 1, 2, 4 or 8 bits, nought being white (Adobe technical note 5002)."""
    found = _BITMAP.search(text)
    if not found:
        return None
    width, height, depth = int(found[1]), int(found[2]), int(found[3])
    row, body = -(-width * depth // 8), _from_hex(found[4])
    if depth not in (1, 2, 4, 8) or min(width, height) < 1 or len(body) < row * height:
        raise ImageProblem(SkipReason.DAMAGED, "its preview is shorter than it states")
    bits = np.unpackbits(np.frombuffer(body, np.uint8, row * height).reshape(height, row), axis=1)
    values = bits[:, : width * depth].reshape(height, width, depth) @ (1 << np.arange(depth)[::-1])
    return Image.fromarray((255 - values * 255 // ((1 << depth) - 1)).astype(np.uint8))


def _from_hex(text: bytes) -> bytes:
    digits = _NOT_HEX.sub(b"", text[:_LONGEST_HEX])
    return binascii.unhexlify(digits[: len(digits) & ~1])
