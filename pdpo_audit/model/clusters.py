"""How pictures relate: verified pairs, duplicate clusters, masters."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum

#: What was measured of a pair, by name.
Evidence = dict[str, float | int | str]
#: Degrees.
_HALF_TURN = 180.0


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


class NamedBy(StrEnum):
    """What named a relation that no measure did: the ``named_by`` of the evidence that is no cut."""

    EQUAL_DATA = "equal image data"
    EQUAL_PIXELS = "equal pixels"
    MIRRORED = "mirrored"
    NONE_CROSSED = "none crossed"
    STORED_SIZES = "stored sizes"
    FRAMES = "frames"
    BEHIND_END = "behind the end"
    NO_PIXELS = "drawing or preview"
    CONFIRMED = "confirmed master"


#: How copies differ that show the same as their master, pixel by pixel.
SAME_PIXELS = frozenset({Relation.BYTE_IDENTICAL, Relation.METADATA_ONLY, Relation.PIXEL_IDENTICAL})


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
    evidence: Evidence = field(default_factory=dict)


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
    evidence: Evidence = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentCluster:
    """Contents that show the same picture; ``master`` is the content proposed as authoritative, with the reason."""

    master: int
    master_reason: str
    members: tuple[Member, ...]


def not_compared(left: int, right: int, why: str) -> VerifiedPair:
    """A pair whose comparison failed stays apart; the evidence says why."""
    return VerifiedPair(left=left, right=right, verdict=Verdict.DIFFERENT, evidence={_NOT_COMPARED: why})


def why_not_compared(pair: VerifiedPair) -> str:
    """Why a pair was not compared; empty where it was."""
    return str(pair.evidence.get(_NOT_COMPARED, ""))


#: The name under which the evidence says why a pair was not compared.
_NOT_COMPARED = "not_compared"


#: What the evidence says of how the relation was named, and of what decided.
_NAMED = ("named_by", "named_at", "named_limit")
_DECIDED = ("rule", "decided_by", "decided_at", "linked_by", "linked_at")


def renamed(evidence: Evidence, by: NamedBy) -> Evidence:
    """The evidence of a pair whose relation was named anew, without what had named it before."""
    return {key: value for key, value in evidence.items() if key not in _NAMED} | {"named_by": str(by)}


def decided_anew(evidence: Evidence, rule: str) -> Evidence:
    """The evidence of two that turned out to be no copies: nothing names their relation, and another rule decided."""
    return {key: value for key, value in evidence.items() if key not in _NAMED + _DECIDED} | {"rule": rule}


def turned_round(pair: VerifiedPair) -> VerifiedPair:
    """The same pair with its sides exchanged, and with them all that was measured."""
    return replace(
        pair,
        left=pair.right,
        right=pair.left,
        relation=pair.reverse,
        reverse=pair.relation,
        evidence=_turned_round(pair.evidence),
    )


def as_seen_from(evidence: Evidence, *, master_is_left: bool) -> Evidence:
    """What was measured of a pair, told of a holding and its master instead of left and right.

    Lost is what the master has and the holding lacks; angle and scale turn the master into the holding.
    """
    names = {"left": "master", "right": "holding"}
    told: Evidence = {}
    for key, value in (evidence if master_is_left else _turned_round(evidence)).items():
        match key:
            case "made_from" | "crop_in" | "behind_end" | "differs_in":
                told[key] = names.get(str(value), value)
            case "left_in_right" | "right_in_left":
                told["_in_".join(names[side] for side in key.split("_in_"))] = value
            case _:
                told[key] = value
    return told


def _turned_round(evidence: Evidence) -> Evidence:
    """The way back from a mirror image, and from half a turn, is the way there; what named the relation and what
    decided are measured without a direction."""
    others = {"left_in_right": "right_in_left", "ink_lost": "ink_added"}
    others |= {other: one for one, other in others.items()}
    turned: Evidence = {}
    for key, value in evidence.items():
        match key:
            case "made_from" | "crop_in" | "behind_end" | "differs_in" if value in ("left", "right"):
                turned[key] = "right" if value == "left" else "left"
            case "frames":
                turned[key] = ":".join(reversed(str(value).split(":")))
            case "angle" if not evidence.get("mirrored") and abs(float(value)) < _HALF_TURN:
                turned[key] = 0.0 - float(value)
            case "scale" if value:
                turned[key] = round(1 / float(value), 4)
            case _:
                turned[others.get(key, key)] = value
    return turned
