"""What kind of file this is: its signature first, then its name."""

from __future__ import annotations

from enum import StrEnum


class FileKind(StrEnum):
    """What can be done with a file."""

    DECODABLE = "decodable"
    NOT_DECODED = "not-decoded"  # an image by signature or name, for which there is no decoder here
    CONTAINER = "container"  # may hold images, is not opened yet
    OTHER = "other"


#: How many bytes of a file ``sniff`` wants to see (the tar signature ends at 262).
HEAD_BYTES = 512

_FIXED = (
    (b"\xff\xd8\xff", FileKind.DECODABLE, "JPEG"),
    (b"\x89PNG\r\n\x1a\n", FileKind.DECODABLE, "PNG"),
    (b"GIF87a", FileKind.DECODABLE, "GIF"),
    (b"GIF89a", FileKind.DECODABLE, "GIF"),
    (b"8BPS", FileKind.NOT_DECODED, "PSD"),
    (b"FUJIFILMCCD-RAW", FileKind.NOT_DECODED, "RAF"),
    (b"IIRO", FileKind.NOT_DECODED, "ORF"),
    (b"IIRS", FileKind.NOT_DECODED, "ORF"),
    (b"MMOR", FileKind.NOT_DECODED, "ORF"),
    (b"IIU\x00", FileKind.NOT_DECODED, "RW2"),
    (b"FOVb", FileKind.NOT_DECODED, "X3F"),
    (b"\x00\x00\x01\x00", FileKind.NOT_DECODED, "ICO"),
    (b"\xff\x0a", FileKind.NOT_DECODED, "JXL"),
    (b"\x00\x00\x00\x0cJXL ", FileKind.NOT_DECODED, "JXL"),
    (b"\x00\x00\x00\x0cjP  ", FileKind.NOT_DECODED, "JPEG2000"),
    (b"\xff\x4f\xff\x51", FileKind.NOT_DECODED, "JPEG2000"),
    (b"DDS ", FileKind.NOT_DECODED, "DDS"),
    (b"qoif", FileKind.NOT_DECODED, "QOI"),
    (b"gimp xcf", FileKind.NOT_DECODED, "XCF"),
    (b"v/1\x01", FileKind.NOT_DECODED, "EXR"),
    (b"%!PS", FileKind.NOT_DECODED, "EPS"),
    (b"\xc5\xd0\xd3\xc6", FileKind.NOT_DECODED, "EPS"),
    (b"7z\xbc\xaf\x27\x1c", FileKind.CONTAINER, "7Z"),
    (b"Rar!\x1a\x07", FileKind.CONTAINER, "RAR"),
    (b"\x1f\x8b", FileKind.CONTAINER, "GZIP"),
    (b"BZh", FileKind.CONTAINER, "BZIP2"),
    (b"\xfd7zXZ\x00", FileKind.CONTAINER, "XZ"),
    (b"\x28\xb5\x2f\xfd", FileKind.CONTAINER, "ZSTD"),
    (b"MSCF", FileKind.CONTAINER, "CAB"),
)


def _words(*lines: str) -> list[str]:
    return " ".join(lines).split()


_RAW_NAMES = frozenset(
    _words(
        "3fr arw cr2 cr3 crw dcr dng erf fff iiq k25 kdc mef mos mrw nef nrw",
        "orf pef ptx raf raw rw2 rwl sr2 srf srw x3f",
    )
)

_IMAGE_NAMES = {
    **dict.fromkeys(("jpg", "jpeg", "jpe", "jfif", "mpo"), "JPEG"),
    **dict.fromkeys(("tif", "tiff"), "TIFF"),
    **dict.fromkeys(("heic", "heif", "hif"), "HEIC"),
    **dict.fromkeys(("bmp", "dib"), "BMP"),
    **dict.fromkeys(("svg", "svgz"), "SVG"),
    **dict.fromkeys(("psd", "psb"), "PSD"),
    **dict.fromkeys(("jp2", "j2k", "jpx", "jpf"), "JPEG2000"),
    **dict.fromkeys(("pnm", "ppm", "pgm", "pbm", "pam"), "PNM"),
    **{
        name: name.upper()
        for name in _words("png apng gif webp avif ico cur ai eps jxl tga dds exr hdr xcf pcx qoi wmf emf indd cdr")
    },
    **{name: name.upper() for name in _RAW_NAMES},
}

#: Formats whose every file starts with a signature that this module knows: a name without it is a wrong name.
_SIGNED = frozenset(_words("JPEG PNG APNG GIF WEBP AVIF HEIC TIFF BMP PSD JXL JPEG2000 ICO QOI XCF EXR DDS"))

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
    **dict.fromkeys((b"avif", b"avis"), (FileKind.DECODABLE, "AVIF")),
    **dict.fromkeys(
        (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"), (FileKind.DECODABLE, "HEIC")
    ),
    b"crx ": (FileKind.NOT_DECODED, "CR3"),
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
        return FileKind.NOT_DECODED, "" if named in _SIGNED or not head else named
    if suffix in _CONTAINER_NAMES:
        return FileKind.CONTAINER, _CONTAINER_NAMES[suffix]
    return FileKind.OTHER, suffix.upper()[:16]


def named_like_image(name: bytes) -> bool:
    """Whether the name alone says that this is an image."""
    return _suffix(name) in _IMAGE_NAMES


def _suffix(name: bytes) -> str:
    stem, dot, suffix = name.rpartition(b"/")[2].rpartition(b".")
    return suffix.decode("ascii", "replace").lower() if dot and stem else ""


def _by_signature(head: bytes, suffix: str) -> tuple[FileKind, str] | None:
    for signature, kind, name in _FIXED:
        if head.startswith(signature):
            return kind, name
    if head[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        return _tiff(head, suffix)
    if (
        head[:2] == b"BM"
        and head[6:10] == bytes(4)
        and head[14:18] in (b"\x0c\0\0\0", b"(\0\0\0", b"8\0\0\0", b"l\0\0\0", b"|\0\0\0")
    ):
        return FileKind.DECODABLE, "BMP"
    if head[:4] == b"RIFF":
        return (FileKind.DECODABLE, "WEBP") if head[8:12] == b"WEBP" else (FileKind.OTHER, "RIFF")
    if head[4:8] == b"ftyp":
        return _iso_media(head)
    return _document(head, suffix)


def _tiff(head: bytes, suffix: str) -> tuple[FileKind, str]:
    """TIFF, or one of the RAW formats that are built on it: CR2 by its mark, the others only by their names."""
    if head[8:10] == b"CR":
        return FileKind.NOT_DECODED, "CR2"
    if suffix in _RAW_NAMES:
        return FileKind.NOT_DECODED, suffix.upper()
    return FileKind.DECODABLE, "TIFF"


def _iso_media(head: bytes) -> tuple[FileKind, str]:
    """HEIC, AVIF, CR3 by major brand, then by compatible brands; anything else of that family is film or sound."""
    length = min(int.from_bytes(head[:4], "big"), len(head))
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, length - 3, 4))]
    known = [_FTYP[brand] for brand in brands if brand in _FTYP]
    if head[8:12] in (b"mif1", b"msf1"):  # says only "some image": the compatible brands say which
        known.sort(key=lambda found: found[1] != "AVIF")
    return known[0] if known else (FileKind.OTHER, "ISO-MEDIA")


def _document(head: bytes, suffix: str) -> tuple[FileKind, str] | None:
    if head[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        return FileKind.CONTAINER, _CONTAINER_NAMES.get(suffix, "ZIP")
    if head[:5] == b"%PDF-":
        return (FileKind.NOT_DECODED, "AI") if suffix == "ai" else (FileKind.CONTAINER, "PDF")
    if head[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        return FileKind.CONTAINER, _CONTAINER_NAMES.get(suffix, "OLE")
    if head[257:262] == b"ustar":
        return FileKind.CONTAINER, "TAR"
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if text.startswith(b"<svg") or (text.startswith((b"<?xml", b"<!--", b"<!DOCTYPE")) and b"<svg" in text):
        return FileKind.NOT_DECODED, "SVG"
    if text.startswith((b"<?xml", b"<!--", b"<!DOCTYPE")) and suffix == "svg":
        return FileKind.NOT_DECODED, "SVG"
    return None
