"""Icons and cursors: one picture, the largest of the sizes in the file."""

from __future__ import annotations

from io import BytesIO

from PIL import CurImagePlugin, IcnsImagePlugin, IcoImagePlugin, Image

from pdpo_audit.imaging.formats.told import Told, tell
from pdpo_audit.imaging.limits import Limits

_PLUGINS = (IcoImagePlugin.IcoImageFile, CurImagePlugin.CurImageFile, IcnsImagePlugin.IcnsImageFile)
_TORN = "its largest size is damaged: a smaller one is shown"
_ICONS = tuple(plugin.format for plugin in _PLUGINS if plugin.format)


def open_icon(data: bytes, limits: Limits) -> Image.Image:
    """The largest picture of the file, opened; the other sizes are named in a note."""
    image = Image.open(BytesIO(data), formats=_ICONS)
    limits.check_size(*image.size)
    whole = not isinstance(image, IcnsImagePlugin.IcnsImageFile) or _take_largest_sound(image, limits)
    sizes = len(image.info.get("sizes", ())) or (int.from_bytes(data[4:6], "little") if data[:1] == b"\0" else 1)
    more = (f"the largest of {sizes} sizes in it; the others are not compared",) if sizes > 1 else ()
    return tell(image, Told(notes=more if whole else (_TORN,)))


def _take_largest_sound(image: IcnsImagePlugin.IcnsImageFile, limits: Limits) -> bool:
    """Set an Apple icon to its largest size that can be decoded; whether that is the largest of all."""
    sizes = sorted(image.info["sizes"], key=lambda size: size[0] * size[1] * size[2] ** 2, reverse=True)
    for number, size in enumerate(sizes, 1):
        width, height, scale = size
        limits.check_size(width * scale, height * scale)
        try:
            image.icns.getimage(size)
        except (OSError, SyntaxError, ValueError, KeyError):
            if number == len(sizes):
                raise
        else:
            image.size = (width, height)
            image.load(scale)
            return number == 1
    return True
