"""How much one picture may cost: bytes of file, pixels, and the memory that decoding them takes."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image

from pdpo_audit.model.locations.holdings import ImageProblem, SkipReason

#: Bytes that Pillow stores of one pixel, by mode: three colours take four.
_STORED = {"1": 1, "L": 1, "P": 1, "I;16": 2, "I;16B": 2, "I;16L": 2, "I;16N": 2}
_STORED_ELSE = 4
#: What decoders hold of one pixel besides: all frames of a canvas (WebP, GIF), planes and their colours (AVIF, HEIF).
_BESIDE = {"WEBP": 12, "AVIF": 8, "HEIF": 8, "GIF": 4, "JPEG2000": 16, "DDS": 4, "ICNS": 4}
#: libjpeg keeps the coefficients of all scans of a progressive file: two bytes a channel.
_COEFFICIENT = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much one picture may cost; what lies above is reported as ``too_large`` and not decoded.

    ``memory`` counts the bytes of a picture's pixels while it is decoded, with those of the result.
    """

    max_pixels: int = 300_000_000
    max_file_bytes: int = 2 * 1024**3
    max_pages: int = 100_000
    max_side: int = 1_000_000
    memory: int = 1_400_000_000

    def check_file(self, size: int) -> None:
        """Raises ``ImageProblem`` for a file that is too large."""
        if size > self.max_file_bytes:
            raise ImageProblem(SkipReason.TOO_LARGE, f"{size} bytes, the limit is {self.max_file_bytes}")

    def check_size(self, width: int, height: int) -> None:
        """Raises ``ImageProblem`` for a picture of too many pixels or with too long a side, and for one of none."""
        if min(width, height) < 1:
            raise ImageProblem(SkipReason.DAMAGED, f"{width} x {height} pixels")
        if width * height > self.max_pixels:
            raise ImageProblem(SkipReason.TOO_LARGE, f"{width} x {height} pixels, the limit is {self.max_pixels}")
        if max(width, height) > self.max_side:
            raise ImageProblem(SkipReason.TOO_LARGE, f"{width} x {height} pixels, the longest side is {self.max_side}")

    def check_canvas(self, data: bytes) -> None:
        """Raises ``ImageProblem`` for a file whose decoder would take too much memory for reading the header alone."""
        width, height = canvas_of_webp(data)
        self.check_bytes(width * height * (_STORED_ELSE + _BESIDE["WEBP"]))

    def check_memory(self, image: Image.Image, result: int) -> None:
        """Raises ``ImageProblem`` where decoding ``image`` to ``result`` bytes would take too much memory."""
        self.check_bytes(decoded_bytes(image) + result)

    def check_bytes(self, needed: int) -> None:
        """Raises ``ImageProblem`` where decoding would take so many bytes of memory and that is too much."""
        if needed > self.memory:
            detail = f"decoding takes {needed // 1_000_000} MB, the limit is {self.memory // 1_000_000} MB"
            raise ImageProblem(SkipReason.TOO_LARGE, detail)


def decoded_bytes(image: Image.Image) -> int:
    """What the pixels of an opened picture take in memory once they are decoded, at the size it is set to."""
    width, height = image.size
    stored = _STORED.get(image.mode, _STORED_ELSE) + _BESIDE.get(image.format or "", 0)
    progressive = _COEFFICIENT * len(image.getbands()) if image.info.get("progressive") else 0
    return width * height * stored + _whole_size(image) * progressive


def canvas_of_webp(data: bytes) -> tuple[int, int]:
    """Width and height as the header of a WebP states them, for its decoder takes their memory at once; else (1, 1).

    Extended, lossless and lossy files state them differently (RFC 9649, sections 2.5 to 2.7).
    """
    head = data[20:30]
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP" or len(head) < 10:
        return 1, 1
    match data[12:16]:
        case b"VP8X":
            return 1 + int.from_bytes(head[4:7], "little"), 1 + int.from_bytes(head[7:10], "little")
        case b"VP8L":
            bits = int.from_bytes(head[1:5], "little")
            return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
        case b"VP8 ":
            return int.from_bytes(head[6:8], "little") & 0x3FFF, int.from_bytes(head[8:10], "little") & 0x3FFF
    return 1, 1


def _whole_size(image: Image.Image) -> int:
    """Pixels that the file holds, whatever smaller size was asked of its decoder."""
    tile = getattr(image, "tile", None)
    scale = getattr(image, "decoderconfig", ()) if tile else ()
    factor = scale[0] if scale and isinstance(scale[0], int) and scale[0] > 0 else 1
    return image.size[0] * image.size[1] * factor * factor
