"""Colours as a screen shows them: an embedded profile is followed to sRGB, so that a conversion changes nothing."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

#: A profile that moves no colour of the lattice by more levels than this is sRGB under some name.
_SAME = 3
_LATTICE = np.stack(np.meshgrid(*[np.linspace(0, 255, 6).astype(np.uint8)] * 3), axis=-1).reshape(36, 6, 3)
#: Profiles of cameras and screens have under a few kilobytes, of printers up to some hundred.
_LARGEST = 4_000_000


def to_srgb(pixels: NDArray[np.uint8], profile: bytes) -> NDArray[np.uint8]:
    """RGB pixels (height x width x 3) of an embedded ICC profile as sRGB; as they are without a usable RGB profile."""
    transform = _transform(profile) if 0 < len(profile) <= _LARGEST else None
    return pixels if transform is None else _applied(transform, pixels)


@lru_cache(maxsize=32)
def _transform(profile: bytes) -> ImageCms.ImageCmsTransform | None:
    """From the profile to sRGB, relative colorimetric; none for sRGB itself, other colour spaces and damaged ones."""
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        if source.profile.xcolor_space.strip() != "RGB":
            return None
        made = ImageCms.buildTransform(
            source, _srgb(), "RGB", "RGB", renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC
        )
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None
    moved = np.abs(_applied(made, _LATTICE).astype(np.int16) - _LATTICE)
    return made if int(moved.max()) > _SAME else None


@lru_cache(maxsize=1)
def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


def _applied(transform: ImageCms.ImageCmsTransform, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.asarray(ImageCms.applyTransform(Image.fromarray(pixels), transform))
