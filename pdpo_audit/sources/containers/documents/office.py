"""Where an office document (OOXML) shows each of its pictures, what it crops away, and which ones nothing shows."""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_SLIDES = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_RELATED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_RELATIONS = re.compile(r"(?:(.*)/)?_rels/([^/]+)\.rels")
_MEDIA = re.compile(r"(?:ppt|word|xl)/(?:media|embeddings)/[^/]+")
_SLIDE = re.compile(r"ppt/slides/[^/]+\.xml")
#: Bytes of one part that are read: a text of that length is no slide.
_LARGEST = 50_000_000
#: ``srcRect`` counts in thousandths of a percent.
_WHOLE = 100_000
_BROKEN = (ParseError, DefusedXmlException, zipfile.BadZipFile, zlib.error, OSError, ValueError, KeyError, EOFError,
           NotImplementedError, RuntimeError)  # fmt: skip


def notes_of(archive: zipfile.ZipFile) -> Mapping[str, str]:
    """What a reader should know of each picture of a document, by its name in the archive; nothing of what cannot be
    read."""
    names = set(archive.namelist())
    media = {name for name in names if _MEDIA.fullmatch(name)}
    if not media:
        return {}
    shown: dict[str, list[str]] = defaultdict(list)
    referenced, whole = set[str](), True
    slides = _slides(archive, names)
    for name in sorted(names, key=lambda one: (slides.get(_owner(one), len(names)), one)):
        if not _RELATIONS.fullmatch(name):
            continue
        owner, targets = _owner(name), _targets(archive, name)
        whole = whole and targets is not None
        held = {key: target for key, target in (targets or {}).items() if target in media}
        referenced |= set(held.values())
        if held:
            for target, said in _said_by(archive, owner, held, slides):
                shown[target].append(said)
    told = {name: "; ".join(dict.fromkeys(said)) for name, said in shown.items()}
    left = media - referenced if whole else set[str]()
    return told | dict.fromkeys(left, "nothing in the document shows it")


def _owner(name: str) -> str:
    """``ppt/slides/_rels/slide1.xml.rels`` says what ``ppt/slides/slide1.xml`` is related to."""
    found = _RELATIONS.fullmatch(name)
    return posixpath.join(found[1] or "", found[2]) if found else ""


def _targets(archive: zipfile.ZipFile, name: str) -> dict[str, str] | None:
    """The parts that a part is related to, by their keys; ``None`` where that cannot be read."""
    root = _parsed(archive, name)
    if root is None:
        return None
    folder = posixpath.dirname(_owner(name))
    inside = [one for one in root if one.get("TargetMode") != "External"]
    return {
        one.get("Id", ""): posixpath.normpath(posixpath.join(folder, one.get("Target", ""))).lstrip("/")
        for one in inside
    }


def _slides(archive: zipfile.ZipFile, names: set[str]) -> dict[str, int]:
    """The number of each slide, as people count them."""
    if "ppt/presentation.xml" not in names:
        return {}
    root, targets = _parsed(archive, "ppt/presentation.xml"), _targets(archive, "ppt/_rels/presentation.xml.rels")
    if root is None or targets is None:
        return {}
    order = [targets.get(one.get(f"{_RELATED}id", ""), "") for one in root.iter(f"{_SLIDES}sldId")]
    return {slide: number for number, slide in enumerate(order, 1)}


def _said_by(
    archive: zipfile.ZipFile, owner: str, held: Mapping[str, str], slides: Mapping[str, int]
) -> Iterator[tuple[str, str]]:
    """Pictures that a part shows, each with where it is shown, and how much of it a crop hides."""
    root = _parsed(archive, owner)
    where = _where(owner, root, slides)
    cropped = dict(_crops(root)) if root is not None else {}
    for key, target in held.items():
        if key in cropped:
            yield target, f"{where or 'where it stands'} a crop hides {cropped[key]}, which is still in the file"
        elif where:
            yield target, where


def _where(owner: str, root: Element | None, slides: Mapping[str, int]) -> str:
    if owner in slides:
        hidden = root is not None and root.get("show") in ("0", "false")
        return f"on {'hidden ' if hidden else ''}slide {slides[owner]}"
    return "on a slide that was taken out of the presentation" if _SLIDE.fullmatch(owner) and slides else ""


def _crops(root: Element) -> Iterator[tuple[str, str]]:
    """Keys of pictures of which a frame shows only a part, and the share of the area that it hides."""
    for fill in root.iter():
        blip, shown = fill.find(f"{_DRAWING}blip"), fill.find(f"{_DRAWING}srcRect")
        if blip is None or shown is None:
            continue
        left, top, right, bottom = (max(0, int(shown.get(side, "0").rstrip("%") or 0)) for side in "ltrb")
        kept = max(0, _WHOLE - left - right) * max(0, _WHOLE - top - bottom) / _WHOLE**2
        if kept < 1:
            yield blip.get(f"{_RELATED}embed", ""), f"{1 - kept:.0%} of it"


def _parsed(archive: zipfile.ZipFile, name: str) -> Element | None:
    """The XML of a part; ``None`` where it is missing, damaged or hostile."""
    try:
        with archive.open(name) as stream:
            content = stream.read(_LARGEST)
        root: Element = fromstring(content, forbid_dtd=True)
    except _BROKEN:
        return None
    return root
