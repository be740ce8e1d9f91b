"""Which reader opens a file, told by its content alone: equal bytes are read alike whatever their name."""

from __future__ import annotations

from PIL import Image

from pdpo_audit.imaging.formats.ifds import tiff_kind
from pdpo_audit.imaging.formats.signatures import HEAD_BYTES, FileKind, sniff
from pdpo_audit.imaging.formats.table import RAW_FORMATS, UNREADABLE, advice, unreadable
from pdpo_audit.imaging.limits import Limits
from pdpo_audit.model.locations.holdings import ImageProblem, SkipReason

_TGA_FOOTER = b"TRUEVISION-XFILE.\0"
_TGA_TYPES = (1, 2, 3, 9, 10, 11)


def content_format(data: bytes) -> str:
    """The format of a picture's bytes; empty where nothing tells."""
    kind, format = sniff(data[:HEAD_BYTES], b"")
    if format == "TIFF":
        return tiff_kind(data)
    if format == "PDF":
        return "AI"
    if format == "GZIP":  # of packed pictures there are no others
        return "SVG"
    if kind is not FileKind.OTHER:
        return format
    if b"<svg" in data[:65536]:
        return "SVG"
    return "TGA" if _is_targa(data) else ""


def settled_format(data: bytes, format: str) -> str:
    """The format that a whole file has, where its first bytes and its name left two to choose from."""
    if data[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        return tiff_kind(data)
    return format


def open_other(data: bytes, limits: Limits) -> Image.Image:
    """Open a picture of one of the formats that photographs, screens and the web do not use.

    Raises ``ImageProblem``, or whatever a decoder raises.
    """
    format = content_format(data)
    if format in RAW_FORMATS:
        from pdpo_audit.imaging.readers.raw import open_raw

        return open_raw(data, format, limits)
    match format:
        case "JPEG2000":
            from pdpo_audit.imaging.readers.jpeg2000 import open_jpeg2000 as opened
        case "JXL" | "JXR":
            _need(format)
            from pdpo_audit.imaging.readers.jxl import open_jxl as opened
        case "PSD" | "PSB":
            from pdpo_audit.imaging.readers.photoshop import open_photoshop as opened
        case "SVG":
            _need(format)
            from pdpo_audit.imaging.readers.svg import open_svg as opened
        case "AI":
            _need(format)
            from pdpo_audit.imaging.readers.postscript import open_illustrator as opened
        case "EPS":
            from pdpo_audit.imaging.readers.postscript import open_postscript as opened
        case "DICOM":
            _need(format)
            from pdpo_audit.imaging.readers.dicom import open_dicom as opened
        case "PNM" | "HDR" | "FITS":
            from pdpo_audit.imaging.readers.plain import open_measured as opened
        case "ICO" | "CUR" | "ICNS":
            from pdpo_audit.imaging.readers.icons import open_icon as opened
        case _:
            if format in UNREADABLE:
                raise ImageProblem(SkipReason.FORMAT_NOT_DECODED, unreadable(format))
            from pdpo_audit.imaging.readers.plain import open_plain as opened
    return opened(data, limits)


def _need(format: str) -> None:
    if wanted := advice(format):
        raise ImageProblem(SkipReason.FORMAT_NOT_DECODED, f"{format}: install {wanted} to read it")


def _is_targa(data: bytes) -> bool:
    """A Targa file has no signature: its footer, or a header in which nothing is impossible (Truevision, 2.0)."""
    if data[-18:] == _TGA_FOOTER:
        return True
    if len(data) < 18 or data[1] > 1 or data[2] not in _TGA_TYPES or data[16] not in (8, 15, 16, 24, 32):
        return False
    width, height = int.from_bytes(data[12:14], "little"), int.from_bytes(data[14:16], "little")
    return min(width, height) > 0 and (data[1] == 1) == (data[2] in (1, 9))
