"""ExifTool's answers map to the same facts as Pillow's reading; a hanging or dying program costs one answer."""

from __future__ import annotations

import io
import time
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import ExifTags, Image

from pdpo_audit.metadata import read_metadata
from pdpo_audit.metadata.exiftool import ExifTool, find_exiftool, of_tags
from pdpo_audit.model.pictures import NamedRegion


@pytest.fixture
def picture(packet: str) -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.Artist] = "Wong"
    exif[ExifTags.Base.Make], exif[ExifTags.Base.Model] = "Canon", "Canon EOS R5"
    exif[ExifTags.IFD.Exif] = {
        ExifTags.Base.DateTimeOriginal: "2019:05:06 07:08:09",
        ExifTags.Base.OffsetTimeOriginal: "+08:00",
    }
    file = io.BytesIO()
    Image.new("RGB", (32, 24), "grey").save(file, "JPEG", exif=exif, xmp=packet.encode())
    return file.getvalue()


@pytest.mark.needs("exiftool")
def test_both_readers_tell_the_same_facts(picture: bytes) -> None:
    with ExifTool(find_exiftool()) as tool:
        first, again, nothing = tool.read(picture), tool.read(picture), tool.read(bytes(64))
    assert first is not None
    assert first == again
    assert nothing is None
    assert first.reader == f"exiftool {tool.version}"
    assert replace(first, reader="") == replace(read_metadata(Image.open(io.BytesIO(picture))), reader="")


def test_tags_as_exiftool_writes_them() -> None:
    found = of_tags(
        {
            "XMP-mwg-rs:RegionInfo": {
                "RegionList": [
                    {"Area": {"X": 0.5, "Y": 0.25, "W": 0.125, "H": 0.5}, "Name": "Ann", "Type": "Face"},
                    {"Area": {"X": 0.5, "Y": 0.25, "W": 0.125, "H": 0.5}, "Name": "Rex", "Type": "Pet"},
                ]
            },
            "XMP-dc:Subject": ["party", 2024],
            "IPTC:Caption-Abstract": "陳大文".encode("big5").decode("cp1252"),
            "IPTC:DateCreated": "2020:02:03",
            "IPTC:TimeCreated": "04:05:06+08:00",
            "XMP-plus:ModelReleaseStatus": "MR-NON",
        }
    )
    assert found.regions == (NamedRegion(x=0.5, y=0.25, width=0.125, height=0.5, name="Ann"),)
    assert (found.keywords, found.caption, found.model_release) == (("party", "2024"), "陳大文", "MR-NON")
    assert found.captured_at is not None
    assert found.captured_at.isoformat() == "2020-02-03T04:05:06+08:00"


@pytest.mark.parametrize("body", ["exec sleep 60", "exit 1", "echo '{}{ready}'; cat > /dev/null", "exec yes"])
def test_a_broken_program_is_no_answer_and_no_hang(tmp_path: Path, picture: bytes, body: str) -> None:
    program = tmp_path / "exiftool"
    program.write_text(f'#!/bin/sh\n[ "$3" = "-ver" ] && {{ echo 99; exit; }}\n{body}\n')
    program.chmod(0o755)
    started = time.monotonic()
    with ExifTool(str(program), deadline_s=0.5) as tool:
        assert tool.read(picture) is None
        assert tool.read(picture) is None
    assert time.monotonic() - started < 10
