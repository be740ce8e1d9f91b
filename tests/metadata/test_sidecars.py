"""Sidecars by themselves: whose they are, and what stands in them, whoever wrote them and however badly."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta, timezone

import pytest

from pdpo_audit.metadata.sidecars.forms import Form, form_of
from pdpo_audit.metadata.sidecars.pairing import pair
from pdpo_audit.metadata.sidecars.reading import LARGEST, read_sidecar
from pdpo_audit.model.locations.holdings import FileStat, ImageRef
from pdpo_audit.model.pictures import Beside, Metadata, Sidecar, laid_over

HKT = timezone(timedelta(hours=8))
LONG = "Urlaub in Knaufspesch in der Schneifel (38).JPG"


class Held:
    """A file of a source, in memory."""

    def __init__(self, data: bytes, size: int = 0) -> None:
        self._data = data
        self.stat = FileStat(size=size or len(data), modified_ns=0)

    def head(self, length: int) -> bytes:
        return self._data[:length]

    def whole(self) -> bytes:
        return self._data

    def close(self) -> None: ...


def read(name: str, data: bytes | str, size: int = 0) -> Sidecar | None:
    raw = data.encode() if isinstance(data, str) else data
    return read_sidecar(Held(raw, size), ImageRef(source="share", locator=f"set/{name}".encode()))


def said(name: str, data: bytes | str) -> Metadata:
    found = read(name, data)
    assert found is not None and not found.problem
    (one,) = found.said
    return one.metadata


@pytest.mark.parametrize(
    ("sidecar", "title", "pictures", "means"),
    [
        ("a.jpg.xmp", "", ["a.jpg", "a.cr2", "b.jpg"], ["a.jpg"]),
        ("a.xmp", "", ["a.jpg", "a.cr2", "ab.jpg"], ["a.cr2", "a.jpg"]),
        ("A.XMP", "", ["a.JPG", "b.jpg"], ["a.JPG"]),
        ("a.xmp", "", ["A.jpg", "a.jpg"], ["a.jpg"]),
        ("a_01.jpg.xmp", "", ["a.jpg"], ["a.jpg"]),
        ("a_01.jpg.xmp", "", ["a.jpg", "a_01.jpg"], ["a_01.jpg"]),
        ("陳大文.jpg.xmp", "", ["陳大文.jpg"], ["陳大文.jpg"]),
        ("caf\u00e9.xmp", "", ["cafe\u0301.jpg"], ["cafe\u0301.jpg"]),
        ("a.aae", "", ["a.heic"], ["a.heic"]),
        ("gone.xmp", "", ["a.jpg"], []),
        ("a.jpg.json", "a.jpg", ["a.jpg"], ["a.jpg"]),
        ("a.jpg(1).json", "a.jpg", ["a.jpg", "a(1).jpg"], ["a(1).jpg"]),
        ("a(1).jpg.json", "a(1).jpg", ["a.jpg", "a(1).jpg"], ["a(1).jpg"]),
        ("a.jpg.supplemental-metadata.json", "a.jpg", ["a.jpg"], ["a.jpg"]),
        ("a.jpg.supplemental-metadata(2).json", "a.jpg", ["a.jpg", "a(2).jpg"], ["a(2).jpg"]),
        ("Screenshot_2017-07-05-10-05-26.png.supplementa.json", "", ["Screenshot_2017-07-05-10-05-26.png"],
         ["Screenshot_2017-07-05-10-05-26.png"]),
        ("a.jpg.s.json", "a.jpg", ["a.jpg"], ["a.jpg"]),
        (LONG[:46] + ".json", LONG, [LONG], [LONG]),
        ("IMG.json", "a real title.jpg", ["a real title.jpg", "b.jpg"], ["a real title.jpg"]),
        ("20030616.json", "20030616.jpg", ["20030616.jpg"], ["20030616.jpg"]),
        ("a.jpg.json", "a.jpg", ["a.jpg", "a-edited.jpg"], ["a-edited.jpg", "a.jpg"]),
        ("a.jpg(1).json", "a.jpg", ["a(1).jpg", "a-edited(1).jpg", "a-已編輯.jpg"], ["a(1).jpg", "a-edited(1).jpg"]),
        ("a.jpg.json", "a.jpg", ["a.jpg", "a-已編輯.jpg"], ["a-已編輯.jpg", "a.jpg"]),
        (".picasa.ini", "b.jpg", ["a.jpg", "b.jpg"], ["b.jpg"]),
    ],
)  # fmt: skip
def test_a_sidecar_means_the_picture_that_it_is_named_after(
    sidecar: str, title: str, pictures: list[str], means: list[str]
) -> None:
    assert sorted(pair({sidecar: [title]}, pictures)[sidecar]) == sorted(means)


def test_an_edited_copy_with_a_sidecar_of_its_own_keeps_it() -> None:
    found = pair({"a.jpg.json": ["a.jpg"], "a-edited.jpg.json": ["a-edited.jpg"]}, ["a.jpg", "a-edited.jpg"])
    assert {name: list(means) for name, means in found.items()} == {
        "a.jpg.json": ["a.jpg"], "a-edited.jpg.json": ["a-edited.jpg"],
    }  # fmt: skip


def test_many_that_mean_nothing_are_told_quickly() -> None:
    pictures = [f"IMG_{number:06}.jpg" for number in range(20_000)]
    assert not any(pair({f"x{number}.json": ["y"] for number in range(20_000)}, pictures).values())


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("a.jpg.xmp", Form.XMP), (".picasa.ini", Form.PICASA), ("Picasa.ini", Form.PICASA), ("a.txt", None),
        ("a.jpg.txt", Form.TEXT), ("desktop.ini", None), ("descript.ion", Form.DESCRIPTIONS), ("a.dop", Form.UNREAD),
        (".xmp", None), ("notes", None),
    ],
)  # fmt: skip
def test_a_form_is_told_from_the_name(name: str, form: Form | None) -> None:
    assert form_of(b"set/" + name.encode()) is form


def test_xmp_is_read_as_in_a_picture_whatever_its_character_set(packet: str) -> None:
    persons = ("陳大文", "Mary Lee")
    assert said("a.xmp", packet).persons == persons
    assert said("a.xmp", packet.encode("utf-16")).persons == persons
    declared = '<?xml version="1.0" encoding="{}"?>' + packet.replace("\ufeff", "")
    assert said("a.xmp", declared.format("GB18030").encode("gb18030")).persons[0] == "陳大文"
    assert said("a.xmp", declared.format("UTF-8").encode("big5hkscs")).persons[0] == "陳大文"


def test_takeout_names_people_and_says_when_and_where() -> None:
    told = {
        "title": "IMG_3.jpg", "description": "Annual dinner", "photoTakenTime": {"timestamp": "1399999999"},
        "geoData": {"latitude": 0.0, "longitude": 0.0}, "people": [{"name": "Lee Ka Yan"}, {"x": 1}, 7],
    }  # fmt: skip
    found = said("IMG_3.jpg.json", json.dumps(told))
    assert (found.persons, found.caption, found.has_gps) == (("Lee Ka Yan",), "Annual dinner", False)
    assert found.captured_at == datetime(2014, 5, 14, 0, 53, 19, tzinfo=HKT)
    assert found.captured_at.isoformat().startswith("2014-05-14")


def test_json_of_exiftool_and_its_like() -> None:
    told = [{"SourceFile": "a.jpg", "XMP:PersonInImage": ["陳大文"], "IPTC:Keywords": "child", "EXIF:Copyright": "HL",
             "EXIF:DateTimeOriginal": "2021:03:04 05:06:07", "XMP-plus:ModelReleaseStatus": "MR-UMR"}]  # fmt: skip
    found = said("a.json", json.dumps(told))
    assert (found.persons, found.keywords, found.rights) == (("陳大文",), ("child",), "HL")
    assert (found.captured_at, found.model_release) == (datetime(2021, 3, 4, 5, 6, 7), "MR-UMR")  # noqa: DTZ001 - as the file has it


def test_json_about_something_else_is_no_sidecar() -> None:
    assert read("package.json", '{"name": "x", "version": "1", "title": "y"}') is None
    assert read("list.json", "[1, 2, 3]") is None and read("torn.json", '{"people": [') is None
    torn = read("a.jpg.json", '{"people": [')
    assert torn is not None and torn.problem == "no well-formed JSON"


PICASA = """[Picasa]
name=Dinner
[b.jpg]
faces=rect64(3f845bcb59418507),8e62398ebda8c1a5;rect64(1),ffffffffffffffff
star=yes
caption={}
keywords=child,dinner
[c.jpg]
star=yes
[Contacts2]
8e62398ebda8c1a5=Ho Mei;;
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "big5hkscs", "utf-16"])
def test_picasa_names_faces_by_its_contacts(encoding: str) -> None:
    found = read(".picasa.ini", PICASA.format("公司週年晚宴").encode(encoding))
    assert found is not None and [one.of for one in found.said] == ["b.jpg"]
    metadata = found.said[0].metadata
    assert [region.name for region in metadata.regions] == ["Ho Mei", ""]
    assert metadata.regions[0].x == pytest.approx((0x3F84 + 0x5941) / 2 / 65535)
    assert (metadata.caption, metadata.keywords) == ("公司週年晚宴", ("child", "dinner"))


def test_of_faces_without_end_some_are_kept() -> None:
    found = read(".picasa.ini", "[a.jpg]\nfaces=" + "rect64(3f845bcb59418507),1;" * 100_000)
    assert found is not None and len(found.said[0].metadata.regions) == 500


def test_lists_and_profiles_and_captions() -> None:
    found = read("descript.ion", 'a.jpg Ms Chan at the door\r\n"b c.jpg" 陳大文先生\x04\xc2\nlone\n')
    assert found is not None
    assert [(one.of, one.metadata.caption) for one in found.said] == [
        ("a.jpg", "Ms Chan at the door"), ("b c.jpg", "陳大文先生"),
    ]  # fmt: skip
    profile = said("a.jpg.pp3", "[Version]\nX=1\n[IPTC]\nCaption=Mr Lee;\nKeywords=child;party;\nCopyright=HL\n")
    assert (profile.keywords, profile.rights) == (("child", "party"), "HL")
    assert said("a.jpg.txt", "Mrs Wong and friends\n").caption == "Mrs Wong and friends"
    unread = read("a.dop", "Sidecar = {")
    assert unread is not None and unread.problem == "nothing is read of this kind of file"


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><x:xmpmeta xmlns:x="adobe:ns:meta/">&b;</x:xmpmeta>'


@pytest.mark.parametrize(
    ("name", "data", "problem"),
    [
        ("a.xmp", BOMB, "no well-formed XMP"),
        ("a.xmp", '<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>', "no well-formed XMP"),
        ("a.xmp", b"\xff\xfe\x00", "no well-formed XMP"),
        ("a.xmp", b"\x00\x01" * 50, "no well-formed XMP"),
        ("a.xmp", "<a>" * 100_000, "no well-formed XMP"),
        ("a.xmp", "", "empty"),
        ("a.jpg.json", "[" * 200_000, "no well-formed JSON"),
        ("a.jpg.json", '{"a": ' * 200_000, "no well-formed JSON"),
        ("a.jpg.json", "9" * 5000, "no well-formed JSON"),
        ("a.jpg.json", b"\xff" * 50, "no well-formed JSON"),
    ],
)
def test_what_is_hostile_or_torn_says_so(name: str, data: bytes | str, problem: str) -> None:
    found = read(name, data)
    assert found is not None and (found.said, found.problem) == ((), problem)


def test_what_is_too_large_is_not_read() -> None:
    found = read("a.xmp", b"<x/>", size=LARGEST + 1)
    assert found is not None and found.problem == "larger than 8 MB"


@pytest.mark.parametrize(
    "data",
    [
        '{"title": ["x"], "photoTakenTime": 7, "people": "x", "description": {"a": 1}, "geoData": [1]}',
        '{"photoTakenTime": {"timestamp": "99999999999999999999"}, "people": [{"name": 5}]}',
        '{"photoTakenTime": {"timestamp": NaN}, "people": null, "title": null}',
        '{"googlePhotosOrigin": {}, "people": [[[[[["x"]]]]]]}',
    ],
)
def test_takeout_of_the_wrong_shape_says_nothing(data: str) -> None:
    assert said("a.jpg.json", data) == Metadata()


def test_what_sidecars_say_is_laid_over_the_picture() -> None:
    own = Metadata(
        caption="old", artist="Ann", captured_at=datetime(2020, 1, 2, tzinfo=HKT), persons=("Ann",), minor_age="AG-A15",
        licence_ends_on=date(2025, 1, 1), model_release="MR-NON",
    )  # fmt: skip
    xmp = Beside(
        sidecar="a.xmp",
        metadata=Metadata(caption="new", persons=("Ben",), minor_age="AG-A25", licence_ends_on=date(2024, 1, 1)),
    )
    takeout = Beside(sidecar="a.json", metadata=Metadata(captured_in="2019", model_release="MR-UMR", caption="third"))
    found = laid_over(own, [xmp, takeout])
    assert (found.caption, found.artist, found.persons) == ("new", "Ann", ("Ben", "Ann"))
    assert (found.captured_at, found.captured_in) == (datetime(2020, 1, 2, tzinfo=HKT), "")
    assert (found.minor_age, found.licence_ends_on, found.model_release) == ("AG-A15", date(2024, 1, 1), "MR-UMR")
    assert laid_over(own, []) == own
