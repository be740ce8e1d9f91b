"""The face pass over files: what is found, what fails, what is left untouched, what the thumbnail shows."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from pdpo_audit.imaging import Limits
from pdpo_audit.model.locations.holdings import ImageRef, SkipReason
from pdpo_audit.model.people import FaceFailure, FaceReading, Grade
from pdpo_audit.people.detectors.engines import DetectorSpec, open_detector
from pdpo_audit.people.detectors.graded import GradedDetector
from pdpo_audit.people.detectors.hits import Hits, no_hits
from pdpo_audit.people.detectors.recipe import CENTERFACE, Recipe
from pdpo_audit.people.face_pass import FaceJob, read_faces
from pdpo_audit.ports import FaceDetector
from pdpo_audit.sources.files import open_file
from tests.imaging.test_inner import hidden, honest, with_thumbnail


def job(path: Path, page: int = 0, *, thumbnail: bool = False) -> FaceJob:
    ref = ImageRef(source="share", locator=os.fsencode(path.name))
    return FaceJob(content=7, ref=ref, page=page, thumbnail=thumbnail)


def bytes_of(path: Path) -> Callable[[], bytes]:
    def read_now() -> bytes:
        file = open_file(bytes(path))
        try:
            return file.whole()
        finally:
            file.close()

    return read_now


def read(path: Path, detector: FaceDetector, page: int = 0) -> FaceReading:
    found = read_faces(job(path, page), bytes_of(path), detector, Limits())
    assert isinstance(found, FaceReading)
    return found


def test_a_portrait_is_found_and_graded(tmp_path: Path, detector: FaceDetector, astronaut: NDArray[np.uint8]) -> None:
    path = tmp_path / "a.png"
    Image.fromarray(astronaut).save(path)
    found = read(path, detector)
    assert (found.content, found.width, found.height, found.crowd) == (7, 512, 512, False)
    (face,) = found.faces
    assert face.grade is Grade.IDENTIFIABLE
    assert abs(face.x + face.width / 2 - 225) < 12
    assert abs(face.y + face.height / 2 - 118) < 15


def test_a_face_only_on_the_third_page(tmp_path: Path, detector: FaceDetector, astronaut: NDArray[np.uint8]) -> None:
    path = tmp_path / "scan.tif"
    blank = Image.new("RGB", (512, 512), "white")
    blank.save(path, save_all=True, append_images=[blank, Image.fromarray(astronaut)])
    assert [len(read(path, detector, page).faces) for page in range(3)] == [0, 0, 1]


@pytest.mark.parametrize("form", ["gif", "png", "webp"])
def test_a_face_only_in_a_later_frame(
    tmp_path: Path, detector: FaceDetector, astronaut: NDArray[np.uint8], form: str
) -> None:
    path = tmp_path / f"moving.{form}"
    blank, shown = Image.new("RGB", (512, 512), "white"), Image.fromarray(astronaut)
    blank.save(path, save_all=True, append_images=[blank, shown, shown], duration=100)
    (face,) = read(path, detector).faces  # the frame that repeats it is not looked at again
    assert face.grade is Grade.IDENTIFIABLE
    assert face.reason.endswith("; in frame " + str(face.frame + 1)) and face.frame in (1, 2)  # equal frames are joined


def test_an_animation_that_breaks_off_is_not_taken_for_one_without_people(
    tmp_path: Path, detector: FaceDetector, astronaut: NDArray[np.uint8]
) -> None:
    blank, whole, torn = Image.new("RGB", (512, 512), "white"), tmp_path / "whole.webp", tmp_path / "torn.webp"
    noise = Image.fromarray(np.random.default_rng(1).integers(0, 256, (512, 512, 3), dtype=np.uint8))
    blank.save(whole, save_all=True, append_images=[noise, Image.fromarray(astronaut)], duration=100)
    torn.write_bytes(whole.read_bytes()[:-20_000])
    assert isinstance(read_faces(job(torn), bytes_of(torn), detector, Limits()), FaceFailure)


def test_orientation_is_applied(tmp_path: Path, detector: FaceDetector, astronaut: NDArray[np.uint8]) -> None:
    path = tmp_path / "turned.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(np.rot90(astronaut)).save(path, exif=exif)
    (face,) = read(path, detector).faces
    assert abs(face.x + face.width / 2 - 225) < 12


def test_failures_are_values(tmp_path: Path, detector: FaceDetector) -> None:
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"\xff\xd8\xff\xe0 not a picture")
    found = read_faces(job(broken), bytes_of(broken), detector, Limits())
    assert isinstance(found, FaceFailure)
    assert found.skipped.ref.path == "broken.jpg"
    gone = read_faces(job(tmp_path / "gone.jpg"), bytes_of(tmp_path / "gone.jpg"), detector, Limits())
    assert isinstance(gone, FaceFailure)
    assert gone.skipped.reason is SkipReason.VANISHED


def test_too_large_is_a_value(tmp_path: Path, detector: FaceDetector) -> None:
    path = tmp_path / "a.png"
    Image.new("RGB", (100, 100)).save(path)
    for limits in (Limits(max_pixels=5000), Limits(max_file_bytes=20)):
        found = read_faces(job(path), bytes_of(path), detector, limits)
        assert isinstance(found, FaceFailure)
        assert found.skipped.reason is SkipReason.TOO_LARGE


def test_nothing_of_the_file_changes(tmp_path: Path, detector: FaceDetector, astronaut: NDArray[np.uint8]) -> None:
    path = tmp_path / "a.png"
    Image.fromarray(astronaut[:200, 100:350]).save(path)
    os.utime(path, ns=(10**18, 10**18))
    before = path.read_bytes()
    os.utime(path, ns=(10**18, 10**18))
    read(path, detector)
    after = path.stat()
    assert (after.st_mtime_ns, after.st_atime_ns) == (10**18, 10**18)
    assert path.read_bytes() == before


def test_nobody_is_recognisable_in_a_thumbnail(
    tmp_path: Path, detector: FaceDetector, astronaut: NDArray[np.uint8]
) -> None:
    path = tmp_path / "two.png"
    Image.fromarray(np.hstack([astronaut, astronaut[:, ::-1]])[40:260]).save(path)
    found = read_faces(job(path, thumbnail=True), bytes_of(path), detector, Limits())
    assert isinstance(found, FaceReading)
    assert len(found.faces) == 2
    pixels = cv2.imdecode(np.frombuffer(found.thumbnail, np.uint8), cv2.IMREAD_COLOR_RGB)
    assert pixels is not None
    assert max(pixels.shape[:2]) == 160
    grades = [face.grade for face in detector.examine(np.asarray(pixels, np.uint8)).faces]
    assert set(grades) <= {Grade.NOT_IDENTIFIABLE}


def test_what_a_second_look_dropped_is_counted(tmp_path: Path, astronaut: NDArray[np.uint8]) -> None:
    class Suspicious:
        """Takes a corner of the picture for a face, weakly, until it looks at the corner alone."""

        name, version, weights_sha256 = "suspicious", "1", ""

        def find(self, image: NDArray[np.uint8], threshold: float) -> Hits:
            if image.shape[:2] != astronaut.shape[:2]:
                return no_hits()
            corner = np.array([[300, 300, 360, 380]], np.float32)
            unknown = np.full((1, 5, 2), np.nan, np.float32)
            return Hits(boxes=corner, scores=np.array([0.35], np.float32), points=unknown)

    path = tmp_path / "a.png"
    Image.fromarray(astronaut).save(path)
    cautious = replace(CENTERFACE, doubtful=0.5, doubtful_large=0.5)
    found = read(path, GradedDetector(Recipe(engine=Suspicious(), judgement=cautious)))
    assert (found.faces, found.dropped) == ((), 2)  # once as it is, once mirrored


def test_the_face_pass_opens_no_socket(
    tmp_path: Path, astronaut: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*arguments: object) -> NoReturn:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    path = tmp_path / "a.png"
    Image.fromarray(astronaut[:256, 100:356]).save(path)
    assert len(read(path, open_detector(DetectorSpec())).faces) == 1


def test_faces_in_further_pictures_of_the_file(
    tmp_path: Path, detector: FaceDetector, astronaut: NDArray[np.uint8]
) -> None:
    plain, portrait = Image.new("RGB", (480, 480), (40, 90, 160)), Image.fromarray(astronaut)
    plain.paste(Image.fromarray(astronaut[300:, :200]), (10, 10))
    plain.save(tmp_path / "first.jpg")
    portrait.save(tmp_path / "second.jpg")
    both = tmp_path / "both.jpg"
    both.write_bytes((tmp_path / "first.jpg").read_bytes() + (tmp_path / "second.jpg").read_bytes())
    assert read(tmp_path / "first.jpg", detector).faces == ()
    (face,) = read(both, detector).faces
    assert (face.frame, face.grade) == (-1, Grade.IDENTIFIABLE)
    assert face.reason.endswith("in picture 2 in the file")


def test_a_face_that_only_the_thumbnail_still_shows(
    tmp_path: Path, detector: FaceDetector, astronaut: NDArray[np.uint8]
) -> None:
    whole = Image.fromarray(astronaut)
    covered = hidden(whole, (150, 40, 300, 210), "black")
    path = tmp_path / "covered.jpg"
    path.write_bytes(with_thumbnail(covered, honest(whole, "box")))
    (face,) = read(path, detector).faces
    assert (face.frame, face.grade) == (-1, Grade.BORDERLINE)
    assert face.reason.endswith("in the thumbnail in its EXIF data")
    path.write_bytes(with_thumbnail(whole, honest(whole, "box")))
    assert [face.frame for face in read(path, detector).faces] == [0]
