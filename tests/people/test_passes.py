"""Faces that only some passes can see: turned scans, panoramas, faces that fill the frame; and the tiling itself."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from pdpo_audit.imaging import Limits
from pdpo_audit.model.locations.holdings import ImageRef
from pdpo_audit.model.people import FaceReading, Grade
from pdpo_audit.people.detectors.passes import FINE, OVERLAP, TILE, spans
from pdpo_audit.people.face_pass import FaceJob, read_faces
from pdpo_audit.ports import FaceDetector


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_face_only_in_a_turned_scan(detector: FaceDetector, astronaut: NDArray[np.uint8], turns: int) -> None:
    upright = np.full((700, 500, 3), 245, np.uint8)
    upright[60:260, 120:320] = astronaut[20:220, 120:320]
    (face,) = detector.examine(np.ascontiguousarray(np.rot90(upright, -turns))).faces
    assert face.grade in (Grade.IDENTIFIABLE, Grade.BORDERLINE)
    marked = np.zeros((700, 500), np.uint8)
    marked[60 + 38 : 60 + 158, 120 + 61 : 120 + 150] = 1
    there = np.rot90(marked, -turns)[face.y : face.y + face.height, face.x : face.x + face.width]
    assert there.mean() > 0.6
    assert there.sum() > 0.6 * marked.sum()


def test_a_face_of_40_pixels_only_in_a_40_megapixel_panorama(
    tmp_path: Path, detector: FaceDetector, astronaut: NDArray[np.uint8]
) -> None:
    panorama = np.empty((2500, 16000, 3), np.uint8)
    panorama[:] = np.linspace(60, 200, 16000, dtype=np.uint8)[None, :, None]
    scale = 42 / 120
    small = cv2.resize(astronaut[0:256, 100:356], None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    panorama[1700 : 1700 + small.shape[0], 11111 : 11111 + small.shape[1]] = small
    path = tmp_path / "panorama.jpg"
    Image.fromarray(panorama).save(path, quality=92)
    job = FaceJob(content=1, ref=ImageRef(source="s", locator=b"panorama.jpg"))
    found = read_faces(job, path.read_bytes, detector, Limits())
    assert isinstance(found, FaceReading)
    (face,) = found.faces
    assert abs(face.x + face.width / 2 - (11111 + 125 * scale)) < 8
    assert abs(face.y + face.height / 2 - (1700 + 118 * scale)) < 8
    assert face.grade is not Grade.DOUBTFUL


@pytest.mark.parametrize(
    ("size", "height"), [((300, 12000), 44), ((12000, 300), 44), ((300, 12000), 200), ((120, 4000), 30)]
)
def test_a_face_in_a_strip(
    detector: FaceDetector, astronaut: NDArray[np.uint8], size: tuple[int, int], height: int
) -> None:
    strip = np.empty((*size, 3), np.uint8)
    strip[:] = np.linspace(60, 200, size[1], dtype=np.uint8)[None, :, None]
    part = astronaut[30:200, 130:320]
    small = cv2.resize(part, None, fx=height / 120, fy=height / 120, interpolation=cv2.INTER_AREA)
    top, left = (size[0] - small.shape[0]) // 2, (size[1] - small.shape[1]) // 2
    strip[top : top + small.shape[0], left : left + small.shape[1]] = small
    (face,) = detector.examine(strip).faces
    assert face.grade is not Grade.DOUBTFUL
    assert abs(face.height - height) < 0.35 * height


@pytest.mark.parametrize("height", [150, 600, 1200])
def test_a_portrait_that_fills_the_frame(detector: FaceDetector, astronaut: NDArray[np.uint8], height: int) -> None:
    close = cv2.resize(astronaut[20:220, 130:320], None, fx=height / 120, fy=height / 120)
    faces = [face for face in detector.examine(np.asarray(close, np.uint8)).faces if face.grade is Grade.IDENTIFIABLE]
    assert max(face.height for face in faces) > 0.6 * height


@settings(deadline=None)  # a busy machine is no failure
@given(st.integers(1, 100_000))
def test_tiles_cover_everything_and_overlap(length: int) -> None:
    found = spans(length)
    assert found[0][0] == 0
    assert found[-1][1] == length
    assert all(end - start <= max(TILE, FINE) for start, end in found)
    pairs = pairwise(found)
    assert all(left[1] - right[0] >= OVERLAP - 1 and left[0] < right[0] for left, right in pairs)


@pytest.mark.parametrize("shape", [(1, 1), (1, 5000), (5000, 1), (3, 800)])
def test_odd_shapes_hold_no_face_and_do_no_harm(detector: FaceDetector, shape: tuple[int, int]) -> None:
    assert detector.examine(np.full((*shape, 3), 128, np.uint8)).faces == ()
