"""Examine one file: one read, one reduced decode per picture, everything that matching needs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pdpo_audit.fingerprints.digests import file_digest, image_digest
from pdpo_audit.fingerprints.exact import pixel_digest
from pdpo_audit.fingerprints.tiff import Pages
from pdpo_audit.imaging import (
    FileKind,
    ImageProblem,
    Limits,
    Reduction,
    open_picture,
    page_count,
    sniff,
    turn_to,
    upright_grey,
    upright_size,
)
from pdpo_audit.imaging.beyond.extras import extra_of
from pdpo_audit.imaging.beyond.hiding import hidden_note
from pdpo_audit.imaging.beyond.inner import stale_preview
from pdpo_audit.imaging.detail import detail_share
from pdpo_audit.imaging.endings import NOTE, complete_jpeg
from pdpo_audit.imaging.formats import HEAD_BYTES
from pdpo_audit.imaging.formats.table import unreadable
from pdpo_audit.imaging.formats.told import told_of
from pdpo_audit.imaging.hashes import exchange_hash, perceptual_hash, small_grey, square, texture
from pdpo_audit.imaging.lines import describe_lines, may_be_written
from pdpo_audit.imaging.quality import jpeg_quality
from pdpo_audit.imaging.readers.reading import settled_format
from pdpo_audit.imaging.regions import describe_regions
from pdpo_audit.metadata import facts_of
from pdpo_audit.model.locations.holdings import ImageRef, Skipped, SkipReason
from pdpo_audit.model.methods import FINGERPRINTS
from pdpo_audit.model.pictures import Examination, Fingerprint, Metadata
from pdpo_audit.ports import StoredFile

Facts = Callable[[bytes, Image.Image | None], Metadata]
#: Seconds that are left for the file.
Left = Callable[[], float]

#: Below 256 pixels on the short side the hash starts to drift with the scale of the decode (benchmarks/).
_FOR_HASHES = Reduction(short=256)
#: A file of so many bytes at most is read at once; of a larger one the signature is looked at first.
_READ_AT_ONCE = 1_000_000
#: Pages are left out from the moment at which there is no time for so many more of the slowest, and a second.
_PAGES_AHEAD = 3
_ONE_SMALLER = "a smaller version of a page in the file is no holding"
#: Lines of text want 800 pixels on the long side.
_FOR_LINES = Reduction(long=800)
#: What decoders reduce while they read: more of it takes a second look.
_REDUCED = ("JPEG", "MPO", "JPEG2000")
#: Region hashes want 400 pixels on the long side as well.
_FOR_REGIONS = Reduction(short=256, long=400)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What the fingerprint is to have."""

    regions: bool
    exchange: bool
    facts: Facts
    limits: Limits
    exact: Callable[[int, int], bool]


def examine_file(
    opening: Callable[[], StoredFile],
    ref: ImageRef,
    limits: Limits,
    *,
    known: Collection[bytes] = (),
    regions: bool = True,
    exchange: bool = True,
    facts: Facts = facts_of,
    left: Left = lambda: float("inf"),
    exact: Callable[[int, int], bool] = lambda _width, _height: False,
) -> list[Examination | Skipped]:
    """Everything one read of a file tells: one result, or one for each page of a TIFF or picture of a HEIC with
    several.

    An image that cannot be decoded keeps its digests and says why in ``skipped``. A file that could not be read, or
    is no image, is a single ``Skipped``. Of a file whose digest is ``known`` nothing else is made (its pages are not
    looked for): another file with the same bytes has been decoded. The state that is returned is that in which the file
    was read. ``regions`` and ``exchange`` say whether the fingerprint has region
    hashes and the hash for other tools. ``facts`` reads the metadata of a file's bytes and of the picture opened from
    them (``None`` where nothing opens it). ``left`` tells the seconds until this file has to be done: of many pages
    those are examined that time allows. The rest is one result of its own, ``pages/57-120``: no page is in both.
    ``exact`` says of a width and height (upright) whether the pixels of such a picture are digested, at full size.
    """
    try:
        file = opening()
        try:
            data = file.whole() if 0 < file.stat.size <= _READ_AT_ONCE else b""
            kind, format = sniff(data[:HEAD_BYTES] or file.head(HEAD_BYTES), ref.locator)
            if kind in (FileKind.CONTAINER, FileKind.OTHER):
                return [_not_an_image(ref, kind, format)]
            limits.check_file(file.stat.size)
            data, stat = data or file.whole(), file.stat
        finally:
            file.close()
    except ImageProblem as problem:
        return [problem.at(ref)]
    format = settled_format(data, format)
    whole = Examination(ref=ref, stat=stat, sha256=file_digest(data), format=format)
    if kind is FileKind.NOT_DECODED:
        metadata = facts(data if format else b"", None)
        return [replace(whole, metadata=metadata, skipped=_not_decoded(ref, data, format))]
    if whole.sha256 in known:
        return [replace(whole, image_sha256=image_digest(data, format, behind=extra_of(data, format)))]
    wanted = _Wanted(regions=regions, exchange=exchange, facts=facts, limits=limits, exact=exact)
    return list(_pages(data, whole, wanted, left))


def _not_an_image(ref: ImageRef, kind: FileKind, format: str) -> Skipped:
    reason = SkipReason.CONTAINER_NOT_OPENED if kind is FileKind.CONTAINER else SkipReason.OTHER_FILE
    return Skipped(ref=ref, reason=reason, detail=format)


def _not_decoded(ref: ImageRef, data: bytes, format: str) -> Skipped:
    if not data:
        return Skipped(ref=ref, reason=SkipReason.EMPTY)
    if not format:
        return Skipped(ref=ref, reason=SkipReason.NOT_AN_IMAGE, detail="named like an image, without its signature")
    return Skipped(ref=ref, reason=SkipReason.FORMAT_NOT_DECODED, detail=unreadable(format))


def _pages(data: bytes, whole: Examination, wanted: _Wanted, left: Left) -> Iterator[Examination]:
    """The picture in ``data``, or each page of a TIFF, or picture of a HEIC, with several."""
    try:
        image = open_picture(data, wanted.limits)
        count = page_count(image)
    except ImageProblem as problem:
        yield replace(whole, skipped=problem.at(whole.ref))
        return
    if count == 1:
        yield _picture(data, image, whole, 0, wanted, None)
        return
    places, slowest, began = Pages(data), 0.0, left()
    smaller = places.thumbnails(count)
    whole = replace(whole, notes=(_smaller(len(smaller)),) if smaller else ())
    if len(smaller) == count - 1 and 0 not in smaller:
        yield _picture(data, image, whole, 0, wanted, places)
        return
    for page in range(count):
        if page in smaller:
            continue
        one = replace(whole, ref=whole.ref.at_page(page + 1), pages=count)
        rest = replace(one, ref=whole.ref.below(f"pages/{page + 1}-{count}"))
        if page == wanted.limits.max_pages:
            yield replace(rest, skipped=_too_many(rest.ref, count, page))
            return
        if page and left() < _PAGES_AHEAD * slowest + 1.0:
            yield replace(rest, skipped=_too_late(rest.ref, count, page))
            return
        yield _page(data, image, one, page, wanted, places)
        slowest, began = max(slowest, began - left()), left()


def _page(data: bytes, image: Image.Image, one: Examination, page: int, wanted: _Wanted, places: Pages) -> Examination:
    try:
        turn_to(image, page, wanted.limits)
    except ImageProblem as problem:
        return replace(one, skipped=problem.at(one.ref))
    return _picture(data, image, one, page, wanted, places)


def _smaller(count: int) -> str:
    return f"{count} smaller versions of its pages in the file are no holdings" if count > 1 else _ONE_SMALLER


def _too_many(ref: ImageRef, count: int, page: int) -> Skipped:
    return Skipped(ref=ref, reason=SkipReason.TOO_LARGE, detail=f"{count} pages, the limit is {page}")


def _too_late(ref: ImageRef, count: int, page: int) -> Skipped:
    detail = f"pages {page + 1} to {count} were not reached in time"
    return Skipped(ref=ref, reason=SkipReason.TIMED_OUT, detail=detail)


def _picture(
    data: bytes, image: Image.Image, one: Examination, page: int, wanted: _Wanted, places: Pages | None
) -> Examination:
    width, height = upright_size(image)
    behind, told = extra_of(data, one.format), told_of(image)
    digest = image_digest(told.coded, "JPEG") if told.coded else image_digest(data, one.format, page, places, behind)
    one = replace(one, image_sha256=digest, width=width, height=height)
    if wanted.exact(width, height):
        one = replace(one, pixels_sha256=_exact(data, page, wanted.limits))
    quality = jpeg_quality(image)
    try:
        grey = upright_grey(image, wanted.limits, _FOR_REGIONS if wanted.regions else _FOR_HASHES)
    except ImageProblem as problem:
        return replace(one, metadata=_metadata(data, image, page, wanted.facts), skipped=problem.at(one.ref))
    whole = grey.shape == (height, width)
    detail = detail_share(grey) if whole else 0.0
    found = fingerprint(grey, quality=quality, detail=detail, regions=wanted.regions, exchange=wanted.exchange)
    if may_be_written(grey):
        found = replace(found, keypoints=_lines(data, image, page, wanted.limits))
    metadata = _metadata(data, image, page, wanted.facts)
    said = (
        NOTE if complete_jpeg(data) is not data else "",
        hidden_note(image),
        behind.note() if behind else "",
        *told.notes,
    )
    if stale_preview(data, image, grey, behind=behind is not None):
        metadata = replace(metadata, stale_thumbnail=True)
    return replace(one, fingerprint=found, metadata=metadata, notes=(*one.notes, *filter(None, said)))


def _exact(data: bytes, page: int, limits: Limits) -> bytes:
    try:
        return pixel_digest(data, limits, page)
    except ImageProblem:
        return b""


def _lines(data: bytes, image: Image.Image, page: int, limits: Limits) -> bytes:
    """What is written on a picture, read at a size at which its lines can be told; nothing where that fails."""
    try:
        opened = open_picture(data, limits, page) if image.format in _REDUCED else image
        return describe_lines(upright_grey(opened, limits, _FOR_LINES))
    except ImageProblem:
        return b""


def fingerprint(
    grey: NDArray[np.uint8], *, quality: int = 0, detail: float = 0.0, regions: bool = True, exchange: bool = True
) -> Fingerprint:
    """Everything for matching, from the upright luma of one (reduced) decode."""
    small = square(grey)
    return Fingerprint(
        method=FINGERPRINTS,
        perceptual=perceptual_hash(small),
        phash=exchange_hash(grey) if exchange else b"",
        texture=texture(small),
        thumbnail=small_grey(small),
        regions=describe_regions(grey) if regions else b"",
        quality=quality,
        detail=detail,
    )


def _metadata(data: bytes, image: Image.Image, page: int, facts: Facts) -> Metadata:
    """What the picture says of itself, read after decoding: in a PNG it may stand behind the pixels.

    Other programs read a file as a whole, so that they are not asked about its later pages.
    """
    return facts(data if page == 0 else b"", image)
