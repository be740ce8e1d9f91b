"""Files that hold others, made for the tests: the same few files, packed in each way."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Mapping
from email.message import EmailMessage

import pikepdf
import py7zr
from PIL import Image

Files = Mapping[str, bytes]


def zipped(files: Files, folder: str = "") -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(folder + name, content)
    return target.getvalue()


def tarred(files: Files) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return target.getvalue()


def message(files: Files) -> EmailMessage:
    mail = EmailMessage()
    mail["Subject"], mail["From"] = "Pictures", "studio@example.hk"
    mail.set_content("As promised.")
    for name, content in files.items():
        mail.add_attachment(content, maintype="image", subtype="jpeg", filename=name)
    return mail


def forwarded(files: Files) -> bytes:
    mail = EmailMessage()
    mail["Subject"] = "Fwd: Pictures"
    mail.set_content("See below.")
    mail.add_attachment(message(files))
    return mail.as_bytes()


def mailbox(files: Files) -> bytes:
    one = message(files).as_bytes()
    return b"".join(b"From a@example.hk Mon Jan  1 00:00:00 2024\n" + one + b"\n\n" for _ in range(2))


def paged(files: Files) -> bytes:
    """A PDF with a JPEG on each page, its bytes kept."""
    document, target = pikepdf.new(), io.BytesIO()
    for content in files.values():
        width, height = Image.open(io.BytesIO(content)).size
        page = document.add_blank_page(page_size=(width, height))
        stream = pikepdf.Stream(
            document, content, Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=width, Height=height,
            ColorSpace=pikepdf.Name.DeviceRGB, BitsPerComponent=8, Filter=pikepdf.Name.DCTDecode,
        )  # fmt: skip
        page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=document.make_indirect(stream)))
    document.save(target)
    return target.getvalue()


def rarred(files: Files, method: int = 0x30) -> bytes:
    """RAR of before version 5, its files stored as they are; another ``method`` says that they are packed."""

    def block(kind: int, flags: int, body: bytes) -> bytes:
        head = struct.pack("<BHH", kind, flags, 7 + len(body)) + body
        return struct.pack("<H", zlib.crc32(head) & 0xFFFF) + head

    made = b"Rar!\x1a\x07\0" + block(0x73, 0, bytes(6))
    for name, content in files.items():
        raw = name.encode()
        fields = struct.pack(
            "<IIBIIBBHI", len(content), len(content), 3, zlib.crc32(content), 0, 20, method, len(raw), 0o100644 << 16
        )
        made += block(0x74, 0x8000, fields + raw) + content
    return made + block(0x7B, 0x4000, b"")


def sevened(files: Files) -> bytes:
    """7z, all files in one block."""
    target = io.BytesIO()
    with py7zr.SevenZipFile(target, "w") as archive:
        for name, content in files.items():
            archive.writestr(content, name)
    return target.getvalue()


#: By the name of the outer file: how it is packed, and the way to each picture in it (``{}`` is its name or number).
PACKED: Mapping[str, tuple[Callable[[Files], bytes], str]] = {
    "old.zip": (zipped, "{name}"),
    "deck.pptx": (lambda files: zipped(files, "ppt/media/"), "ppt/media/{name}"),
    "letter.docx": (lambda files: zipped(files, "word/media/"), "word/media/{name}"),
    "show.odp": (lambda files: zipped(files, "Pictures/"), "Pictures/{name}"),
    "old.tar": (tarred, "{name}"),
    "old.tar.gz": (lambda files: gzip.compress(tarred(files)), "{name}"),
    "old.tbz2": (lambda files: bz2.compress(tarred(files)), "{name}"),
    "old.tar.xz": (lambda files: lzma.compress(tarred(files)), "{name}"),
    "old.rar": (rarred, "{name}"),
    "old.7z": (sevened, "{name}"),
    "mail.eml": (lambda files: message(files).as_bytes(), "{name}"),
    "fwd.eml": (forwarded, "part 2.eml!/{name}"),
    "deep.zip": (lambda files: zipped({"in.zip": zipped({"deck.pptx": zipped(files)})}), "in.zip!/deck.pptx!/{name}"),
}
