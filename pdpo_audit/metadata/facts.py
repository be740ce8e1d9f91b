"""Properties of XMP to the fields of ``Metadata``: which name holds what, and how people's software spells it.

Names after the IPTC Photo Metadata Standard, PLUS 2.0.1, the MWG guidelines 2.0 (section 5.9, regions) and Microsoft's
people tagging schema.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone

from pdpo_audit.metadata.remarks import tree_of
from pdpo_audit.metadata.texts import mended
from pdpo_audit.metadata.xmp import Value
from pdpo_audit.model.pictures import Metadata, NamedRegion

DC = "{http://purl.org/dc/elements/1.1/}"
EXIF = "{http://ns.adobe.com/exif/1.0/}"
IPTC_EXTENSION = "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}"
PHOTOSHOP = "{http://ns.adobe.com/photoshop/1.0/}"
PLUS = "{http://ns.useplus.org/ldf/xmp/1.0/}"
XMP_RIGHTS = "{http://ns.adobe.com/xap/1.0/rights/}"
XMP = "{http://ns.adobe.com/xap/1.0/}"
MWG_REGIONS = "{http://www.metadataworkinggroup.com/schemas/regions/}"
AREA = "{http://ns.adobe.com/xmp/sType/Area#}"
MICROSOFT = "{http://ns.microsoft.com/photo/1.2/}"
MICROSOFT_INFO = "{http://ns.microsoft.com/photo/1.2/t/RegionInfo#}"
MICROSOFT_REGION = "{http://ns.microsoft.com/photo/1.2/t/Region#}"

#: Where XMP says when a picture was taken, the more exact first.
_TAKEN = (EXIF + "DateTimeOriginal", PHOTOSHOP + "DateCreated", XMP + "CreateDate")
#: Keywords as paths, of Lightroom and digiKam.
_TREES = ("{http://ns.adobe.com/lightroom/1.0/}hierarchicalSubject", "{http://www.digikam.org/ns/1.0/}TagsList")
_EMPTY = Value()
#: Longest text kept of one field: captions run to a few hundred characters, hostile files to megabytes.
LONGEST = 2000
_MOST_ITEMS = 500
_FIRST_PHOTOGRAPH = 1826


def of_xmp(properties: dict[str, Value]) -> Metadata:
    """The facts in one XMP packet."""

    def text(name: str) -> str:
        return clean(" ".join(properties.get(name, _EMPTY).texts()))

    trees = [tree_of(path) for name in _TREES for path in properties.get(name, _EMPTY).texts()]
    return Metadata(
        captured_at=next(filter(None, (moment(text(name)) for name in _TAKEN)), None),
        captured_in=next(filter(None, (span(text(name)) for name in _TAKEN)), ""),
        artist=text(DC + "creator"),
        rights=text(DC + "rights"),
        usage_terms=text(XMP_RIGHTS + "UsageTerms"),
        credit=text(PHOTOSHOP + "Credit"),
        caption=text(DC + "description"),
        keywords=cleaned((*properties.get(DC + "subject", _EMPTY).texts(), *(last for last, _ in trees))),
        remarks=cleaned((text(DC + "title"), text(PHOTOSHOP + "Headline"), text(EXIF + "UserComment"))),
        persons=cleaned((*_persons(properties), *(person for _, person in trees))),
        regions=tuple(_regions(properties))[:_MOST_ITEMS],
        model_release=code(text(PLUS + "ModelReleaseStatus")),
        minor_age=code(text(PLUS + "MinorModelAgeDisclosure")),
        property_release=code(text(PLUS + "PropertyReleaseStatus")),
        licence_ends_on=day(text(PLUS + "LicenseEndDate")),
        digital_source_type=code(text(IPTC_EXTENSION + "DigitalSourceType")),
        has_gps=EXIF + "GPSLatitude" in properties,
    )


def clean(text: str) -> str:
    """One line, without control characters, at most ``LONGEST`` characters."""
    whole = mended(text[: 2 * LONGEST])
    return " ".join("".join(char if char.isprintable() else " " for char in whole).split())[:LONGEST]


def cleaned(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Each text cleaned; empty ones, repeats and what exceeds the limit left out."""
    return tuple(dict.fromkeys(kept for text in texts[:_MOST_ITEMS] if (kept := clean(text))))


def code(text: str) -> str:
    """A controlled value as its bare code: vocabularies are also written as URLs (``.../vocab/MR-UMR``)."""
    return re.split(r"[/#]", text.strip())[-1] if text else ""


def day(text: str) -> date | None:
    """The calendar day that a date or date-time of XMP names, ``None`` where it names none."""
    found = moment(text)
    return found.date() if found else None


_MOMENT = re.compile(
    r"\s*(\d{4})[-:](\d\d)[-:](\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?)?\s*(Z|[+-]\d\d:?\d\d)?\s*$"
)


def moment(text: str, offset: str = "") -> datetime | None:
    """A date-time as EXIF (``2024:05:01 10:20:30``) or XMP (ISO 8601) writes it; ``None`` where it is none.

    It is aware only where the file states an offset. Years before the first photograph are a camera's unset clock.
    """
    match = _MOMENT.match(text + offset) or _MOMENT.match(text)
    if not match:
        return None
    year, month, of_month, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    if year < _FIRST_PHOTOGRAPH:
        return None
    try:
        return datetime(year, month, of_month, hour, minute, min(second, 59), tzinfo=_zone(match[7] or ""))
    except ValueError:
        return None


_SPAN = re.compile(r"\s*(\d{4})(?:[-:](\d\d))?(?:[-:]00)?\s*$")


def span(text: str) -> str:
    """A year, or a year and month, that stands in place of a day (``1975``, ``1975-06``); empty where none does."""
    match = _SPAN.match(text)
    if not match or int(match[1]) < _FIRST_PHOTOGRAPH:
        return ""
    return f"{match[1]}-{match[2]}" if match[2] and 1 <= int(match[2]) <= 12 else match[1]


def _zone(offset: str) -> timezone | None:
    if not offset:
        return None
    if offset == "Z":
        return UTC
    minutes = int(offset[1:3]) * 60 + int(offset[-2:])
    return timezone(timedelta(minutes=-minutes if offset[0] == "-" else minutes))


def _persons(properties: dict[str, Value]) -> tuple[str, ...]:
    named = list(properties.get(IPTC_EXTENSION + "PersonInImage", _EMPTY).texts())
    detailed = properties.get(IPTC_EXTENSION + "PersonInImageWDetails", _EMPTY)
    for person in detailed.items or (detailed,):
        named.extend(person.fields.get(IPTC_EXTENSION + "PersonName", _EMPTY).texts())
    return tuple(named)


def _regions(properties: dict[str, Value]) -> Iterator[NamedRegion]:
    listed = properties.get(MWG_REGIONS + "Regions", _EMPTY).fields.get(MWG_REGIONS + "RegionList", _EMPTY)
    for entry in listed.items:
        kind = entry.fields.get(MWG_REGIONS + "Type", _EMPTY).text
        if kind in ("", "Face"):
            yield _mwg_region(entry)
    listed = properties.get(MICROSOFT + "RegionInfo", _EMPTY).fields.get(MICROSOFT_INFO + "Regions", _EMPTY)
    for entry in listed.items:
        yield _microsoft_region(entry)


def _mwg_region(entry: Value) -> NamedRegion:
    area = entry.fields.get(MWG_REGIONS + "Area", _EMPTY).fields
    x, y, width, height = (share(area.get(AREA + key, _EMPTY).text) for key in ("x", "y", "w", "h"))
    return NamedRegion(
        x=x, y=y, width=width, height=height, name=clean(entry.fields.get(MWG_REGIONS + "Name", _EMPTY).text)
    )


def _microsoft_region(entry: Value) -> NamedRegion:
    """Microsoft states the top left corner; ``NamedRegion`` the centre."""
    parts = entry.fields.get(MICROSOFT_REGION + "Rectangle", _EMPTY).text.split(",")
    left, top, width, height = (share(part) for part in parts) if len(parts) == 4 else (0.0, 0.0, 0.0, 0.0)
    name = clean(entry.fields.get(MICROSOFT_REGION + "PersonDisplayName", _EMPTY).text)
    return NamedRegion(
        x=min(1.0, left + width / 2), y=min(1.0, top + height / 2), width=width, height=height, name=name
    )


def share(text: str) -> float:
    """A number from 0 to 1; 0 where the text is none or lies outside (NaN too)."""
    try:
        number = float(text)
    except ValueError:
        return 0.0
    return number if 0.0 <= number <= 1.0 else 0.0
