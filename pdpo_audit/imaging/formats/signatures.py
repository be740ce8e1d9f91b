"""What kind of file this is: its signature first, then its name."""

from __future__ import annotations

import re
from enum import StrEnum

from pdpo_audit.imaging.formats.table import RAW_FORMATS, family_of


class FileKind(StrEnum):
    """What can be done with a file."""

    DECODABLE = "decodable"
    NOT_DECODED = "not-decoded"  # an image by signature or name, for which there is no decoder here
    CONTAINER = "container"  # may hold images, is not opened yet
    OTHER = "other"


#: How many bytes of a file ``sniff`` wants to see (the tar signature ends at 262).
HEAD_BYTES = 512

_PICTURES = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"8BPS\0\2", "PSB"),
    (b"8BPS", "PSD"),
    (b"FUJIFILMCCD-RAW", "RAF"),
    (b"IIRO", "ORF"),
    (b"IIRS", "ORF"),
    (b"MMOR", "ORF"),
    (b"IIU\x00", "RW2"),
    (b"FOVb", "X3F"),
    (b"\0MRM", "MRW"),
    (b"II\x1a\0\0\0HEAP", "CRW"),
    (b"II\xbc\x01", "JXR"),
    (b"\x00\x00\x01\x00", "ICO"),
    (b"icns", "ICNS"),
    (b"\x01\xda\x00", "SGI"),
    (b"\x01\xda\x01", "SGI"),
    (b"\xff\x0a", "JXL"),
    (b"\x00\x00\x00\x0cJXL ", "JXL"),
    (b"\x00\x00\x00\x0cjP  ", "JPEG2000"),
    (b"\xff\x4f\xff\x51", "JPEG2000"),
    (b"DDS ", "DDS"),
    (b"qoif", "QOI"),
    (b"SIMPLE  =", "FITS"),
    (b"#?RADIANCE", "HDR"),
    (b"#?RGBE", "HDR"),
    (b"gimp xcf", "XCF"),
    (b"v/1\x01", "EXR"),
    (b"%!PS", "EPS"),
    (b"\xc5\xd0\xd3\xc6", "EPS"),
)
_CONTAINERS = (
    (b"7z\xbc\xaf\x27\x1c", "7Z"),
    (b"Rar!\x1a\x07", "RAR"),
    (b"\x1f\x8b", "GZIP"),
    (b"BZh", "BZIP2"),
    (b"\xfd7zXZ\x00", "XZ"),
    (b"\x28\xb5\x2f\xfd", "ZSTD"),
    (b"MSCF", "CAB"),
    (b"\x78\x9f\x3e\x22", "TNEF"),
    (b"CMMM", "THUMBCACHE"),
)
#: PNM: a letter and a number in ASCII, or a comment; PAM: its keywords (netpbm's own pages of the formats).
_PNM = re.compile(rb"P[1-6Ff]\s+(?:#|\d)|P7\s+(?:#|WIDTH|HEIGHT|DEPTH|MAXVAL|TUPLTYPE)")
#: Version, run lengths or not, bits of a plane.
_PCX = re.compile(rb"\x0a[\x00\x02-\x05][\x00\x01][\x01\x02\x04\x08]")


def _words(*lines: str) -> list[str]:
    return " ".join(lines).split()


_RAW_NAMES = frozenset(format.lower() for format in RAW_FORMATS)

_IMAGE_NAMES = {
    **dict.fromkeys(("jpg", "jpeg", "jpe", "jfif", "mpo"), "JPEG"),
    **dict.fromkeys(("tif", "tiff"), "TIFF"),
    **dict.fromkeys(("heic", "heif", "hif"), "HEIC"),
    **dict.fromkeys(("bmp", "dib"), "BMP"),
    **dict.fromkeys(("svg", "svgz"), "SVG"),
    **dict.fromkeys(("jp2", "j2k", "j2c", "jpc", "jpx", "jpf", "jph", "jhc"), "JPEG2000"),
    **dict.fromkeys(("pnm", "ppm", "pgm", "pbm", "pam", "pfm"), "PNM"),
    **dict.fromkeys(("tga", "icb", "vda", "vst"), "TGA"),
    **dict.fromkeys(("fits", "fts"), "FITS"),
    **dict.fromkeys(("jxr", "wdp", "hdp"), "JXR"),
    **dict.fromkeys(("dcm", "dicom"), "DICOM"),
    **dict.fromkeys(("eps", "epsf", "epsi"), "EPS"),
    **{
        name: name.upper()
        for name in _words(
            "png apng gif webp avif psd psb ico icns cur ai jxl", "dds exr hdr xcf pcx sgi qoi wmf emf indd cdr"
        )
    },
    **{name: name.upper() for name in _RAW_NAMES},
}

#: Formats whose every file starts with a signature that this module knows: a name without it is a wrong name.
_SIGNED = frozenset(
    _words(
        "JPEG PNG APNG GIF WEBP AVIF HEIC TIFF BMP PSD PSB JXL JXR JPEG2000 ICO ICNS CUR QOI XCF EXR DDS PNM PCX",
        "SGI FITS CR3 CRW MRW RAF X3F",
    )
)

_CONTAINER_NAMES = {
    **{
        name: name.upper()
        for name in _words(
            "zip pptx pptm potx ppsx docx docm dotx", "xlsx xlsm odt odp ods epub key pages numbers cbz apk jar"
        )
    },
    **{
        name: name.upper()
        for name in _words(
            "pdf doc ppt pps xls msg pst ost eml mbox", "mht mhtml tar tgz tbz2 txz 7z rar cbr iso dmg vhd vmdk"
        )
    },
}

_FTYP = {
    **dict.fromkeys((b"avif", b"avis"), "AVIF"),
    **dict.fromkeys((b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"), "HEIC"),
    b"crx ": "CR3",
}


def sniff(head: bytes, name: bytes) -> tuple[FileKind, str]:
    """The kind and format of a file from its first ``HEAD_BYTES`` bytes and its name.

    The signature decides where there is one. A file whose name says image and whose content does not is
    ``NOT_DECODED`` with an empty format: an image holding, skipped as not an image (or as empty).
    """
    suffix = _suffix(name)
    found = _by_signature(head, suffix)
    if found is not None:
        return found
    if suffix in _IMAGE_NAMES:
        named = _IMAGE_NAMES[suffix]
        return picture("" if named in _SIGNED or not head else named)
    if suffix in _CONTAINER_NAMES:
        return FileKind.CONTAINER, _CONTAINER_NAMES[suffix]
    return FileKind.OTHER, suffix.upper()[:16]


def picture(format: str) -> tuple[FileKind, str]:
    """A picture of a format, and whether there is a reader for it."""
    return FileKind.DECODABLE if family_of(format) is not None else FileKind.NOT_DECODED, format


def named_like_image(name: bytes) -> bool:
    """Whether the name alone says that this is an image."""
    return _suffix(name) in _IMAGE_NAMES


def _suffix(name: bytes) -> str:
    stem, dot, suffix = name.rpartition(b"/")[2].rpartition(b".")
    return suffix.decode("ascii", "replace").lower() if dot and stem else ""


def _by_signature(head: bytes, suffix: str) -> tuple[FileKind, str] | None:
    if suffix == "svgz" and head.startswith(b"\x1f\x8b"):
        return picture("SVG")
    for signature, name in _PICTURES:
        if head.startswith(signature):
            return picture("AI" if name == "EPS" and suffix == "ai" else name)
    for signature, name in _CONTAINERS:
        if head.startswith(signature):
            return FileKind.CONTAINER, name
    if head[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        return _tiff(head, suffix)
    if (
        head[:2] == b"BM"
        and head[6:10] == bytes(4)
        and head[14:18] in (b"\x0c\0\0\0", b"(\0\0\0", b"8\0\0\0", b"l\0\0\0", b"|\0\0\0")
    ):
        return FileKind.DECODABLE, "BMP"
    if head[:4] == b"\0\0\2\0" and head[4:6] != b"\0\0" and head[9:10] == b"\0":
        return picture("CUR")
    if _PNM.match(head):
        return picture("PNM")
    if _PCX.match(head):
        return picture("PCX")
    if head[128:132] == b"DICM":
        return picture("DICOM")
    if head[:4] == b"RIFF":
        return (FileKind.DECODABLE, "WEBP") if head[8:12] == b"WEBP" else (FileKind.OTHER, "RIFF")
    if head[4:8] == b"ftyp":
        return _iso_media(head)
    return _document(head, suffix)


def _tiff(head: bytes, suffix: str) -> tuple[FileKind, str]:
    """TIFF, or one of the RAW formats that are built on it: CR2 by its mark, the others only by their names."""
    if head[8:10] == b"CR":
        return picture("CR2")
    return picture(suffix.upper() if suffix in _RAW_NAMES else "TIFF")


def _iso_media(head: bytes) -> tuple[FileKind, str]:
    """HEIC, AVIF, CR3 by major brand, then by compatible brands; anything else of that family is film or sound."""
    length = min(int.from_bytes(head[:4], "big"), len(head))
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, length - 3, 4))]
    known = [_FTYP[brand] for brand in brands if brand in _FTYP]
    if head[8:12] in (b"mif1", b"msf1"):  # says only "some image": the compatible brands say which
        known.sort(key=lambda found: found != "AVIF")
    return picture(known[0]) if known else (FileKind.OTHER, "ISO-MEDIA")


#: What icons, pointers and their collections of OS/2 begin with.
_OS2_ICONS = (b"CI", b"IC", b"BA", b"CP", b"PT")


def _document(head: bytes, suffix: str) -> tuple[FileKind, str] | None:
    if head[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        return FileKind.CONTAINER, _CONTAINER_NAMES.get(suffix, "ZIP")
    if head[:5] == b"%PDF-":
        return picture("AI") if suffix == "ai" else (FileKind.CONTAINER, "PDF")
    if head[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        return FileKind.CONTAINER, _CONTAINER_NAMES.get(suffix, "OLE")
    if head[257:262] == b"ustar":
        return FileKind.CONTAINER, "TAR"
    if suffix in ("ico", "cur", "ptr") and head[:2] in _OS2_ICONS:
        return picture("OS2-ICON")
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if text.startswith(b"<svg") or (text.startswith((b"<?xml", b"<!--", b"<!DOCTYPE")) and b"<svg" in text):
        return picture("SVG")
    if text.startswith((b"<?xml", b"<!--", b"<!DOCTYPE")) and suffix == "svg":
        return picture("SVG")
    return None
