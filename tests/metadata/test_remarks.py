"""Names are read wherever people's software writes them, not in captions alone."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from PIL import ExifTags, Image, PngImagePlugin

from pdpo_audit.catalogue.stated.documents import read_metadata as stored
from pdpo_audit.catalogue.stated.documents import write_metadata
from pdpo_audit.metadata.embedded import read_metadata
from pdpo_audit.people.naming import naming_of

SAID = "陳大文先生出席典禮"
TREE = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description xmlns:l="http://ns.adobe.com/lightroom/1.0/" xmlns:d="http://www.digikam.org/ns/1.0/"><{0}>'
    "<rdf:Bag><rdf:li>{1}</rdf:li></rdf:Bag></{0}></rdf:Description></rdf:RDF></x:xmpmeta>"
)


def read(kind: str, **ways: Any) -> tuple[str, ...]:
    file = BytesIO()
    Image.new("RGB", (8, 8)).save(file, kind, **ways)
    metadata = read_metadata(Image.open(BytesIO(file.getvalue())))
    assert stored(write_metadata(metadata)) == metadata
    return naming_of(metadata).names


def exif(tag: int, value: bytes) -> Image.Exif:
    made = Image.Exif()
    if tag == ExifTags.Base.UserComment:
        made.get_ifd(ExifTags.IFD.Exif)[tag] = value
    else:
        made[tag] = value
    return made


@pytest.mark.parametrize("tag", [0x9C9B, 0x9C9C, 0x9C9E, 0x9C9F])
def test_what_windows_writes(tag: int) -> None:
    assert read("JPEG", exif=exif(tag, SAID.encode("utf-16-le") + b"\0\0")) == ("陳大文",)


@pytest.mark.parametrize(
    "comment",
    [
        b"UNICODE\0" + SAID.encode("utf-16-le"),
        b"UNICODE\0" + SAID.encode("utf-16-be"),
        b"UNICODE\0" + SAID.encode("utf-16"),
        b"ASCII\0\0\0" + SAID.encode(),
        b"\0" * 8 + SAID.encode("big5"),
        SAID.encode(),
    ],
)
def test_the_users_comment_in_any_byte_order(comment: bytes) -> None:
    assert read("JPEG", exif=exif(ExifTags.Base.UserComment, comment)) == ("陳大文",)


def test_comments_of_jpeg_and_texts_of_png() -> None:
    assert read("JPEG", comment=SAID.encode()) == ("陳大文",)
    texts = PngImagePlugin.PngInfo()
    texts.add_itxt("Description", SAID)
    assert read("PNG", pnginfo=texts) == ("陳大文",)


@pytest.mark.parametrize("path", ["People|Chan Tai Man", "人物/家人/Siu Ming"])
@pytest.mark.parametrize("name", ["l:hierarchicalSubject", "d:TagsList"])
def test_a_keyword_below_people_names_a_person(name: str, path: str) -> None:
    assert read("JPEG", xmp=TREE.format(name, path).encode()) == (path.replace("|", "/").rpartition("/")[2],)
    assert read("JPEG", xmp=TREE.format(name, "Places|Lantau|Mui Wo").encode()) == ()
