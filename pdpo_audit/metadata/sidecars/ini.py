"""Lists of captions, keywords and faces: Picasa's and ``descript.ion`` of a folder, RawTherapee's of a picture."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from pdpo_audit.metadata.facts import clean, cleaned
from pdpo_audit.model.pictures import Metadata, NamedRegion, Saying

#: More faces than anybody marks in one picture.
_MOST_FACES = 500
#: More entries than anybody keeps in one folder.
_MOST = 20_000
_SECTION = re.compile(r"\s*\[(.*)\]\s*$")
_CONTACTS = ("contacts", "contacts2")
#: A face as Picasa writes it: left, top, right and bottom in 16 bits each (leading zeros left out), and who it is.
_FACE = re.compile(r"rect64\(([0-9a-fA-F]{1,16})\),([0-9a-fA-F]{1,20})")
#: Picasa's word for a face that nobody named.
_NOBODY = "ffffffffffffffff"
_DESCRIPTION = re.compile(r'\s*(?:"([^"]+)"|(\S+))\s+(.*)')


def read_picasa(text: str) -> Iterator[Saying]:
    """One saying for each picture of which a ``.picasa.ini`` tells a face, a caption, keywords or a date."""
    sections = _sections(text)
    contacts = {
        key.casefold(): clean(value.split(";")[0])
        for name in _CONTACTS
        for key, value in sections.get(name, {}).items()
    }
    for name, fields in sections.items():
        regions = tuple(_faces(fields.get("faces", ""), contacts))
        said = Metadata(
            caption=clean(fields.get("caption", "")),
            keywords=cleaned(tuple(fields.get("keywords", "").split(","))),
            regions=regions,
        )
        if said != Metadata():
            yield Saying(of=name, metadata=said)


def read_descriptions(text: str) -> Iterator[Saying]:
    """One saying for each line of a ``descript.ion``: a name, in quotes where it has spaces, and a caption."""
    for line in text.split("\n")[:_MOST]:
        found = _DESCRIPTION.match(line.split("\x04")[0])
        if found and (caption := clean(found[3])):
            yield Saying(of=found[1] or found[2], metadata=Metadata(caption=caption))


def read_rawtherapee(text: str) -> Metadata:
    """What the IPTC section of a processing profile says."""
    fields = _sections(text).get("iptc", {})

    def said(name: str) -> str:
        return clean(fields.get(name, ""))

    return Metadata(
        caption=said("caption") or said("description"),
        keywords=cleaned(tuple(fields.get("keywords", "").split(";"))),
        remarks=cleaned((fields.get("title", ""), fields.get("headline", ""))),
        artist=said("creator"),
        credit=said("credit"),
        rights=said("copyright"),
    )


def _sections(text: str) -> dict[str, dict[str, str]]:
    """The sections of an INI file, those that are no pictures in lower case, with their fields (in lower case)."""
    sections: dict[str, dict[str, str]] = {}
    fields: dict[str, str] = {}
    for line in text.split("\n"):
        header = _SECTION.match(line)
        if header:
            if len(sections) == _MOST:
                break
            name = header[1] if "." in header[1] else header[1].casefold()
            fields = sections.setdefault(name, {})
            continue
        key, equals, value = line.partition("=")
        if equals:
            fields.setdefault(key.strip().casefold(), value.strip())
    return sections


def _faces(text: str, contacts: dict[str, str]) -> Iterator[NamedRegion]:
    for found in islice(_FACE.finditer(text), _MOST_FACES):
        left, top, right, bottom = (int(found[1].rjust(16, "0")[at : at + 4], 16) / 65535 for at in (0, 4, 8, 12))
        width, height = max(0.0, right - left), max(0.0, bottom - top)
        name = "" if found[2].casefold() == _NOBODY else contacts.get(found[2].casefold(), "")
        yield NamedRegion(x=left + width / 2, y=top + height / 2, width=width, height=height, name=name)
