"""Camera RAW: the JPEG that the camera laid inside, or a development at half the size where there is none."""

from __future__ import annotations

from io import BytesIO

from PIL import Image

from pdpo_audit.imaging.endings import end_of_jpeg
from pdpo_audit.imaging.formats.ifds import directories, is_cut_short, jpeg_starts, largest
from pdpo_audit.imaging.formats.table import advice
from pdpo_audit.imaging.formats.told import Told, tell
from pdpo_audit.imaging.limits import Limits
from pdpo_audit.model.locations.holdings import ImageProblem, SkipReason

#: A preview with a shorter side (pixels) shows too little of a face: fingerprints want as much, too.
LEAST_PREVIEW = 256
#: Baseline, extended and progressive; the lossless kind is what a sensor saw.
_SHOWN = frozenset((0xC0, 0xC1, 0xC2))
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
#: So much of a file holds its directories; maker's notes behind it are not needed.
_DIRECTORIES = 1 << 20


def open_raw(data: bytes, format: str, limits: Limits) -> Image.Image:
    """The picture that a RAW file shows. Raises ``ImageProblem`` where it shows none large enough."""
    block = _exif_block(data)
    found = directories(block or data)
    size = _stated_size(data, format, found)
    if min(size) > 0:
        limits.check_size(*size)
    preview = _largest_preview(data)
    if preview is None or min(preview[:2]) < LEAST_PREVIEW:
        return _developed(data, format, limits, block, preview, cut=bool(block) and is_cut_short(found, len(data)))
    width, height, start = preview
    image = Image.open(BytesIO(data[start : end_of_jpeg(data, start) or len(data)]), formats=("JPEG", "MPO"))
    if block:
        image.info["exif"] = b"Exif\0\0" + block
    whole = size if size[0] * size[1] > width * height else (width, height)
    note = f"seen by the preview in it ({width} x {height} pixels)"
    cut = "; what the sensor saw is cut off" if block and is_cut_short(found, len(data)) else ""
    return tell(image, Told(size=_as_lying(whole, (width, height)), notes=(note + cut,)))


def _as_lying(size: tuple[int, int], shown: tuple[int, int]) -> tuple[int, int]:
    """A size with the longer side where the picture that is shown has it."""
    return size if (size[0] >= size[1]) == (shown[0] >= shown[1]) else (size[1], size[0])


def _largest_preview(data: bytes) -> tuple[int, int, int] | None:
    """Width, height and place of the largest JPEG in the file that can be shown.

    They are looked for, not followed: makers hide the pointers in notes of their own, and each is the same picture.
    """
    found = [(*size, start) for start in jpeg_starts(data) if (size := _frame_size(data, start))]
    return max(found, key=lambda one: one[0] * one[1], default=None)


def _frame_size(data: bytes, start: int) -> tuple[int, int] | None:
    """Width and height of a JPEG of 8 bits and one or three colours that begins there; none for anything else."""
    at = start + 2
    while at + 10 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker in _FRAMES:
            height, width = int.from_bytes(data[at + 5 : at + 7], "big"), int.from_bytes(data[at + 7 : at + 9], "big")
            shown = marker in _SHOWN and data[at + 4] == 8 and data[at + 9] in (1, 3) and min(width, height) > 0
            return (width, height) if shown else None
        if marker == 0xFF:
            at += 1
        elif marker in (0xD8, 0xD9, 0xDA) or 0xD0 <= marker <= 0xD7:
            return None
        else:
            at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return None


def _exif_block(data: bytes) -> bytes:
    """The directories of the file as a TIFF of their own; empty where it has none outside its previews."""
    if data[:2] in (b"II", b"MM") and data[:4] != b"II\x1a\0":
        mark = b"*\0" if data[:2] == b"II" else b"\0*"
        return data[:2] + (data[2:4] if data[2:4] in (b"+\0", b"\0+") else mark) + data[4:_DIRECTORIES]
    at = data.find(b"CMT1", 0, _DIRECTORIES)  # Canon's CR3 keeps its first directory in a box of its own
    if at >= 4:
        length = int.from_bytes(data[at - 4 : at], "big")
        return data[at + 4 : at - 4 + length]
    return b""


def _stated_size(data: bytes, format: str, found: list[dict[int, tuple[int, ...] | bytes]]) -> tuple[int, int]:
    if format == "X3F" and len(data) >= 36:
        return int.from_bytes(data[28:32], "little"), int.from_bytes(data[32:36], "little")
    return largest(found)


def _developed(
    data: bytes, format: str, limits: Limits, block: bytes, preview: tuple[int, int, int] | None, *, cut: bool
) -> Image.Image:
    """What the sensor saw at half the size, upright. Raises ``ImageProblem``."""
    shown = f"its largest preview has {preview[0]} x {preview[1]} pixels" if preview else "it holds no preview"
    if cut:
        raise ImageProblem(SkipReason.TRUNCATED, f"{format}: {shown}, and what the sensor saw is cut off")
    if wanted := advice(format):
        raise ImageProblem(SkipReason.FORMAT_NOT_DECODED, f"{format}: {shown}; install {wanted} to read it")
    image, size = _half(data, format, limits, shown)
    if block:
        image.info["exif"] = b"Exif\0\0" + block
    return tell(
        image, Told(size=_as_lying(size, image.size), upright=True, notes=(f"{shown}: developed at half the size",))
    )


def _half(data: bytes, format: str, limits: Limits, shown: str) -> tuple[Image.Image, tuple[int, int]]:
    """The developed picture, and the size of the whole one. Raises ``ImageProblem``, with what LibRaw said."""
    import rawpy

    reasons = {
        rawpy.LibRawFileUnsupportedError: SkipReason.FORMAT_NOT_DECODED,
        rawpy.LibRawIOError: SkipReason.TRUNCATED,
        rawpy.LibRawTooBigError: SkipReason.TOO_LARGE,
    }
    try:
        with rawpy.RawPy() as raw:
            raw.open_buffer(BytesIO(data))
            size = raw.sizes.iwidth, raw.sizes.iheight
            limits.check_size(*size)
            limits.check_bytes(16 * size[0] * size[1])
            raw.unpack()
            return Image.fromarray(raw.postprocess(half_size=True, use_camera_wb=True, output_bps=8)), size
    except rawpy.LibRawError as error:
        said = (
            error.args[0].decode("utf-8", "replace") if error.args and isinstance(error.args[0], bytes) else str(error)
        )
        raise ImageProblem(
            reasons.get(type(error), SkipReason.DAMAGED), f"{format}: {shown}; LibRaw: {said}"
        ) from error
