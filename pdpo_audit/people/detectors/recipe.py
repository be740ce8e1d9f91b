"""Which candidates of a face engine are believed: the passes put together, the doubtful ones looked at again."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pdpo_audit.people.arrays import Floats, Pixels
from pdpo_audit.people.detectors.hits import Hits, joined, overlaps, suppressed
from pdpo_audit.people.detectors.passes import FINE, SMALL, Engine, at_scale, passes, rescaled, single_pass

#: Face heights of the views in a second look; the larger one is only made where the smaller leaves it open.
_RECHECK_HEIGHTS = (40, 80)
#: So many candidates of one picture are looked at again, the largest first: small ones seldom change its level.
_RECHECKS = 6
_LARGE = 40
#: Below this height a second look says nothing: a candidate counts by its score.
TINY_PX = 18
#: A tiny candidate counts as a person only from this score on; a second look at so few pixels confirms figurines.
_SURE_TINY = 0.85
#: How far score + mean must lie from a cut for the small views to decide alone.
_CLEAR = 0.12
#: Long side of the looks at a turned picture: a face of 300 px on a scanned page still has 27.
_TURNED = 320
#: No score is so high: everything is looked at again.
_NEVER = 2.0
#: A candidate of the first engine from here on counts when the second one has it too.
_SUPPORTED = 0.15


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """Cuts of one engine. A candidate counts from the score on that ``least`` gives for its height: pairs of a height
    in pixels and the score from there on, rising in height. From ``sure`` on it is believed. Between, it is looked at
    again: score + mean of the views must reach ``doubtful`` (``doubtful_large`` from 40 px on, where a miss weighs
    more) to stay at all, and ``confirmed`` to count as a person. Below ``tiny_px`` a second look says nothing."""

    least: tuple[tuple[float, float], ...]
    tiny_px: float
    sure: float
    confirmed: float
    doubtful: float
    doubtful_large: float


#: CenterFace, tuned on 98 crowds and 286 people-free photographs (docs/people.md): animals reached a sum of 1.13.
#: Of the boxes between 18 and 22 px with scores under 0.35, 13 of 21 touched no label; from 40 px on faces under veils
#: and hands score down to 0.22.
CENTERFACE = Judgement(
    least=((0, 0.45), (TINY_PX, 0.35), (22, 0.30), (40, 0.20)),
    tiny_px=TINY_PX,
    sure=0.80,
    confirmed=1.20,
    doubtful=0.42,
    doubtful_large=0.25,
)
#: YuNet by itself.
YUNET = Judgement(
    least=((0, 0.75), (TINY_PX, 0.60)), tiny_px=TINY_PX, sure=0.90, confirmed=1.55, doubtful=0.90, doubtful_large=0.70
)
#: dlib's detectors answer yes or no: whatever they report is believed, and a second look says nothing new.
DLIB = Judgement(least=((0, 0.5),), tiny_px=0, sure=0.5, confirmed=1.0, doubtful=0.0, doubtful_large=0.0)
#: What YuNet must reach beside CenterFace: to support a weak candidate of it, and to stand alone.
_SECOND_SUPPORTS, _SECOND_ALONE = 0.50, 0.70


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The candidates that were not dropped; ``sure`` is false where a living person is not certain."""

    hits: Hits
    sure: NDArray[np.bool_]
    dropped: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """An engine with its cuts, and perhaps a second one whose findings join in."""

    engine: Engine
    judgement: Judgement
    second: Engine | None = None
    thorough: bool = False
    #: One pass at most so long, for engines that are slow or scale by themselves; 0 for all passes.
    longest: int = 0


def look(recipe: Recipe, image: Pixels) -> Found:
    """All passes over an upright picture, one candidate per face, the doubtful ones looked at again."""
    if recipe.longest:
        single = single_pass(recipe.engine, image, _floor(recipe.judgement), longest=recipe.longest)
        return judged(recipe, image, suppressed(single))
    floor = _floor(recipe.judgement) if recipe.second is None else _SUPPORTED
    pool = suppressed(joined(list(passes(recipe.engine, image, floor, thorough=recipe.thorough))))
    hits = pool.taken(pool.scores >= _least(recipe.judgement, pool))
    if recipe.second is not None:
        hits = _united(hits, pool, _seconded(recipe.second, image), recipe.judgement)
    return judged(recipe, image, hits)


def look_turned(recipe: Recipe, image: Pixels) -> Found:
    """One coarse pass with a high cut, for a picture that was turned on the chance that it is a scan lying askew.

    Whatever it finds gets a second look: so shown, a monkey scored 0.83, and with the second look 1.07.
    """
    scale = min(1.0, _TURNED / max(image.shape[:2]))
    hits = suppressed(at_scale(recipe.engine, image, scale, recipe.judgement.least[0][1]))
    return judged(replace(recipe, judgement=replace(recipe.judgement, sure=_NEVER)), image, hits)


def _least(judgement: Judgement, hits: Hits) -> Floats:
    """The score that each candidate must reach, by its height."""
    heights, scores = np.array(judgement.least, np.float32).T
    steps = np.searchsorted(heights, hits.boxes[:, 3] - hits.boxes[:, 1], side="right") - 1
    return np.asarray(scores[np.maximum(steps, 0)], np.float32)


def _floor(judgement: Judgement) -> float:
    """The lowest score that counts at any height."""
    return min(score for _, score in judgement.least)


def _seconded(second: Engine, image: Pixels) -> Hits:
    """The second engine's candidates: one pass at twice the size, or at a long side of 1600."""
    longest = max(image.shape[:2])
    scale = 2.0 if longest < SMALL else min(1.0, FINE / longest)
    return suppressed(at_scale(second, image, scale, _SECOND_SUPPORTS))


def _united(hits: Hits, pool: Hits, seconds: Hits, judgement: Judgement) -> Hits:
    """Those of the first engine, weak ones that the second confirms, and what the second alone is sure of.

    The latter enter with half their score: they always get a second look.
    """
    supported = np.array([bool(_same(box, seconds)) for box in pool.boxes], bool)
    large = pool.boxes[:, 3] - pool.boxes[:, 1] >= judgement.tiny_px
    weak = pool.taken(supported & large & (pool.scores < _least(judgement, pool)))
    tall = seconds.boxes[:, 3] - seconds.boxes[:, 1] >= judgement.tiny_px
    strong = seconds.taken((seconds.scores >= _SECOND_ALONE) & tall)
    halved = Hits(boxes=strong.boxes, scores=strong.scores * np.float32(0.5), points=strong.points)
    alone = halved.taken(np.array([not _same(box, joined([hits, weak])) for box in strong.boxes], bool))
    return joined([hits, weak, alone])


def _same(box: Floats, others: Hits) -> bool:
    over_union, over_smaller = overlaps(box, others.boxes)
    return bool(((over_union >= 0.3) | (over_smaller >= 0.7)).any())


def judged(recipe: Recipe, image: Pixels, hits: Hits) -> Found:
    """Look again at what the engine was not sure of: drop what fails, mark what stays uncertain.

    Beyond the budget a candidate stays by its score alone, as certain as the best animals are not.
    """
    judgement, left = recipe.judgement, _RECHECKS
    heights = hits.boxes[:, 3] - hits.boxes[:, 1]
    tiny = heights < judgement.tiny_px
    kept, sure = np.ones(len(hits), bool), hits.scores >= np.where(tiny, _SURE_TINY, judgement.sure)
    for place in np.argsort(-heights, kind="stable"):
        if sure[place] or tiny[place]:
            continue
        if left:
            left -= 1
            least = judgement.doubtful if heights[place] < _LARGE else judgement.doubtful_large
            cuts = (least, judgement.confirmed)
            total = recheck(recipe.engine, image, hits.boxes[place], float(hits.scores[place]), cuts)
            kept[place], sure[place] = total >= least, total >= judgement.confirmed
        else:
            sure[place] = 2 * hits.scores[place] >= judgement.confirmed
    return Found(hits=hits.taken(kept), sure=sure[kept], dropped=int((~kept).sum()))


def recheck(engine: Engine, image: Pixels, box: Floats, score: float, cuts: tuple[float, float]) -> float:
    """The first score plus the mean of a second look: face height 40 px, plain and mirrored, then 80 px likewise.

    On the development sets four views tell animals from people as well as six up to 120 px. The larger pair, four
    times the work, is left out where the smaller one is clear of both ``cuts``.
    """
    middle, size = (box[:2] + box[2:]) / 2, float(max(box[2:] - box[:2]))
    left, top = np.maximum(middle - size, 0).astype(int)
    right, bottom = np.ceil(middle + size).astype(int)
    part = image[top:bottom, left:right]
    scores: list[float] = []
    for height in _RECHECK_HEIGHTS:
        view = rescaled(part, height / max(1.0, float(box[3] - box[1])))
        for shown in (view, np.ascontiguousarray(view[:, ::-1])):
            scores += [_central_score(engine.find(shown, 0.05), shown)]
        if all(abs(score + float(np.mean(scores)) - cut) > _CLEAR for cut in cuts):
            break
    return score + float(np.mean(scores))


def _central_score(hits: Hits, view: Pixels) -> float:
    """The best score of a candidate that covers the middle of the view."""
    middle = np.array([view.shape[1] / 2, view.shape[0] / 2], np.float32)
    covers = np.all((hits.boxes[:, :2] <= middle) & (middle <= hits.boxes[:, 2:]), axis=1)
    return float(hits.scores[covers].max(initial=0.0))
