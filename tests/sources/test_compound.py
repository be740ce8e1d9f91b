"""Files of Outlook, Office before 2007 and the thumbnail caches of Windows: what lies in them, and what is wrong."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable

import pytest
from PIL import Image

from pdpo_audit.imaging import sniff
from pdpo_audit.model.locations.holdings import ImageProblem, SkipReason
from pdpo_audit.sources.containers.members import Budget, Member
from pdpo_audit.sources.containers.opening import members, read_member
from tests.sources.packing import Files
from tests.sources.packing_ole import blip, cache, compound, outlook, sheets, slides, thumbs, winmail
from tests.sources.test_containers import JPEG, taken_out

BIG = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 50  # more than a record of a workbook or a small stream holds
FILES = {"a.jpg": JPEG, "夏 b.jpg": BIG}


@pytest.mark.parametrize(
    ("outer", "pack", "way"),
    [
        ("mail.msg", outlook, "{name}"),
        ("old.ppt", slides, "Pictures/picture {number}.jpg"),
        ("old.xls", sheets, "Workbook/picture {number}.jpg"),
        ("Thumbs.db", thumbs, "{name}"),
        ("thumbcache_96.db", cache, "{number:016x}.jpg"),
        ("winmail.dat", winmail, "{name}"),
    ],
)
def test_members_come_out_byte_for_byte(outer: str, pack: Callable[[Files], bytes], way: str) -> None:
    data = pack(FILES)
    expected = {
        way.format(name=name, number=number).encode(): content
        for number, (name, content) in enumerate(FILES.items(), 1)
    }
    assert taken_out(outer, data) == expected
    _, format = sniff(data[:512], outer.encode())
    for name, content in expected.items():
        assert read_member(format, data, outer.encode(), name) == content


def test_a_message_inside_a_message_is_named_by_its_subject() -> None:
    found = taken_out("mail.msg", outlook({"a.jpg": JPEG}, inner={"a.jpg": BIG}))
    assert found == {b"a.jpg": JPEG, b"Fwd: older.msg/a.jpg": BIG}


def test_thumbnails_say_of_which_file_they_were_made() -> None:
    notes = {
        one.name: one.note() for one in members("OLE", thumbs(FILES), b"Thumbs.db", Budget()) if isinstance(one, Member)
    }
    assert notes[b"a.jpg"] == "cached thumbnail of a.jpg"


def test_bitmaps_and_drawings_in_documents_are_whole_files() -> None:
    bitmap = io.BytesIO()
    Image.linear_gradient("L").resize((8, 8)).save(bitmap, "BMP")
    drawing = zlib.compress(b"\x01\0\0\0 a drawing")
    record = bytes(32) + b"\x00\xfe" + drawing  # size, frame, extent, packed size; packed by deflate
    held = blip(bitmap.getvalue()[14:], b"\x80\x7a\x1f\xf0")
    held += b"\x40\x3d\x1a\xf0" + struct.pack("<I", 16 + len(record)) + bytes(16) + record
    found = taken_out("letter.doc", compound({("Data",): b"before" + held}))
    assert found == {b"Data/picture 1.bmp": bitmap.getvalue(), b"Data/picture 2.emf": b"\x01\0\0\0 a drawing"}


def test_files_dropped_into_a_document_are_members() -> None:
    native = (
        b"\2\0a.jpg\0C:\\a.jpg\0\0\0\3\0" + struct.pack("<I", 9) + b"C:\\a.jpg\0" + struct.pack("<I", len(JPEG)) + JPEG
    )
    packed = compound(
        {
            ("ObjectPool", "_1", "\x01Ole10Native"): struct.pack("<I", len(native)) + native,
            ("ObjectPool", "_2", "CONTENTS"): BIG,
        }
    )
    assert taken_out("letter.doc", packed) == {b"ObjectPool/_1/a.jpg": JPEG, b"ObjectPool/_2/CONTENTS": BIG}


@pytest.mark.parametrize(
    ("outer", "streams"),
    [
        ("a.docx", {("EncryptedPackage",): b"x", ("EncryptionInfo",): b"y"}),
        ("a.doc", {("WordDocument",): bytes(11) + b"\1" + bytes(20)}),
        ("a.xls", {("Workbook",): struct.pack("<HHI", 0x2F, 4, 0)}),
        ("a.ppt", {("Current User",): bytes(12) + b"\xdf\xc4\xd1\xf3"}),
    ],
)
def test_what_is_encrypted_says_so(outer: str, streams: dict[tuple[str, ...], bytes]) -> None:
    data = compound(streams)
    try:
        reasons = set(taken_out(outer, data).values())
    except ImageProblem as problem:
        reasons = {problem.reason}
    assert reasons == {SkipReason.CONTAINER_NOT_OPENED}


@pytest.mark.parametrize("pack", [outlook, slides, sheets, thumbs, cache, winmail])
def test_a_torn_file_gives_what_is_there_and_a_reason(pack: Callable[[Files], bytes]) -> None:
    data = pack(FILES)
    for cut in range(24, len(data), 997):
        torn = data[:cut]
        _, format = sniff(torn[:512], b"Thumbs.db")
        try:
            for one in members(format, torn, b"Thumbs.db", Budget()):
                if isinstance(one, Member):
                    one.read()
        except ImageProblem as problem:
            assert problem.reason in (SkipReason.DAMAGED, SkipReason.TRUNCATED)


def test_a_name_that_promises_a_document_is_not_believed() -> None:
    with pytest.raises(ImageProblem, match="not what its name says"):
        taken_out("a.doc", b"plain text")
