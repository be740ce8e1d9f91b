"""Whether two contents show the same picture, proved on their pixels, and how they differ."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from pdpo_audit.imaging import Limits
from pdpo_audit.model.clusters import Relation, Verdict, VerifiedPair
from pdpo_audit.similarity.agreement import Agreement, compare
from pdpo_audit.similarity.alignment import Geometry, describe, inverse, plausible, refine, scaled, whole_frame
from pdpo_audit.similarity.neighbours import distances
from pdpo_audit.similarity.pictures import VerifySide, WorkingPicture, read_whole, read_working
from pdpo_audit.similarity.relations import Difference, name_relation, tone_change
from pdpo_audit.similarity.votes import match, unpack

__all__ = ["METHOD", "VerifySide", "verify_pair"]

#: Name and version of the comparison; stored with every pair, raised whenever a verdict could change.
METHOD = "aligned-ink/1"

#: Below this texture (0 to 100) a picture has nothing by which it could be told from another: only equal pixels count.
LEAST_TEXTURE = 12
#: Bits apart (of 256) up to which the whole frames are laid over each other as a first guess.
_SAME_FRAME = 80
#: Bits apart (of 63) for regions of two pictures that are compared anyway, and agreeing matches to try a map.
_REGION_BITS, _REGION_VOTES = 10, 2
#: Share of ink of either picture that may be missing in the other: in a photograph, on a mostly plain page, under a
#: sticker or caption bar. Copies measured at 0.000 to 0.008, other contents of one form at 0.03 and more.
_REPLACED_PHOTO, _REPLACED_PLAIN, _REPLACED_PATCH = 0.03, 0.012, 0.16
#: Pixels of ink that one place of a mostly plain page may have exchanged: a changed word is dozens.
_EXCHANGED = 5
#: Ink that may be added to a mostly plain page: more is a form that was filled in.
_ADDED_PLAIN = 0.06
#: A page on which half of the area has one tone.
_PLAIN = 0.55
#: Structure that must be explained: for a duplicate at all, and for "one layout" or "one scene".
_EXPLAINED, _RELATED = 0.40, 0.50


@dataclass(frozen=True, slots=True, kw_only=True)
class _Laid:
    """Two pictures laid over each other: the map, what it does, how well they agree, and by what it was found."""

    geometry: Geometry
    agreement: Agreement
    tone: float
    how: str


def verify_pair(left: VerifySide, right: VerifySide, limits: Limits) -> VerifiedPair:
    """Compare two contents (``left.content < right.content``), reading both files again at reduced size.

    Duplicates need every bit of structure of one picture found in the other, up to noise, tone, an overlay, a border
    or a crop. Pictures without texture are duplicates only with equal pixels. If a file has vanished, what is stored
    decides, and only clear cases are duplicates. Deterministic in the two contents.
    """
    apart = distances(_hash(left), _hash(right))
    base = VerifiedPair(
        left=left.content, right=right.content, verdict=Verdict.DIFFERENT, evidence={"distance": int(apart.min())}
    )
    if left.image_sha256 and left.image_sha256 == right.image_sha256 and _upright_alike(left, right, int(apart[0])):
        return _duplicate(base, Relation.METADATA_ONLY, 1.0)
    if min(left.fingerprint.texture, right.fingerprint.texture) < LEAST_TEXTURE:
        return _duplicate(base, Relation.PIXEL_IDENTICAL, 1.0) if _pixels_equal(left, right, limits) else base
    pictures = read_working(left, limits), read_working(right, limits)
    if pictures[0] is None or pictures[1] is None:
        return _from_stored(base, left, right, int(apart.min()))
    laid = _lay(left, right, pictures[0], pictures[1], apart)
    if laid is None:
        return base
    base = replace(base, evidence=base.evidence | _evidence(laid), similarity=round(laid.agreement.explained, 4))
    verdict = _judge(laid)
    if verdict is not Verdict.DUPLICATE:
        return replace(base, verdict=verdict)
    if _could_be_equal(left, right, laid) and _pixels_equal(left, right, limits):
        return _duplicate(base, Relation.PIXEL_IDENTICAL, 1.0)
    relation, reverse = name_relation(
        Difference(
            geometry=laid.geometry,
            agreement=laid.agreement,
            tone=laid.tone,
            left_size=(left.width, left.height),
            right_size=(right.width, right.height),
        )
    )
    return replace(base, verdict=Verdict.DUPLICATE, relation=relation, reverse=reverse)


def _hash(side: VerifySide) -> NDArray[np.uint8]:
    return np.frombuffer(side.fingerprint.perceptual, np.uint8)


def _duplicate(base: VerifiedPair, relation: Relation, similarity: float) -> VerifiedPair:
    return replace(base, verdict=Verdict.DUPLICATE, relation=relation, reverse=relation, similarity=similarity)


def _upright_alike(left: VerifySide, right: VerifySide, distance: int) -> bool:
    """Equal image data may be shown turned by another orientation tag."""
    return (left.width, left.height) == (right.width, right.height) and distance == 0


def _lay(
    left: VerifySide, right: VerifySide, one: WorkingPicture, other: WorkingPicture, apart: NDArray[np.int64]
) -> _Laid | None:
    """The best of the ways in which the pictures can be laid over each other."""
    best: _Laid | None = None
    for how, transform in _guesses(left, right, one, other, apart):
        laid = _measure(one, other, transform, how)
        if laid is not None and (best is None or _quality(laid) > _quality(best)):
            best = laid
        if best is not None and best.how == "frame" and _replaced(best) < 0.002 and best.agreement.explained > 0.7:
            break
    return best


def _guesses(
    left: VerifySide, right: VerifySide, one: WorkingPicture, other: WorkingPicture, apart: NDArray[np.int64]
) -> Iterator[tuple[str, NDArray[np.float64]]]:
    orientation = int(apart.argmin())
    if apart[orientation] <= _SAME_FRAME:
        frame = whole_frame(orientation, _size(one), _size(other))
        yield "frame", frame
        better = _refined(one, other, frame)
        if better is not None:
            yield "frame, refined", better
    vote = match(unpack(left.fingerprint.regions), unpack(right.fingerprint.regions), _REGION_BITS)
    if vote is not None and vote.count >= _REGION_VOTES:
        rough = scaled(vote.transform, max(_size(one)), max(_size(other)))
        better = _refined(one, other, rough) if plausible(rough) else None
        if better is not None:
            yield f"{vote.count} regions", better


def _size(picture: WorkingPicture) -> tuple[int, int]:
    return picture.grey.shape[0], picture.grey.shape[1]


def _refined(one: WorkingPicture, other: WorkingPicture, transform: NDArray[np.float64]) -> NDArray[np.float64] | None:
    a, b, between, scales = _at_one_scale(one.grey, other.grey, transform)
    better = refine(a, b, between, rounds=3)
    return None if better is None else _at_full_scale(better, scales)


def _measure(one: WorkingPicture, other: WorkingPicture, transform: NDArray[np.float64], how: str) -> _Laid | None:
    """Compare in the frame of the picture that lies more completely inside the other."""
    geometry = describe(transform, _size(one), _size(other))
    swapped = geometry.right_inside > geometry.left_inside
    first, second, between = (other, one, inverse(transform)) if swapped else (one, other, transform)
    a, b, map_grey, scales = _at_one_scale(first.grey, second.grey, between)
    warped, inside = _warp(b, map_grey, a.shape)
    agreement = compare(a, warped, inside)
    if agreement is None:
        return None
    colours = _resize(first.rgb, scales[0]), _resize(second.rgb, scales[1])
    toned = tone_change(colours[0], _warp(colours[1], map_grey, a.shape)[0], inside)
    if swapped:
        agreement = replace(
            agreement,
            lost=agreement.added,
            added=agreement.lost,
            lost_toned=agreement.added_toned,
            added_toned=agreement.lost_toned,
        )
    return _Laid(geometry=geometry, agreement=agreement, tone=toned, how=how)


def _at_one_scale(
    a: NDArray[np.uint8], b: NDArray[np.uint8], transform: NDArray[np.float64]
) -> tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.float64], tuple[float, float]]:
    """Reduce the more detailed of the two, so that a pixel is a pixel; and the map between what comes of it."""
    scale = float(np.sqrt(abs(np.linalg.det(transform[:, :2]))))
    shrink_a, shrink_b = min(1.0, scale), min(1.0, 1 / scale)
    if scale < 1:
        shrink_a = max(shrink_a, 24 / min(a.shape))
    else:
        shrink_b = max(shrink_b, 24 / min(b.shape))
    small_a, small_b = _resize(a, min(1.0, shrink_a)), _resize(b, min(1.0, shrink_b))
    factors = small_a.shape[1] / a.shape[1], small_b.shape[1] / b.shape[1]
    between = transform.copy()
    between[:, :2] *= factors[1] / factors[0]
    between[:, 2] *= factors[1]
    return small_a, small_b, between, factors


def _at_full_scale(transform: NDArray[np.float64], factors: tuple[float, float]) -> NDArray[np.float64]:
    full = transform.copy()
    full[:, :2] *= factors[0] / factors[1]
    full[:, 2] /= factors[1]
    return full


def _resize(image: NDArray[np.uint8], factor: float) -> NDArray[np.uint8]:
    if factor > 0.97:
        return image
    size = (max(1, round(image.shape[1] * factor)), max(1, round(image.shape[0] * factor)))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def _warp(
    image: NDArray[np.uint8], transform: NDArray[np.float64], shape: tuple[int, ...]
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    size, back = (shape[1], shape[0]), cv2.WARP_INVERSE_MAP
    warped = cv2.warpAffine(image, transform, size, flags=cv2.INTER_LINEAR | back, borderMode=cv2.BORDER_REPLICATE)
    ones = np.ones(image.shape[:2], np.uint8)
    inside = cv2.warpAffine(ones, transform, size, flags=cv2.INTER_NEAREST | back)
    return np.asarray(warped, np.uint8), inside > 0


def _replaced(laid: _Laid) -> float:
    """Ink that was exchanged: missing in both directions."""
    return min(laid.agreement.lost_toned, laid.agreement.added_toned)


def _quality(laid: _Laid) -> float:
    return laid.agreement.explained - 2 * _replaced(laid)


def _judge(laid: _Laid) -> Verdict:
    agreement, replaced = laid.agreement, _replaced(laid)
    if agreement.explained < _EXPLAINED:
        return Verdict.DIFFERENT
    plain = agreement.plain > _PLAIN
    if plain and max(agreement.lost_toned, agreement.added_toned) > _ADDED_PLAIN and not agreement.compact:
        return _related(laid)
    if plain and agreement.exchanged > _EXCHANGED and not agreement.compact:
        return _related(laid)
    if replaced <= (_REPLACED_PLAIN if plain else _REPLACED_PHOTO):
        return Verdict.DUPLICATE
    if agreement.compact and replaced <= _REPLACED_PATCH:
        return Verdict.DUPLICATE
    return _related(laid)


def _related(laid: _Laid) -> Verdict:
    if laid.agreement.explained < _RELATED:
        return Verdict.DIFFERENT
    return Verdict.SAME_LAYOUT if laid.agreement.plain > _PLAIN else Verdict.SAME_SCENE


def _evidence(laid: _Laid) -> dict[str, float | int | str]:
    geometry, agreement = laid.geometry, laid.agreement
    return {
        "aligned_by": laid.how,
        "agreement": round(agreement.explained, 4),
        "ink_lost": round(agreement.lost_toned, 4),
        "ink_added": round(agreement.added_toned, 4),
        "ink_exchanged": agreement.exchanged,
        "plain": round(agreement.plain, 3),
        "tone_change": round(laid.tone, 2),
        "angle": round(geometry.angle, 2),
        "scale": round(geometry.scale, 4),
        "left_in_right": round(geometry.left_inside, 3),
        "right_in_left": round(geometry.right_inside, 3),
    }


def _could_be_equal(left: VerifySide, right: VerifySide, laid: _Laid) -> bool:
    """Worth a full decode: the same size, turned the same way, hardly a difference in tone."""
    return (
        (left.width, left.height) == (right.width, right.height)
        and laid.how == "frame"
        and laid.tone < 0.75
        and abs(laid.geometry.angle) < 1
        and not laid.geometry.mirrored
        and max(laid.agreement.lost, laid.agreement.added) < 0.002
    )


def _pixels_equal(left: VerifySide, right: VerifySide, limits: Limits) -> bool:
    if (left.width, left.height) != (right.width, right.height):
        return False
    one, other = read_whole(left, limits), read_whole(right, limits)
    return one is not None and other is not None and np.array_equal(one, other)


def _from_stored(base: VerifiedPair, left: VerifySide, right: VerifySide, distance: int) -> VerifiedPair:
    """A file is gone: the thumbnails decide, and only where they leave no doubt."""
    one, other = (np.frombuffer(side.fingerprint.thumbnail, np.uint8).reshape(32, 32) for side in (left, right))
    agreement = compare(one, other)
    base = replace(base, evidence=base.evidence | {"decided_from": "stored thumbnails"})
    if agreement is None or distance > 16 or agreement.explained < 0.9 or agreement.plain > 0.3:
        return base
    sizes = (left.width, left.height) == (right.width, right.height)
    return _duplicate(base, Relation.RECOMPRESSED if sizes else Relation.RESIZED, round(agreement.explained, 4))
