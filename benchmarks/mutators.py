"""Malformed files by number: sound pictures of every format, and what a hostile hand makes of their structure.

``case(number, seeds)`` is the same bytes for the same number and seeds. Kinds of mutation: metadata blocks made up of
random parts (EXIF, IPTC, XMP, ICC), fields of the format's own structure set to telling values, parts removed,
doubled, exchanged or cut short, and bytes turned over anywhere.
"""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image, ImageCms

Draws = random.Random

_WORDS = (
    0,
    1,
    2,
    3,
    7,
    8,
    0x7F,
    0x80,
    0xFF,
    0x100,
    0x7FFF,
    0x8000,
    0xFFFF,
    0x10000,
    0x7FFFFFFF,
    0x80000000,
    0xFFFFFFFF,
)
_TAGS = (
    0x0100, 0x0101, 0x0102, 0x0103, 0x0106, 0x0111, 0x0112, 0x0115, 0x0116, 0x0117, 0x011C, 0x0142, 0x014A, 0x0201,
    0x0202, 0x010E, 0x013B, 0x8298, 0x83BB, 0x02BC, 0x8769, 0x8825, 0xA005, 0x9003, 0x9004, 0x9011, 0x927C, 0x9286,
)  # fmt: skip
_EXIF = b"Exif\0\0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed:
    """A sound file: its ``name`` (the suffix tells the format) and its bytes."""

    name: str
    data: bytes

    @property
    def kind(self) -> str:
        """The format, by its first bytes."""
        head = self.data[:12]
        known = {b"\xff\xd8": "jpeg", b"\x89P": "png", b"GI": "gif", b"BM": "bmp", b"II": "tiff", b"MM": "tiff"}
        if head[4:8] == b"ftyp":
            return "boxes"
        return "webp" if head[8:12] == b"WEBP" else known.get(head[:2], "other")


def made_seeds(heic: Path | None = None) -> list[Seed]:
    """Small sound pictures in all formats that are decoded here; HEIC from a folder, for nothing here writes it."""
    noise = np.random.default_rng(4).integers(0, 256, (9, 12, 3), dtype=np.uint8)
    image = Image.fromarray(noise).resize((96, 64), Image.Resampling.BICUBIC)
    icc = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    exif = exif_block(Draws(1))[:4000]
    xmp = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'></x:xmpmeta>"
    grey16 = Image.fromarray(np.asarray(image.convert("L")).astype(np.uint16) * 257)
    alpha = image.convert("RGBA")
    alpha.putalpha(120)
    made: dict[str, tuple[Image.Image, str, dict[str, object]]] = {
        "plain.jpg": (image, "JPEG", {"exif": exif, "icc_profile": icc, "xmp": xmp}),
        "progressive.jpg": (image, "JPEG", {"progressive": True, "quality": 60}),
        "cmyk.jpg": (image.convert("CMYK"), "JPEG", {}),
        "grey.jpg": (image.convert("L"), "JPEG", {"comment": b"x" * 30}),
        "plain.png": (image, "PNG", {"exif": exif, "icc_profile": icc}),
        "alpha.png": (alpha, "PNG", {}),
        "deep.png": (grey16, "PNG", {}),
        "palette.png": (image.quantize(32), "PNG", {"transparency": 3}),
        "bits.png": (image.convert("1"), "PNG", {}),
        "plain.gif": (image, "GIF", {}),
        "moving.gif": (image, "GIF", {"save_all": True, "append_images": [image.rotate(90), alpha.convert("RGB")]}),
        "plain.bmp": (image, "BMP", {}),
        "palette.bmp": (image.quantize(16), "BMP", {}),
        "plain.tif": (image, "TIFF", {"exif": Image.Exif()}),
        "lzw.tif": (image, "TIFF", {"compression": "tiff_lzw"}),
        "jpeg.tif": (image, "TIFF", {"compression": "jpeg"}),
        "fax.tif": (image.convert("1"), "TIFF", {"compression": "group4"}),
        "float.tif": (image.convert("F"), "TIFF", {"compression": "tiff_adobe_deflate"}),
        "pages.tif": (grey16, "TIFF", {"save_all": True, "append_images": [grey16.copy(), grey16.rotate(90)]}),
        "lossy.webp": (image, "WEBP", {"exif": exif, "icc_profile": icc, "xmp": xmp}),
        "lossless.webp": (alpha, "WEBP", {"lossless": True}),
        "moving.webp": (image, "WEBP", {"save_all": True, "append_images": [image.rotate(180)]}),
        "plain.avif": (image, "AVIF", {"exif": exif, "icc_profile": icc, "speed": 10}),
    }
    seeds = [Seed(name=name, data=_saved(*how)) for name, how in made.items()]
    return seeds + read_seeds(heic) if heic else seeds


def read_seeds(folder: Path, largest: int = 200_000) -> list[Seed]:
    """The files below a folder that are not too large to be mutated often."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.stat().st_size <= largest]
    return [Seed(name=path.name, data=path.read_bytes()) for path in files]


def _saved(image: Image.Image, format: str, options: dict[str, object]) -> bytes:
    buffer = BytesIO()
    image.copy().save(buffer, format, **options)
    return buffer.getvalue()


def case(number: int, seeds: Sequence[Seed]) -> Seed:
    """The mutated file with this number."""
    draws = Draws(number)
    seed = seeds[number % len(seeds)]
    data = seed.data
    for _ in range(draws.choice((1, 1, 1, 2, 4))):
        data = draws.choice(_MUTATIONS.get(seed.kind, _ANYWHERE))(data, draws)
    return Seed(name=seed.name, data=data)


def exif_block(draws: Draws) -> bytes:
    """Directories of random tags, types, counts and values, which point anywhere, also into themselves."""
    order, size = draws.choice("<>"), draws.choice((40, 300, 1500, 5000))
    body = bytearray(draws.randbytes(size)) if draws.random() < 0.3 else bytearray(size)
    body[:8] = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", 8)
    at = 8
    for _ in range(draws.randint(1, 4)):
        count = draws.choice((0, 1, 3, 8, 200, 65535))
        entries = b"".join(_entry(order, draws, size) for _ in range(min(count, 12)))
        following = struct.pack(order + "I", draws.choice((0, 8, at, draws.randrange(size), 0xFFFFFFFF)))
        directory = struct.pack(order + "H", count) + entries + following
        body[at : at + len(directory)] = directory
        at += len(directory)
    return _EXIF + bytes(body)


def _entry(order: str, draws: Draws, size: int) -> bytes:
    kind = draws.choice((1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 16, 0, 99))
    count = draws.choice((0, 1, 1, 1, 2, 3, 20, 0xFFFF, 0xFFFFFFFF))
    value = draws.choice(
        (
            struct.pack(order + "I", draws.choice(_WORDS)),
            struct.pack(order + "I", draws.randrange(size)),
            struct.pack(order + "f", draws.choice((float("inf"), float("-inf"), float("nan"), 1e38, -1.0))),
            struct.pack(order + "HH", draws.randrange(10), 0),
        )
    )
    return struct.pack(order + "HHI", draws.choice(_TAGS), kind, count) + value


def iptc_block(draws: Draws) -> bytes:
    """A Photoshop resource with IIM fields of any length."""
    fields = b"".join(
        bytes((0x1C, draws.choice((1, 2, 2, 2, 9)), draws.choice((5, 25, 55, 60, 80, 90, 110, 116, 120))))
        + struct.pack(">H", draws.choice((0, 1, 8, 40, 0x7FFF, 0x8004, 0xFFFF)))
        + draws.choice((draws.randbytes(12), b"20269999", b"\xa4\xa4\xa4\xe5", b"\x1b%G", b"x" * 50))
        for _ in range(draws.randint(1, 12))
    )
    length = draws.choice((len(fields), 0, len(fields) + 1000, 0xFFFFFFFF))
    return b"Photoshop 3.0\x008BIM\x04\x04" + draws.choice((b"\0\0", b"\x05ab")) + struct.pack(">I", length) + fields


def xmp_packet(draws: Draws) -> bytes:
    """A packet with deep nests, wrong arrays, endless texts, entities, and bytes that are no text."""
    inner = draws.choice(("", "&amp;", "&#0;", "&x;", "\U0001f600" * 40, "<rdf:Bag><rdf:li/></rdf:Bag>", "1e999", "-"))
    deep = draws.choice((0, 1, 5, 60, 2000))
    nest = "<dc:creator rdf:parseType='Resource'>" * deep + inner + "</dc:creator>" * deep
    head = draws.choice(("", "<?xml version='1.0' encoding='utf-16'?>", "<!DOCTYPE x [<!ENTITY x 'y'>]>"))
    name = draws.choice(
        ("dc:subject", "exif:DateTimeOriginal", "mwg-rs:Regions", "MP:RegionInfo", "Iptc4xmpExt:PersonInImage")
    )
    text = (
        f"{head}<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
        "<rdf:Description xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:exif='http://ns.adobe.com/exif/1.0/' "
        "xmlns:mwg-rs='http://www.metadataworkinggroup.com/schemas/regions/' "
        "xmlns:MP='http://ns.microsoft.com/photo/1.2/' "
        "xmlns:Iptc4xmpExt='http://iptc.org/std/Iptc4xmpExt/2008-02-29/'>"
        f"<{name}>{draws.choice(('0000-00-00T99:99:99+99:99', '2024-05-01', inner, 'x' * 5000))}</{name}>{nest}"
        "</rdf:Description></rdf:RDF></x:xmpmeta>"
    )
    packet = text.encode("utf-8", "surrogatepass")
    return packet if draws.random() < 0.7 else turn_bytes(packet, draws)


def icc_profile(draws: Draws) -> bytes:
    """A profile whose tags point anywhere."""
    whole = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    for _ in range(draws.randint(1, 8)):
        struct.pack_into(">I", whole, 4 * draws.randrange(len(whole) // 4), draws.choice(_WORDS))
    return bytes(whole[: draws.choice((len(whole), 20, 130, 200))])


def turn_bytes(data: bytes, draws: Draws) -> bytes:
    """Some bytes anywhere become others."""
    changed = bytearray(data)
    for _ in range(draws.choice((1, 2, 8, 64))):
        if changed:
            changed[draws.randrange(len(changed))] = draws.choice((0, 1, 0x7F, 0x80, 0xFF, draws.randrange(256)))
    return bytes(changed)


def turn_head(data: bytes, draws: Draws) -> bytes:
    """The same among the first bytes, where the structure stands."""
    return turn_bytes(data[:200], draws) + data[200:]


def cut(data: bytes, draws: Draws) -> bytes:
    """The file ends early, or goes on."""
    return data[: draws.randrange(len(data) + 1)] if draws.random() < 0.8 else data + draws.randbytes(300)


def set_word(data: bytes, draws: Draws) -> bytes:
    """One number of two or four bytes becomes a telling one."""
    if len(data) < 8:
        return data
    changed, form = bytearray(data), draws.choice(("<H", ">H", "<I", ">I"))
    limit = 0xFFFF if form[1] == "H" else 0xFFFFFFFF
    at = draws.randrange(min(len(data) - 4, draws.choice((64, 400, len(data)))) or 1)
    struct.pack_into(form, changed, at, draws.choice(_WORDS) & limit)
    return bytes(changed)


def move(data: bytes, draws: Draws) -> bytes:
    """A stretch of bytes is removed, doubled, or taken elsewhere."""
    start = draws.randrange(len(data) + 1)
    end = min(len(data), start + draws.choice((1, 4, 12, 100, 2000)))
    part, rest = data[start:end], data[:start] + data[end:]
    at = draws.randrange(len(rest) + 1)
    return draws.choice((rest, data[:end] + data[start:], rest[:at] + part + rest[at:]))


def _parts(data: bytes, kind: str) -> list[bytes]:
    """The segments, chunks or boxes of a file; what follows the first broken one is one part."""
    parts, at = [], {"jpeg": 2, "png": 8, "webp": 12, "boxes": 0}[kind]
    parts.append(data[:at])
    while at + 8 <= len(data):
        if kind == "jpeg":
            length = 2 + int.from_bytes(data[at + 2 : at + 4], "big") if data[at + 1] != 0xDA else len(data)
        elif kind == "png":
            length = 12 + int.from_bytes(data[at : at + 4], "big")
        elif kind == "webp":
            size = int.from_bytes(data[at + 4 : at + 8], "little")
            length = 8 + size + size % 2
        else:
            length = int.from_bytes(data[at : at + 4], "big") or len(data)
        parts.append(data[at : at + max(length, 8)])
        at += max(length, 8)
    return parts if at >= len(data) else [*parts, data[at:]]


def _shuffled(kind: str) -> Callable[[bytes, Draws], bytes]:
    def shuffle(data: bytes, draws: Draws) -> bytes:
        head, *parts = _parts(data, kind)
        if not parts:
            return data
        one = draws.randrange(len(parts))
        match draws.randrange(4):
            case 0:
                del parts[one]
            case 1:
                parts.insert(draws.randrange(len(parts)), parts[one])
            case 2:
                parts[one] = turn_head(parts[one], draws)
            case _:
                parts[one] = set_word(parts[one], draws)
        return head + b"".join(parts)

    return shuffle


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def sum_chunks(data: bytes, draws: Draws) -> bytes:
    """A field of a PNG is changed and its checksums are made right: the decoder looks at it."""
    head, *parts = _parts(data, "png")
    bodies = [(part[4:8], part[8:-4]) for part in parts if len(part) >= 12]
    if not bodies:
        return data
    one = draws.randrange(len(bodies))
    bodies[one] = (bodies[one][0], draws.choice((set_word, turn_head, cut))(bodies[one][1], draws))
    return head + b"".join(_chunk(*body) for body in bodies)


def _segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", min(0xFFFF, len(body) + 2)) + body[:65533]


def tag_jpeg(data: bytes, draws: Draws) -> bytes:
    """Another metadata segment."""
    makers: tuple[Callable[[], bytes], ...] = (
        lambda: _segment(0xE1, exif_block(draws)),
        lambda: _segment(0xED, iptc_block(draws)),
        lambda: _segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + xmp_packet(draws)),
        lambda: _segment(0xE2, b"ICC_PROFILE\0" + draws.choice((b"\1\1", b"\0\0", b"\2\1")) + icc_profile(draws)),
        lambda: _segment(0xE2, b"MPF\0" + exif_block(draws)[6:]),
        lambda: _segment(0xEE, b"Adobe" + draws.randbytes(7)),
    )
    return data[:2] + draws.choice(makers)() + data[2:]


def tag_png(data: bytes, draws: Draws) -> bytes:
    """Another metadata chunk, before the pixels or behind them."""
    makers: tuple[Callable[[], bytes], ...] = (
        lambda: _chunk(b"eXIf", exif_block(draws)[6:]),
        lambda: _chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp_packet(draws)),
        lambda: _chunk(b"iCCP", b"p\0\0" + zlib.compress(icc_profile(draws))),
        lambda: _chunk(b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(exif_block(draws).hex().encode())),
        lambda: _chunk(draws.choice((b"acTL", b"fcTL", b"tRNS", b"gAMA", b"cHRM", b"pHYs")), draws.randbytes(26)),
    )
    at = draws.choice((33, len(data) - 12))
    return data[:at] + draws.choice(makers)() + data[at:]


def tag_webp(data: bytes, draws: Draws) -> bytes:
    """Another metadata chunk at the end."""
    kind, body = draws.choice(
        ((b"EXIF", exif_block(draws)), (b"XMP ", xmp_packet(draws)), (b"ICCP", icc_profile(draws)))
    )
    return data + kind + struct.pack("<I", len(body)) + body


def tag_tiff(data: bytes, draws: Draws) -> bytes:
    """One entry of the first directory becomes another, or the chain of directories is bent."""
    order = "<" if data[:2] == b"II" else ">"
    if len(data) < 16:
        return data
    (first,) = struct.unpack_from(order + "I", data, 4)
    if first + 2 > len(data):
        return data
    (count,) = struct.unpack_from(order + "H", data, first)
    changed, at = bytearray(data), first + 2 + 12 * draws.randrange(count + 1)
    new = _entry(order, draws, len(data)) if draws.random() < 0.8 else struct.pack(order + "I", first)
    changed[at : at + len(new)] = new
    return bytes(changed)


_ANYWHERE = (turn_bytes, turn_head, cut, set_word, move)
_MUTATIONS: dict[str, tuple[Callable[[bytes, Draws], bytes], ...]] = {
    "jpeg": (tag_jpeg, tag_jpeg, tag_jpeg, _shuffled("jpeg"), *_ANYWHERE),
    "png": (tag_png, tag_png, sum_chunks, sum_chunks, _shuffled("png"), *_ANYWHERE),
    "webp": (tag_webp, _shuffled("webp"), _shuffled("webp"), *_ANYWHERE),
    "boxes": (_shuffled("boxes"), _shuffled("boxes"), set_word, *_ANYWHERE),
    "tiff": (tag_tiff, tag_tiff, tag_tiff, *_ANYWHERE),
}
