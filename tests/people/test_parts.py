"""People in what a file holds beside the picture that it shows, of every kind that is read."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from skimage import data

from pdpo_audit.imaging import Limits, load_upright, open_picture, page_count
from pdpo_audit.model.locations.holdings import ImageRef, SkipReason
from pdpo_audit.model.people import FaceFailure, FaceReading, Grade
from pdpo_audit.people.face_pass import MOST_FRAMES, FaceJob, read_faces
from pdpo_audit.ports import FaceDetector
from tests.imaging.heifs import ROCKET, WHOLE, several
from tests.imaging.parted import apple_icon, cursor, film, icon, layered, transparent, with_smaller

Maker = Callable[[Image.Image, Image.Image], bytes]
MAKERS: dict[str, Maker] = {
    "its size of 255 x 255": icon,
    "its size of 256 x 256": apple_icon,
    "one of its layers": layered,
    "a smaller version in the file": with_smaller,
}


def looked(file: bytes, detector: FaceDetector, page: int = 0) -> FaceReading | FaceFailure:
    ref = ImageRef(source="share", locator=b"file")
    return read_faces(FaceJob(content=1, ref=ref, page=page), lambda: file, detector, Limits())


def coffee() -> Image.Image:
    return Image.fromarray(np.asarray(data.coffee())[:, 100:500]).resize((512, 512))  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("where", MAKERS)
def test_a_face_only_in_another_part(where: str, detector: FaceDetector, astronaut: NDArray[np.uint8]) -> None:
    found = looked(MAKERS[where](coffee(), Image.fromarray(astronaut)), detector)
    assert isinstance(found, FaceReading)
    (face,) = found.faces
    assert face.grade is Grade.IDENTIFIABLE and face.frame < 0
    assert face.reason.endswith(f"; in {where}")


def test_a_cursor_is_looked_through_like_an_icon(detector: FaceDetector, astronaut: NDArray[np.uint8]) -> None:
    found = looked(cursor(coffee(), Image.fromarray(astronaut)), detector)
    assert isinstance(found, FaceReading) and len(found.faces) == 1


@pytest.mark.parametrize("maker", MAKERS.values())
def test_parts_that_show_the_same_are_not_counted_twice(
    maker: Maker, detector: FaceDetector, astronaut: NDArray[np.uint8]
) -> None:
    shown = Image.fromarray(astronaut)
    found = looked(maker(shown, shown), detector)
    assert isinstance(found, FaceReading)
    assert [face.frame for face in found.faces] == [0]


@pytest.mark.parametrize(("form", "alpha"), [("PNG", 0), ("WEBP", 0), ("TIFF", 3), ("PNG", 20)])
def test_a_face_that_transparency_hides(
    form: str, alpha: int, detector: FaceDetector, astronaut: NDArray[np.uint8]
) -> None:
    found = looked(transparent(Image.fromarray(astronaut), form, alpha), detector)
    assert isinstance(found, FaceReading)
    assert any(face.reason.endswith("; in what its transparent parts hide") for face in found.faces)
    assert Grade.IDENTIFIABLE in {face.grade for face in found.faces}


def test_of_a_picture_with_a_hidden_corner_the_seen_face_counts_once(
    detector: FaceDetector, astronaut: NDArray[np.uint8]
) -> None:
    shown = np.dstack([astronaut, np.full((512, 512), 255, np.uint8)])
    shown[300:, 300:, 3] = 0
    found = looked(transparent_of(shown), detector)
    assert isinstance(found, FaceReading)
    assert [face.frame for face in found.faces] == [0]


def transparent_of(pixels: NDArray[np.uint8]) -> bytes:
    from io import BytesIO

    written = BytesIO()
    Image.fromarray(pixels).save(written, "PNG")
    return written.getvalue()


def test_each_picture_of_a_heic_file_is_a_page(detector: FaceDetector) -> None:
    file = several(ROCKET, WHOLE)
    assert page_count(open_picture(file, Limits())) == 2
    found = [looked(file, detector, page) for page in (0, 1)]
    assert [len(one.faces) for one in found if isinstance(one, FaceReading)] == [0, 1]


def test_the_pages_of_a_heic_file_do_not_depend_on_which_it_calls_its_main_one() -> None:
    one, other = several(ROCKET, WHOLE), several(ROCKET, WHOLE, main=2)
    pages = [
        [load_upright(file, max_side=None, limits=Limits(), page=page) for page in (0, 1)] for file in (one, other)
    ]
    assert all(np.array_equal(left, right) for left, right in zip(*pages, strict=True))
    assert not np.array_equal(pages[0][0], pages[0][1])


def test_a_film_that_is_not_looked_through_is_not_taken_for_one_without_people(detector: FaceDetector) -> None:
    blank = Image.new("RGB", (96, 96), "white")
    found = looked(film(blank, blank, MOST_FRAMES + 5), detector)
    assert isinstance(found, FaceFailure)
    assert found.skipped.reason is SkipReason.TOO_LARGE
    assert f"of {MOST_FRAMES + 5} frames that show something new {MOST_FRAMES} were looked at" in found.skipped.detail


def test_the_frames_of_a_film_are_looked_at_up_to_its_end(detector: FaceDetector, astronaut: NDArray[np.uint8]) -> None:
    face = Image.fromarray(astronaut[40:200, 150:310])
    blank = Image.new("RGB", face.size, "white")
    short = looked(film(blank, face, MOST_FRAMES - 1), detector)
    assert isinstance(short, FaceReading) and {one.frame for one in short.faces} == {MOST_FRAMES}
