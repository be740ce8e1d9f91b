"""SVG drawn by resvg, after everything in it that leads outside, runs, or multiplies was taken out."""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from io import BytesIO
from typing import Any
from xml.etree.ElementTree import register_namespace, tostring

from defusedxml import ElementTree
from PIL import Image, UnidentifiedImageError

from pdpo_audit.imaging.formats.told import Told, tell
from pdpo_audit.imaging.limits import Limits
from pdpo_audit.model.locations.holdings import ImageProblem, SkipReason

#: Long side of the drawing in pixels.
LONGEST = 1024
_LARGEST = 50_000_000
#: Elements that are drawn, each ``use`` counted with what it repeats (formats.md: ten million took every tool's time).
_MOST_ELEMENTS = 50_000
_DROPPED = frozenset(("script", "foreignObject", "iframe", "audio", "video", "handler"))
_PICTURE = re.compile(r"data:image/(?:png|jpe?g|webp|gif);base64,", re.IGNORECASE)
_OUTSIDE = re.compile(r"""url\(\s*["']?(?!\s*["']?#)[^)]*\)|@import[^;]*;?""", re.IGNORECASE)
_DOCTYPE = re.compile(rb"<!DOCTYPE[^\[>]*(?:\[(.*?)\]\s*)?>", re.DOTALL)
_ENTITY = re.compile(rb"""<!ENTITY\s+([\w.-]{1,60})\s+["']([^"'&%<]{0,200})["']\s*>""")
_LENGTH = re.compile(r"\s*([-+]?[\d.]+(?:[eE][-+]?\d+)?)\s*(px|pt|pc|mm|cm|in|em|ex)?\s*$")
_SVG, _XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"


def open_svg(data: bytes, limits: Limits) -> Image.Image:
    """Draw the picture on white, ``LONGEST`` pixels along its longer side. Raises ``ImageProblem``."""
    import resvg_py

    root = _parsed(_unpacked(data))
    inside = _cleaned(root, limits)
    if _drawn(root) > _MOST_ELEMENTS:
        raise ImageProblem(SkipReason.TOO_LARGE, f"it draws more than {_MOST_ELEMENTS} elements")
    width, height = _size(root)
    wide = width >= height
    text = tostring(root, encoding="unicode")
    drawn = resvg_py.svg_to_bytes(
        svg_string=text,
        background="#ffffff",
        width=LONGEST if wide else None,
        height=None if wide else LONGEST,
    )
    image = Image.open(BytesIO(bytes(drawn)), formats=("PNG",))
    limits.check_size(*image.size)
    notes = [f"drawn at {image.size[0]} x {image.size[1]} pixels"]
    if inside:
        notes.append(f"{inside} embedded pictures are seen as far as they are drawn" if inside > 1 else _ONE_INSIDE)
    return tell(image, Told(notes=tuple(notes)))


_ONE_INSIDE = "an embedded picture is seen as far as it is drawn"


def _unpacked(data: bytes) -> bytes:
    if data[:2] != b"\x1f\x8b":
        return data
    unpacking = zlib.decompressobj(31)
    found = unpacking.decompress(data, _LARGEST)
    if not unpacking.eof:
        if unpacking.unconsumed_tail:
            raise ImageProblem(SkipReason.TOO_LARGE, f"more than {_LARGEST} bytes unpacked")
        raise ImageProblem(SkipReason.TRUNCATED, "its packed data end before the picture does")
    return found


def _parsed(data: bytes) -> Any:
    """The tree, with the short texts that drawing programs declare in the head put in their places."""
    if found := _DOCTYPE.search(data, 0, 65536):
        named = dict(_ENTITY.findall(found[1] or b""))
        data = data[: found.start()] + data[found.end() :]
        for name, value in named.items():
            data = data.replace(b"&" + name + b";", value)
            if len(data) > _LARGEST:
                raise ImageProblem(SkipReason.TOO_LARGE, f"more than {_LARGEST} bytes unpacked")
    register_namespace("", _SVG)
    register_namespace("xlink", _XLINK)
    root = ElementTree.fromstring(data, forbid_dtd=True)
    if _name(root) != "svg":
        raise ImageProblem(SkipReason.NOT_AN_IMAGE, "XML of another kind")
    return root


def _cleaned(root: Any, limits: Limits) -> int:
    """Take out what runs and what leads outside; how many embedded pictures there are."""
    inside = 0
    for parent in list(root.iter()):
        for child in list(parent):
            if _name(child) in _DROPPED:
                parent.remove(child)
    for element in root.iter():
        for key in list(element.attrib):
            value = element.attrib[key]
            if key.rpartition("}")[2].lower() == "href":
                if _PICTURE.match(value):
                    inside += _check_inside(value, limits)
                elif not value.strip().startswith("#"):
                    del element.attrib[key]
            elif key.lower().startswith("on"):
                del element.attrib[key]
            elif "url(" in value.lower():
                element.attrib[key] = _OUTSIDE.sub("none", value)
        if _name(element) == "style" and element.text:
            element.text = _OUTSIDE.sub("", element.text)
    return inside


def _check_inside(value: str, limits: Limits) -> int:
    """One, for an embedded picture. Raises ``ImageProblem`` where it is too large."""
    try:
        body = base64.b64decode("".join(value.partition(",")[2].split()), validate=False)
        with Image.open(BytesIO(body), formats=("PNG", "JPEG", "WEBP", "GIF")) as image:
            limits.check_size(*image.size)
            limits.check_bytes(8 * image.size[0] * image.size[1])
    except (binascii.Error, UnidentifiedImageError, OSError, ValueError, SyntaxError):
        return 0  # resvg leaves out what is no picture
    return 1


def _drawn(root: Any) -> int:
    """Elements with all repetitions; one that repeats itself counts as too many."""
    named = {element.get("id"): element for element in root.iter() if element.get("id")}
    counted: dict[int, int] = {}
    busy: set[int] = set()

    def count(element: Any, depth: int) -> int:
        key = id(element)
        if key in counted:
            return counted[key]
        if key in busy or depth > 200:
            return _MOST_ELEMENTS + 1
        busy.add(key)
        total = 1
        for attribute, value in element.attrib.items():
            target = named.get(value[1:]) if attribute.rpartition("}")[2] == "href" and value[:1] == "#" else None
            if target is not None and _name(element) in ("use", "pattern"):
                total += count(target, depth + 1)
        for child in element:
            total += count(child, depth + 1)
            if total > _MOST_ELEMENTS:
                break
        busy.discard(key)
        counted[key] = total
        return total

    return count(root, 0)


def _size(root: Any) -> tuple[float, float]:
    """Width and height in any unit: only their ratio counts. Raises ``ImageProblem`` where there is none."""
    box = [float(part) for part in re.findall(r"[-+]?[\d.]+(?:[eE][-+]?\d+)?", root.get("viewBox", ""))[:4]]
    width, height = (_length(root.get(side)) for side in ("width", "height"))
    if len(box) == 4:
        width, height = width or (height * box[2] / box[3] if height and box[3] else box[2]), height or box[3]
    if min(width, height) <= 0 or max(width, height) / min(width, height) > LONGEST:
        if root.get("width") or root.get("height") or box:
            raise ImageProblem(SkipReason.DAMAGED, f"its size is {width} x {height}")
        return 1.0, 1.0
    return width, height


def _length(text: str | None) -> float:
    found = _LENGTH.match(text or "")
    return max(0.0, float(found[1])) if found else 0.0


def _name(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]
