"""Pictures and stray contents as file bytes: the same bytes every time for the same codecs."""

from __future__ import annotations

import io
import struct
import zipfile
from dataclasses import dataclass
from xml.sax.saxutils import escape

from PIL import Image

PLUS = "http://ns.useplus.org/ldf/vocab/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """What a file's metadata says; empty where it is silent. ``captured`` is EXIF's ``YYYY:MM:DD HH:MM:SS``."""

    captured: str = ""
    camera: str = ""
    artist: str = ""
    caption: str = ""
    person: str = ""
    model_release: str = ""
    licence_ends: str = ""
    orientation: int = 1


NO_LABELS = Labels()


def as_exif(labels: Labels) -> bytes:
    """The EXIF block (with its ``Exif`` marker), or ``b""`` where it would say nothing."""
    exif = Image.Exif()
    for tag, value in ((0x0110, labels.camera), (0x013B, labels.artist), (0x0132, labels.captured)):
        if value:
            exif[tag] = value
    if labels.orientation != 1:
        exif[0x0112] = labels.orientation
    if labels.captured:
        exif.get_ifd(0x8769)[0x9003] = labels.captured
    return exif.tobytes() if len(exif) else b""


def as_xmp(labels: Labels) -> bytes:
    """The XMP packet, or ``b""`` where it would say nothing."""
    parts = []
    if labels.caption:
        words = f'<rdf:Alt><rdf:li xml:lang="x-default">{escape(labels.caption)}</rdf:li></rdf:Alt>'
        parts.append(f"<dc:description>{words}</dc:description>")
    if labels.person:
        names = f"<rdf:Bag><rdf:li>{escape(labels.person)}</rdf:li></rdf:Bag>"
        parts.append(f"<ext:PersonInImage>{names}</ext:PersonInImage>")
    if labels.model_release:
        parts.append(f"<plus:ModelReleaseStatus>{PLUS}{labels.model_release}</plus:ModelReleaseStatus>")
    if labels.licence_ends:
        parts.append(f"<plus:LicenseEndDate>{labels.licence_ends}</plus:LicenseEndDate>")
    if not parts:
        return b""
    packet = (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:ext="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"'
        f' xmlns:plus="http://ns.useplus.org/ldf/xmp/1.0/">{"".join(parts)}</rdf:Description></rdf:RDF></x:xmpmeta>'
        '<?xpacket end="w"?>'
    )
    return packet.encode()


def _segment(body: bytes) -> bytes:
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


def with_labels(jpeg: bytes, labels: Labels) -> bytes:
    """``jpeg`` with EXIF and XMP put in after its start marker; not one byte of its image data changes."""
    exif, xmp = as_exif(labels), as_xmp(labels)
    segments = _segment(exif) if exif else b""
    if xmp:
        segments += _segment(b"http://ns.adobe.com/xap/1.0/\x00" + xmp)
    return jpeg[:2] + segments + jpeg[2:]


def jpeg(picture: Image.Image, quality: int = 90, labels: Labels = NO_LABELS) -> bytes:
    """A JPEG file."""
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=quality, optimize=True)
    return with_labels(buffer.getvalue(), labels)


def encoded(picture: Image.Image, kind: str, **options: int | bool | str) -> bytes:
    """Any other format that Pillow writes: ``PNG``, ``GIF``, ``WEBP``, ``AVIF``, ``BMP``, ``TIFF``."""
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def multipage_tiff(pages: list[Image.Image]) -> bytes:
    """A scan of several pages, fax-compressed."""
    buffer = io.BytesIO()
    pages[0].save(buffer, "TIFF", save_all=True, append_images=pages[1:], compression="group4")
    return buffer.getvalue()


def archive(members: dict[str, bytes]) -> bytes:
    """A ZIP file (a PPTX is one, too) with a fixed date in every entry."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in members.items():
            opened.writestr(zipfile.ZipInfo(name, (2023, 9, 1, 12, 0, 0)), content)
    return buffer.getvalue()


def presentation(pictures: dict[str, bytes]) -> bytes:
    """Enough of a PPTX for its kind to be known, with ``pictures`` as its media."""
    types = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="jpeg" ContentType="image/jpeg"/></Types>'
    )
    media = {f"ppt/media/{name}": content for name, content in pictures.items()}
    return archive({"[Content_Types].xml": types.encode(), "ppt/presentation.xml": b"<presentation/>", **media})


def photoshop_header(width: int, height: int) -> bytes:
    """A PSD file that was saved without a merged picture (resource 1057 says so) and has no layers either."""
    header = b"8BPS" + struct.pack(">H6xHIIHH", 1, 3, height, width, 8, 3)
    unmerged = struct.pack(">IBIII", 1, 0, 0, 0, 1)
    resources = b"8BIM" + struct.pack(">HHI", 1057, 0, len(unmerged)) + unmerged + b"\0"
    return header + struct.pack(">II", 0, len(resources)) + resources + struct.pack(">I", 0) + bytes(2)


def metafile(width: int, height: int) -> bytes:
    """A Windows metafile that draws nothing: its placeable header, its header, and the end of its records."""
    places = struct.pack("<IHhhhhHI", 0x9AC6CDD7, 0, 0, 0, width, height, 96, 0)
    checked = 0
    for at in range(0, 20, 2):
        checked ^= int.from_bytes(places[at : at + 2], "little")
    return (
        places
        + struct.pack("<H", checked)
        + struct.pack("<HHHIHIH", 1, 9, 0x300, 12, 0, 3, 0)
        + struct.pack("<IH", 3, 0)
    )
