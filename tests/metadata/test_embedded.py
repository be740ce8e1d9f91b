"""What Pillow's reader makes of EXIF, IPTC-IIM and XMP, whole and broken."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ExifTags, Image, TiffImagePlugin

from pdpo_audit.metadata import read_metadata
from pdpo_audit.metadata.facts import moment
from pdpo_audit.model.pictures import Metadata, NamedRegion

XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
  xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" xmlns:plus="http://ns.useplus.org/ldf/xmp/1.0/"
  xmlns:xmpRights="http://ns.adobe.com/xap/1.0/rights/"
  xmlns:ext="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
  xmlns:mwg="http://www.metadataworkinggroup.com/schemas/regions/" xmlns:area="http://ns.adobe.com/xmp/sType/Area#"
  xmlns:MP="http://ns.microsoft.com/photo/1.2/" xmlns:MPRI="http://ns.microsoft.com/photo/1.2/t/RegionInfo#"
  xmlns:MPReg="http://ns.microsoft.com/photo/1.2/t/Region#"
  photoshop:Credit="Harbour Light" plus:ModelReleaseStatus="http://ns.useplus.org/ldf/vocab/MR-UMR">
 <plus:MinorModelAgeDisclosure>AG-A17</plus:MinorModelAgeDisclosure>
 <plus:PropertyReleaseStatus rdf:resource="http://ns.useplus.org/ldf/vocab/PR-NON"/>
 <plus:LicenseEndDate>2025-01-31</plus:LicenseEndDate>
 <ext:DigitalSourceType>http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture</ext:DigitalSourceType>
 <dc:rights><rdf:Alt><rdf:li xml:lang="zh">版權</rdf:li>
  <rdf:li xml:lang="x-default">All rights</rdf:li></rdf:Alt></dc:rights>
 <xmpRights:UsageTerms><rdf:Alt><rdf:li xml:lang="x-default">Hong Kong only</rdf:li></rdf:Alt></xmpRights:UsageTerms>
 <dc:subject><rdf:Bag><rdf:li>party</rdf:li><rdf:li>child</rdf:li><rdf:li>party</rdf:li></rdf:Bag></dc:subject>
 <ext:PersonInImage><rdf:Bag><rdf:li>陳大文</rdf:li></rdf:Bag></ext:PersonInImage>
 <ext:PersonInImageWDetails><rdf:Bag><rdf:li rdf:parseType="Resource">
   <ext:PersonName><rdf:Alt><rdf:li xml:lang="x-default">Mary Lee</rdf:li></rdf:Alt></ext:PersonName></rdf:li></rdf:Bag>
 </ext:PersonInImageWDetails>
 <mwg:Regions rdf:parseType="Resource"><mwg:RegionList><rdf:Bag>
   <rdf:li><rdf:Description mwg:Name="Ann" mwg:Type="Face">
     <mwg:Area area:x="0.5" area:y="0.25" area:w="0.125" area:h="0.5" area:unit="normalized"/>
   </rdf:Description></rdf:li>
   <rdf:li rdf:parseType="Resource"><mwg:Name>Rex</mwg:Name><mwg:Type>Pet</mwg:Type></rdf:li>
 </rdf:Bag></mwg:RegionList></mwg:Regions>
 <MP:RegionInfo><rdf:Description><MPRI:Regions><rdf:Bag><rdf:li>
   <rdf:Description MPReg:Rectangle="0.25, 0.5, 0.25, 0.25" MPReg:PersonDisplayName="Joe"/></rdf:li></rdf:Bag>
 </MPRI:Regions></rdf:Description></MP:RegionInfo>
</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>"""


def reopened(image: Image.Image, form: str, **options: object) -> Metadata:
    """What is read of ``image`` saved as ``form``."""
    file = io.BytesIO()
    image.save(file, form, **options)
    return read_metadata(Image.open(file))


def grey() -> Image.Image:
    return Image.new("RGB", (32, 24), "grey")


def test_xmp_in_every_spelling_of_rdf() -> None:
    found = reopened(grey(), "JPEG", xmp=XMP.encode())
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


def test_entities_and_document_types_are_refused() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + XMP.split("?>", 1)[1].replace("Joe", "&b;")
    assert reopened(grey(), "JPEG", xmp=bomb.encode()) == Metadata(reader="pillow")


def test_a_broken_packet_costs_only_itself() -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Artist] = "Wong"
    assert reopened(grey(), "JPEG", xmp=XMP.encode()[:900], exif=exif).artist == "Wong"


@given(st.data())
def test_malformed_metadata_never_raises(data: st.DataObject) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Artist] = "Wong"
    exif[ExifTags.IFD.Exif] = {ExifTags.Base.DateTimeOriginal: "2019:05:06 07:08:09"}
    file = io.BytesIO()
    grey().save(file, "JPEG", xmp=XMP.encode(), exif=exif)
    raw = bytearray(file.getvalue())
    segments = raw.index(b"http://ns.adobe.com") + len(XMP.encode())
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
