"""Copies of a page as offices make them: coded, resized, scanned, turned a little, trimmed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

_Rgb = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A coded copy, how its relation to the page is rightly called (names of ``Relation``), and its file's suffix."""

    content: bytes
    relations: frozenset[str]
    suffix: str


def png(image: Image.Image) -> bytes:
    buffer = BytesIO()
    image.save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def jpeg(image: Image.Image, quality: int) -> bytes:
    buffer = BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def scanned(draw: Random, image: Image.Image, *, skew: float = 0.0, noise: float = 6.0) -> Image.Image:
    """As a scanner gives it: turned by some degrees, softened, unevenly lit, noisy, paper a little darker."""
    pixels = np.asarray(image).astype(np.float32)
    height, width = pixels.shape[:2]
    paper = tuple(float(value) for value in np.median(pixels.reshape(-1, 3), axis=0))
    if skew:
        turn = cv2.getRotationMatrix2D((width / 2, height / 2), skew, 1.0)
        turn[:, 2] += np.array([draw.uniform(-3, 3), draw.uniform(-3, 3)])
        flags = cv2.INTER_CUBIC
        pixels = np.asarray(cv2.warpAffine(pixels, turn, (width, height), flags=flags, borderValue=paper), np.float32)
    pixels = np.asarray(cv2.GaussianBlur(pixels, (0, 0), draw.uniform(0.35, 0.75)), np.float32)
    light = np.linspace(1.0, draw.uniform(0.93, 1.0), width, dtype=np.float32)[None, :, None]
    dust = np.random.default_rng(draw.getrandbits(32))
    pixels = pixels * light * draw.uniform(0.94, 1.0) + dust.normal(0, noise, (height, width, 1)).astype(np.float32)
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


def _resized(image: Image.Image, factor: float) -> Image.Image:
    size = round(image.width * factor), round(image.height * factor)
    return image.resize(size, Image.Resampling.LANCZOS)


def _trimmed(draw: Random, image: Image.Image) -> Image.Image:
    x, y = image.width * draw.uniform(0.005, 0.03), image.height * draw.uniform(0.005, 0.03)
    return image.crop((round(x), round(y), image.width - round(x * 0.7), image.height - round(y * 1.2)))


#: Names of relations.
_SAVED, _SIZED, _TONED = frozenset({"recompressed"}), frozenset({"resized"}), frozenset({"recoloured"})
_SCANNED = frozenset({"recompressed", "recoloured", "edited", "resized"})
_SKEWED = frozenset({"rotated", "edited", "cropped"})


def copies(draw: Random, image: Image.Image, least: float) -> dict[str, Callable[[], Copy]]:
    """Copies of a page by name; ``least`` is the factor down to which it can be read."""

    def coded(picture: Image.Image, relations: frozenset[str], quality: int = 0) -> Copy:
        if not quality:
            return Copy(content=png(picture), relations=relations, suffix="png")
        return Copy(content=jpeg(picture, quality), relations=relations, suffix="jpg")

    def skewed(degrees: float, noise: float) -> Image.Image:
        return scanned(draw, image, skew=degrees, noise=noise)

    smaller = draw.uniform(least, max(least, 0.95))
    return {
        "jpeg_95": lambda: coded(image, _SAVED, 95),
        "jpeg_75": lambda: coded(image, _SAVED, 75),
        "jpeg_50": lambda: coded(image, _SAVED | {"edited"}, 50),
        "resized": lambda: coded(_resized(image, smaller), _SIZED),
        "resized_80": lambda: coded(_resized(image, smaller), _SIZED, 80),
        "grey": lambda: coded(ImageOps.grayscale(image).convert("RGB"), _TONED | _SAVED | {"pixel-identical"}, 85),
        "scanned": lambda: coded(scanned(draw, image), _SCANNED, 85),
        "noisy": lambda: coded(scanned(draw, image, noise=10), _SCANNED, 75),
        "skew_small": lambda: coded(skewed(draw.choice((-1, 1)) * draw.uniform(0.15, 0.7), 4), _SKEWED | _SCANNED, 85),
        "skew_large": lambda: coded(skewed(draw.choice((-1, 1)) * draw.uniform(0.9, 2.0), 6), _SKEWED, 85),
        "border": lambda: coded(ImageOps.expand(image, round(image.width * 0.04), "black"), frozenset({"edited"}), 85),
        "trimmed": lambda: coded(_trimmed(draw, image), frozenset({"cropped"}), 85),
    }
