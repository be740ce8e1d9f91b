"""The grade of one face follows what re-identification trials measured: size, blur, blocks, fills, turning."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from pdpo_audit.model.people import Grade
from pdpo_audit.people.grading.blocks import blocks_across
from pdpo_audit.people.grading.identifiability import Measures, eye_distance, grade, grade_face, lapvar112

BOX = np.array([181, 58, 270, 178], np.float32)
POINTS = np.array([[203, 102], [247, 104], [223, 125], [203, 142], [241, 144]], np.float32)


def graded(image: NDArray[np.uint8], scale: float = 1.0) -> tuple[Grade, str]:
    return grade_face(image, (BOX * scale).astype(np.float32), (POINTS * scale).astype(np.float32))[1:]


def at_eyes(image: NDArray[np.uint8], eyes: float) -> tuple[Grade, str]:
    scale = eyes / 44.05
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return graded(np.asarray(small, np.uint8), scale)


def pixelated(image: NDArray[np.uint8], blocks: float) -> NDArray[np.uint8]:
    size = 89 / blocks
    grid = (round(image.shape[1] / size), round(image.shape[0] / size))
    means = cv2.resize(image, grid, interpolation=cv2.INTER_AREA)
    large = cv2.resize(means, image.shape[1::-1], interpolation=cv2.INTER_NEAREST)
    _, encoded = cv2.imencode(".jpg", large, [cv2.IMWRITE_JPEG_QUALITY, 75])
    return np.asarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR), np.uint8)


def test_size_decides(astronaut: NDArray[np.uint8]) -> None:
    assert graded(astronaut)[0] is Grade.IDENTIFIABLE
    assert at_eyes(astronaut, 20)[0] is Grade.IDENTIFIABLE
    found, reason = at_eyes(astronaut, 10)
    assert found is Grade.BORDERLINE
    assert "10 px between the eyes" in reason
    assert at_eyes(astronaut, 3)[0] is Grade.NOT_IDENTIFIABLE


def test_blur_decides(astronaut: NDArray[np.uint8]) -> None:
    grades = [
        graded(np.asarray(cv2.GaussianBlur(astronaut, (0, 0), sigma * 44), np.uint8))[0] for sigma in (0.01, 0.06, 0.7)
    ]
    assert grades == [Grade.IDENTIFIABLE, Grade.BORDERLINE, Grade.NOT_IDENTIFIABLE]


@pytest.mark.parametrize("blocks", [5, 7, 8])
def test_coarse_blocks_are_seen_and_counted(astronaut: NDArray[np.uint8], blocks: int) -> None:
    image = pixelated(astronaut, blocks)
    counted = blocks_across(np.asarray(cv2.cvtColor(image[58:178, 181:270], cv2.COLOR_RGB2GRAY), np.uint8))
    assert counted is not None
    assert abs(counted - blocks) < 0.12 * blocks + 0.5
    assert graded(image)[0] is Grade.NOT_IDENTIFIABLE


def test_blocks_of_a_large_face_are_counted(astronaut: NDArray[np.uint8]) -> None:
    large = cv2.resize(pixelated(astronaut, 8), None, fx=6, fy=6, interpolation=cv2.INTER_NEAREST)
    counted = blocks_across(np.asarray(cv2.cvtColor(large[348:1068, 1086:1620], cv2.COLOR_RGB2GRAY), np.uint8))
    assert counted is not None
    assert abs(counted - 8) < 0.6


def test_fine_blocks_are_borderline_and_a_plain_face_has_none(astronaut: NDArray[np.uint8]) -> None:
    assert graded(pixelated(astronaut, 18))[0] is Grade.BORDERLINE
    plain = np.asarray(cv2.cvtColor(astronaut[58:178, 181:270], cv2.COLOR_RGB2GRAY), np.uint8)
    assert blocks_across(plain) is None


def test_a_plain_fill_is_not_identifiable(astronaut: NDArray[np.uint8]) -> None:
    covered = astronaut.copy()
    covered[50:190, 170:280] = 0
    assert graded(covered) == (Grade.NOT_IDENTIFIABLE, "covered by a plain fill")


def test_a_face_blurred_alone_is_said_to_be_redacted(astronaut: NDArray[np.uint8]) -> None:
    covered = astronaut.copy()
    covered[50:190, 170:280] = cv2.GaussianBlur(astronaut, (0, 0), 22)[50:190, 170:280]
    found, reason = graded(covered)
    assert found is Grade.NOT_IDENTIFIABLE
    assert "unlike its surroundings" in reason


def test_turning_costs_one_step_and_never_two() -> None:
    sharp = Measures(eye_distance=40, sharpness=200)
    assert grade(sharp)[0] is Grade.IDENTIFIABLE
    assert grade(Measures(eye_distance=40, sharpness=200, turned=True))[0] is Grade.BORDERLINE
    assert grade(Measures(eye_distance=10, sharpness=10, turned=True))[0] is Grade.BORDERLINE
    profile = POINTS.copy()
    profile[1] = profile[0] + [4, 0]
    distance, turned = eye_distance(BOX, profile)
    assert turned
    assert distance > 30


def test_unknown_landmarks_fall_back_to_the_size_of_the_face() -> None:
    distance, turned = eye_distance(BOX, np.full((5, 2), np.nan, np.float32))
    assert 30 < distance < 45
    assert not turned


def test_sharpness_falls_with_blur(astronaut: NDArray[np.uint8]) -> None:
    grey = np.asarray(cv2.cvtColor(astronaut[58:178, 181:270], cv2.COLOR_RGB2GRAY), np.uint8)
    values = [lapvar112(np.asarray(cv2.GaussianBlur(grey, (0, 0), sigma), np.uint8)) for sigma in (0.5, 1, 2, 4, 8)]
    assert values == sorted(values, reverse=True)


def test_a_face_at_the_edge_or_outside_never_fails(astronaut: NDArray[np.uint8]) -> None:
    for box in ([-50, -50, 20, 30], [500, 500, 600, 600], [511.6, 511.6, 512, 512], [10, 10, 10, 10]):
        measures, found, _ = grade_face(astronaut, np.array(box, np.float32), np.full((5, 2), np.nan, np.float32))
        assert measures.sharpness >= 0
        assert isinstance(found, Grade)


@pytest.mark.parametrize(("sharpness", "found"), [(19.9, Grade.BORDERLINE), (20.0, Grade.IDENTIFIABLE)])
def test_a_sharp_face_is_identifiable_from_one_cut_on(sharpness: float, found: Grade) -> None:
    assert grade(Measures(eye_distance=40, sharpness=sharpness))[0] is found
