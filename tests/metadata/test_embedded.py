"""What Pillow's reader makes of EXIF, IPTC-IIM and XMP, whole and broken."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image, TiffImagePlugin

from pdpo_audit.metadata import read_metadata
from pdpo_audit.metadata.facts import moment
from pdpo_audit.model.pictures import Metadata, NamedRegion


def reopened(image: Image.Image, form: str, **options: object) -> Metadata:
    """What is read of ``image`` saved as ``form``."""
    file = io.BytesIO()
    image.save(file, form, **options)
    return read_metadata(Image.open(file))


def grey() -> Image.Image:
    return Image.new("RGB", (32, 24), "grey")


def test_xmp_in_every_spelling_of_rdf(packet: str) -> None:
    found = reopened(grey(), "JPEG", xmp=packet.encode())
    assert found == Metadata(
        reader="pillow",
        rights="All rights",
        usage_terms="Hong Kong only",
        credit="Harbour Light",
        keywords=("party", "child"),
        persons=("陳大文", "Mary Lee"),
        regions=(
            NamedRegion(x=0.5, y=0.25, width=0.125, height=0.5, name="Ann"),
            NamedRegion(x=0.375, y=0.625, width=0.25, height=0.25, name="Joe"),
        ),
        model_release="MR-UMR",
        minor_age="AG-A17",
        property_release="PR-NON",
        licence_ends_on=date(2025, 1, 31),
        digital_source_type="digitalCapture",
    )


def test_capture_time_takes_the_offset_and_never_the_file_change_tag() -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.DateTime] = "2026:01:01 00:00:00"
    assert reopened(grey(), "JPEG", exif=exif).captured_at is None
    detail = {ExifTags.Base.DateTimeDigitized: "2020:02:03 04:05:06", ExifTags.Base.OffsetTimeDigitized: "-03:30"}
    exif[ExifTags.IFD.Exif] = detail
    digitised = datetime(2020, 2, 3, 4, 5, 6, tzinfo=timezone(timedelta(hours=-3, minutes=-30)))
    assert reopened(grey(), "JPEG", exif=exif).captured_at == digitised
    exif = Image.Exif()
    exif[ExifTags.IFD.Exif] = detail | {ExifTags.Base.DateTimeOriginal: "2019:05:06 07:08:09"}
    assert reopened(grey(), "JPEG", exif=exif).captured_at == datetime(2019, 5, 6, 7, 8, 9)  # noqa: DTZ001


def test_iim_texts_are_read_in_utf8_and_big5() -> None:
    fields = [(1, 90, b"\x1b%G"), (2, 25, "派對".encode()), (2, 120, b"At the pier"), (2, 80, b"Bob")]
    info = TiffImagePlugin.ImageFileDirectory_v2()
    info.tagtype[33723] = 7
    info[33723] = block(fields)
    found = reopened(grey(), "TIFF", tiffinfo=info)
    assert (found.keywords, found.caption, found.artist) == (("派對",), "At the pier", "Bob")
    info[33723] = block([(2, 120, "陳大文在中環碼頭".encode("big5")), (2, 80, "José Müller".encode("latin-1"))])
    found = reopened(grey(), "TIFF", tiffinfo=info)
    assert (found.caption, found.artist) == ("陳大文在中環碼頭", "José Müller")


def block(fields: list[tuple[int, int, bytes]]) -> bytes:
    return b"".join(
        bytes([0x1C, record, dataset]) + len(raw).to_bytes(2, "big") + raw for record, dataset, raw in fields
    )


def test_entities_and_document_types_are_refused(packet: str) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + packet.split("?>", 1)[1].replace("Joe", "&b;")
    outside = '<!DOCTYPE x SYSTEM "http://127.0.0.1/x.dtd">' + packet.split("?>", 1)[1]
    for hostile in (bomb, outside):
        assert reopened(grey(), "JPEG", xmp=hostile.encode()) == Metadata(reader="pillow")


def test_a_broken_packet_costs_only_itself(packet: str) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Artist] = "Wong"
    assert reopened(grey(), "JPEG", xmp=packet.encode()[:900], exif=exif).artist == "Wong"


@settings(deadline=None)  # a busy machine is no failure
@given(data=st.data())
def test_malformed_metadata_never_raises(packet: str, data: st.DataObject) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Artist] = "Wong"
    exif[ExifTags.IFD.Exif] = {ExifTags.Base.DateTimeOriginal: "2019:05:06 07:08:09"}
    file = io.BytesIO()
    grey().save(file, "JPEG", xmp=packet.encode(), exif=exif)
    raw = bytearray(file.getvalue())
    segments = raw.index(b"http://ns.adobe.com") + len(packet.encode())
    for place in data.draw(st.lists(st.integers(24, segments), max_size=40)):
        raw[place] = data.draw(st.integers(0, 255))
    try:
        image = Image.open(io.BytesIO(bytes(raw)))
    except (OSError, SyntaxError, ValueError):
        return  # no longer an image: not the metadata's concern
    assert read_metadata(image).reader == "pillow"


@pytest.mark.parametrize(
    ("text", "offset", "expected"),
    [
        ("2024:05:01 10:20:30", "Z", datetime(2024, 5, 1, 10, 20, 30, tzinfo=UTC)),
        ("0000:00:00 00:00:00", "", None),
        ("2024:13:01 10:20:30", "", None),
        ("    :  :     :  :  ", "", None),
        ("1000:01:01 00:00:00", "", None),
        ("2024-05-01T10:20:30.25", "+0800", datetime(2024, 5, 1, 10, 20, 30, tzinfo=timezone(timedelta(hours=8)))),
        ("2024-05-01T10:20:30", "nonsense", datetime(2024, 5, 1, 10, 20, 30)),  # noqa: DTZ001
    ],
)
def test_moments(text: str, offset: str, expected: datetime | None) -> None:
    assert moment(text, offset) == expected
