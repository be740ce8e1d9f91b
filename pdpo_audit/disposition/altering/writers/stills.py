"""Single pictures with fields filled, written without loss: in their own format where that is possible, else as PNG."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pdpo_audit.disposition.altering.cleaning.chunks import cleaned_png
from pdpo_audit.disposition.altering.cleaning.directories import cleaned_exif
from pdpo_audit.disposition.altering.cleaning.packets import MASKED, cleaned_packet
from pdpo_audit.disposition.altering.fields import Field, stored
from pdpo_audit.disposition.altering.results import Cause, Stopped
from pdpo_audit.disposition.altering.writers.written import Written
from pdpo_audit.imaging.decoding import decoder
from pdpo_audit.metadata.embedded import packet_of

#: Formats that are written as they were, by the names that Pillow gives them.
_SAME = {
    "PNG": "PNG",
    "WEBP": "WEBP",
    "BMP": "BMP",
    "DIB": "BMP",
    "TIFF": "TIFF",
    "TGA": "TGA",
    "PPM": "PNM",
    "SGI": "SGI",
}
#: Formats whose pictures are written as PNG, because nothing here writes them without loss.
AS_PNG = frozenset(("AVIF", "HEIC", "JPEG2000", "JXL", "JXR", "PCX", "QOI", "DDS"))
#: Compressions of TIFF that lose nothing, as Pillow calls them.
_LOSSLESS = frozenset(
    (
        "raw",
        "tiff_lzw",
        "tiff_adobe_deflate",
        "tiff_deflate",
        "packbits",
        "group3",
        "group4",
        "tiff_ccitt",
        "lzma",
        "zstd",
    )
)
#: Resolution with its unit, make, model, program, day, artist and copyright of a TIFF.
_TIFF_TAGS = (271, 272, 282, 283, 296, 305, 306, 315, 33432)
_BITS, _PLANES = 258, 277


def write_still(data: bytes, image: Image.Image, format: str, field: Field, orientation: int) -> Written:
    """The picture with ``field`` (of the upright picture) filled with its darkest colour. Raises ``Stopped``."""
    lying = stored(field, orientation)
    same = _SAME.get(image.format or "", "")
    notes: tuple[str, ...] = ()
    if not same:
        if format not in AS_PNG:
            raise Stopped(Cause.NOT_WRITTEN, format)
        notes = (f"{format} is not written here without loss: the masked copy is a PNG",)
    if format == "PNG" and _deep_colours(data):
        new = _deep_png(data, lying)
    else:
        filled = _filled(image, lying)
        new = _saved(filled, image, same or "PNG")
    if (same or "PNG") == "PNG":
        new = cleaned_png(new, like=data if same else b"", exif=exif_of(image))
    return Written(data=new, format=same or "PNG", apart=(field,), solid=(field,), notes=(*notes, *_left_out(image)))


def _left_out(image: Image.Image) -> tuple[str, ...]:
    frames = int(getattr(image, "n_frames", 1))
    return (f"{frames - 1} further pictures in the file were left out",) if frames > 1 else ()


def _filled(image: Image.Image, field: Field) -> Image.Image:
    """A copy with the field filled: black, opaque; of a palette the colour that is nearest to black."""
    with decoder():
        image.load()
    if image.mode in ("CMYK", "LAB", "YCbCr", "HSV", "F", "I", "PA", "La", "RGBa") and image.format not in (
        "TIFF",
        "PPM",
    ):
        with decoder():
            image = image.convert("RGBA" if "A" in image.mode or "a" in image.mode else "RGB")
    values = np.array(image)
    if values.shape[:2] != field.shape:
        raise Stopped(Cause.NOT_WRITTEN, "the file stores another picture than is shown")
    if image.mode in ("RGBA", "LA"):  # nobody sees it, and it may be the face
        values[values[..., -1] == 0] = 0
    values[field] = fill_of(image)
    new = Image.fromarray(values, image.mode) if image.mode != "1" else Image.fromarray(values)
    if image.mode == "P" and image.palette is not None:
        new.putpalette(image.palette.palette, image.palette.mode)
    return new


def fill_of(image: Image.Image) -> Any:
    """The value that fills a field of a picture in its own colours."""
    match image.mode:
        case "P":
            return darkest(image)
        case "RGBA" | "RGBX":
            return (0, 0, 0, 255)
        case "LA":
            return (0, 255)
        case "CMYK":
            return (0, 0, 0, 255)
        case "LAB":
            return (0, 128, 128)
        case _:
            return 0


def darkest(image: Image.Image) -> int:
    """The index of the darkest colour of a palette that is not see-through."""
    colours = np.asarray(image.getpalette("RGB") or [0, 0, 0], np.int32).reshape(-1, 3).sum(axis=1)
    clear = image.info.get("transparency")
    if isinstance(clear, int) and clear < len(colours) and len(colours) > 1:
        colours[clear] = 10_000
    elif isinstance(clear, bytes):
        see_through = np.frombuffer(clear, np.uint8)[: len(colours)] < 255
        if not see_through.all() or len(see_through) < len(colours):
            colours[: len(see_through)][see_through] = 10_000
    return int(colours.argmin())


def _saved(filled: Image.Image, image: Image.Image, format: str) -> bytes:
    options: dict[str, Any] = {}
    profile = image.info.get("icc_profile")
    if isinstance(profile, bytes) and profile:
        options["icc_profile"] = profile
    if "transparency" in image.info and filled.mode in ("P", "L", "RGB", "1") and format == "PNG":
        options["transparency"] = image.info["transparency"]
    target = {"PNM": "PPM"}.get(format, format)
    if format == "WEBP":
        options |= {"lossless": True, "exact": True, "quality": 60, "exif": exif_of(image)}
        options["xmp"] = cleaned_packet(packet_of(image), MASKED)
    if format == "TIFF":
        options |= _tiff_options(image)
    if format == "TGA" and "compression" in image.info:
        options["compression"] = image.info["compression"]
    written = BytesIO()
    try:
        filled.save(written, target, **options)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Stopped(Cause.NOT_WRITTEN, f"{format}, {filled.mode}: {error}") from error
    return written.getvalue()


def _tiff_options(image: Image.Image) -> dict[str, Any]:
    tags: Any = getattr(image, "tag_v2", {})
    bits = tags.get(_BITS, (8,))
    if max(bits if isinstance(bits, tuple) else (bits,)) > 8 and int(tags.get(_PLANES, 1)) > 1:
        raise Stopped(Cause.NOT_WRITTEN, "a TIFF in colour of more than 8 bits")
    compression = image.info.get("compression", "raw")
    return {
        "compression": compression if compression in _LOSSLESS else "tiff_adobe_deflate",
        "tiffinfo": {tag: tags[tag] for tag in _TIFF_TAGS if tag in tags},
    }


def exif_of(image: Image.Image) -> bytes:
    """What stays of the EXIF data of an opened picture."""
    block = image.info.get("exif", b"")
    if not isinstance(block, bytes) or not block:
        return b""
    kept = cleaned_exif(block.removeprefix(b"Exif\0\0"), previews=False)
    return kept if any(kept) else b""


def _deep_colours(data: bytes) -> bool:
    """Whether a PNG stores 16 bits of several channels, of which Pillow reads eight."""
    return data[24:25] == b"\x10" and data[25:26] in (b"\x02", b"\x04", b"\x06")


def _deep_png(data: bytes, field: Field) -> bytes:
    values = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if values is None or values.shape[:2] != field.shape:
        raise Stopped(Cause.NOT_WRITTEN, "a PNG of 16 bits that OpenCV does not read")
    deep: NDArray[np.uint16] = np.asarray(values, np.uint16)
    deep[field] = (0, 0, 0, 65535)[-deep.shape[2] :] if deep.shape[2] == 4 else 0
    _, written = cv2.imencode(".png", deep)
    return bytes(written)
