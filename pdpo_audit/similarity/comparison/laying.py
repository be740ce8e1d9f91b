"""Lay two pictures over each other in every way that their hashes and regions suggest, and keep the best."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from pdpo_audit.similarity.candidates.votes import match, unpack
from pdpo_audit.similarity.comparison.agreement import Agreement, compare
from pdpo_audit.similarity.comparison.alignment import (
    Geometry,
    apart_by,
    describe,
    inverse,
    plausible,
    refine,
    scaled,
    share_inside,
    whole_frame,
)
from pdpo_audit.similarity.comparison.pictures import VerifySide, relief_at, turned
from pdpo_audit.similarity.comparison.relations import WHOLE, Tone, tone_change
from pdpo_audit.similarity.comparison.reliefs import Relief
from pdpo_audit.similarity.comparison.shelves import LARGE, WorkingPicture
from pdpo_audit.similarity.cuts import cut

_SAME_FRAME = cut("same_frame")
_REGION_BITS, _REGION_VOTES = int(cut("laid_region_bits")), int(cut("laid_region_votes"))
#: With less replaced ink and more explained structure than this no better way is looked for.
_GOOD_ENOUGH = (cut("laid_ink"), cut("laid_structure"))
#: Where that much structure is explained, the pictures lie as they should: on 657 pairs no other way was better. A map
#: that moves no corner by more pixels than this changes nothing that is measured.
HELD, _SAME_MAP = cut("held"), 0.5
#: How pictures are laid whose whole frames agree, and those of which regions do.
FRAME, REGIONS = "frame", "regions"


@dataclass(frozen=True, slots=True, kw_only=True)
class Laid:
    """Two pictures laid over each other: the map between the working pictures (left to right), what it does, how
    well they agree, how far colours moved, and by what the map was found. Where that is the whole ``frame``, the right
    picture turned by ``orientation`` (``imaging.hashes``) looks like the left one; where it is their regions,
    ``inliers`` of them agree on the map."""

    transform: NDArray[np.float64]
    geometry: Geometry
    agreement: Agreement
    tone: Tone
    how: str
    orientation: int = 0
    inliers: int = 0

    @property
    def replaced(self) -> float:
        """The share of ink that was exchanged: missing in both directions."""
        return min(self.agreement.lost_toned, self.agreement.added_toned)


def lay(
    left: VerifySide,
    right: VerifySide,
    one: WorkingPicture,
    other: WorkingPicture,
    apart: NDArray[np.int64],
    is_enough: Callable[[Laid], bool],
    *,
    trimmed: bool,
    before: Laid | None = None,
) -> Laid | None:
    """The best of the ways in which the pictures can be laid over each other; ``apart`` are the hash distances.

    No better way is looked for than one that ``is_enough`` or that explains most structure; whole frames of which one
    may be ``trimmed`` are laid exactly even so. ``before`` is how smaller
    versions of the same pictures were laid, with the map between these: where that explained most structure, only
    that is made more exact.
    """
    orientation = int(apart.argmin())
    if before is not None and before.agreement.explained >= HELD:
        again = _laid_again(one, other, before)
        if again is not None and again.agreement.explained >= HELD:
            # Whether something shows through is seen best at half the size, where it lies so exactly at full size.
            taken = min(again.agreement.other, before.agreement.other)
            return replace(again, agreement=replace(again.agreement, other=taken), orientation=orientation)
    best = _lay_frames(one, other, orientation, is_enough, trimmed) if apart[orientation] <= _SAME_FRAME else None
    if best is None or not (is_enough(best) or best.agreement.explained >= HELD):
        by_regions = _lay_regions(left, right, one, other)
        best = max((laid for laid in (best, by_regions) if laid is not None), key=_quality, default=None)
    return best and replace(best, orientation=orientation)


def _laid_again(one: WorkingPicture, other: WorkingPicture, before: Laid) -> Laid | None:
    """Larger versions of two pictures, laid as the smaller ones were."""
    if before.how == FRAME:
        return _measure_frames(one, other, before.orientation)
    better = _refined(one, other, before.transform, rounds=1)
    laid = _measure(one, other, before.transform if better is None else better, before.how)
    return laid and replace(laid, inliers=before.inliers)


def _lay_frames(
    one: WorkingPicture, other: WorkingPicture, orientation: int, is_enough: Callable[[Laid], bool], trimmed: bool
) -> Laid | None:
    """Lay the whole of one picture over the whole of the other, and make that exact where it is not."""
    laid = _measure_frames(one, other, orientation)
    if laid is not None and not trimmed and (is_enough(laid) or laid.agreement.explained >= HELD):
        return laid
    frame = whole_frame(orientation, one.size, other.size)
    better = _refined(one, other, frame)
    if better is None or (laid is not None and apart_by(frame, better, one.size) < _SAME_MAP):
        return laid
    refined = _measure(one, other, better, f"{FRAME}, refined")
    return max((found for found in (laid, refined) if found is not None), key=_quality, default=None)


def _measure_frames(one: WorkingPicture, other: WorkingPicture, orientation: int) -> Laid | None:
    """Compare the pictures as wholes, at the size of the one with fewer pixels."""
    there = turned(other, orientation)
    size = min(one.size, there.size, key=lambda sides: sides[0] * sides[1])
    tone = tone_change(_colours_at(one, size), _colours_at(there, size), None)
    halves = one.is_half and there.is_half
    agreement = compare(relief_at(one, size), relief_at(there, size), change=tone.change, halves=halves)
    if agreement is None:
        return None
    return Laid(
        transform=whole_frame(orientation, one.size, other.size),
        geometry=_frame_geometry(orientation, one.size, other.size),
        agreement=agreement,
        tone=tone,
        how=FRAME,
        orientation=orientation,
    )


@lru_cache(maxsize=64)
def _frame_geometry(orientation: int, left: tuple[int, int], right: tuple[int, int]) -> Geometry:
    return describe(whole_frame(orientation, left, right), left, right)


def _colours_at(picture: WorkingPicture, size: tuple[int, int]) -> NDArray[np.uint8]:
    """Its colours at this size; of a large picture half the size tells as much."""
    return _to_size(picture.rgb, size if min(size) < LARGE else (size[0] // 2, size[1] // 2))


def _lay_regions(left: VerifySide, right: VerifySide, one: WorkingPicture, other: WorkingPicture) -> Laid | None:
    """Lay the pictures over each other as their regions suggest."""
    vote = match(unpack(left.fingerprint.regions), unpack(right.fingerprint.regions), _REGION_BITS)
    if vote is None or vote.count < _REGION_VOTES:
        return None
    rough = scaled(vote.transform, max(one.size), max(other.size))
    better = _refined(one, other, rough) if plausible(rough) else None
    laid = None if better is None else _measure(one, other, better, REGIONS)
    return laid and replace(laid, inliers=vote.count)


def is_close(laid: Laid) -> bool:
    """Whether hardly anything is missing, and most structure is explained."""
    return laid.replaced < _GOOD_ENOUGH[0] and laid.agreement.explained > _GOOD_ENOUGH[1]


def enlarged(
    laid: Laid, halves: tuple[WorkingPicture, WorkingPicture], wholes: tuple[WorkingPicture, WorkingPicture]
) -> Laid:
    """What was found on the ``halves`` of two pictures, with the map between the ``wholes``."""
    if laid.how == FRAME:
        return replace(laid, transform=whole_frame(laid.orientation, wholes[0].size, wholes[1].size))
    one, other = (
        tuple(big / small for big, small in zip(whole.size[::-1], half.size[::-1], strict=True))
        for half, whole in zip(halves, wholes, strict=True)
    )
    down, up = _scaling(1 / one[0], 1 / one[1]), _scaling(*other)
    return replace(laid, transform=(up @ np.vstack([laid.transform, [0, 0, 1]]) @ down)[:2])


def _scaling(x: float, y: float) -> NDArray[np.float64]:
    """Scaling about the corner of the corner pixel, whose middle is the origin."""
    return np.array([[x, 0, x / 2 - 0.5], [0, y, y / 2 - 0.5], [0, 0, 1]], np.float64)


def _quality(laid: Laid) -> float:
    return laid.agreement.explained - 2 * laid.replaced


def _refined(
    one: WorkingPicture, other: WorkingPicture, transform: NDArray[np.float64], *, rounds: int = 3
) -> NDArray[np.float64] | None:
    """Make the map exact by the corners of the picture that lies more completely inside the other.

    The other one has corners where the first one ends, which lead nowhere.
    """
    a, b, between, factors = _at_one_scale(one.grey, other.grey, transform)
    if share_inside(inverse(between), b.shape, a.shape) > share_inside(between, a.shape, b.shape):
        back = refine(b, a, inverse(between), rounds=rounds)
        better = None if back is None else inverse(back)
    else:
        better = refine(a, b, between, rounds=rounds)
    return None if better is None else _at_full_scale(better, factors)


def _measure(one: WorkingPicture, other: WorkingPicture, transform: NDArray[np.float64], how: str) -> Laid | None:
    """Compare in the frame of the picture that lies more completely inside the other."""
    geometry = describe(transform, one.size, other.size)
    swapped = geometry.right_inside > geometry.left_inside
    first, second, between = (other, one, inverse(transform)) if swapped else (one, other, transform)
    a, b, between, _ = _at_one_scale(first.grey, second.grey, between)
    warped, inside = _warp(b, between, a.shape)
    # Of a part of a picture nobody asks whether its tones changed, too.
    whole = min(geometry.left_inside, geometry.right_inside) >= WHOLE
    tone = _tone(first, second, a.shape, b.shape, between, inside) if whole else Tone(change=0.0, patch=0.0)
    reliefs = Relief(grey=a, inside=inside), Relief(grey=warped, inside=inside)
    agreement = compare(*reliefs, change=tone.change if whole else None)
    if agreement is None:
        return None
    agreement = _swapped(agreement) if swapped else agreement
    return Laid(transform=transform, geometry=geometry, agreement=agreement, tone=tone, how=how)


def _tone(
    first: WorkingPicture,
    second: WorkingPicture,
    size: tuple[int, ...],
    other: tuple[int, ...],
    between: NDArray[np.float64],
    inside: NDArray[np.bool_],
) -> Tone:
    """The change of colour between two pictures reduced to these sizes; of large ones half the size tells as much."""
    if min(size) < LARGE:
        one, there = _to_size(first.rgb, size), _to_size(second.rgb, other)
        return tone_change(one, _warp(there, between, size)[0], inside)
    half = size[0] // 2, size[1] // 2
    one, there = _to_size(first.half, half), _to_size(second.half, (other[0] // 2, other[1] // 2))
    halved = between.copy()
    halved[:, 2] = (between[:, :2].sum(axis=1) * 0.5 + between[:, 2] - 0.5) / 2  # places of pixels are their middles
    return tone_change(one, _warp(there, halved, half)[0], inside[: 2 * half[0] : 2, : 2 * half[1] : 2])


def _swapped(agreement: Agreement) -> Agreement:
    return replace(
        agreement,
        lost=agreement.added,
        added=agreement.lost,
        lost_toned=agreement.added_toned,
        added_toned=agreement.lost_toned,
    )


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
    return _to_size(image, (max(1, round(image.shape[0] * factor)), max(1, round(image.shape[1] * factor))))


def _to_size(image: NDArray[np.uint8], shape: tuple[int, ...]) -> NDArray[np.uint8]:
    if image.shape[:2] == shape[:2]:
        return image
    return np.asarray(cv2.resize(image, (shape[1], shape[0]), interpolation=cv2.INTER_AREA), np.uint8)


def _warp(
    image: NDArray[np.uint8], transform: NDArray[np.float64], shape: tuple[int, ...]
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    size, back = (shape[1], shape[0]), cv2.WARP_INVERSE_MAP
    warped = cv2.warpAffine(image, transform, size, flags=cv2.INTER_LINEAR | back, borderMode=cv2.BORDER_REPLICATE)
    ones = np.ones(image.shape[:2], np.uint8)
    inside = cv2.warpAffine(ones, transform, size, flags=cv2.INTER_NEAREST | back)
    return np.asarray(warped, np.uint8), inside > 0
