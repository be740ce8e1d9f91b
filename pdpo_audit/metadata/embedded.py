"""What an opened image says of itself, read with Pillow: the floor that needs no other program."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PIL import ExifTags, Image

from pdpo_audit.metadata import iim
from pdpo_audit.metadata.facts import clean, cleaned, moment, of_xmp, span
from pdpo_audit.metadata.remarks import remarks_in
from pdpo_audit.metadata.texts import decode
from pdpo_audit.metadata.xmp import parse_packet
from pdpo_audit.model.pictures import Metadata


def read_metadata(image: Image.Image) -> Metadata:
    """The facts in EXIF, IPTC-IIM and XMP of an opened, not necessarily decoded, image.

    XMP counts before IIM before EXIF for texts, EXIF before both for the capture time. Broken metadata never raises:
    what can be read of it is returned. The file's own times are never looked at, and the image is not decoded (of a
    PNG only what stands before its pixels is seen).
    """
    packet, block = packet_of(image), iim.block_of(image)
    # Most pictures have none of the three: looking for each fact in nothing takes a sixth of reading a small file.
    from_xmp = of_xmp(parse_packet(packet)) if packet else Metadata()
    from_iim = _of_iim(block) if block else Metadata()
    directories = _directories(image) if _may_have_exif(image) else ({}, {}, {})
    from_exif = _of_exif(*directories) if any(directories) else Metadata()
    return replace(
        from_xmp,
        reader="pillow",
        captured_at=from_exif.captured_at or from_xmp.captured_at or from_iim.captured_at,
        captured_in=from_exif.captured_in or from_xmp.captured_in or from_iim.captured_in,
        camera=from_exif.camera,
        artist=from_xmp.artist or from_iim.artist or from_exif.artist,
        rights=from_xmp.rights or from_iim.rights or from_exif.rights,
        credit=from_xmp.credit or from_iim.credit,
        caption=from_xmp.caption or from_iim.caption or from_exif.caption,
        keywords=cleaned(from_xmp.keywords + from_iim.keywords),
        remarks=cleaned((*from_xmp.remarks, *remarks_in(image, *directories[:2]))),
        has_gps=from_xmp.has_gps or from_exif.has_gps,
    )


def packet_of(image: Image.Image) -> bytes:
    """The XMP packet that Pillow met when it opened the image, empty where it met none."""
    for key in ("xmp", "XML:com.adobe.xmp"):
        found = image.info.get(key)
        if isinstance(found, bytes) and found:
            return found
        if isinstance(found, str) and found:
            return found.encode("utf-8", "replace")
    return b""


def _of_iim(block: bytes) -> Metadata:
    fields = iim.parse_block(block)

    def text(dataset: int) -> str:
        return clean(" ".join(fields.get(dataset, ())))

    day, time = text(iim.CREATED_ON), text(iim.CREATED_AT)
    stamp = f"{day[:4]}-{day[4:6]}-{day[6:8]}"
    with_time = f"{stamp}T{time[:2]}:{time[2:4]}:{time[4:6]}{time[6:]}"
    return Metadata(
        captured_at=moment(with_time) or moment(stamp),
        captured_in=span(day[:4] if day[4:8] in ("", "0000") else stamp),
        artist=text(iim.BYLINE),
        rights=text(iim.COPYRIGHT),
        credit=text(iim.CREDIT),
        caption=text(iim.CAPTION),
        keywords=cleaned(fields.get(iim.KEYWORDS, ())),
    )


def _may_have_exif(image: Image.Image) -> bool:
    """Where Pillow finds EXIF: in a block of its own, in a text of a PNG, among the tags of a TIFF."""
    return not image.info.keys().isdisjoint(("exif", "Raw profile type exif")) or hasattr(image, "tag_v2")


def _of_exif(base: dict[int, Any], detail: dict[int, Any], position: dict[int, Any]) -> Metadata:

    def text(directory: dict[int, Any], tag: int) -> str:
        return clean(_plain(directory.get(tag, "")))

    taken = moment(text(detail, ExifTags.Base.DateTimeOriginal), text(detail, ExifTags.Base.OffsetTimeOriginal))
    digitised = moment(text(detail, ExifTags.Base.DateTimeDigitized), text(detail, ExifTags.Base.OffsetTimeDigitized))
    make, model = text(base, ExifTags.Base.Make), text(base, ExifTags.Base.Model)
    return Metadata(
        captured_at=taken or digitised,
        captured_in=span(text(detail, ExifTags.Base.DateTimeOriginal)),
        camera=model if model.lower().startswith(make.lower()) else f"{make} {model}".strip(),
        artist=text(base, ExifTags.Base.Artist),
        rights=text(base, ExifTags.Base.Copyright),
        caption=text(base, ExifTags.Base.ImageDescription),
        has_gps=ExifTags.GPS.GPSLatitude in position,
    )


def _directories(image: Image.Image) -> tuple[dict[int, Any], dict[int, Any], dict[int, Any]]:
    """The main, the Exif and the GPS directory; each empty where it is missing or broken."""
    try:
        # PngImageFile.getexif decodes the whole picture when it has no EXIF; the base class's method does not.
        exif = Image.Image.getexif(image)
        base = dict(exif)
    except Exception:  # noqa: BLE001 - Pillow indexes, unpacks and seeks as broken EXIF tells it, and raises anything
        return {}, {}, {}
    return base, _directory(exif, ExifTags.IFD.Exif), _directory(exif, ExifTags.IFD.GPSInfo)


def _directory(exif: Image.Exif, tag: int) -> dict[int, Any]:
    try:
        return dict(exif.get_ifd(tag))
    except Exception:  # noqa: BLE001 - as above
        return {}


def _plain(value: object) -> str:
    """A tag's value as text: Pillow hands strings (Latin-1 where the file held UTF-8 or Big5), bytes or numbers."""
    if isinstance(value, bytes):
        return decode(value.rstrip(b"\x00"))
    if isinstance(value, str):
        try:
            return decode(value.rstrip("\x00").encode("latin-1"))
        except UnicodeEncodeError:
            return value
    return ""
