"""Which candidates of a face engine are believed: the passes put together, the doubtful ones looked at again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum, auto

import numpy as np

from pdpo_audit.people.arrays import Floats, Pixels
from pdpo_audit.people.detectors.hits import Hits, joined, overlaps, suppressed
from pdpo_audit.people.detectors.passes import FINE, GATED, SMALL, Engine, at_scale, passes, rescaled, single_pass
from pdpo_audit.people.detectors.second_look import (
    FAINT,
    Judge,
    Opinion,
    faint_face,
    is_drawn,
    judge_covered,
    small_views,
)

#: So many candidates of one picture are looked at again, the largest first: small ones seldom change its level.
_RECHECKS = 6
_LARGE = 40
#: Below this height a second look says nothing: a candidate counts by its score.
TINY_PX = 18
#: A tiny candidate counts as a person only from this score on; a second look at so few pixels confirms figurines.
_SURE_TINY = 0.85
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
    more) to stay at all, and ``confirmed`` to count as a person. Below ``tiny_px`` a second look says nothing. A small
    picture with nothing from ``gate`` on at first sight is not looked at again; 0 where it always is."""

    least: tuple[tuple[float, float], ...]
    tiny_px: float
    sure: float
    confirmed: float
    doubtful: float
    doubtful_large: float
    gate: float = 0.0


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
    gate=0.15,
)
#: YuNet by itself.
YUNET = Judgement(
    least=((0, 0.75), (TINY_PX, 0.60)), tiny_px=TINY_PX, sure=0.90, confirmed=1.55, doubtful=0.90, doubtful_large=0.70
)
#: dlib's detectors answer yes or no: whatever they report is believed, and a second look says nothing new.
DLIB = Judgement(least=((0, 0.5),), tiny_px=0, sure=0.5, confirmed=1.0, doubtful=0.0, doubtful_large=0.0)
#: What YuNet must reach beside CenterFace: to support a weak candidate of it, and to stand alone.
_SECOND_SUPPORTS, _SECOND_ALONE = 0.50, 0.70


class Verdict(Enum):
    """What is held of a candidate. Only the look for covered faces tells ``CONFIRMED`` and ``LIKELY``."""

    SURE = auto()
    CONFIRMED = auto()
    LIKELY = auto()
    DOUBTFUL = auto()
    DROPPED = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The candidates that were not dropped, what is held of each, and how many were dropped."""

    hits: Hits
    verdicts: tuple[Verdict, ...]
    dropped: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """An engine with its cuts, and perhaps a second one whose findings join in."""

    engine: Engine
    judgement: Judgement
    second: Engine | None = None
    #: What is asked about candidates that may be covered faces; without one, more views of them decide.
    judge: Judge | None = None
    #: Whether covered faces are looked for: their cuts hold for CenterFace alone.
    covered: bool = False
    thorough: bool = False
    #: One pass at most so long, for engines that are slow or scale by themselves; 0 for all passes.
    longest: int = 0


def look(recipe: Recipe, image: Pixels) -> Found:
    """All passes over an upright picture, one candidate per face, the doubtful ones looked at again."""
    if recipe.longest:
        single = single_pass(recipe.engine, image, _floor(recipe.judgement), longest=recipe.longest)
        return judged(recipe, image, suppressed(single))
    floor = _floor(recipe.judgement) if recipe.second is None else _SUPPORTED
    judge = recipe.judge if max(image.shape[:2]) < GATED else None
    if judge is not None:  # what fills a small picture counts from less on
        floor = FAINT
    shown = passes(recipe.engine, image, floor, gate=recipe.judgement.gate, thorough=recipe.thorough)
    pool = suppressed(joined(list(shown)))
    hits = pool.taken(pool.scores >= _least(recipe.judgement, pool))
    if recipe.second is not None:
        hits = _united(hits, pool, _seconded(recipe.second, image), recipe.judgement)
    if judge is not None and not len(hits):
        faint = faint_face(recipe.engine, judge, image, pool)
        return Found(hits=faint, verdicts=(Verdict.DOUBTFUL,) * len(faint), dropped=0)
    return judged(recipe, image, hits)


def look_turned(recipe: Recipe, image: Pixels) -> Iterator[tuple[int, Pixels, Found]]:
    """One coarse pass with a high cut over the picture turned by 90, 270 and 180 degrees, on the chance that it is a
    scan lying askew: quarter turns, the turned picture, what was found in it. Turns that show nothing are left out.

    Whatever it finds gets a second look: so shown, a monkey scored 0.83, and with the second look 1.07. Covered faces
    are not looked for: what that takes for a person was not measured on pictures that stand on their heads.
    """
    scale = min(1.0, _TURNED / max(image.shape[:2]))
    reduced = rescaled(image, scale)
    careful = replace(recipe, judgement=replace(recipe.judgement, sure=_NEVER), covered=False)
    for turns in (1, 3, 2):
        shown = np.ascontiguousarray(np.rot90(reduced, turns))
        hits = suppressed(recipe.engine.find(shown, recipe.judgement.least[0][1]).mapped(scale=1 / scale))
        if len(hits):
            turned = np.ascontiguousarray(np.rot90(image, turns))
            yield turns, turned, judged(careful, turned, hits)


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
    """Look again at what the engine was not sure of, the largest first: drop what fails, mark what stays uncertain.

    Beyond the budget a candidate stays by its score alone, as certain as the best animals are not.
    """
    judgement, left = recipe.judgement, _RECHECKS
    heights = hits.boxes[:, 3] - hits.boxes[:, 1]
    verdicts = [Verdict.DOUBTFUL] * len(hits)
    for place in np.argsort(-heights, kind="stable"):
        score, tiny = float(hits.scores[place]), heights[place] < judgement.tiny_px
        if score >= (_SURE_TINY if tiny else judgement.sure):
            verdicts[place] = Verdict.SURE
        elif not tiny and left:
            left -= 1
            verdicts[place] = _looked_again(recipe, image, hits.taken(np.array([place])))
        elif not tiny and 2 * score >= judgement.confirmed:
            verdicts[place] = Verdict.SURE
    kept = np.array([verdict is not Verdict.DROPPED for verdict in verdicts], bool)
    told = tuple(verdict for verdict in verdicts if verdict is not Verdict.DROPPED)
    return Found(hits=hits.taken(kept), verdicts=told, dropped=len(hits) - len(told))


def _looked_again(recipe: Recipe, image: Pixels, hit: Hits) -> Verdict:
    """What the second look holds of one candidate. Small views first: what they are sure of needs no more."""
    box, score, judgement = hit.boxes[0], float(hit.scores[0]), recipe.judgement
    large = box[3] - box[1] >= _LARGE
    least = judgement.doubtful_large if large else judgement.doubtful
    total = small_views(recipe.engine, image, box, score, (least, judgement.confirmed))
    if total >= judgement.confirmed:
        return Verdict.SURE
    if recipe.covered and large:
        opinion = judge_covered(recipe.engine, recipe.judge, image, hit)
        if opinion is not Opinion.NO:
            sure = opinion is Opinion.SURE and not is_drawn(image)
            return Verdict.CONFIRMED if sure else Verdict.LIKELY
    return Verdict.DOUBTFUL if total >= least else Verdict.DROPPED
