"""DICOM by pydicom: the first frame, in the window that the file asks for."""

from __future__ import annotations

from io import BytesIO

import numpy as np
from PIL import Image

from pdpo_audit.imaging.formats.told import Told, tell
from pdpo_audit.imaging.limits import Limits
from pdpo_audit.model.locations.holdings import ImageProblem, SkipReason

_PERSONAL = "a medical picture: its tags, and what is written into it, may name the patient"


def open_dicom(data: bytes, limits: Limits) -> Image.Image:
    """The first frame in 8 bits. Raises ``ImageProblem``: no picture, a coding that is not read."""
    import pydicom
    from pydicom.pixels.processing import apply_voi_lut
    from pydicom.pixels.utils import pixel_array

    found = pydicom.dcmread(BytesIO(data))
    if "PixelData" not in found:
        raise ImageProblem(SkipReason.NOT_AN_IMAGE, "a DICOM file without a picture")
    width, height, frames = int(found.Columns), int(found.Rows), int(found.get("NumberOfFrames", 1) or 1)
    limits.check_size(width, height)
    limits.check_bytes(width * height * 24)
    try:
        pixels = pixel_array(found, index=0)
    except (NotImplementedError, RuntimeError) as error:
        raise ImageProblem(SkipReason.FORMAT_NOT_DECODED, f"DICOM: {' '.join(str(error).split())[:160]}") from error
    if pixels.ndim == 2:
        values = np.asarray(apply_voi_lut(pixels, found), np.float32)
        low, high = float(values.min()), float(values.max())
        pixels = np.rint((values - low) * (255 / max(high - low, 1e-6))).astype(np.uint8)
        if found.get("PhotometricInterpretation") == "MONOCHROME1":
            pixels = 255 - pixels
    elif pixels.dtype != np.uint8:
        pixels = (pixels >> 8).astype(np.uint8)
    more = (f"the first of {frames} frames; the others are not examined",) if frames > 1 else ()
    return tell(Image.fromarray(np.ascontiguousarray(pixels)), Told(upright=True, notes=(_PERSONAL, *more)))
