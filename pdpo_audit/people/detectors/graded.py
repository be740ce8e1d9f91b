"""A detector as the rest of the program sees it: a recipe, and the grading of what it finds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pdpo_audit.model.methods import PEOPLE
from pdpo_audit.model.people import Face, Grade, Seen
from pdpo_audit.people.arrays import Floats, Pixels
from pdpo_audit.people.detectors.hits import overlaps
from pdpo_audit.people.detectors.recipe import TINY_PX, Found, Recipe, Verdict, look, look_turned
from pdpo_audit.people.grading import covering
from pdpo_audit.people.grading.identifiability import grade_face

DOUBTFUL = "face-like, living person not certain"
#: Most of these are people: so few pixels do not tell them from figurines.
TINY = f"too small to be sure: {DOUBTFUL}"
#: The tier that reviewers look at first: it or a certain face on 265 of 266 masked faces, on 14 of 464 other pictures.
LIKELY = "face-like and sharp, perhaps covered: look first"
#: What the look for covered faces alone was sure of.
CONFIRMED = "partly covered or hard to see"
COVERED = "lower face covered, by its colours"


class GradedDetector:
    """The port ``FaceDetector`` over a recipe; weights are loaded, one process uses it."""

    def __init__(self, recipe: Recipe) -> None:
        self._recipe = recipe
        engines = [engine for engine in (recipe.engine, recipe.judge, recipe.second) if engine is not None]
        self.name = "+".join(engine.name for engine in engines)
        #: The digest of each weight file, in the order of the name.
        self.weights_sha256 = "+".join(engine.weights_sha256 for engine in engines)
        self.version = "+".join([*(engine.version for engine in engines), f"{PEOPLE}{'t' if recipe.thorough else ''}"])

    def examine(self, image: Pixels) -> Seen:
        """Every face found in an upright RGB picture, largest first, and how many a second look took for none.

        A picture without a certain one is also looked at turned by 90, 180 and 270 degrees: scans carry no orientation,
        and a face that stands on its head is doubtful at best.
        """
        found = look(self._recipe, image)
        faces, dropped = _graded(image, found), found.dropped
        if self._recipe.thorough or not (any(map(_certain, faces)) or self._recipe.longest):
            for turns, turned, found in look_turned(self._recipe, image):
                dropped += found.dropped
                for face in _graded(turned, found):
                    faces = _joined(_turned_back(face, turned.shape, turns), faces)
        ordered = sorted(faces, key=lambda face: (-face.height * face.width, face.x, face.y))
        return Seen(faces=tuple(ordered), dropped=dropped)


def _graded(image: Pixels, found: Found) -> list[Face]:
    entries = zip(found.hits.boxes, found.hits.points, found.hits.scores, found.verdicts, strict=True)
    return [_face(image, box, points, float(score), verdict) for box, points, score, verdict in entries]


def _face(image: Pixels, box: Floats, points: Floats, score: float, verdict: Verdict) -> Face:
    measures, grade, reason = grade_face(image, box, points)
    if verdict is Verdict.CONFIRMED:
        reason = f"{reason}; {CONFIRMED}"
    elif verdict is not Verdict.SURE:
        grade, reason = Grade.DOUBTFUL, LIKELY if verdict is Verdict.LIKELY else DOUBTFUL
        if box[3] - box[1] < TINY_PX:
            reason = TINY
    tall = box[3] - box[1] >= covering.SMALLEST and grade in (Grade.IDENTIFIABLE, Grade.BORDERLINE)
    covered = bool(tall) and covering.lower_face_covered(image, points)
    if covered:
        reason = f"{reason}; {COVERED}"
    limits = np.array([image.shape[1], image.shape[0]] * 2)
    left, top, right, bottom = (int(edge) for edge in np.clip(np.round(box), 0, limits))
    return Face(
        x=left,
        y=top,
        width=max(1, right - left),
        height=max(1, bottom - top),
        score=round(min(1.0, max(0.0, score)), 4),
        eye_distance_px=round(measures.eye_distance, 2),
        sharpness=round(measures.sharpness, 2),
        grade=grade,
        reason=reason,
        covered=covered,
    )


def _turned_back(face: Face, shape: tuple[int, ...], turns: int) -> Face:
    """The face of a picture turned ``turns`` times to the left, of ``shape`` after that, in the unturned picture."""
    x, y, width, height, tall, wide = face.x, face.y, face.width, face.height, shape[0], shape[1]
    for _ in range(turns):  # one quarter turn to the right each: (x, y) of tall x wide becomes (tall - y, x)
        x, y, width, height, tall, wide = tall - y - height, x, height, width, wide, tall
    reason = face.reason if face.grade is Grade.DOUBTFUL else f"{face.reason}; lying in the picture"
    return replace(face, x=x, y=y, width=width, height=height, reason=reason)


def _joined(face: Face, others: list[Face]) -> list[Face]:
    """``others`` with one more face, unless they have it; a certain one takes the place of doubtful ones."""
    if not others:
        return [face]
    own, boxes = _box(face), np.array([_box(other) for other in others], np.float32)
    over_union, over_smaller = overlaps(own, boxes)
    same = (over_union >= 0.3) | (over_smaller >= 0.7)
    known = [other for other, meets in zip(others, same, strict=True) if meets]
    if not known:
        return [*others, face]
    if not _certain(face) or any(map(_certain, known)):
        return others
    return [*(other for other, meets in zip(others, same, strict=True) if not meets), face]


def _certain(face: Face) -> bool:
    return face.grade is not Grade.DOUBTFUL


def _box(face: Face) -> Floats:
    return np.array([face.x, face.y, face.x + face.width, face.y + face.height], np.float32)
