"""Bytes to upright pixels, once, within limits."""

from pdpo_audit.imaging.decoding import (
    ImageProblem,
    Limits,
    Reduction,
    is_turned,
    load_grey,
    load_upright,
    open_picture,
    upright,
    upright_grey,
    upright_size,
)
from pdpo_audit.imaging.formats import FileKind, named_like_image, sniff
from pdpo_audit.imaging.thumbnails import Box, encode_thumbnail, pixelate

__all__ = [
    "Box",
    "FileKind",
    "ImageProblem",
    "Limits",
    "Reduction",
    "encode_thumbnail",
    "is_turned",
    "load_grey",
    "load_upright",
    "named_like_image",
    "open_picture",
    "pixelate",
    "sniff",
    "upright",
    "upright_grey",
    "upright_size",
]
