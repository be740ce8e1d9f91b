"""What holds for a whole process in which pictures are decoded: set in workers, never by importing anything."""

from __future__ import annotations

import ctypes

import cv2
from PIL import Image, ImageFile

#: Numbers of the options in glibc's malloc.h.
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
_KEPT = 64 * 1024 * 1024
#: The largest value that glibc accepts for a threshold on 64 bits.
_LARGEST = 32 * 1024 * 1024


def prepare() -> None:
    """Make this process one that decodes pictures: one thread, our own limits, nothing padded."""
    # One process a core: threads inside a decoder or filter only steal time from the other workers.
    cv2.setNumThreads(1)
    # Our own limits are checked right after the header is read, before anything is decoded; Pillow's would warn below
    # them and refuse above them with another number.
    Image.MAX_IMAGE_PIXELS = None
    # A truncated file is reported as such: importing WeasyPrint lets Pillow pad them silently.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    keep_freed_memory()


def keep_freed_memory() -> None:
    """Let the C library reuse the arrays of one picture for the next instead of returning them to the system.

    Describing the regions of one picture caused 2,100 page faults without it, 12 with it: a third of the time.
    Elsewhere than on glibc nothing is changed.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return
    mallopt(_MMAP_THRESHOLD, _LARGEST)
    mallopt(_TRIM_THRESHOLD, _KEPT)
