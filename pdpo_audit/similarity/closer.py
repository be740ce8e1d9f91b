"""A closer look at two drawn pictures: pages at a size at which they can be read, graphics area by area."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from pdpo_audit.model.clusters import Evidence, Verdict
from pdpo_audit.similarity.comparison.alignment import Geometry, describe
from pdpo_audit.similarity.comparison.colours import luma, reduced
from pdpo_audit.similarity.comparison.laying import REGIONS, Laid
from pdpo_audit.similarity.comparison.pictures import Pictures, VerifySide
from pdpo_audit.similarity.comparison.relations import MUCH_CHANGED
from pdpo_audit.similarity.comparison.shelves import Pixels, WorkingPicture
from pdpo_audit.similarity.cuts import cut
from pdpo_audit.similarity.cuts.held import Held
from pdpo_audit.similarity.graphics.areas import OTHER_AREA, Areas, compare_areas
from pdpo_audit.similarity.graphics.marks import corners, is_other_way_round, unknown_by_parts
from pdpo_audit.similarity.graphics.tones import changed, toned
from pdpo_audit.similarity.pages.differences import Differing, differing
from pdpo_audit.similarity.pages.legibility import LEAST_HEIGHT, Legibility, legibility
from pdpo_audit.similarity.pages.registration import register, warp

_Rgb = NDArray[np.uint8]
_Grey = NDArray[np.uint8]
_Map = NDArray[np.float64]

#: On a graphic what differs must stand out by so many levels: a watermark lets the rest show through.
_OTHER_MARK = cut("other_mark")
#: Working pictures of one scale (a factor) tell it for certain from this on.
_GROSS, _SAME_SCALE = cut("gross_strokes"), (1 / cut("gross_scale"), cut("gross_scale"))
#: Long side at which areas are compared.
_AREAS = 512
_OTHER_STROKES, _OTHER_STROKES_SMALL, _SMALL = cut("other_strokes"), cut("other_strokes_small"), cut("low_characters")


@dataclass(frozen=True, slots=True, kw_only=True)
class Closer:
    """What a closer look told: the verdict, the rule that decided, what was measured and which cut it was held against,
    the map between the working pictures and what it does, made exact."""

    verdict: Verdict
    rule: str
    evidence: Evidence
    geometry: Geometry
    transform: _Map


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scene:
    """Two pictures at the scale of the coarser, and the map ``between`` them; how high characters are there."""

    one: Pixels
    other: Pixels
    between: _Map
    written: Legibility

    def greys(self, changes: tuple[_Map | None, _Map | None]) -> tuple[_Grey, _Grey, NDArray[np.bool_]]:
        """The luma of both after these changes of their colours, in the frame of the first, and what counts."""
        one, other = (_luma(side, change) for side, change in zip((self.one, self.other), changes, strict=True))
        return one, *warp(other, self.between, one.shape)

    def small(self) -> tuple[_Rgb, _Rgb, NDArray[np.bool_]]:
        """Both at the size at which areas are compared, in the frame of the first, and what counts there."""
        factor = min(1.0, _AREAS / max(self.one.rgb.shape[:2]))
        one, other = _shrunk(self.one.rgb, factor), _shrunk(self.other.rgb, factor)
        between = _between(self.between, (self.one.rgb, self.other.rgb), (one, other))
        return one, *warp(other, between, one.shape)


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
    scene, transform = _registered(one, other, _between(laid.transform, wholes, (one.rgb, other.rgb)))
    transform = _between(transform, (one.rgb, other.rgb), wholes)
    geometry = describe(transform, wholes[0].size, wholes[1].size)
    small = scene.small()
    count = corners(luma(small[0]), small[2])
    evidence: Evidence = {"corners": count}
    few = unknown_by_parts(geometry, count) if laid.how == REGIONS else None
    if few is not None:
        return _closer(Judged(Verdict.DIFFERENT, "too few corners", few), evidence, geometry, transform)
    if is_other_way_round(geometry, count):
        held = Held(by="corners_of_mark", at=count)
        return _closer(Judged(Verdict.SAME_LAYOUT, "a mark the other way round", held), evidence, geometry, transform)
    areas = _areas(*small)
    if areas is not None:
        evidence |= {"region_difference": round(areas.difference, 4), "tone_model": areas.tone}
    return _closer(_judged(scene, areas, evidence), evidence, geometry, transform)


def _grossly(wholes: tuple[WorkingPicture, WorkingPicture], laid: Laid) -> Closer | None:
    """What the working pictures tell for certain: much other writing shows at any size, and no file is read for it."""
    one, other = wholes
    same_scale = _SAME_SCALE[0] < laid.geometry.scale < _SAME_SCALE[1]
    if laid.geometry.mirrored or not same_scale or laid.tone.change > MUCH_CHANGED:
        return None
    transform, found = laid.transform, _apart(one.grey, other.grey, laid.transform)
    if found is not None and found.strength >= _GROSS:
        transform = register(one.grey, other.grey, laid.transform)
        found = _apart(one.grey, other.grey, transform)
    if found is None or found.strength < _GROSS or found.levels < _OTHER_MARK:
        return None
    evidence: Evidence = {"stroke_difference": round(found.strength, 4), "looked_at": max(one.grey.shape)}
    geometry = describe(transform, one.size, other.size)
    held = Held(by="gross_strokes", at=found.strength)
    return _closer(Judged(Verdict.SAME_LAYOUT, "strokes differ", held), evidence, geometry, transform)


class Judged(NamedTuple):
    """A verdict, the rule that gave it, and the cut that it was held against; none where nothing was to be held."""

    verdict: Verdict
    rule: str
    held: Held | None


def _closer(judged: Judged, evidence: Evidence, geometry: Geometry, transform: _Map) -> Closer:
    told = evidence | (judged.held.told if judged.held else {})
    return Closer(verdict=judged.verdict, rule=judged.rule, evidence=told, geometry=geometry, transform=transform)


def _apart(one: _Grey, other: _Grey, transform: _Map) -> Differing | None:
    warped, inside = warp(other, transform, one.shape)
    return differing(one, warped, inside)


def _judged(scene: _Scene, areas: Areas | None, evidence: Evidence) -> Judged:
    def look() -> Differing | None:
        found = differing(*scene.greys((None, None) if areas is None else areas.toned.changes))
        evidence.update({"height": round(scene.written.height, 1), "characters": scene.written.characters})
        if found is not None:
            place = f"{found.place[0]},{found.place[1]}"
            evidence.update({"stroke_difference": round(found.strength, 4), "differs_in": "left", "differs_at": place})
        return found

    return judge_drawn(None if areas is None else areas.difference, scene.written, look)


def judge_drawn(area: float | None, written: Legibility, look: Callable[[], Differing | None]) -> Judged:
    """The verdict on two registered drawings: by the largest ``area`` of another colour, if that was measured, else
    by what a ``look`` at their strokes finds, as far as what is ``written`` on them can be read."""
    held = None if area is None else Held(by="other_area", at=area)
    if held is not None and held.at >= OTHER_AREA:
        return Judged(Verdict.SAME_LAYOUT, "areas differ", held)
    found = look()
    if found is None:
        return Judged(Verdict.DUPLICATE, "areas agree", held)
    strokes = Held(by="other_strokes", at=found.strength)
    if not written.is_page:
        pale = found.strength >= _OTHER_STROKES and found.levels < _OTHER_MARK
        if pale or found.strength < _OTHER_STROKES:
            mark = Held(by="other_mark", at=found.levels)
            return Judged(Verdict.DUPLICATE, "areas agree", mark if pale else strokes)
        return Judged(Verdict.SAME_LAYOUT, "strokes differ", strokes)
    if found.strength >= _OTHER_STROKES:
        return Judged(Verdict.SAME_LAYOUT, "strokes differ", strokes)
    if written.height < LEAST_HEIGHT:
        return Judged(Verdict.SAME_LAYOUT, "too small to tell", Held(by="least_characters", at=written.height))
    if written.height < _SMALL:
        strokes = replace(strokes, by="other_strokes_small")
        if found.strength > _OTHER_STROKES_SMALL:
            return Judged(Verdict.SAME_LAYOUT, "too small to tell", strokes)
    return Judged(Verdict.DUPLICATE, "every stroke compared", strokes)


def _registered(one: Pixels, other: Pixels, start: _Map) -> tuple[_Scene, _Map]:
    """Two pictures registered at the scale of the coarser, and the map between them as they are."""
    scale = float(np.sqrt(abs(np.linalg.det(start[:, :2]))))
    a, b = _at_scale(one, min(1.0, scale)), _at_scale(other, min(1.0, 1 / scale))
    between = register(a.grey, b.grey, _between(start, (one.rgb, other.rgb), (a.rgb, b.rgb)))
    finer = _legible(one if scale < 1 else other)
    written = replace(finer, height=finer.height * min(scale, 1 / scale))
    scene = _Scene(one=a, other=b, between=between, written=written)
    return scene, _between(between, (a.rgb, b.rgb), (one.rgb, other.rgb))


def _at_scale(picture: Pixels, factor: float) -> Pixels:
    return picture if factor > 0.99 else Pixels(reduced(picture.rgb, factor))


def _luma(picture: Pixels, change: _Map | None) -> _Grey:
    return picture.grey if change is None else luma(changed(picture.rgb, change))


#: How high characters are in pictures that are compared with several others, as long as these are kept.
_LEGIBLE = WeakKeyDictionary[Pixels, Legibility]()


def _legible(picture: Pixels) -> Legibility:
    if picture not in _LEGIBLE:
        _LEGIBLE[picture] = legibility(picture.grey)
    return _LEGIBLE[picture]


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
