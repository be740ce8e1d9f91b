"""A closer look at two drawn pictures: pages at a size at which they can be read, graphics area by area."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from pdpo_audit.model.clusters import Evidence, Verdict
from pdpo_audit.similarity.comparison.alignment import Geometry, describe
from pdpo_audit.similarity.comparison.colours import luma, reduced
from pdpo_audit.similarity.comparison.laying import REGIONS, Laid
from pdpo_audit.similarity.comparison.pictures import Pictures, VerifySide, WorkingPicture
from pdpo_audit.similarity.comparison.relations import MUCH_CHANGED
from pdpo_audit.similarity.cuts import cut
from pdpo_audit.similarity.graphics.areas import OTHER_AREA, Areas, compare_areas
from pdpo_audit.similarity.graphics.marks import corners, is_known_by_parts, is_other_way_round
from pdpo_audit.similarity.graphics.tones import changed, toned
from pdpo_audit.similarity.pages.differences import differing
from pdpo_audit.similarity.pages.legibility import LEAST_HEIGHT, Legibility, legibility
from pdpo_audit.similarity.pages.registration import register, warp
from pdpo_audit.similarity.pages.subtraction import subtract

_Rgb = NDArray[np.uint8]
_Grey = NDArray[np.uint8]
_Map = NDArray[np.float64]

#: On a graphic what differs must stand out by so many levels: a watermark lets the rest show through.
_OTHER_MARK = cut("other_mark")
#: Working pictures of one scale (a factor) tell it for certain from this on.
_GROSS, _SAME_SCALE = cut("gross_strokes"), (0.8, 1.25)
#: Long side at which areas are compared.
_AREAS = 512
_OTHER_STROKES, _OTHER_STROKES_SMALL, _SMALL = cut("other_strokes"), cut("other_strokes_small"), cut("low_characters")


@dataclass(frozen=True, slots=True, kw_only=True)
class Closer:
    """What a closer look told: the verdict, the rule that decided, what was measured, the map between the working
    pictures and what it does, made exact."""

    verdict: Verdict
    rule: str
    evidence: Evidence
    geometry: Geometry
    transform: _Map


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scene:
    """Two pictures registered at the scale of the coarser: RGB in the frame of the first, and what counts; the
    ``finer`` one as it was read, and the factor by which it was ``reduced``."""

    one: _Rgb
    other: _Rgb
    inside: NDArray[np.bool_]
    transform: _Map
    finer: _Rgb
    reduced: float


def look_closer(
    left: VerifySide,
    right: VerifySide,
    wholes: tuple[WorkingPicture, WorkingPicture],
    laid: Laid,
    pictures: Pictures,
) -> Closer | None:
    """Compare two drawn pictures that were laid over each other; ``None`` where one cannot be read again.

    They are duplicates only if the same areas have the same colours, up to one change of tone over the whole, and if
    no stroke differs at a size at which what is written can be read.
    """
    gross = _grossly(wholes, laid)
    if gross is not None:
        return gross
    one, other = pictures.readable(left), pictures.readable(right)
    if one is None or other is None:
        return None
    scene = _registered(one, other, _between(laid.transform, wholes, (one, other)))
    transform = _between(scene.transform, (one, other), wholes)
    geometry = describe(transform, wholes[0].size, wholes[1].size)
    small = _shrunk_scene(scene)
    count = corners(luma(small[0]), small[2])
    evidence: Evidence = {"corners": count}
    if laid.how == REGIONS and not is_known_by_parts(geometry, count):
        return _closer(Verdict.DIFFERENT, "too few corners", evidence, geometry, transform)
    if is_other_way_round(geometry, count):
        return _closer(Verdict.SAME_LAYOUT, "a mark the other way round", evidence, geometry, transform)
    areas = _areas(*small)
    if areas is not None:
        evidence |= {"region_difference": round(areas.difference, 4), "tone_model": areas.tone}
    verdict, rule = _judged(scene, areas, evidence)
    return _closer(verdict, rule, evidence, geometry, transform)


def _grossly(wholes: tuple[WorkingPicture, WorkingPicture], laid: Laid) -> Closer | None:
    """What the working pictures tell for certain: much other writing shows at any size, and no file is read for it."""
    one, other = wholes
    same_scale = _SAME_SCALE[0] < laid.geometry.scale < _SAME_SCALE[1]
    if laid.geometry.mirrored or not same_scale or laid.tone.change > MUCH_CHANGED:
        return None
    transform = register(one.grey, other.grey, laid.transform)
    warped, inside = warp(other.grey, transform, one.grey.shape)
    rest = subtract(one.grey, warped, inside)
    found = None if rest is None else differing(rest)
    if found is None or found.strength < _GROSS or found.levels < _OTHER_MARK:
        return None
    evidence: Evidence = {"stroke_difference": round(found.strength, 4), "looked_at": max(one.grey.shape)}
    geometry = describe(transform, one.size, other.size)
    return _closer(Verdict.SAME_LAYOUT, "strokes differ", evidence, geometry, transform)


def _closer(verdict: Verdict, rule: str, evidence: Evidence, geometry: Geometry, transform: _Map) -> Closer:
    return Closer(verdict=verdict, rule=rule, evidence=evidence, geometry=geometry, transform=transform)


def _shrunk_scene(scene: _Scene) -> tuple[_Rgb, _Rgb, NDArray[np.bool_]]:
    """Both pictures at the size at which areas are compared, and what counts there."""
    factor = min(1.0, _AREAS / int(max(scene.one.shape[:2])))
    one, other = _shrunk(scene.one, factor), _shrunk(scene.other, factor)
    inside = cv2.resize(scene.inside.view(np.uint8), one.shape[1::-1], interpolation=cv2.INTER_NEAREST)
    return one, other, np.asarray(inside > 0, bool)


def _judged(scene: _Scene, areas: Areas | None, evidence: Evidence) -> tuple[Verdict, str]:
    if areas is not None and areas.difference >= OTHER_AREA:
        return Verdict.SAME_LAYOUT, "areas differ"
    changes = (None, None) if areas is None else areas.toned.changes
    greys = [luma(changed(side, change)) for side, change in zip((scene.one, scene.other), changes, strict=True)]
    written = _written(scene)
    evidence |= {"height": round(written.height, 1), "characters": written.characters}
    rest = subtract(greys[0], greys[1], scene.inside)
    if rest is None:
        return Verdict.DUPLICATE, "areas agree"
    found = differing(rest)
    evidence |= {"stroke_difference": round(found.strength, 4), "differs_at": f"{found.place[0]},{found.place[1]}"}
    if not written.is_page:
        other = found.strength >= _OTHER_STROKES and found.levels >= _OTHER_MARK
        return (Verdict.SAME_LAYOUT, "strokes differ") if other else (Verdict.DUPLICATE, "areas agree")
    if found.strength >= _OTHER_STROKES:
        return Verdict.SAME_LAYOUT, "strokes differ"
    if written.height < LEAST_HEIGHT or (written.height < _SMALL and found.strength > _OTHER_STROKES_SMALL):
        return Verdict.SAME_LAYOUT, "too small to tell"
    return Verdict.DUPLICATE, "every stroke compared"


def _written(scene: _Scene) -> Legibility:
    """How high characters are in what was compared, seen in the finer picture."""
    finer = legibility(luma(scene.finer))
    return replace(finer, height=finer.height * scene.reduced)


def _registered(one: _Rgb, other: _Rgb, start: _Map) -> _Scene:
    scale = float(np.sqrt(abs(np.linalg.det(start[:, :2]))))
    a, b = _shrunk(one, min(1.0, scale)), _shrunk(other, min(1.0, 1 / scale))
    between = _between(start, (one, other), (a, b))
    between = register(luma(a), luma(b), between)
    warped, inside = warp(b, between, a.shape)
    return _Scene(
        one=a,
        other=warped,
        inside=inside,
        transform=_between(between, (a, b), (one, other)),
        finer=one if scale < 1 else other,
        reduced=min(scale, 1 / scale),
    )


def _areas(one: _Rgb, other: _Rgb, inside: NDArray[np.bool_]) -> Areas | None:
    return compare_areas(toned(one, other, inside), inside) if int(inside.sum()) >= 100 else None


def refined(laid: Laid, closer: Closer) -> Laid:
    """What was found on working pictures, with what the closer look told: where no stroke differs, nothing is lost,
    added or laid over."""
    if closer.verdict is not Verdict.DUPLICATE:
        return replace(laid, geometry=closer.geometry, transform=closer.transform)
    clean = replace(
        laid.agreement, lost=0.0, added=0.0, lost_toned=0.0, added_toned=0.0, exchanged=0, lettering=0, missing=0.0
    )
    tone = replace(laid.tone, patch=0.0)
    if closer.evidence.get("tone_model", "none") != "none":
        tone = replace(tone, change=max(tone.change, 2 * MUCH_CHANGED))  # however few of its pixels are coloured
    return replace(laid, geometry=closer.geometry, transform=closer.transform, agreement=clean, tone=tone)


def _between(transform: _Map, old: tuple[_Sized, _Sized], new: tuple[_Sized, _Sized]) -> _Map:
    """A map between two pictures, for the same pictures of other sizes."""
    before, after = (
        [now / then for now, then in zip(_sides(b), _sides(a), strict=True)] for a, b in zip(old, new, strict=True)
    )
    whole = _scaling(after) @ np.vstack([transform, [0, 0, 1]]) @ _scaling([1 / factor for factor in before])
    return np.asarray(whole[:2], np.float64)


_Sized = _Rgb | WorkingPicture


def _sides(picture: _Sized) -> tuple[int, int]:
    """Width and height."""
    height, width = picture.size if isinstance(picture, WorkingPicture) else picture.shape[:2]
    return width, height


def _scaling(factors: list[float]) -> _Map:
    """Scaling about the corner of the corner pixel, whose middle is the origin."""
    x, y = factors
    return np.array([[x, 0, x / 2 - 0.5], [0, y, y / 2 - 0.5], [0, 0, 1]], np.float64)


def _shrunk(image: _Rgb, factor: float) -> _Rgb:
    return image if factor > 0.99 else reduced(image, factor)
