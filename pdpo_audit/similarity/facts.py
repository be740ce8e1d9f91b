"""What the grouping of contents into clusters needs to know of each of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

#: ``bytes`` under another name: inside ``ContentFacts`` that word is a number of bytes.
_Digest = bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentFacts:
    """One content, without its heavy parts.

    ``oldest`` is the earliest file time of its holdings (ISO 8601); ``metadata_fields`` counts what its metadata says;
    ``quality`` is the JPEG quality it was saved with (0 where there is none); ``detail`` the share of the frequencies
    its pixels could carry at which there is detail (0 where unknown); ``spare`` says that all its holdings lie in
    trash, caches, or among thumbnails or backups: nothing there is a master while another copy is; ``written`` that
    it is a page with lines of text.
    """

    content: int
    sha256: _Digest
    image_sha256: _Digest
    format: str
    width: int
    height: int
    bytes: int
    texture: int
    perceptual: _Digest
    captured_at: datetime | None = None
    metadata_fields: int = 0
    oldest: str = ""
    sources: tuple[str, ...] = ()
    jurisdictions: tuple[str, ...] = ()
    quality: int = 0
    detail: float = 0.0
    spare: bool = False
    written: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """Where the organisation wants its masters to lie; earlier sources before later ones."""

    sources: tuple[str, ...] = ()
    jurisdiction: str = ""
