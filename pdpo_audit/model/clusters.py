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
    ``similarity`` is 0 to 1. ``evidence`` holds what was measured (``docs/duplicates.md`` explains it).
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


def as_seen_from(evidence: dict[str, float | int | str], *, master_is_left: bool) -> dict[str, float | int | str]:
    """What was measured of a pair, told of a holding and its master instead of left and right.

    Lost is what the master has and the holding lacks; angle and scale turn the master into the holding.
    """
    names = ("master", "holding") if master_is_left else ("holding", "master")
    sides = dict(zip(("left", "right"), names, strict=True))
    told: dict[str, float | int | str] = {}
    for key, value in evidence.items():
        match key:
            case "made_from" | "crop_in":
                told[key] = sides[str(value)]
            case "left_in_right" | "right_in_left":
                told["_in_".join(sides[side] for side in key.split("_in_"))] = value
            case "angle" if not master_is_left:
                told[key] = 0.0 - float(value)
            case "scale" if not master_is_left:
                told[key] = round(1 / float(value), 4) if value else value
            case "ink_lost" | "ink_added" if not master_is_left:
                told["ink_added" if key == "ink_lost" else "ink_lost"] = value
            case _:
                told[key] = value
    return told
