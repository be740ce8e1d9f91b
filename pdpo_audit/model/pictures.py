"""What a picture is by content: digests, fingerprint, and what its metadata says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from typing import Any

from pdpo_audit.model.locations.holdings import FileStat, ImageRef, Skipped


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """What one reduced decode yields for matching; every field is the same for the same bytes and ``method``.

    ``perceptual``: 32 bytes, 256 signs of the DCT. ``phash``: 8 bytes, imagehash's pHash, for exchange with other
    tools. ``texture``: 0 (a gradient) to 100. ``thumbnail``: 32 x 32 grey bytes, row by row. ``keypoints``: packed
    pieces of the lines of a page (``imaging.lines``); ``regions``: packed regions (``imaging.regions``); empty
    without any.
    """

    method: str
    perceptual: bytes
    phash: bytes
    texture: int
    thumbnail: bytes
    keypoints: bytes = b""
    regions: bytes = b""
    #: The JPEG quality (1 to 100) that its quantisation table stands for; 0 where there is none.
    quality: int = 0
    #: Share (0 to 1) of the frequencies its pixels could carry at which the picture has detail; 0 where not measured.
    detail: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedRegion:
    """A region that other software marked as a face: relative centre and size (0 to 1), and a name if it gave one."""

    x: float
    y: float
    width: float
    height: float
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What EXIF, IPTC and XMP say, reduced to what an audit needs; empty strings and ``None`` where they are silent.

    ``reader`` names who read it (``pillow`` or ``exiftool VERSION``). ``model_release`` and ``minor_age`` hold the
    PLUS codes as written (``MR-UMR``, ``AG-A17``).
    """

    reader: str = ""
    captured_at: datetime | None = None
    #: A year, or a year and month (``1975``, ``1975-06``), where the file says no more of when it was taken.
    captured_in: str = ""
    camera: str = ""
    artist: str = ""
    rights: str = ""
    usage_terms: str = ""
    credit: str = ""
    caption: str = ""
    keywords: tuple[str, ...] = ()
    #: Further texts on the picture: title, comments, what Windows writes.
    remarks: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()
    regions: tuple[NamedRegion, ...] = ()
    model_release: str = ""
    minor_age: str = ""
    property_release: str = ""
    licence_ends_on: date | None = None
    digital_source_type: str = ""
    has_gps: bool = False
    #: The embedded EXIF thumbnail shows another picture than the file itself (it may show what was cropped away).
    stale_thumbnail: bool = False

    def filled(self) -> int:
        """How many facts it holds: the completer of two copies is the better master."""
        return sum(bool(getattr(self, name.name)) for name in fields(self) if name.name != "reader")


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """What one read of one file told about one picture in it.

    ``sha256`` is the digest of the file's bytes, ``image_sha256`` that of its image data without metadata segments
    (empty where the format does not allow it), ``pixels_sha256`` that of its pixels at full size
    (``fingerprints.exact``; empty where nobody asked). ``width`` and ``height`` are those of the upright picture.
    ``skipped`` says why there is no fingerprint where there is none; the digests stand all the same.
    """

    ref: ImageRef
    stat: FileStat
    sha256: bytes
    image_sha256: bytes = b""
    pixels_sha256: bytes = b""
    format: str = ""
    width: int = 0
    height: int = 0
    pages: int = 1
    fingerprint: Fingerprint | None = None
    metadata: Metadata = field(default_factory=Metadata)
    skipped: Skipped | None = None
    #: What a reader should know of a picture that was examined all the same; what decoders had to say, one line each.
    notes: tuple[str, ...] = ()
    #: What holds for this place only: where the file that it lies in shows it. The same bytes elsewhere have another.
    here: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """What a sidecar says of one picture; ``of`` is the name by which its text calls the picture, where it does."""

    metadata: Metadata
    of: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sidecar:
    """A file beside pictures that says something of them, with why it, or a part of it, was not read.

    ``evident`` says that it is a sidecar also where no picture beside it is meant.
    """

    ref: ImageRef
    said: tuple[Saying, ...] = ()
    problem: str = ""
    evident: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What one sidecar says of the picture that it belongs to; ``sidecar`` is its place, as it is printed."""

    sidecar: str
    metadata: Metadata = field(default_factory=Metadata)
    problem: str = ""


def laid_over(own: Metadata, beside: Sequence[Beside]) -> Metadata:
    """What a picture and its sidecars say together.

    A sidecar is written where the picture is not to be touched: its texts, rights and releases count before those in
    the picture, of several sidecars the first that says anything. When it was taken the camera knows best. Of two ages
    the younger counts, of two ends of a licence the earlier; names, keywords and regions are joined.
    """
    said = [one.metadata for one in beside]
    everything = (*said, own)
    dated = next((one for one in (own, *said) if one.captured_at or one.captured_in), own)
    ends = [one.licence_ends_on for one in everything if one.licence_ends_on]
    ages = [one.minor_age for one in everything if one.minor_age]
    return replace(
        own,
        captured_at=dated.captured_at,
        captured_in=dated.captured_in,
        keywords=_together(one.keywords for one in everything),
        remarks=_together(one.remarks for one in everything),
        persons=_together(one.persons for one in everything),
        regions=tuple(dict.fromkeys(region for one in everything for region in one.regions)),
        minor_age=min(ages, key=_years, default=""),
        licence_ends_on=min(ends, default=None),
        has_gps=any(one.has_gps for one in everything),
        **_first_said(everything),
    )


_FIRST = (
    "artist", "rights", "usage_terms", "credit", "caption", "model_release", "property_release", "digital_source_type",
)  # fmt: skip


def _first_said(everything: Sequence[Metadata]) -> dict[str, Any]:
    return {name: next(filter(None, (getattr(one, name) for one in everything)), "") for name in _FIRST}


def _together(texts: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for some in texts for text in some))


def _years(age: str) -> int:
    """The years of an age code of PLUS (``AG-A17``; ``AG-U14``: under 14); of an unknown one as many as no code has."""
    digits = "".join(char for char in age if char.isdigit())
    return int(digits[:3]) if digits else 999
