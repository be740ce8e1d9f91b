"""Sidecars in JSON: Google Takeout's, and those of ExifTool and of programs that name their fields as it does."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from pdpo_audit.metadata.facts import clean, cleaned, code, day, moment, span
from pdpo_audit.metadata.sidecars.forms import names_picture
from pdpo_audit.model.locations.holdings import ImageRef
from pdpo_audit.model.pictures import Metadata, Saying, Sidecar

#: Names of fields, in lower case and without the group before a colon, by what they hold.
_NAMES = {
    "caption": ("description", "caption", "caption-abstract", "imagedescription"),
    "keywords": ("keywords", "subject", "tags", "tagslist", "hierarchicalsubject"),
    "remarks": ("title", "headline", "objectname", "comment", "usercomment", "xptitle", "xpcomment"),
    "persons": ("people", "persons", "personinimage", "regionname", "regionpersondisplayname"),
    "artist": ("artist", "creator", "by-line", "author"),
    "rights": ("rights", "copyright", "copyrightnotice"),
    "usage_terms": ("usageterms",),
    "credit": ("credit",),
    "captured": ("datetimeoriginal", "subsecdatetimeoriginal", "datecreated", "date_taken", "createdate"),
    "model_release": ("modelreleasestatus",),
    "minor_age": ("minormodelagedisclosure",),
    "property_release": ("propertyreleasestatus",),
    "licence_ends_on": ("licenseenddate",),
}
#: What only Takeout writes.
_TAKEOUT = ("photoTakenTime", "googlePhotosOrigin")
#: Fields that alone make a sidecar of a file that is not named after a picture: other programs write titles, too.
_TELLING = ("persons", "captured", "keywords", "caption", "rights", "model_release")
_HONG_KONG = timezone(timedelta(hours=8))
_DEEPEST = 4
_MOST = 500


def read_json(data: bytes, ref: ImageRef) -> Sidecar | None:
    """What a JSON file says of the picture it is named after; ``None`` where it is about something else."""
    after_picture = named_after_picture(ref.locator)
    try:
        told = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return Sidecar(ref=ref, problem="no well-formed JSON") if after_picture else None
    if isinstance(told, list) and len(told) == 1:  # as ExifTool writes it
        told = told[0]
    if not isinstance(told, dict):
        return Sidecar(ref=ref, problem="nothing is read of this kind of file") if after_picture else None
    takeout = any(name in told for name in _TAKEOUT)
    fields = _fields(told)
    if not (takeout or after_picture or any(name in fields for name in _TELLING)):
        return None
    title = told.get("title")
    metadata = _of_takeout(told) if takeout else _of_fields(fields)
    said = Saying(metadata=metadata, of=title[:255] if takeout and isinstance(title, str) else "")
    return Sidecar(ref=ref, said=(said,), evident=takeout or after_picture)


def named_after_picture(locator: bytes) -> bool:
    """Whether the name without ``.json``, a number and Takeout's mark is that of a picture."""
    name = locator.rpartition(b"/")[2]
    bare = re.sub(rb"(\.s[a-z-]*|\.)?(\(\d+\))?\.json$", b"", name, flags=re.IGNORECASE)
    return names_picture(bare)


def _of_takeout(told: Mapping[str, Any]) -> Metadata:
    people = told.get("people")
    names = [one.get("name") for one in people[:_MOST] if isinstance(one, dict)] if isinstance(people, list) else []
    title = _text(told.get("title"))
    return Metadata(
        captured_at=_epoch(_inner(told, "photoTakenTime", "timestamp")),
        caption=clean(_text(told.get("description"))),
        remarks=() if names_picture(title.encode("utf-8", "replace")) else cleaned((title,)),
        persons=cleaned(tuple(_text(name) for name in names)),
        has_gps=any(_somewhere(told.get(name)) for name in ("geoData", "geoDataExif")),
    )


def _of_fields(fields: Mapping[str, list[str]]) -> Metadata:
    def said(name: str) -> str:
        return clean(" ".join(fields.get(name, ())[:_MOST]))

    taken = next(iter(fields.get("captured", ())), "")
    return Metadata(
        captured_at=moment(taken),
        captured_in=span(taken),
        caption=said("caption"),
        keywords=cleaned(tuple(fields.get("keywords", ()))),
        remarks=cleaned(tuple(fields.get("remarks", ()))),
        persons=cleaned(tuple(fields.get("persons", ()))),
        artist=said("artist"),
        rights=said("rights"),
        usage_terms=said("usage_terms"),
        credit=said("credit"),
        model_release=code(said("model_release")),
        minor_age=code(said("minor_age")),
        property_release=code(said("property_release")),
        licence_ends_on=day(said("licence_ends_on")),
    )


def _fields(told: Mapping[str, Any]) -> dict[str, list[str]]:
    """The texts of fields that are known by name, whichever group they stand in."""
    holds = {name: what for what, names in _NAMES.items() for name in names}
    found: dict[str, list[str]] = {}
    for key, value in list(told.items())[:_MOST]:
        what = holds.get(key.rpartition(":")[2].casefold())
        if what:
            found.setdefault(what, []).extend(_texts(value, 0))
    return {what: texts for what, texts in found.items() if texts}


def _texts(value: object, depth: int) -> Iterator[str]:
    """Every text in a value: itself, the items of a list, the name of an object."""
    if isinstance(value, str) and value.strip():
        yield value
    elif isinstance(value, list) and depth < _DEEPEST:
        for item in value[:_MOST]:
            yield from _texts(item, depth + 1)
    elif isinstance(value, dict) and depth < _DEEPEST:
        yield from _texts(value.get("name", value.get("PersonName")), depth + 1)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _inner(told: Mapping[str, Any], *names: str) -> object:
    value: object = told
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _epoch(value: object) -> datetime | None:
    """Seconds since 1970, told in Hong Kong's time, whose day counts here."""
    try:
        return datetime.fromtimestamp(int(value), _HONG_KONG) if isinstance(value, (str, int)) else None
    except (ValueError, OverflowError, OSError):
        return None


def _somewhere(position: object) -> bool:
    """Whether a position is one: Takeout writes 0, 0 where there is none."""
    if not isinstance(position, dict):
        return False
    return any(isinstance(value := position.get(name), (int, float)) and value for name in ("latitude", "longitude"))
