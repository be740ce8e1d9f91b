"""What is told of two pictures that were laid over each other: the numbers of the evidence."""

from __future__ import annotations

from pdpo_audit.model.clusters import Evidence
from pdpo_audit.similarity.comparison.alignment import inverse, rectangle_inside
from pdpo_audit.similarity.comparison.laying import Laid
from pdpo_audit.similarity.comparison.pictures import VerifySide
from pdpo_audit.similarity.comparison.relations import WHOLE
from pdpo_audit.similarity.comparison.shelves import WorkingPicture


def evidence_of(
    left: VerifySide, right: VerifySide, one: WorkingPicture, other: WorkingPicture, laid: Laid
) -> Evidence:
    """How the two lie, what each has of the other, and in what they differ (``docs/duplicates.md``)."""
    geometry, agreement = laid.geometry, laid.agreement
    measured: Evidence = {
        "aligned_by": laid.how,
        "agreement": round(agreement.explained, 4),
        "ink_lost": round(agreement.lost_toned, 4),
        "ink_added": round(agreement.added_toned, 4),
        "ink_exchanged": agreement.exchanged,
        "plain": round(agreement.plain, 3),
        "lettering": agreement.lettering,
        "angle": _degrees(geometry.angle),
        "scale": round(geometry.scale, 4),
        "left_in_right": round(geometry.left_inside, 3),
        "right_in_left": round(geometry.right_inside, 3),
    }
    if geometry.mirrored:
        measured["mirrored"] = 1
    if laid.inliers:
        measured["inliers"] = laid.inliers
    if one.profile != other.profile:
        measured["profiles"] = "differ"
    if min(geometry.left_inside, geometry.right_inside) >= WHOLE:
        return measured | {"tone_change": round(laid.tone.change, 2), "patch": round(laid.tone.patch, 4)}
    if geometry.left_inside > geometry.right_inside:
        crop = rectangle_inside(laid.transform, one.size, other.size)
        return measured | {"crop_in": "right", "crop": _in_pixels(crop, right)}
    crop = rectangle_inside(inverse(laid.transform), other.size, one.size)
    return measured | {"crop_in": "left", "crop": _in_pixels(crop, left)}


def _degrees(angle: float) -> float:
    """Rounded, above -180 to 180, and never minus nought."""
    rounded = round(angle, 2) + 0.0
    return rounded + 360.0 if rounded <= -180.0 else rounded


def _in_pixels(part: tuple[float, float, float, float], whole: VerifySide) -> str:
    """Left, top, width and height of a part of a picture, in its pixels."""
    left, right = round(part[0] * whole.width), round(part[2] * whole.width)
    top, bottom = round(part[1] * whole.height), round(part[3] * whole.height)
    return f"{left},{top},{right - left},{bottom - top}"
