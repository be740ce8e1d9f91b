"""Which reader is asked: Pillow of every picture, ExifTool only where Pillow cannot look, or always if so set."""

from __future__ import annotations

import io
import struct
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from pdpo_audit import Workspace
from pdpo_audit.errors import MachineError
from pdpo_audit.metadata import ExifTool, facts_of, reader_of
from pdpo_audit.metadata.exiftool import find_exiftool
from pdpo_audit.workspace.project import ScanOptions

#: Answers as ExifTool does, and notes in a file beside it how often it was asked.
FAKE = """#!{python}
import json, pathlib, sys
if "-ver" in sys.argv:
    print("99.9")
    raise SystemExit
asked = pathlib.Path(__file__).with_name("asked")
for line in sys.stdin:
    if line.startswith("-execute"):
        asked.write_text(asked.read_text() + "x" if asked.exists() else "x")
        print(json.dumps([{{"XMP-iptcExt:PersonInImage": ["Chan Tai Man"], "IFD0:Artist": "Lee"}}]))
        print("{{ready}}", flush=True)
"""


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "bin" / "exiftool"
    path.parent.mkdir()
    path.write_text(FAKE.format(python=sys.executable))
    path.chmod(0o755)
    return path


def asked(program: Path) -> int:
    noted = program.with_name("asked")
    return len(noted.read_text()) if noted.exists() else 0


def jpeg(**extra: bytes) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (32, 24), "grey").save(file, "JPEG", **extra)
    return file.getvalue()


def photoshop(packet: str) -> bytes:
    """A 1 x 1 PSD with an XMP packet (Adobe Photoshop file formats: resource 1060)."""
    xmp = packet.encode()
    block = b"8BIM" + struct.pack(">HHI", 1060, 0, len(xmp)) + xmp + b"\0" * (len(xmp) % 2)
    head = b"8BPS" + struct.pack(">H6xHIIHH", 1, 3, 1, 1, 8, 3)
    return head + struct.pack(">I", 0) + struct.pack(">I", len(block)) + block + struct.pack(">I", 0) + b"\0\0\1\2\3"


def extended(packet: str) -> bytes:
    """A JPEG whose packet stands in extension segments alone, as long ones do (XMP part 3, 1.1.3.1)."""
    body = b"http://ns.adobe.com/xmp/extension/\0" + b"0" * 32 + struct.pack(">II", len(packet.encode()), 0)
    body += packet.encode()
    plain = jpeg()
    return plain[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + plain[2:]


def png_chunk_behind_pixels(packet: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (32, 24), "grey").save(file, "PNG")
    body = b"iTXtXML:com.adobe.xmp\0\0\0\0\0" + packet.encode()
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    plain = file.getvalue()
    return plain[:-12] + chunk + plain[-12:]


def opened(data: bytes) -> Image.Image | None:
    try:
        return Image.open(io.BytesIO(data))
    except OSError:
        return None


@pytest.mark.parametrize(
    ("make", "times"), [(lambda _: jpeg(), 0), (lambda packet: jpeg(xmp=packet.encode()), 0), (extended, 1)]
)
def test_it_is_asked_only_where_pillow_saw_less_than_the_file_carries(
    program: Path, packet: str, make: Callable[[str], bytes], times: int
) -> None:
    data = make(packet)
    with ExifTool(str(program)) as tool:
        found = facts_of(data, opened(data), tool)
        assert asked(program) == times
        assert found.reader == ("exiftool 99.9" if times else "pillow")
        facts_of(data, opened(data), tool, always=True)
    assert asked(program) == times + 1


def test_a_picture_that_nothing_opens_has_facts_all_the_same(program: Path, packet: str) -> None:
    with ExifTool(str(program)) as tool:
        assert facts_of(photoshop(packet), None, tool).persons == ("Chan Tai Man",)
    assert facts_of(photoshop(packet), None) == facts_of(b"", None)


def test_where_it_fails_pillows_reading_stands(packet: str) -> None:
    data = jpeg(xmp=packet.encode())
    with ExifTool("/bin/false") as tool:
        assert facts_of(data, opened(data), tool, always=True) == facts_of(data, opened(data))


@pytest.mark.needs("exiftool")
@pytest.mark.parametrize("make", [photoshop, png_chunk_behind_pixels])
def test_the_real_program_finds_what_pillow_cannot(packet: str, make: Callable[[str], bytes]) -> None:
    data = make(packet)
    image = opened(data) if make is png_chunk_behind_pixels else None
    with ExifTool(find_exiftool()) as tool:
        assert facts_of(data, image, tool).persons == ("陳大文", "Mary Lee")
    assert facts_of(data, image).persons == ()


def test_settings_name_the_reader(monkeypatch: pytest.MonkeyPatch, program: Path) -> None:
    monkeypatch.setenv("PATH", str(program.parent))
    assert (reader_of("auto").program, reader_of("auto").always) == (str(program), False)
    assert reader_of("exiftool").always
    assert not reader_of("pillow").program
    monkeypatch.setenv("PATH", "")
    assert not reader_of("auto").program
    with pytest.raises(MachineError, match="not installed"):
        reader_of("exiftool")


@pytest.mark.parametrize(("reader", "expected"), [("auto", ["P3", "unknown"]), ("pillow", ["unknown", "unknown"])])
def test_a_scan_reads_the_names_in_a_file_that_it_cannot_decode(
    tmp_path: Path, program: Path, packet: str, monkeypatch: pytest.MonkeyPatch, reader: str, expected: list[str]
) -> None:
    monkeypatch.setenv("PATH", str(program.parent))
    folder = tmp_path / "share"
    folder.mkdir()
    (folder / "a.psd").write_bytes(photoshop(packet))
    (folder / "b.jpg").write_bytes(jpeg())
    workspace = Workspace.create(tmp_path / "audit")
    workspace.add(folder)
    settings = workspace.project.settings_path
    settings.write_text(settings.read_text().replace('reader = "auto"', f'reader = "{reader}"'))
    workspace.project.reload()
    assert workspace.project.settings.metadata.reader == reader
    workspace.scan(ScanOptions(workers=0, people="off"))
    assert list(workspace.table("holdings").sort_values("path")["people_level"]) == expected
    assert asked(program) == (reader == "auto")
