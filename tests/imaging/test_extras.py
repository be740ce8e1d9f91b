"""What lies behind the end of a picture is told by its kind; padding is nothing."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from pdpo_audit.imaging.beyond.extras import extra_of

PICTURE = Image.effect_noise((64, 48), 60).convert("RGB")


def coded(form: str, **options: object) -> bytes:
    file = BytesIO()
    PICTURE.save(file, form, **options)
    return file.getvalue()


FILES = {
    "JPEG": coded("JPEG"),
    "progressive": coded("JPEG", progressive=True),
    "PNG": coded("PNG"),
    "WEBP": coded("WEBP", lossless=True),
    "GIF": coded("GIF"),
    "moving": coded("GIF", save_all=True, append_images=[PICTURE.rotate(90).resize((64, 48))]),
}
FORMS = {"progressive": "JPEG", "moving": "GIF"}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize(
    ("rest", "kind"),
    [
        (coded("JPEG"), "another picture (JPEG)"),
        (coded("PNG"), "another picture (PNG)"),
        (b"PK\x03\x04" + bytes(range(100)), "an archive (ZIP)"),
        (b"\0\0\0\x18ftypmp42" + bytes(range(1, 100)), "a film or motion photo"),
        (b"%PDF-1.7" + bytes(range(1, 100)), "a document (PDF)"),
        (bytes(range(1, 120)), "something that is no known format"),
    ],
    ids=["jpeg", "png", "zip", "film", "pdf", "unknown"],
)
def test_what_lies_behind_is_told_by_its_kind(name: str, rest: bytes, kind: str) -> None:
    data, form = FILES[name], FORMS.get(name, name)
    assert extra_of(data, form) is None
    assert extra_of(data + bytes(500), form) is None  # padding
    found = extra_of(data + bytes(7) + rest, form)
    assert found is not None and (found.kind, found.size) == (kind, 7 + len(rest))
    assert f"{7 + len(rest):,} bytes lie behind the end of the picture: {kind}" in found.note()


@pytest.mark.parametrize("name", FILES)
def test_torn_files_have_no_end(name: str) -> None:
    data, form = FILES[name], FORMS.get(name, name)
    for length in range(0, len(data), 37):
        extra_of(data[:length], form)  # never an error
    assert extra_of(data[: len(data) // 2], form) is None


def test_a_gain_map_is_told_from_another_picture() -> None:
    gains = coded("JPEG", comment=b'<rdf hdrgm:Version="1.0"/>')
    alone = extra_of(FILES["JPEG"] + gains, "JPEG")
    assert alone is not None and alone.kind.startswith("a gain map") and alone.note().endswith("not examined")
    both = extra_of(FILES["JPEG"] + gains + coded("JPEG"), "JPEG")
    assert both is not None and both.note().endswith("people are looked for in it")
