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


def of_print(image: Image.Image) -> Image.Image:
    """A picture in CMYK or Lab as RGB: by its own profile, and without a usable one as Pillow mixes inks.

    What cannot be converted stays as it is.
    """
    profile = image.info.get("icc_profile") or b""
    usable = image.mode == "CMYK" and isinstance(profile, bytes) and 0 < len(profile) <= _LARGEST
    transform = _of_inks(profile if usable else b"", image.mode)
    if transform is None:
        return image
    try:
        return ImageCms.applyTransform(image, transform) or image
    except (ImageCms.PyCMSError, ValueError):
        return image


@lru_cache(maxsize=8)
def _of_inks(profile: bytes, mode: str) -> ImageCms.ImageCmsTransform | None:
    """From inks of a profile, or from Lab, to sRGB; none where the profile is of other colours, damaged or missing."""
    try:
        if mode == "LAB":
            source = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
        elif profile:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
        else:
            return None
        return ImageCms.buildTransform(source, _srgb(), mode, "RGB", ImageCms.Intent.RELATIVE_COLORIMETRIC)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None


@lru_cache(maxsize=1)
def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


def _applied(transform: ImageCms.ImageCmsTransform, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.asarray(ImageCms.applyTransform(Image.fromarray(pixels), transform))
