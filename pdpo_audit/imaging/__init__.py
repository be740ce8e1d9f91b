"""Bytes to upright pixels, once, within limits."""

from pdpo_audit.imaging.decoding import (
    Reduction,
    decoder,
    is_turned,
    load_grey,
    load_upright,
    open_picture,
    page_count,
    turn_to,
    upright,
    upright_grey,
    upright_size,
)
from pdpo_audit.imaging.formats import FileKind, named_like_image, sniff
from pdpo_audit.imaging.limits import Limits
from pdpo_audit.imaging.thumbnails import Box, encode_thumbnail, pixelate
from pdpo_audit.model.locations.holdings import ImageProblem

__all__ = [
    "Box",
    "FileKind",
    "ImageProblem",
    "Limits",
    "Reduction",
    "decoder",
    "encode_thumbnail",
    "is_turned",
    "load_grey",
    "load_upright",
    "named_like_image",
    "open_picture",
    "page_count",
    "pixelate",
    "sniff",
    "turn_to",
    "upright",
    "upright_grey",
    "upright_size",
]
