"""DICOM by pydicom: every frame, in the window that the file asks for."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pdpo_audit.imaging.formats.told import Told, tell
from pdpo_audit.imaging.limits import Limits
from pdpo_audit.imaging.readers.frames import Frames
from pdpo_audit.model.locations.holdings import ImageProblem, SkipReason

_PERSONAL = "a medical picture: its tags, and what is written into it, may name the patient"


def open_dicom(data: bytes, limits: Limits) -> Image.Image:
    """The frames in 8 bits. Raises ``ImageProblem``: no picture, a coding that is not read."""
    import pydicom
    from pydicom.pixels.processing import apply_voi_lut
    from pydicom.pixels.utils import pixel_array

    found = pydicom.dcmread(BytesIO(data))
    if "PixelData" not in found:
        raise ImageProblem(SkipReason.NOT_AN_IMAGE, "a DICOM file without a picture")
    width, height, frames = int(found.Columns), int(found.Rows), int(found.get("NumberOfFrames", 1) or 1)
    limits.check_size(width, height)
    limits.check_bytes(width * height * (20 + 4 * frames))
    try:
        stored = [pixel_array(found, index=number) for number in range(frames)]
    except (NotImplementedError, RuntimeError) as error:
        raise ImageProblem(SkipReason.FORMAT_NOT_DECODED, f"DICOM: {' '.join(str(error).split())[:160]}") from error
    shown = [np.asarray(apply_voi_lut(one, found), np.float32) if one.ndim == 2 else one for one in stored]
    low, high = min(float(one.min()) for one in shown), max(float(one.max()) for one in shown)
    negative = found.get("PhotometricInterpretation") == "MONOCHROME1"
    images = [_image(one, low, high, negative=negative) for one in shown]
    image = Frames(images, "DICOM") if frames > 1 else images[0]
    return tell(image, Told(upright=True, notes=(_PERSONAL,)))


def _image(pixels: NDArray[Any], low: float, high: float, *, negative: bool) -> Image.Image:
    """8 bits of each channel; grey from its lowest to its highest value in all frames."""
    if pixels.ndim == 2:
        pixels = np.rint((pixels - low) * (255 / max(high - low, 1e-6))).astype(np.uint8)
        pixels = 255 - pixels if negative else pixels
    elif pixels.dtype != np.uint8:
        pixels = (pixels >> 8).astype(np.uint8)
    return Image.fromarray(np.ascontiguousarray(pixels))
