"""The second look at candidates that an engine is not sure of: views of other sizes, and another engine's opinion."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol

import cv2
import numpy as np

from pdpo_audit.people.arrays import Floats, Pixels
from pdpo_audit.people.detectors.hits import Hits, no_hits
from pdpo_audit.people.detectors.passes import Engine, rescaled
from pdpo_audit.people.grading.covering import SMALLEST, covering

#: Face heights of the small views; the larger one is only made where the smaller leaves it open.
_SMALL_VIEWS = (40, 80)
#: How far score + mean must lie from a cut for the smallest views to decide alone.
_CLEAR = 0.12
#: Face heights of the views that tell covered faces from animals: at 40 px covered faces score .26 and animals .20, at
#: 80 to 200 px .69 and .19 (medians of 143 and 57).
_LARGE_VIEWS = (80, 120, 200)
#: A face so large beside the picture's shorter side is looked at once more with black around it (a third of each side,
#: long side 400): engines miss what the frame cuts.
_FILLS, _AROUND, _PADDED = 0.4, 3, 400
#: Weights of the judge's likeness and of the large views beside the first score (logistic fit on 132 covered faces and
#: 151 people-free photographs), and of colours that tell a mask (logarithm of the odds, between these bounds): of nine
#: masked faces left in doubt without them six are certain, of 286 people-free photographs five are instead of four.
#: From ``_COVERED`` on it is a person, from ``_PERHAPS`` on a likely one. Without a judge the sum of score and views
#: has a cut of its own.
_JUDGED, _VIEWED, _COLOURED, _ODDS = 1.5, 0.5, 0.06, (-2.0, 5.0)
_COVERED, _PERHAPS, _COVERED_UNJUDGED = 1.26, 0.90, 1.05
#: A picture of less than 450 px without a candidate: so little of a face that fills it, or so much with black around
#: it, and so much likeness of the whole make it doubtful instead of empty. Of the masked crops that were called empty
#: this holds all six (eyes hidden, or 32 px wide); of 110 small people-free pictures without a candidate it adds 12.
FAINT, _FAINT_PADDED, _FAINT_LIKENESS = 0.05, 0.20, 0.20
#: A picture, 320 px long, so much of which has no detail (grey levels within two of their neighbours) is drawn or a
#: page: faces drawn on forms are as much like one to the judge as covered ones. Forms of the samples have .72 to .74 of
#: it, 99 in 100 masked portraits up to .64.
_SEEN_AT, _LEVELS, _DRAWN = 320, 2, 0.68
#: "Towards the person": sums so near a cut count as reaching it, for runtimes differ in the fifth decimal.
_NEAR = 1e-3


#: Where colours tell no mask, animals pass for covered faces, and it shows in single looks of the judge, which a mean
#: hides: it is all but sure in some and sees nothing in others, or a face of another size. Settled on 91 masked
#: faces and 5 animals that were certain by this look alone, all of them in view: it tells 4 of the animals, and one
#: masked face is lost.
_TOLD_BY_COLOUR, _STEADY, _AS_LARGE = 1.5, 0.20, 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Steadiness:
    """Several looks of a judge at one candidate: the least likeness among them, and the mean width of the face that it
    sees, as a share of the candidate's longer side."""

    least: float
    size: float


class Judge(Protocol):
    """A second engine that looks at what the first one found."""

    name: str
    version: str
    weights_sha256: str

    def likeness(self, image: Pixels, box: Floats) -> float:
        """From 0 to 1, how much like a face the middle of ``box`` is."""
        ...

    def steadiness(self, image: Pixels, box: Floats) -> Steadiness:
        """How far single looks at the middle of ``box`` agree."""
        ...


class Opinion(Enum):
    """What the look for covered faces says of a living person."""

    SURE = auto()
    LIKELY = auto()
    NO = auto()


def small_views(engine: Engine, image: Pixels, box: Floats, score: float, cuts: tuple[float, float]) -> float:
    """The first score plus the mean of a second look: face height 40 px, plain and mirrored, then 80 px likewise.

    On the development sets four views tell animals from people as well as six up to 120 px. The larger pair, four
    times the work, is left out where the smaller one is clear of both ``cuts``.
    """
    part = _surrounded(image, box)
    scores: list[float] = []
    for height in _SMALL_VIEWS:
        view = rescaled(part, height / max(1.0, float(box[3] - box[1])))
        for shown in (view, np.ascontiguousarray(view[:, ::-1])):
            scores += [_central_score(engine.find(shown, 0.05), shown)]
        if all(abs(score + float(np.mean(scores)) - cut) > _CLEAR for cut in cuts):
            break
    return score + float(np.mean(scores))


def judge_covered(engine: Engine, judge: Judge | None, image: Pixels, hit: Hits) -> Opinion:
    """Whether one candidate of 40 px or more is a living person, perhaps with a covered face (docs/people.md, 1)."""
    box, score = hit.boxes[0], float(hit.scores[0])
    if judge is None:
        viewed = _large_views(engine, image, box)
        best = max(score, _padded(engine, image, box)) if score + viewed < _COVERED_UNJUDGED else score
        return _opinion(best + viewed, _COVERED_UNJUDGED)
    opinion, odds = _weighed(engine, judge, image, hit)
    if opinion is Opinion.SURE and odds < _TOLD_BY_COLOUR:
        found = judge.steadiness(image, box)
        return opinion if found.least >= _STEADY and found.size >= _AS_LARGE else Opinion.LIKELY
    return opinion


def _weighed(engine: Engine, judge: Judge, image: Pixels, hit: Hits) -> tuple[Opinion, float]:
    """What score, likeness, views and colours together say, and what the colours say: infinite where they were not
    asked, for the face is too small."""
    box, score, odds = hit.boxes[0], float(hit.scores[0]), np.inf
    likeness = _JUDGED * judge.likeness(image, box)
    if box[3] - box[1] >= SMALLEST:
        odds = float(np.clip(covering(image, hit.points[0]), *_ODDS))
        likeness += _COLOURED * odds
    if _reaches(score + likeness, _COVERED):
        return Opinion.SURE, odds
    if not (_reaches(score + likeness + _VIEWED, _PERHAPS) or _fills(image, box)):
        return Opinion.NO, odds
    likeness += _VIEWED * _large_views(engine, image, box)
    if not _reaches(score + likeness, _COVERED):
        score = max(score, _padded(engine, image, box))
    return _opinion(score + likeness, _COVERED), odds


def is_drawn(image: Pixels) -> bool:
    """Whether so much of a picture is without any detail that it is a drawing or a page, not a photograph."""
    grey = cv2.cvtColor(rescaled(image, min(1.0, _SEEN_AT / max(image.shape[:2]))), cv2.COLOR_RGB2GRAY)
    around = np.ones((3, 3), np.uint8)
    return float((cv2.dilate(grey, around) - cv2.erode(grey, around) <= _LEVELS).mean()) >= _DRAWN


def faint_face(engine: Engine, judge: Judge, image: Pixels, pool: Hits) -> Hits:
    """What may be a covered face that fills a small picture in which nothing else was found: one candidate or none.

    ``pool`` are all candidates from ``FAINT`` on, best first.
    """
    whole = np.array([0, 0, image.shape[1], image.shape[0]], np.float32)
    filling = np.flatnonzero([_fills(image, box) for box in pool.boxes])
    if len(filling):
        found = pool.taken(filling[:1])
    elif (padded := _padded(engine, image, whole)) >= _FAINT_PADDED:
        unknown = np.full((1, 5, 2), np.nan, np.float32)
        found = Hits(boxes=whole[None], scores=np.array([padded], np.float32), points=unknown)
    else:
        return no_hits()
    return found if judge.likeness(image, whole) >= _FAINT_LIKENESS else no_hits()


def _opinion(total: float, cut: float) -> Opinion:
    if _reaches(total, cut):
        return Opinion.SURE
    return Opinion.LIKELY if _reaches(total, _PERHAPS) else Opinion.NO


def _reaches(total: float, cut: float) -> bool:
    return total >= cut - _NEAR


def _large_views(engine: Engine, image: Pixels, box: Floats) -> float:
    part, height = _surrounded(image, box), max(1.0, float(box[3] - box[1]))
    views = (rescaled(part, size / height) for size in _LARGE_VIEWS)
    return float(np.mean([_central_score(engine.find(view, 0.05), view) for view in views]))


def _padded(engine: Engine, image: Pixels, box: Floats) -> float:
    """The mean of the best scores of a large face, plain and mirrored, with black around the picture; 0 for a face that
    does not fill it."""
    if not _fills(image, box):
        return 0.0
    reduced = rescaled(image, _PADDED * _AROUND / (_AROUND + 2) / max(image.shape[:2]))
    down, across = reduced.shape[0] // _AROUND, reduced.shape[1] // _AROUND
    shown = np.asarray(
        cv2.copyMakeBorder(reduced, down, down, across, across, cv2.BORDER_CONSTANT, value=(0, 0, 0)), np.uint8
    )
    large = _FILLS * min(reduced.shape[:2])
    views = (shown, np.ascontiguousarray(shown[:, ::-1]))
    return float(np.mean([_best_large(engine.find(view, 0.05), large) for view in views]))


def _fills(image: Pixels, box: Floats) -> bool:
    return bool(max(box[2:] - box[:2]) >= _FILLS * min(image.shape[:2]))


def _best_large(hits: Hits, side: float) -> float:
    tall = np.max(hits.boxes[:, 2:] - hits.boxes[:, :2], axis=1) >= side
    return float(hits.scores[tall].max(initial=0.0))


def _surrounded(image: Pixels, box: Floats) -> Pixels:
    """The box with half its longer side around it."""
    middle, size = (box[:2] + box[2:]) / 2, float(max(box[2:] - box[:2]))
    left, top = np.maximum(middle - size, 0).astype(int)
    right, bottom = np.ceil(middle + size).astype(int)
    return image[top:bottom, left:right]


def _central_score(hits: Hits, view: Pixels) -> float:
    """The best score of a candidate that covers the middle of the view."""
    middle = np.array([view.shape[1] / 2, view.shape[0] / 2], np.float32)
    covers = np.all((hits.boxes[:, :2] <= middle) & (middle <= hits.boxes[:, 2:]), axis=1)
    return float(hits.scores[covers].max(initial=0.0))
