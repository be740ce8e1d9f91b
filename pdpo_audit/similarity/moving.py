"""Animations: two with the same first frame are copies only where the others agree, too; a still shows one frame."""

from __future__ import annotations

from dataclasses import replace

from pdpo_audit.imaging.frames import Animation, agree
from pdpo_audit.model.clusters import Evidence, Relation, Verdict, VerifiedPair
from pdpo_audit.similarity.comparison.pictures import Pictures, VerifySide


def as_frames_say(pair: VerifiedPair, left: VerifySide, right: VerifySide, pictures: Pictures) -> VerifiedPair:
    """What the first frames said of two pictures, held against all frames of those that move."""
    if pair.verdict is Verdict.DIFFERENT or pair.relation is Relation.METADATA_ONLY:
        return pair
    one, other = pictures.animation(left), pictures.animation(right)
    if one is None and other is None:
        return pair
    evidence: Evidence = {"frames": f"{_count(one)}:{_count(other)}"}
    pair = replace(pair, evidence=pair.evidence | evidence)
    if one is None or other is None:
        return _still(pair, "left" if other is None else "right")
    if not agree(one, other):
        return replace(pair, verdict=Verdict.SAME_SCENE, relation=None, reverse=None)
    if pair.relation is Relation.PIXEL_IDENTICAL and one.digest != other.digest:
        return replace(pair, relation=Relation.RECOMPRESSED, reverse=Relation.RECOMPRESSED)
    return pair


def _count(animation: Animation | None) -> int:
    return animation.count if animation else 1


def _still(pair: VerifiedPair, moving: str) -> VerifiedPair:
    """A still of an animation's first frame holds less than it: never more than an edit, and made from it."""
    if pair.verdict is not Verdict.DUPLICATE:
        return pair
    told: Evidence = {"frame_of": 1, "made_from": moving, "trace": "frames"}
    return replace(pair, relation=Relation.EDITED, reverse=Relation.EDITED, evidence=pair.evidence | told)
