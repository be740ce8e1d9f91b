"""Names taken out of files: every text that tells who is shown goes, every coded pixel and every credit stays."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import Image, PngImagePlugin, TiffImagePlugin

from pdpo_audit.disposition.altering.results import Altered, Cause, Refused
from pdpo_audit.disposition.altering.stripping import strip
from pdpo_audit.fingerprints.digests import image_digest
from pdpo_audit.imaging import Limits, open_picture
from pdpo_audit.imaging.beyond.inner import inner_pictures
from pdpo_audit.imaging.readers.reading import content_format
from pdpo_audit.metadata import facts_of
from pdpo_audit.model.pictures import Metadata
from pdpo_audit.people.levels import level_of
from tests.disposition.altering.conftest import PACKET, Pixels, coded, exif, face

NAME = "Chan Tai Man"


def iim() -> bytes:
    """Photoshop's block with a caption, a keyword and who took it."""
    fields = ((80, b"Wong Siu Ming"), (120, b"Chan Tai Man, at work"), (25, b"Chan Tai Man"), (110, b"Harbour Light"))
    body = b"".join(b"\x1c\x02" + bytes((tag,)) + len(value).to_bytes(2, "big") + value for tag, value in fields)
    return b"8BIM\x04\x04\0\0" + len(body).to_bytes(4, "big") + body + b"\0" * (len(body) & 1)


def jpeg(portrait: Pixels, **more: Any) -> bytes:
    data = coded(portrait, "JPEG", exif=exif(), xmp=PACKET, comment=NAME, quality=80, **more)
    block = b"Photoshop 3.0\0" + iim()
    return data[:2] + b"\xff\xed" + (len(block) + 2).to_bytes(2, "big") + block + data[2:]


def png(portrait: Pixels) -> bytes:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Description", NAME)
    texts.add_text("Comment", f"{NAME} again", zip=True)
    texts.add_text("Author", "Wong Siu Ming")
    texts.add_itxt("XML:com.adobe.xmp", PACKET.decode(), zip=True)
    return coded(portrait, "PNG", pnginfo=texts, exif=exif())


def tiff(portrait: Pixels) -> bytes:
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[270], tags[315], tags[700] = NAME, "Wong Siu Ming", PACKET
    tags.tagtype[700] = 1
    tags[0x9C9F] = NAME.encode("utf-16-le") + b"\0\0"
    tags.tagtype[0x9C9F] = 1
    page = Image.fromarray(portrait)
    return coded(page, "TIFF", compression="tiff_lzw", tiffinfo=tags, save_all=True, append_images=[page.convert("L")])


def gif(portrait: Pixels) -> bytes:
    return coded(Image.fromarray(portrait).quantize(64), "GIF", comment=NAME.encode())


def read(data: bytes) -> Metadata:
    return facts_of(data, open_picture(data, Limits()))


@pytest.mark.parametrize("make", [jpeg, png, tiff, gif, lambda p: coded(p, "WEBP", exif=exif(), xmp=PACKET)])
def test_names_go_and_pictures_stay(portrait: Pixels, make: Any) -> None:
    data = make(portrait)
    before, format = read(data), content_format(data)
    assert before.persons or before.caption or before.remarks
    result = strip(data, Limits())
    assert isinstance(result, Altered), result
    after = read(result.data)
    assert not (
        after.persons or after.regions or after.caption or after.keywords or after.remarks or after.model_release
    )
    for form in (NAME.encode(), NAME.encode("utf-16-le")):
        assert form not in result.data
    assert after.artist == before.artist and after.captured_at == before.captured_at
    assert image_digest(result.data, format) == image_digest(data, format)
    with Image.open(BytesIO(data)) as old, Image.open(BytesIO(result.data)) as new:
        for page in range(getattr(old, "n_frames", 1)):
            old.seek(page)
            new.seek(page)
            assert np.array_equal(np.asarray(old), np.asarray(new))


def test_the_level_falls_from_named_to_recognisable(portrait: Pixels) -> None:
    data = jpeg(portrait)
    result = strip(data, Limits())
    assert isinstance(result, Altered)
    shown = [face(87, 68, 88, 120)]
    assert [level_of(shown, read(one)).level.value for one in (data, result.data)] == ["P3", "P2"]


def test_pictures_behind_the_first_stay_where_they_are(portrait: Pixels) -> None:
    small = coded(Image.fromarray(portrait).resize((115, 120)), "JPEG")
    second = Image.fromarray(portrait[:, ::-1])
    data = coded(portrait, "MPO", save_all=True, append_images=[second], exif=exif(orientation=6, thumbnail=small))
    result = strip(data, Limits())
    assert isinstance(result, Altered), result
    assert len(result.data) == len(data)
    found = [inner_pictures(one, open_picture(one, Limits())) for one in (data, result.data)]
    assert [one.kind for one in found[0]] == [one.kind for one in found[1]] and len(found[0]) == 2
    old, new = ([one.pixels(portrait) for one in some] for some in found)
    assert all(np.array_equal(before, after) for before, after in zip(old, new, strict=True))
    assert any("were not looked through" in note for note in result.notes)


def test_a_name_that_cannot_be_reached_is_no_success(portrait: Pixels) -> None:
    data = jpeg(portrait) + b"\0" * 40 + f"a film of {NAME}".encode()
    result = strip(data, Limits())
    assert isinstance(result, Refused) and result.cause is Cause.NAMES_LEFT


def test_what_is_refused(portrait: Pixels) -> None:
    def cause(data: bytes) -> Cause:
        result = strip(data, Limits())
        assert isinstance(result, Refused)
        return result.cause

    plain = coded(portrait, "JPEG")
    assert cause(plain) is Cause.NOTHING_THERE
    assert cause(coded(portrait, "BMP")) is Cause.NOT_WRITTEN
    assert cause(b"nothing") is Cause.UNREADABLE
