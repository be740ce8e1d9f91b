"""Whether two contents show the same picture, proved on their pixels, and how they differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from pdpo_audit.imaging.formats.table import LOSSLESS
from pdpo_audit.imaging.hashes import orient
from pdpo_audit.model.clusters import (
    Election,
    Evidence,
    NamedBy,
    Relation,
    Verdict,
    VerifiedPair,
    Voters,
    renamed,
    turned_round,
)
from pdpo_audit.similarity.beyond import as_all_says
from pdpo_audit.similarity.candidates.neighbours import distances
from pdpo_audit.similarity.closer import look_closer, refined
from pdpo_audit.similarity.comparison.agreement import compare
from pdpo_audit.similarity.comparison.flatness import are_drawn
from pdpo_audit.similarity.comparison.laying import FRAME, HELD, Laid, enlarged, is_close, lay
from pdpo_audit.similarity.comparison.pictures import Pictures, VerifySide, is_small
from pdpo_audit.similarity.comparison.relations import Difference, name_relation
from pdpo_audit.similarity.comparison.reliefs import Relief
from pdpo_audit.similarity.comparison.shelves import WorkingPicture
from pdpo_audit.similarity.comparison.verdicts import decide, is_clear, is_enough
from pdpo_audit.similarity.cuts import cut
from pdpo_audit.similarity.measured import evidence_of
from pdpo_audit.similarity.origin.ancestry import WITNESSES, coded_first, is_rough, source_of
from pdpo_audit.similarity.origin.elections import drowned, elect, statement
from pdpo_audit.similarity.origin.generations import lost_colour
from pdpo_audit.similarity.pages.sight import other_strokes

__all__ = ["VerifySide", "hold_election", "verify_pair"]

#: The name under which the evidence says why a file could not be read again.
UNREAD = "unread"
#: Below this texture (0 to 100) a picture has nothing by which it could be told from another: only equal pixels count.
LEAST_TEXTURE = int(cut("least_texture"))
#: Levels by which conversions between formats and colour spaces round.
_ROUNDING = 2
#: A shorter side below this many pixels is not halved.
_LEAST_HALF = 96
#: Sides that differ by less than this share may have been trimmed.
_TRIMMED = cut("trimmed")
#: Above these a full decode finds no equal pixels.
_EQUAL_TONE, _EQUAL_INK = cut("equal_tone"), cut("equal_ink")
#: What stored thumbnails must agree in to be copies.
_STORED_BITS, _STORED_STRUCTURE, _STORED_PLAIN = cut("stored_bits"), cut("stored_structure"), cut("stored_plain")


def verify_pair(left: VerifySide, right: VerifySide, pictures: Pictures, source: int | None = None) -> VerifiedPair:
    """Compare two contents (``left.content < right.content``), reading both files again at reduced size.

    Duplicates need every bit of structure of one picture found in the other, up to noise, tone, an overlay, a border
    or a crop. Pictures without texture are duplicates only with equal pixels. If a file has vanished, what is stored
    decides, and only clear cases are duplicates. Deterministic in the two contents. Where the ``source`` of one of them
    is known, nothing is looked for that would tell it.
    """
    if (left.sha256, left.ref.member) <= (right.sha256, right.ref.member):
        return as_all_says(_verify(left, right, pictures, source), left, right, pictures)
    turned = as_all_says(_verify(right, left, pictures, source), right, left, pictures)
    return turned_round(turned)  # which was read first makes no difference


def _verify(left: VerifySide, right: VerifySide, pictures: Pictures, source: int | None) -> VerifiedPair:
    apart = distances(left.fingerprint.perceptual, right.fingerprint.perceptual)
    base = VerifiedPair(
        left=left.content, right=right.content, verdict=Verdict.DIFFERENT, evidence={"distance": int(apart.min())}
    )
    if left.image_sha256 and left.image_sha256 == right.image_sha256 and _upright_alike(left, right, int(apart[0])):
        return _duplicate(base, Relation.METADATA_ONLY, 1.0, NamedBy.EQUAL_DATA)
    if min(left.fingerprint.texture, right.fingerprint.texture) < LEAST_TEXTURE:
        equal = _pixels_equal(left, right, pictures)
        unread = pictures.unread(left, right)
        if unread:
            return replace(base, evidence=base.evidence | {UNREAD: unread})
        return _duplicate(base, Relation.PIXEL_IDENTICAL, 1.0, NamedBy.EQUAL_PIXELS) if equal else base
    one, other = pictures.working(left), pictures.working(right)
    if one is None or other is None:
        base = replace(base, evidence=base.evidence | {UNREAD: pictures.unread(left, right)})
        return _from_stored(base, left, right, int(apart.min()))
    drawn = are_drawn(one.flatness, other.flatness)
    if drawn and (seen := _at_sight(base, one, other)) is not None:
        return seen
    laid = _lay(left, right, (one, other), apart)
    if laid is None:
        return base
    decision = decide(laid)
    verdict, told = decision.verdict, evidence_of(left, right, one, other, laid)
    first = replace(base, evidence=base.evidence | told, similarity=round(laid.agreement.explained, 4))
    base = replace(first, evidence=first.evidence | decision.told)
    drawn = drawn and verdict is not Verdict.DIFFERENT
    if verdict is not Verdict.DUPLICATE and not drawn:
        return replace(base, verdict=verdict)
    if _could_be_equal(left, right, one, other, laid) and _pixels_equal(left, right, pictures):
        alike = _duplicate(base, Relation.PIXEL_IDENTICAL, 1.0, NamedBy.EQUAL_PIXELS)
        return _with_source(alike, *coded_first(left, right, pictures))
    closer = look_closer(left, right, (one, other), laid, pictures) if drawn else None
    if closer is not None:
        laid = refined(laid, closer)
        told = evidence_of(left, right, one, other, laid) | closer.evidence | {"flat": 1, "rule": closer.rule}
        base = replace(first, evidence=first.evidence | told)
        if closer.verdict is not Verdict.DUPLICATE:
            return replace(base, verdict=closer.verdict)
    elif verdict is not Verdict.DUPLICATE:
        return replace(base, verdict=verdict)
    named = name_relation(_difference(left, right, one, other, laid))
    base = replace(base, evidence=base.evidence | named.told)
    pair = replace(base, verdict=Verdict.DUPLICATE, relation=named.relation, reverse=named.reverse)
    if source is not None:
        return _with_source(pair, "left" if source == left.content else "right", WITNESSES)
    return _with_source(pair, *source_of(left, right, one, other, laid, pictures))


def _at_sight(base: VerifiedPair, one: WorkingPicture, other: WorkingPicture) -> VerifiedPair | None:
    """The verdict on two drawn pictures that lie still and differ in strokes; ``None`` where a look does not tell."""
    seen = other_strokes(one.grey, other.grey)
    if seen is None:
        return None
    told: Evidence = {"flat": 1, "rule": "strokes differ", "looked_at": max(one.grey.shape)} | seen.held.told
    return replace(base, verdict=Verdict.SAME_LAYOUT, similarity=round(seen.shared, 4), evidence=base.evidence | told)


def hold_election(voters: Voters, sides: Mapping[int, VerifySide], pictures: Pictures) -> Election | None:
    """Which picture of one frame the others were made from, reading all of them; those that cannot be read are left
    out."""
    statements, colours, tables = {}, {}, []
    for voter in voters:
        side = sides[voter.content]
        whole, working = pictures.whole(side), pictures.working(side)
        if whole is not None and working is not None:
            statements[voter.content] = statement(whole.coded, voter.orientation)
            colours[voter.content] = working.colourfulness
            tables += [whole.coded.steps] if whole.coded.steps.any() else []
    # Files may have changed since they were examined, and with them their size.
    sizes = Counter(one.shape for one in statements.values())
    most = max(colours.values(), default=0.0)
    election = elect(
        {content: one for content, one in statements.items() if one.shape == sizes.most_common(1)[0][0]},
        drowned(tables),
        frozenset(content for content, own in colours.items() if lost_colour(own, most)),
    )
    return election and _as_most_hang(_without_loss(election, voters, sides, pictures), voters)


def _without_loss(election: Election, voters: Voters, sides: Mapping[int, VerifySide], pictures: Pictures) -> Election:
    """Of those elected the lossless files and what has their pixels: a finely coded page has them nearly, and not."""
    lumas: dict[int, NDArray[np.uint8]] = {}
    for voter in voters:
        if voter.content in election.elected and (whole := pictures.whole(sides[voter.content])) is not None:
            lumas[voter.content] = orient(whole.coded.luma, voter.orientation)
    lossless = [content for content in lumas if sides[content].format in LOSSLESS]
    if not lossless or len(lossless) == len(lumas):
        return election
    kept = frozenset(one for one in lumas if any(_are_rounded(lumas[one], lumas[other]) for other in lossless))
    return replace(election, elected=kept, beaten=election.beaten | (election.elected - kept))


def _are_rounded(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> bool:
    """Whether pixels differ by no more than conversions round."""
    return one.shape == other.shape and int(np.max(cv2.absdiff(one, other))) <= _ROUNDING


def _as_most_hang(election: Election, voters: Voters) -> Election:
    """Of those elected with equal pixels the ones that hang as most copies do: the others were turned or mirrored."""
    ways = Counter(voter.orientation for voter in voters).most_common(1)
    kept = election.elected & {voter.content for voter in voters if voter.orientation == ways[0][0]}
    return replace(election, elected=kept, beaten=election.beaten | (election.elected - kept)) if kept else election


def _lay(
    left: VerifySide, right: VerifySide, wholes: tuple[WorkingPicture, WorkingPicture], apart: NDArray[np.int64]
) -> Laid | None:
    """Lay the pictures over each other at half the size; at full size where that leaves a doubt."""
    halves = wholes[0].halved, wholes[1].halved
    # A copy trimmed by a few rows fits the whole well enough at half the size, and yet it has another frame.
    sides = zip(sorted((left.width, left.height)), sorted((right.width, right.height)), strict=True)
    trimmed = any(0 < abs(one / other - 1) < _TRIMMED for one, other in sides)
    if min(halves[0].size + halves[1].size) < _LEAST_HALF:
        return lay(left, right, *wholes, apart, is_close, trimmed=trimmed)
    laid = lay(left, right, *halves, apart, is_enough, trimmed=trimmed)
    if laid is None or (trimmed and laid.how == FRAME):
        return lay(left, right, *wholes, apart, is_close, trimmed=trimmed)
    before = enlarged(laid, halves, wholes)
    # Of drawn pictures half the size tells how they lie, and a closer look all the rest.
    if is_clear(laid) or (laid.agreement.explained >= HELD and are_drawn(wholes[0].flatness, wholes[1].flatness)):
        return before
    return lay(left, right, *wholes, apart, is_close, trimmed=trimmed, before=before)


def _difference(
    left: VerifySide, right: VerifySide, one: WorkingPicture, other: WorkingPicture, laid: Laid
) -> Difference:
    return Difference(
        geometry=laid.geometry,
        agreement=laid.agreement,
        tone=laid.tone,
        stretch=_true_stretch(left, right, one, other, laid),
        shorter=min(one.size + other.size),
        rough=is_rough(left, right),
    )


def _true_stretch(
    left: VerifySide, right: VerifySide, one: WorkingPicture, other: WorkingPicture, laid: Laid
) -> tuple[float, float]:
    """How many pixels of the right file one pixel of the left file became, in the directions of most and least."""
    factors = left.width / one.grey.shape[1], right.width / other.grey.shape[1]
    sizes = np.linalg.svd(laid.transform[:, :2], compute_uv=False) * (factors[1] / factors[0])
    return float(sizes[0]), float(sizes[1])


def _with_source(pair: VerifiedPair, source: str, trace: str) -> VerifiedPair:
    return replace(pair, evidence=pair.evidence | {"made_from": source, "trace": trace}) if source else pair


def _duplicate(base: VerifiedPair, relation: Relation, similarity: float, by: NamedBy) -> VerifiedPair:
    told = renamed(base.evidence, by)
    return replace(
        base, verdict=Verdict.DUPLICATE, relation=relation, reverse=relation, similarity=similarity, evidence=told
    )


def _upright_alike(left: VerifySide, right: VerifySide, distance: int) -> bool:
    """Equal image data may be shown turned by another orientation tag."""
    return (left.width, left.height) == (right.width, right.height) and distance == 0


def _could_be_equal(
    left: VerifySide, right: VerifySide, one: WorkingPicture, other: WorkingPicture, laid: Laid
) -> bool:
    """Worth a full decode: the same size, turned the same way; and one grey picture, or, where that was not made from
    all pixels, hardly a difference in tone. Equal pixels under two profiles are shown in two colours."""
    if (left.width, left.height) != (right.width, right.height) or laid.how != FRAME or laid.orientation:
        return False
    if one.profile != other.profile:
        return True
    if is_small(left):
        return np.array_equal(one.grey, other.grey)
    return laid.tone.change < _EQUAL_TONE and max(laid.agreement.lost, laid.agreement.added) < _EQUAL_INK


def _pixels_equal(left: VerifySide, right: VerifySide, pictures: Pictures) -> bool:
    if (left.width, left.height) != (right.width, right.height):
        return False
    one, other = pictures.whole(left), pictures.whole(right)
    if one is None or other is None or not np.array_equal(one.coded.luma, other.coded.luma):
        return False
    digest = pictures.pixels_digest(left)
    return bool(digest) and digest == pictures.pixels_digest(right)


def _from_stored(base: VerifiedPair, left: VerifySide, right: VerifySide, distance: int) -> VerifiedPair:
    """A file is gone: the thumbnails decide, where they are stored, and only where they leave no doubt."""
    if not left.fingerprint.thumbnail or not right.fingerprint.thumbnail:
        return base
    one, other = (np.frombuffer(side.fingerprint.thumbnail, np.uint8).reshape(32, 32) for side in (left, right))
    agreement = compare(Relief(grey=one), Relief(grey=other))
    base = replace(base, evidence=base.evidence | {"decided_from": "stored thumbnails"})
    if agreement is None or distance > _STORED_BITS:
        return base
    if agreement.explained < _STORED_STRUCTURE or agreement.plain > _STORED_PLAIN:
        return base
    relation = Relation.RECOMPRESSED if (left.width, left.height) == (right.width, right.height) else Relation.RESIZED
    return _duplicate(base, relation, round(agreement.explained, 4), NamedBy.STORED_SIZES)
