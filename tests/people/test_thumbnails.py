"""Faces are covered and the rest stays, also where a detector goes on seeing faces in the blocks."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pdpo_audit.model.people import Face, Grade, Seen
from pdpo_audit.people.arrays import Pixels
from pdpo_audit.people.thumbnails import pixelated_thumbnail


def face(grade: Grade, x: int = 100, y: int = 100, side: int = 80) -> Face:
    return Face(x=x, y=y, width=side, height=side, score=0.9, eye_distance_px=30, sharpness=200, grade=grade, reason="")


class Stubborn:
    """A detector that sees faces in whatever it is shown."""

    version = name = weights_sha256 = "stubborn"

    def __init__(self, *seen: Face) -> None:
        self.seen = seen

    def examine(self, _: Pixels) -> Seen:
        return Seen(faces=self.seen)


def noise() -> Pixels:
    """Grey squares of eight pixels: what is covered by blocks of twenty or more differs everywhere."""
    squares = np.random.default_rng(3).integers(0, 256, (50, 50), np.uint8)
    return np.repeat(np.kron(squares, np.ones((8, 8), np.uint8))[:, :, None], 3, axis=2)


def shown(image: Pixels, known: Face, *seen: Face) -> Pixels:
    jpeg = pixelated_thumbnail(image, [known], Stubborn(*seen), longest=400)
    return np.asarray(cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR), np.uint8)


def differs(image: Pixels, made: Pixels, x: int, y: int, side: int) -> float:
    part = (slice(y, y + side), slice(x, x + side))
    return float(np.abs(image[part].astype(int) - made[part].astype(int)).mean())


@pytest.mark.parametrize("grade", [Grade.IDENTIFIABLE, Grade.DOUBTFUL])
def test_a_detector_that_finds_no_end_costs_the_faces_and_not_the_picture(grade: Grade) -> None:
    image = noise()
    made = shown(image, face(grade), face(grade), face(grade, x=105, y=98, side=60))
    assert differs(image, made, 100, 100, 80) > 15
    assert differs(image, made, 240, 240, 150) < 6


def test_what_is_found_on_a_second_look_is_covered_too() -> None:
    image = noise()
    made = shown(image, face(Grade.IDENTIFIABLE), face(Grade.BORDERLINE, x=250, y=250, side=60))
    assert differs(image, made, 250, 250, 60) > 15 and differs(image, made, 0, 300, 90) < 6


def test_a_doubtful_face_is_covered_without_the_margin_of_others() -> None:
    image = noise()
    doubtful, sure = (shown(image, face(grade)) for grade in (Grade.DOUBTFUL, Grade.IDENTIFIABLE))
    assert differs(image, doubtful, 80, 80, 18) < 6 < 12 < differs(image, sure, 80, 80, 18)
