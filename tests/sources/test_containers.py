"""What lies in a file comes out byte for byte, and what is wrong with one member costs that member."""

from __future__ import annotations

import base64
import gzip
import io
import struct
import tarfile
import zipfile
from collections.abc import Callable
from typing import Any

import py7zr
import pytest

from pdpo_audit.imaging import FileKind, sniff
from pdpo_audit.model.locations.holdings import ImageProblem, ImageRef, SkipReason
from pdpo_audit.sources.containers.members import Budget, Member, Unread
from pdpo_audit.sources.containers.opening import members, opens, read_member
from tests.sources.packing import PACKED, Files, mailbox, message, rarred, sevened, tarred, zipped

JPEG = b"\xff\xd8\xff\xe0" + bytes(range(200))
FILES = {"a.jpg": JPEG, "b.jpg": JPEG[::-1]}


def taken_out(outer: str, data: bytes, budget: Budget | None = None) -> dict[bytes, bytes | SkipReason]:
    _, format = sniff(data[:4096], outer.encode())
    assert opens(format), format
    found: dict[bytes, bytes | SkipReason] = {}
    for one in members(format, data, outer.encode(), budget or Budget()):
        try:
            found[one.name] = one.problem.reason if isinstance(one, Unread) else one.read()
        except ImageProblem as problem:
            found[one.name] = problem.reason
    return found


@pytest.mark.parametrize("outer", [name for name in PACKED if name not in ("fwd.eml", "deep.zip")])
def test_members_come_out_byte_for_byte(outer: str) -> None:
    pack, way = PACKED[outer]
    data = pack(FILES)
    found = taken_out(outer, data)
    for name, content in FILES.items():
        inner = way.format(name=name).encode()
        assert found[inner] == content
        assert read_member(sniff(data[:4096], outer.encode())[1], data, outer.encode(), inner) == content


def test_each_message_of_a_mailbox_is_a_member() -> None:
    found = taken_out("box.mbox", mailbox(FILES))
    assert list(found) == [b"message 1.eml", b"message 2.eml"]
    first = found[b"message 1.eml"]
    assert isinstance(first, bytes)
    assert taken_out("message 1.eml", first)[b"a.jpg"] == JPEG


def test_a_mailbox_in_the_middle_of_which_a_line_begins_like_a_message_is_not_torn() -> None:
    mail = message({}).as_bytes() + b"\nFrom here on it is text.\n"
    box = b"From a@example.hk Mon Jan  1 00:00:00 2024\n" + mail
    assert list(taken_out("box.mbox", box)) == [b"message 1.eml"]


def test_pictures_in_html_mail_are_members() -> None:
    html = message({})
    html.set_content("<img src='data:image/jpeg;base64," + base64.b64encode(JPEG).decode() + "'>", "html")
    found = taken_out("mail.eml", html.as_bytes())
    assert found[b"part 1.html#picture.jpeg"] == JPEG


def test_one_packed_file_has_the_name_without_its_ending() -> None:
    assert taken_out("photo.jpg.gz", gzip.compress(JPEG)) == {b"photo.jpg": JPEG}


def test_names_that_occur_twice_are_numbered() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("a.jpg", JPEG)
        archive.writestr("a.jpg", JPEG[::-1])
    assert taken_out("x.zip", target.getvalue()) == {b"a.jpg": JPEG, b"a.jpg#2": JPEG[::-1]}


def test_names_keep_their_bytes() -> None:
    data = zipped({"夏.jpg": JPEG, "../../evil.jpg": JPEG, "plain.jpg": JPEG})
    assert set(taken_out("x.zip", data)) == {"夏.jpg".encode(), b"../../evil.jpg", b"plain.jpg"}
    gbk = zipped({"xxx.jpg": JPEG}).replace(b"xxx.jpg", b"\xcf\xc4z.jpg")  # as tools wrote it that knew no UTF-8
    assert set(taken_out("x.zip", gbk)) == {b"\xcf\xc4z.jpg"}


@pytest.mark.parametrize(
    ("outer", "pack", "kind", "opening"),
    [("x.zip", zipped, zipfile.ZipFile, "open"), ("x.tar", tarred, tarfile.TarFile, "extractfile")],
)
def test_whoever_looks_for_one_member_reads_none_before_it(
    outer: str, pack: Callable[[Files], bytes], kind: type, opening: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = pack({f"{number}.jpg": JPEG for number in range(9)})
    opened, original = list[object](), getattr(kind, opening)

    def counted(archive: object, info: object) -> object:
        opened.append(info)
        return original(archive, info)

    monkeypatch.setattr(kind, opening, counted)
    assert read_member(outer[2:].upper(), data, outer.encode(), b"8.jpg") == JPEG
    assert len(opened) == 1


def test_a_bomb_is_not_unpacked() -> None:
    bomb = zipped({"zeros.jpg": b"\xff\xd8\xff" + bytes(30_000_000), "a.jpg": JPEG})
    assert taken_out("x.zip", bomb) == {b"zeros.jpg": SkipReason.TOO_LARGE, b"a.jpg": JPEG}
    with pytest.raises(ImageProblem, match="unpacked"):
        taken_out("x.jpg.gz", gzip.compress(bytes(30_000_000)))
    with pytest.raises(ImageProblem, match="too many files"):
        taken_out("x.tar", tarred({str(number): b"x" for number in range(5)}), Budget(members=4))


def test_a_header_that_lies_about_the_size_is_not_believed() -> None:
    data = bytearray(zipped({"a.jpg": JPEG}))
    at = data.rindex(b"PK\x01\x02")
    struct.pack_into("<I", data, at + 24, 10)  # the size once unpacked, in the directory
    assert taken_out("x.zip", bytes(data))[b"a.jpg"] in (SkipReason.DAMAGED, JPEG[:10])


def test_overlapping_members_are_refused() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("a.jpg", JPEG)
        archive.filelist.append(archive.filelist[0])  # two entries of the directory, one place in the file
    assert taken_out("x.zip", target.getvalue()) == {b"a.jpg": JPEG, b"a.jpg#2": SkipReason.DAMAGED}


def test_what_is_packed_in_a_rar_is_named() -> None:
    assert taken_out("x.rar", rarred({"a.jpg": JPEG}, method=0x33)) == {b"a.jpg": SkipReason.CONTAINER_NOT_OPENED}


def test_a_7z_is_unpacked_once_for_all_its_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    calls, original = list[object](), py7zr.SevenZipFile.extract

    def counted(archive: py7zr.SevenZipFile, **how: Any) -> None:
        calls.append(how["targets"])
        original(archive, **how)

    monkeypatch.setattr(py7zr.SevenZipFile, "extract", counted)
    data = sevened({"a.jpg": JPEG, "notes.txt": b"text" * 500, "b.jpg": JPEG[::-1] + JPEG})
    assert read_member("7Z", data, b"x.7z", b"a.jpg") == JPEG
    assert calls == [["a.jpg"]]
    heads = [
        (one.head(), one.read())
        for one in members("7Z", data, b"x.7z", Budget())
        if isinstance(one, Member)
        if one.name != b"notes.txt"
    ]
    assert [whole for _, whole in heads] == [JPEG, JPEG[::-1] + JPEG] and calls[1:] == [None]


def test_a_7z_that_is_too_large_costs_what_does_not_fit() -> None:
    data = sevened({"a.jpg": JPEG, "zeros.jpg": b"\xff\xd8\xff" + bytes(3_000_000)})
    assert taken_out("x.7z", data, Budget(largest=1_000_000)) == {b"a.jpg": JPEG, b"zeros.jpg": SkipReason.TOO_LARGE}
    with pytest.raises(ImageProblem, match="too large"):
        for one in members("7Z", data, b"x.7z", Budget(total=1_000)):
            assert isinstance(one, Member)
            one.head()


def test_what_is_encrypted_says_so() -> None:
    data = bytearray(zipped({"a.jpg": JPEG}))
    data[data.index(b"PK\x03\x04") + 6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert taken_out("x.zip", bytes(data)) == {b"a.jpg": SkipReason.CONTAINER_NOT_OPENED}


@pytest.mark.parametrize("outer", PACKED)
def test_a_torn_file_gives_what_is_there_and_a_reason(outer: str) -> None:
    data = PACKED[outer][0](FILES)
    for cut in (1, len(data) // 3, len(data) * 2 // 3, len(data) - 3):
        kind, format = sniff(data[:cut][:4096], outer.encode())
        if kind is not FileKind.CONTAINER:
            continue
        try:
            for one in members(format, data[:cut], outer.encode(), Budget()):
                if isinstance(one, Member):
                    one.read()
        except ImageProblem as problem:
            assert problem.reason in (SkipReason.DAMAGED, SkipReason.TRUNCATED)


def test_a_member_named_like_a_page_is_no_page() -> None:
    outer = ImageRef(source="s", locator=b"x.zip")
    named = outer.within(b"page/3")
    assert (named.page, named.part, named.members) == (0, "", (b"page/3",))
    page = outer.within(b"scan.tif").at_page(3)
    assert (page.page, page.part, page.members, page.whole) == (2, "page/3", (b"scan.tif",), outer.within(b"scan.tif"))
    assert named.path != outer.at_page(3).path


_NAMES = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    ' xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)


def related(*targets: str) -> bytes:
    """A part's relations, with the keys ``r1``, ``r2`` ..."""
    said = "".join(f'<Relationship Id="r{number}" Target="{one}"/>' for number, one in enumerate(targets, 1))
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{said}</Relationships>'.encode()


def slide(crop: str = "", show: str = "") -> bytes:
    fill = f'<p:blipFill><a:blip r:embed="r1"/>{crop}</p:blipFill>'
    return f"<p:sld {_NAMES} {show}><p:pic>{fill}</p:pic></p:sld>".encode()


def test_pictures_of_slides_say_where_they_are_shown_and_what_is_cropped_away() -> None:
    order = "".join(f'<p:sldId r:id="r{number}"/>' for number in (2, 1, 3))  # the second file is the first slide
    slides = {
        "slide1.xml": slide(),
        "slide2.xml": slide('<a:srcRect l="25000" b="20000"/>'),
        "slide3.xml": slide(show='show="0"'),
    }
    parts = {
        "ppt/presentation.xml": f"<p:presentation {_NAMES}>{order}</p:presentation>".encode(),
        "ppt/_rels/presentation.xml.rels": related(*(f"slides/{name}" for name in slides)),
        "ppt/slides/slide9.xml": slide(),
        "ppt/slides/_rels/slide9.xml.rels": related("../media/gone.jpg"),
        **{f"ppt/slides/{name}": content for name, content in slides.items()},
        **{
            f"ppt/slides/_rels/{name}.rels": related(f"../media/{picture}")
            for name, picture in zip(slides, ("plain.jpg", "cropped.jpg", "hidden.jpg"), strict=True)
        },
        **{f"ppt/media/{name}.jpg": JPEG for name in ("plain", "cropped", "hidden", "gone", "left")},
    }
    found = members("PPTX", zipped(parts), b"deck.pptx", Budget())
    notes = {
        one.name.rpartition(b"/")[2].decode(): one.note()
        for one in found
        if b"media" in one.name and isinstance(one, Member)
    }
    assert notes == {
        "plain.jpg": "on slide 2",
        "cropped.jpg": "on slide 1 a crop hides 40% of it, which is still in the file",
        "hidden.jpg": "on hidden slide 3",
        "gone.jpg": "on a slide that was taken out of the presentation",
        "left.jpg": "nothing in the document shows it",
    }


@pytest.mark.parametrize("broken", [b"<p:sld", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a/>", b""])
def test_a_document_whose_parts_cannot_be_read_gives_its_pictures_all_the_same(broken: bytes) -> None:
    parts = {"ppt/slides/slide1.xml": broken, "ppt/slides/_rels/slide1.xml.rels": broken, "ppt/media/a.jpg": JPEG}
    found = members("PPTX", zipped(parts), b"deck.pptx", Budget())
    pictures = [(one.read(), one.note()) for one in found if isinstance(one, Member) and one.name.endswith(b".jpg")]
    assert pictures == [(JPEG, "")]
