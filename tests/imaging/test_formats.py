"""The signature decides what a file is; the name only where there is no signature."""

from __future__ import annotations

import pytest

from pdpo_audit.imaging import FileKind, named_like_image, sniff


@pytest.mark.parametrize(
    ("head", "name", "expected"),
    [
        (b"\xff\xd8\xff\xe0", b"a/photo.png", (FileKind.DECODABLE, "JPEG")),
        (b"\x89PNG\r\n\x1a\n", b"photo", (FileKind.DECODABLE, "PNG")),
        (b"II*\0\x10\0\0\0CR\x02\0", b"x.cr2", (FileKind.NOT_DECODED, "CR2")),
        (b"II*\0\x08\0\0\0", b"x.NEF", (FileKind.NOT_DECODED, "NEF")),
        (b"MM\0*\0\0\0\x08", b"x.tif", (FileKind.DECODABLE, "TIFF")),
        (b"\0\0\0\x1cftypavif\0\0\0\0avifmif1", b"x", (FileKind.DECODABLE, "AVIF")),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", b"x", (FileKind.DECODABLE, "HEIC")),
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf", b"x", (FileKind.DECODABLE, "AVIF")),
        (b"\0\0\0\x18ftypcrx \0\0\0\0crx isom", b"x", (FileKind.NOT_DECODED, "CR3")),
        (b"\0\0\0\x18ftypisom\0\0\0\0isommp41", b"x.mp4", (FileKind.OTHER, "ISO-MEDIA")),
        (b"RIFF\0\0\0\0WEBPVP8 ", b"x", (FileKind.DECODABLE, "WEBP")),
        (b"8BPS\0\1", b"x.jpg", (FileKind.NOT_DECODED, "PSD")),
        (b"<?xml version='1.0'?><svg xmlns='x'>", b"x.svg", (FileKind.NOT_DECODED, "SVG")),
        (b"%PDF-1.7", b"logo.ai", (FileKind.NOT_DECODED, "AI")),
        (b"%PDF-1.7", b"logo.pdf", (FileKind.CONTAINER, "PDF")),
        (b"PK\x03\x04", b"deck.pptx", (FileKind.CONTAINER, "PPTX")),
        (b"PK\x03\x04", b"holiday.jpg", (FileKind.CONTAINER, "ZIP")),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"old.msg", (FileKind.CONTAINER, "MSG")),
        (b"hello", b"note.jpg", (FileKind.NOT_DECODED, "")),
        (b"", b"empty.jpg", (FileKind.NOT_DECODED, "")),
        (b"", b"empty.txt", (FileKind.OTHER, "TXT")),
        (b"hello", b"note.txt", (FileKind.OTHER, "TXT")),
        (b"hello", b".jpg", (FileKind.OTHER, "")),
        (b"\0\0\2\0", b"x.tga", (FileKind.NOT_DECODED, "TGA")),
    ],
)
def test_sniff(head: bytes, name: bytes, expected: tuple[FileKind, str]) -> None:
    assert sniff(head, name) == expected


def test_names() -> None:
    assert named_like_image(b"A/B/C.JPEG")
    assert not named_like_image(b"A/jpeg")
