"""Which files may be sidecars, told from their names alone: everything else is never read for it."""

from __future__ import annotations

import re
from enum import StrEnum


class Form(StrEnum):
    """How a sidecar is written."""

    XMP = "xmp"
    JSON = "json"  # Google Takeout, and what ExifTool and others write as JSON
    PICASA = "picasa"  # .picasa.ini, one for all pictures of a folder
    DESCRIPTIONS = "descriptions"  # descript.ion, a line for each picture of a folder
    TEXT = "text"  # a.jpg.txt: a caption
    RAWTHERAPEE = "rawtherapee"  # a.jpg.pp3, with an IPTC section
    UNREAD = "unread"  # how a program edited a picture; nothing is read of it


#: Files that speak of their whole folder, by name in lower case.
_OF_FOLDERS = {
    b".picasa.ini": Form.PICASA, b"picasa.ini": Form.PICASA, b"_picasa.ini": Form.PICASA,
    b"descript.ion": Form.DESCRIPTIONS,
}  # fmt: skip
_BY_SUFFIX = {b"xmp": Form.XMP, b"json": Form.JSON, b"pp3": Form.RAWTHERAPEE}
#: Suffixes of pictures that sidecars are named after where no picture is there to be asked.
_PICTURE = re.compile(
    rb".+\.(?:jpe?g|jpe|jfif|png|apng|gif|webp|tiff?|bmp|heic|heif|hif|avif|jxl|jp2|psd|dng|cr[23w]|crw|nef|nrw|arw|sr2"
    rb"|raf|orf|rw2|pef|srw|x3f|3fr|iiq|raw)",
    re.IGNORECASE,
)
#: Apple, DxO, Capture One, ON1, Canon, Nikon: settings of an edit.
_UNREAD = frozenset((b"aae", b"dop", b"cos", b"on1", b"vrd", b"nksc"))


def form_of(locator: bytes) -> Form | None:
    """The form that a file's name tells; ``None`` for a file that is no sidecar."""
    name = locator.rpartition(b"/")[2].lower()
    if name in _OF_FOLDERS:
        return _OF_FOLDERS[name]
    stem, dot, suffix = name.rpartition(b".")
    if not (dot and stem):
        return None
    if suffix in _BY_SUFFIX:
        return _BY_SUFFIX[suffix]
    if suffix == b"txt" and names_picture(stem):
        return Form.TEXT
    return Form.UNREAD if suffix in _UNREAD else None


def names_picture(name: bytes) -> bool:
    """Whether a name, without what makes it a sidecar's, is that of a picture."""
    return _PICTURE.fullmatch(name) is not None
