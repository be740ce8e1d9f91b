"""What a picture is by content: digests, fingerprint, and what its metadata says."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import date, datetime

from pdpo_audit.model.locations.holdings import FileStat, ImageRef, Skipped


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """What one reduced decode yields for matching; every field is the same for the same bytes and ``method``.

    ``perceptual``: 32 bytes, 256 signs of the DCT. ``phash``: 8 bytes, imagehash's pHash, for exchange with other
    tools. ``texture``: 0 (a gradient) to 100. ``thumbnail``: 32 x 32 grey bytes, row by row. ``keypoints`` and
    ``regions``: packed records whose layout ``fingerprints.py`` documents; empty where the method makes none.
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
    (empty where the format does not allow it). ``width`` and ``height`` are those of the upright picture.
    ``skipped`` says why there is no fingerprint where there is none; the digests stand all the same.
    """

    ref: ImageRef
    stat: FileStat
    sha256: bytes
    image_sha256: bytes = b""
    format: str = ""
    width: int = 0
    height: int = 0
    pages: int = 1
    fingerprint: Fingerprint | None = None
    metadata: Metadata = field(default_factory=Metadata)
    skipped: Skipped | None = None
    #: What a reader should know of a picture that was examined all the same; what decoders had to say, one line each.
    notes: tuple[str, ...] = ()
