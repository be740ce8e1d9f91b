"""Beyond the first picture of a file: the frames of an animation, what lies behind the end, and other parts."""

from __future__ import annotations

from dataclasses import replace

from pdpo_audit.imaging.beyond.frames import Animation, agree
from pdpo_audit.imaging.formats.table import DERIVED
from pdpo_audit.model.clusters import Evidence, NamedBy, Relation, Verdict, VerifiedPair, decided_anew, renamed
from pdpo_audit.similarity.comparison.pictures import Pictures, VerifySide

_DRAWN = frozenset(("SVG", "AI"))


def as_all_says(pair: VerifiedPair, left: VerifySide, right: VerifySide, pictures: Pictures) -> VerifiedPair:
    """What the first pictures said of two files, held against everything else in them.

    Two animations with the same first frame are copies only where the others agree, too; a still shows one frame. Files
    of equal pixels of which one holds a film, a gain map or another picture behind the end, in a layer, another size or
    under its transparent parts, are edits of each other.
    """
    if pair.verdict is Verdict.DIFFERENT or pair.relation is Relation.METADATA_ONLY:
        return pair  # equal image data covers frames and what lies behind the end
    pair = _with_rest(_with_frames(pair, left, right, pictures), left, right, pictures)
    return _with_formats(pair, left, right) if pair.verdict is Verdict.DUPLICATE else pair


def _with_formats(pair: VerifiedPair, left: VerifySide, right: VerifySide) -> VerifiedPair:
    """Of a file that is seen by a preview or a drawing the pixels are not known: it is what the other was made from."""
    derived = [side for side, one in (("left", left), ("right", right)) if one.format in DERIVED]
    if not derived:
        return pair
    told: Evidence = {"decided_from": "drawing" if {left.format, right.format} & _DRAWN else "embedded preview"}
    if len(derived) == 1 and pair.evidence.get("trace") != "frame":
        told |= {"made_from": derived[0], "trace": "format"}
    if pair.relation is Relation.PIXEL_IDENTICAL:
        pair = _renamed(pair, Relation.RECOMPRESSED, NamedBy.NO_PIXELS)
    return replace(pair, evidence=pair.evidence | told)


def _with_rest(pair: VerifiedPair, left: VerifySide, right: VerifySide, pictures: Pictures) -> VerifiedPair:
    if pair.relation is not Relation.PIXEL_IDENTICAL:
        return pair
    one, other = pictures.behind(left), pictures.behind(right)
    if one == other:
        return pair
    holds = "both" if one and other else "left" if one else "right"
    told: Evidence = {"behind_end": holds}
    if holds != "both":
        told |= {"made_from": holds, "trace": "behind the end"}
    return _renamed(replace(pair, evidence=pair.evidence | told), Relation.EDITED, NamedBy.BEHIND_END)


def _with_frames(pair: VerifiedPair, left: VerifySide, right: VerifySide, pictures: Pictures) -> VerifiedPair:
    one, other = pictures.animation(left), pictures.animation(right)
    if one is None and other is None:
        return pair
    evidence: Evidence = {"frames": f"{_count(one)}:{_count(other)}"}
    pair = replace(pair, evidence=pair.evidence | evidence)
    if one is None or other is None:
        return _still(pair, "left" if other is None else "right")
    if not agree(one, other):
        told = decided_anew(pair.evidence, "frames differ")
        return replace(pair, verdict=Verdict.SAME_SCENE, relation=None, reverse=None, evidence=told)
    if pair.relation is Relation.PIXEL_IDENTICAL and one.digest != other.digest:
        return _renamed(pair, Relation.RECOMPRESSED, NamedBy.FRAMES)
    return pair


def _count(animation: Animation | None) -> int:
    return animation.count if animation else 1


def _still(pair: VerifiedPair, moving: str) -> VerifiedPair:
    """A still of an animation's first frame holds less than it: never more than an edit, and made from it."""
    if pair.verdict is not Verdict.DUPLICATE:
        return pair
    told: Evidence = {"frame_of": 1, "made_from": moving, "trace": "frames"}
    return _renamed(replace(pair, evidence=pair.evidence | told), Relation.EDITED, NamedBy.FRAMES)


def _renamed(pair: VerifiedPair, relation: Relation, by: NamedBy) -> VerifiedPair:
    """The pair under another relation, and what named it instead of what had named it before."""
    return replace(pair, relation=relation, reverse=relation, evidence=renamed(pair.evidence, by))
