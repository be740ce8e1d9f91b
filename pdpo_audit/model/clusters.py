"""How pictures relate: verified pairs, duplicate clusters, masters."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Relation(StrEnum):
    """How a holding differs from its cluster's master (closed list of the exported column ``relation``)."""

    MASTER = "master"
    BYTE_IDENTICAL = "byte-identical"
    METADATA_ONLY = "metadata-only"
    PIXEL_IDENTICAL = "pixel-identical"
    RECOMPRESSED = "recompressed"
    RESIZED = "resized"
    RECOLOURED = "recoloured"
    CROPPED = "cropped"
    MIRRORED = "mirrored"
    ROTATED = "rotated"
    EDITED = "edited"


class LinkKind(StrEnum):
    """Related and not duplicates; such pairs never join a duplicate cluster."""

    SAME_LAYOUT = "same-layout"
    SAME_SCENE = "same-scene"
    REJECTED = "rejected"


class Verdict(StrEnum):
    """What verification said of a candidate pair."""

    DUPLICATE = "duplicate"
    SAME_LAYOUT = "same-layout"
    SAME_SCENE = "same-scene"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedPair:
    """The result of verifying two contents, ``left < right`` (content ids of the catalogue).

    ``relation`` says how ``right`` differs from ``left`` and ``reverse`` how ``left`` differs from ``right`` (a crop
    seen from its original is ``cropped``; the original seen from the crop is ``edited``); both only for duplicates.
    ``similarity`` is 0 to 1. ``evidence`` holds the measurements: distance, agreement, inliers, crop rectangle, angle.
    """

    left: int
    right: int
    verdict: Verdict
    relation: Relation | None = None
    reverse: Relation | None = None
    similarity: float = 0.0
    evidence: dict[str, float | int | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Voter:
    """A content, and how it has to be turned (``imaging.hashes``) to lie as the first one of its frame."""

    content: int
    orientation: int


#: The contents of one frame.
Voters = tuple[Voter, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Election:
    """Who was ``elected`` among contents of one frame (all with equal pixels), and which were surely made from it."""

    elected: frozenset[int]
    beaten: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One content in a cluster, with its relation to the master's content."""

    content: int
    relation: Relation
    similarity: float
    evidence: dict[str, float | int | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentCluster:
    """Contents that show the same picture; ``master`` is the content proposed as authoritative, with the reason."""

    master: int
    master_reason: str
    members: tuple[Member, ...]
