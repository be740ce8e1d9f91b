"""Icons and cursors: one picture, the largest of the sizes in the file; the others are parts, which may show others."""

from __future__ import annotations

from functools import partial
from io import BytesIO

from PIL import CurImagePlugin, IcnsImagePlugin, IcoImagePlugin, Image

from pdpo_audit.imaging.formats.told import Part, Told, tell
from pdpo_audit.imaging.limits import Limits

_PLUGINS = (IcoImagePlugin.IcoImageFile, CurImagePlugin.CurImageFile, IcnsImagePlugin.IcnsImageFile)
_TORN = "its largest size is damaged: a smaller one is shown"
#: A face in fewer pixels is nobody's; of more sizes than so many the largest are looked at.
_SMALLEST, _MOST_PARTS = 48, 8
_CURSOR, _ICON = b"\0\0\2\0", b"\0\0\1\0"
_ICONS = tuple(plugin.format for plugin in _PLUGINS if plugin.format)


def open_icon(data: bytes, limits: Limits) -> Image.Image:
    """The largest picture of the file, opened; the other sizes are named in a note."""
    image = Image.open(BytesIO(data), formats=_ICONS)
    limits.check_size(*image.size)
    whole = not isinstance(image, IcnsImagePlugin.IcnsImageFile) or _take_largest_sound(image, limits)
    sizes = len(image.info.get("sizes", ())) or (int.from_bytes(data[4:6], "little") if data[:1] == b"\0" else 1)
    more = (f"the largest of {sizes} sizes in it; people are looked for in the others",) if sizes > 1 else ()
    return tell(image, Told(notes=more if whole else (_TORN,), parts=_others(data, image)))


def _others(data: bytes, image: Image.Image) -> tuple[Part, ...]:
    """The other sizes, largest first."""
    if isinstance(image, IcnsImagePlugin.IcnsImageFile):
        named = sorted(image.info["sizes"], key=lambda size: size[0] * size[2], reverse=True)
        sizes = {(size[0] * size[2], size[1] * size[2]): partial(image.icns.getimage, size) for size in named}
        found = [(size, opened) for size, opened in sizes.items() if size != image.size]
    else:
        entries = IcoImagePlugin.IcoFile(BytesIO(_ICON + data[4:] if data.startswith(_CURSOR) else data)).entry
        found = [((one.width, one.height), partial(_entry, data, place)) for place, one in enumerate(entries)][1:]
    large = [(size, opened) for size, opened in found if min(size) >= _SMALLEST][:_MOST_PARTS]
    return tuple(Part(kind=f"its size of {width} x {height}", opened=opened) for (width, height), opened in large)


def _entry(data: bytes, place: int) -> Image.Image:
    icons = IcoImagePlugin.IcoFile(BytesIO(_ICON + data[4:] if data.startswith(_CURSOR) else data))
    return icons.frame(place)


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
