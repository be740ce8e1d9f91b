"""The act ``strip``: what a file says of people taken out, its pictures left as they are coded, and both shown."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator

from PIL import Image

from pdpo_audit.disposition.altering.cleaning.files import jpeg_pictures, stripped_file
from pdpo_audit.disposition.altering.reading_back import pictures_of
from pdpo_audit.disposition.altering.results import Altered, Cause, Refused, Stopped
from pdpo_audit.fingerprints.digests import image_digest
from pdpo_audit.imaging import ImageProblem, Limits, open_picture
from pdpo_audit.imaging.beyond.extras import Extra, extra_of
from pdpo_audit.imaging.readers.reading import content_format
from pdpo_audit.metadata import facts_of
from pdpo_audit.model.locations.holdings import SkipReason
from pdpo_audit.model.pictures import Metadata

#: Reads the metadata of a file's bytes and of the picture opened from them.
Facts = Callable[[bytes, Image.Image | None], Metadata]

#: So few bytes of a text are found in any file by chance.
_SHORTEST = 6
_NOTES = (
    "captions, titles, comments and keywords went as a whole: no program can tell that a text names nobody",
    "names in the path, in sidecars and in the picture itself are not in the file's metadata and stay",
)


def strip(data: bytes, limits: Limits, facts: Facts = facts_of) -> Altered | Refused:
    """The file without persons, named regions, releases, captions, titles, keywords, comments and maker's notes.

    Who made the picture, credit, rights, times, camera and position stay. The coded picture is bit-identical where the
    format tells data from metadata (JPEG, PNG, WebP, TIFF, GIF), the decoded pixels everywhere.
    """
    try:
        return _stripped(data, limits, facts)
    except Stopped as stop:
        return stop.refused
    except ImageProblem as problem:
        large = problem.reason is SkipReason.TOO_LARGE
        return Refused(cause=Cause.TOO_LARGE if large else Cause.UNREADABLE, detail=problem.detail)


def _stripped(data: bytes, limits: Limits, facts: Facts) -> Altered:
    image, format = open_picture(data, limits), content_format(data)
    before = facts(data, image)
    new = stripped_file(data, format, image)
    if new == data:
        raise Stopped(Cause.NOTHING_THERE, "its metadata names nobody")
    behind = extra_of(data, format)
    _same_pictures(data, new, format, limits, behind)
    _no_names(before, facts(new, open_picture(new, limits)), new)
    return Altered(data=new, format=format, notes=(*_NOTES, *_untouched(behind)))


def _untouched(behind: Extra | None) -> Iterator[str]:
    if behind:
        yield f"{behind.size:,} bytes behind the end of the picture were not looked through: {behind.kind}"


def _same_pictures(old: bytes, new: bytes, format: str, limits: Limits, behind: Extra | None) -> None:
    """Raises ``Stopped`` where the coded data, or a decoded pixel of any frame or page, is another."""
    if _coded(old, format) != _coded(new, format):
        raise Stopped(Cause.NOT_FAITHFUL, "the coded picture")
    if _pixels(old, limits) != _pixels(new, limits):
        raise Stopped(Cause.NOT_FAITHFUL, "the pixels")
    if (behind is None) != (extra_of(new, format) is None):
        raise Stopped(Cause.NOT_FAITHFUL, "what lies behind the picture")


def _coded(data: bytes, format: str) -> list[bytes]:
    """Digests of the coded pictures in a file: of a JPEG each of those that follow each other."""
    if format != "JPEG":
        return [image_digest(data, format)]
    return [image_digest(data[start:end], format) for start, end in jpeg_pictures(data)]


def _pixels(data: bytes, limits: Limits) -> bytes:
    image = open_picture(data, limits)
    pages = int(getattr(image, "n_frames", 1)) if image.format == "TIFF" else 1
    digest = hashlib.sha256()
    for page in range(pages):
        for frame in pictures_of(open_picture(data, limits, page) if page else image, limits):
            digest.update(str(frame.shape).encode())
            digest.update(frame.data)
    return digest.digest()


def _no_names(before: Metadata, after: Metadata, new: bytes) -> None:
    """Raises ``Stopped`` where a text that went is still told, or stands somewhere in the bytes."""
    if _texts(after) or after.model_release or after.minor_age:
        raise Stopped(Cause.NAMES_LEFT, "in the metadata of the new file")
    stay = " ".join((after.artist, after.credit, after.rights, after.usage_terms, after.camera)).casefold()
    for text in _texts(before):
        if text.casefold() not in stay and any(form in new for form in _forms(text)):
            raise Stopped(Cause.NAMES_LEFT, "in the bytes of the new file")


def _texts(metadata: Metadata) -> list[str]:
    regions = [region.name for region in metadata.regions]
    found = (metadata.caption, *metadata.keywords, *metadata.remarks, *metadata.persons, *regions)
    return [text for text in found if text]


def _forms(text: str) -> Iterator[bytes]:
    for coding in ("utf-8", "utf-16-le", "utf-16-be", "big5", "gb18030", "latin-1"):
        try:
            form = text.encode(coding)
        except UnicodeEncodeError:
            continue
        if len(form) >= _SHORTEST:
            yield form
