"""The signature decides what a file is; the name only where there is no signature."""

from __future__ import annotations

import pytest

from pdpo_audit.imaging import FileKind, named_like_image, sniff


@pytest.mark.parametrize(
    ("head", "name", "expected"),
    [
        (b"\xff\xd8\xff\xe0", b"a/photo.png", (FileKind.DECODABLE, "JPEG")),
        (b"\x89PNG\r\n\x1a\n", b"photo", (FileKind.DECODABLE, "PNG")),
        (b"II*\0\x10\0\0\0CR\x02\0", b"x.cr2", (FileKind.DECODABLE, "CR2")),
        (b"II*\0\x08\0\0\0", b"x.NEF", (FileKind.DECODABLE, "NEF")),
        (b"MM\0*\0\0\0\x08", b"x.tif", (FileKind.DECODABLE, "TIFF")),
        (b"\0\0\0\x1cftypavif\0\0\0\0avifmif1", b"x", (FileKind.DECODABLE, "AVIF")),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", b"x", (FileKind.DECODABLE, "HEIC")),
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf", b"x", (FileKind.DECODABLE, "AVIF")),
        (b"\0\0\0\x18ftypcrx \0\0\0\0crx isom", b"x", (FileKind.DECODABLE, "CR3")),
        (b"\0\0\0\x18ftypisom\0\0\0\0isommp41", b"x.mp4", (FileKind.OTHER, "ISO-MEDIA")),
        (b"RIFF\0\0\0\0WEBPVP8 ", b"x", (FileKind.DECODABLE, "WEBP")),
        (b"8BPS\0\1", b"x.jpg", (FileKind.DECODABLE, "PSD")),
        (b"<?xml version='1.0'?><svg xmlns='x'>", b"x.svg", (FileKind.DECODABLE, "SVG")),
        (b"%PDF-1.7", b"logo.ai", (FileKind.DECODABLE, "AI")),
        (b"%PDF-1.7", b"logo.pdf", (FileKind.CONTAINER, "PDF")),
        (b"PK\x03\x04", b"deck.pptx", (FileKind.CONTAINER, "PPTX")),
        (b"PK\x03\x04", b"holiday.jpg", (FileKind.CONTAINER, "ZIP")),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"old.msg", (FileKind.CONTAINER, "MSG")),
        (b"hello", b"note.jpg", (FileKind.NOT_DECODED, "")),
        (b"", b"empty.jpg", (FileKind.NOT_DECODED, "")),
        (b"", b"empty.txt", (FileKind.OTHER, "TXT")),
        (b"hello", b"note.txt", (FileKind.OTHER, "TXT")),
        (b"hello", b".jpg", (FileKind.OTHER, "")),
        (b"\0\0\2\0", b"x.tga", (FileKind.DECODABLE, "TGA")),
        (b"\0\0\2\0\1\0\x20\x20\0\0", b"x.cur", (FileKind.DECODABLE, "CUR")),
        (b"8BPS\0\2", b"x.psd", (FileKind.DECODABLE, "PSB")),
        (b"P6\n# made\n2 2\n255\n", b"x", (FileKind.DECODABLE, "PNM")),
        (b"P7\nWIDTH 2\n", b"x", (FileKind.DECODABLE, "PNM")),
        (b"P1 meeting of Monday", b"x.txt", (FileKind.OTHER, "TXT")),
        (b"\x0a\x05\x01\x08", b"x", (FileKind.DECODABLE, "PCX")),
        (b"\xff\x4f\xff\x51", b"x.jph", (FileKind.DECODABLE, "JPEG2000")),
        (b"\x1f\x8b\x08", b"x.svgz", (FileKind.DECODABLE, "SVG")),
        (b"\x1f\x8b\x08", b"x.tar.gz", (FileKind.CONTAINER, "GZIP")),
        (bytes(128) + b"DICM", b"IM0001", (FileKind.DECODABLE, "DICOM")),
        (b"v/1\x01", b"x.exr", (FileKind.NOT_DECODED, "EXR")),
        (b"BA\x1a\0", b"x.ico", (FileKind.NOT_DECODED, "OS2-ICON")),
        (b"%!PS-Adobe", b"x.ai", (FileKind.DECODABLE, "AI")),
    ],
)
def test_sniff(head: bytes, name: bytes, expected: tuple[FileKind, str]) -> None:
    assert sniff(head, name) == expected


def test_names() -> None:
    assert named_like_image(b"A/B/C.JPEG")
    assert not named_like_image(b"A/jpeg")
