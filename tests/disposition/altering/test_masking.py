"""Faces covered: in every format, at every turn, in every frame, and nothing else of the file with them."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image, ImageOps, ImageSequence

from pdpo_audit.disposition.altering.masking import mask
from pdpo_audit.disposition.altering.results import Altered, Cause, Refused
from pdpo_audit.disposition.altering.writers import coefficients
from pdpo_audit.imaging import Limits
from pdpo_audit.imaging.beyond.inner import inner_pictures
from pdpo_audit.metadata import facts_of
from pdpo_audit.model.people import Grade
from pdpo_audit.ports import FaceDetector
from tests.disposition.altering.conftest import BOX, PACKET, Pixels, Watching, coded, exif, face

pytestmark = pytest.mark.needs("turbojpeg")

#: Margin of the box (0.3), two units of a JPEG (16), and the seam.
REACH = int(0.3 * 120) + 16 + 3


def masked(data: bytes, **given: Any) -> Altered:
    result = mask(data, given.get("faces", [face(*BOX)]), given.get("detector", Watching([BOX])), Limits())
    assert isinstance(result, Altered), result
    return result


def shown(data: bytes) -> Pixels:
    with Image.open(BytesIO(data)) as image:
        return np.asarray(ImageOps.exif_transpose(image).convert("RGB"))


def hold(old: Pixels, new: Pixels) -> None:
    """The face is one colour, and what lies further away is as it was."""
    x, y, width, height = BOX
    inside = new[y : y + height, x : x + width]
    assert int(inside.max()) - int(inside.min()) <= 8
    apart = np.abs(new.astype(int) - old).max(axis=2)
    apart[max(0, y - REACH) : y + height + REACH, max(0, x - REACH) : x + width + REACH] = 0
    assert apart.max() <= 2
    assert np.abs(new.astype(int) - old).max() > 50  # the bound above is about something


def sources(portrait: Pixels) -> dict[str, bytes]:
    picture = Image.fromarray(portrait)
    deep = cv2.cvtColor(portrait.astype(np.uint16) * 257, cv2.COLOR_RGB2BGR)
    return {
        **{f"jpeg {s}": coded(portrait, "JPEG", quality=60, subsampling=s) for s in ("4:4:4", "4:2:2", "4:2:0")},
        "jpeg quality 100": coded(portrait, "JPEG", quality=100),
        "jpeg quality 5": coded(portrait, "JPEG", quality=5),
        "jpeg progressive": coded(portrait, "JPEG", quality=80, progressive=True),
        "jpeg restarts": coded(portrait, "JPEG", quality=80, restart_marker_blocks=3),
        "jpeg grey": coded(picture.convert("L"), "JPEG"),
        "jpeg cmyk": coded(picture.convert("CMYK"), "JPEG", quality=90),
        "png": coded(portrait, "PNG"),
        "png grey": coded(picture.convert("L"), "PNG"),
        "png palette": coded(picture.quantize(200), "PNG"),
        "png see-through": coded(picture.convert("RGBA"), "PNG"),
        "png black and white": coded(picture.convert("1"), "PNG"),
        "png 16 bits": bytes(cv2.imencode(".png", deep)[1]),
        "webp": coded(portrait, "WEBP", quality=70),
        "bmp": coded(portrait, "BMP"),
        "tiff lzw": coded(portrait, "TIFF", compression="tiff_lzw"),
        "tiff jpeg": coded(portrait, "TIFF", compression="jpeg"),
        "gif": coded(picture.quantize(256), "GIF"),
        "ppm": coded(portrait, "PPM"),
        "tga": coded(portrait, "TGA"),
    }


def test_every_format_that_is_written(portrait: Pixels) -> None:
    for name, data in sources(portrait).items():
        result = masked(data)
        with Image.open(BytesIO(data)) as old, Image.open(BytesIO(result.data)) as new:
            assert (new.format, new.size) == (old.format, old.size), name
            assert "progressive" not in name or new.info.get("progressive")
        hold(shown(data), shown(result.data))
        assert result.covered == 1 and result.furthest <= 2, name


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_picture_is_covered_where_it_is_seen(portrait: Pixels, orientation: int) -> None:
    """The file stores it turned, and says so; the face pass speaks of the upright one."""
    turn = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}.get(orientation)
    picture = Image.fromarray(portrait)
    lying = picture if turn is None else picture.transpose(Image.Transpose(turn))
    for format in ("JPEG", "PNG", "WEBP"):
        data = coded(lying, format, exif=exif(orientation=orientation))
        assert shown(data).shape == portrait.shape
        hold(shown(data), shown(masked(data).data))


def test_a_picture_that_cannot_be_written_becomes_a_png_and_says_so(portrait: Pixels) -> None:
    data = coded(portrait, "JPEG2000")
    result = masked(data)
    assert result.format == "PNG" and "the masked copy is a PNG" in result.notes[0]
    hold(shown(data), shown(result.data))


def test_what_a_jpeg_says_and_shows_besides_goes(portrait: Pixels) -> None:
    small = coded(Image.fromarray(portrait).resize((115, 120)), "JPEG")
    second = Image.fromarray(portrait[:, ::-1])
    data = coded(
        portrait, "MPO", save_all=True, append_images=[second], exif=exif(orientation=1, thumbnail=small), quality=90
    )
    data = data[:2] + b"\xff\xfe\x00\x12Chan Tai Man now" + data[2:]
    data = (
        data[:2]
        + b"\xff\xe1"
        + (len(PACKET) + 31).to_bytes(2, "big")
        + b"http://ns.adobe.com/xap/1.0/\0"
        + PACKET
        + data[2:]
    )
    with Image.open(BytesIO(data)) as image:
        assert len(inner_pictures(data, image)) == 2
    result = masked(data)
    with Image.open(BytesIO(result.data)) as image:
        assert inner_pictures(result.data, image) == []
        said = facts_of(result.data, image)
        assert image.getexif()[0x0112] == 1
    for text in (b"Chan Tai Man", "Chan Tai Man".encode("utf-16-le"), small[100:200]):
        assert text in data and text not in result.data
    assert said.artist == "Wong Siu Ming" and said.captured_at and not (said.persons or said.caption)
    assert any("further pictures" in note for note in result.notes)


def frames_of(data: bytes) -> list[Pixels]:
    with Image.open(BytesIO(data)) as image:
        return [np.asarray(frame.convert("RGB")) for frame in ImageSequence.Iterator(image)]


@pytest.mark.parametrize("format", ["GIF", "PNG", "WEBP"])
def test_every_frame_of_an_animation(portrait: Pixels, format: str) -> None:
    """Two frames differ in the face alone and come out equal; the face moves; a frame of another scene has nobody."""
    x, y, width, height = BOX
    blink = portrait.copy()
    blink[y + 30 : y + 40, x + 20 : x + 60] = 0
    scene, moved = np.ascontiguousarray(portrait[::-1]), np.roll(portrait, 20, axis=1)
    frames = [Image.fromarray(one).quantize(64) for one in (portrait, blink, moved, scene)]
    data = coded(frames[0], format, save_all=True, append_images=frames[1:], duration=[70, 130, 100, 200], loop=3)
    old = frames_of(data)
    assert len(old) == 4
    watching = Watching([BOX, (x + 20, y, width, height)])
    watching_scene = watching.examine

    def examine(image: Pixels) -> Any:
        flipped = abs(int(image[:20].mean()) - int(old[-1][:20].mean())) < 3 and not np.array_equal(image, old[0])
        return watching_scene(image) if not flipped else type(watching_scene(image))(faces=())

    watching.examine = examine  # type: ignore[method-assign]
    result = masked(data, detector=watching, faces=[])
    new = frames_of(result.data)
    with Image.open(BytesIO(data)) as before, Image.open(BytesIO(result.data)) as after:
        assert after.format == before.format and after.info.get("loop") == before.info.get("loop")
    assert len(new) in (len(old), len(old) - 1)  # writers join equal frames and their times
    if len(new) < len(old):
        new.insert(1, new[0])
    hold(old[0], new[0])
    hold(old[1], new[1])
    inside = new[2][y : y + height, x + 20 : x + 20 + width]
    assert int(inside.max()) - int(inside.min()) <= 8
    far = np.abs(new[3].astype(int) - old[3]).max(axis=2)
    far[max(0, y - REACH) : y + height + REACH, max(0, x - REACH) : x + width + REACH + 20] = 0
    assert far.max() <= 2


def test_a_gif_whose_table_is_full_is_filled_with_its_darkest_colour(portrait: Pixels) -> None:
    """Frames of 256 colours each, of which the second moves over the first."""
    bright = np.clip(portrait.astype(int) // 2 + 120, 0, 255).astype(np.uint8)
    frames = [Image.fromarray(np.roll(bright, 3 * n, axis=1)).quantize(256) for n in range(3)]
    data = coded(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=80)
    assert all(len(np.unique(one.reshape(-1, 3), axis=0)) == 256 for one in frames_of(data))
    result = masked(data, faces=[])
    for old, new in zip(frames_of(data), frames_of(result.data), strict=True):
        hold(old, new)


def test_the_real_pass_finds_nobody_afterwards(portrait: Pixels, detector: FaceDetector) -> None:
    data = coded(portrait, "JPEG", quality=85)
    result = masked(data, detector=detector, faces=detector.examine(shown(data)).faces)
    left = detector.examine(shown(result.data)).faces
    assert not [one for one in left if one.grade in (Grade.IDENTIFIABLE, Grade.BORDERLINE)]
    hold(shown(data), shown(result.data))


def test_what_the_pass_did_not_know_is_found_on_the_way(portrait: Pixels) -> None:
    other = (5, 5, 40, 40)
    result = masked(coded(portrait, "PNG"), detector=Watching([BOX, other]))
    assert result.covered == 2
    assert int(shown(result.data)[10:40, 10:40].max()) == 0


class Stubborn(Watching):
    def examine(self, image: Pixels) -> Any:
        return type(super().examine(image))(faces=(face(*BOX),))


def refused(data: bytes, **given: Any) -> Cause:
    result = mask(data, given.get("faces", [face(*BOX)]), given.get("detector", Watching([BOX])), Limits())
    assert isinstance(result, Refused) and result.said()
    return result.cause


def test_what_is_refused(portrait: Pixels, monkeypatch: pytest.MonkeyPatch) -> None:
    jpeg = coded(portrait, "JPEG")
    page = Image.fromarray(portrait)
    assert refused(coded(page, "TIFF", save_all=True, append_images=[page])) is Cause.SEVERAL_PAGES
    assert refused(coded(portrait, "ICO", sizes=[(64, 64)])) is Cause.NOT_WRITTEN
    assert refused(jpeg, detector=Watching([]), faces=[]) is Cause.NOTHING_THERE
    assert refused(jpeg, detector=Stubborn([BOX])) is Cause.FACES_LEFT
    assert refused(jpeg[: len(jpeg) // 2]) is Cause.UNREADABLE
    assert refused(b"no picture") is Cause.UNREADABLE
    monkeypatch.setattr(coefficients, "library", lambda: None)
    assert refused(jpeg) is Cause.NOT_INSTALLED


@pytest.mark.parametrize("format", ["PNG", "WEBP", "TIFF"])
def test_what_transparency_hides_is_taken_out(portrait: Pixels, format: str) -> None:
    picture = Image.fromarray(portrait).convert("RGBA")
    hidden = picture.copy()
    hidden.putalpha(0)
    picture.paste(hidden.crop((0, 0, 200, 60)), (0, 0))
    options = {"lossless": True, "exact": True} if format == "WEBP" else {}
    with Image.open(BytesIO(masked(coded(picture, format, **options)).data)) as new:
        values = np.asarray(new.convert("RGBA"))
    unseen = values[..., 3] == 0
    assert unseen.sum() > 1000 and values[unseen].max() == 0
    nearly = Image.fromarray(portrait)
    nearly.putalpha(10)
    assert refused(coded(nearly, "PNG")) is Cause.NOT_FAITHFUL
