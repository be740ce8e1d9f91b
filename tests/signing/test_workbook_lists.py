"""The lists of a workbook's package: what stands in them beside what is signed lets a reader show another sheet."""

from __future__ import annotations

import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from pdpo_audit.errors import MachineError
from pdpo_audit.signing.checks import Verdict
from pdpo_audit.signing.grammar.comments import SealComment, read_comment, write_comment
from pdpo_audit.signing.grammar.lists import RELATIONSHIPS, read_list
from pdpo_audit.signing.verification import verify_path
from pdpo_audit.signing.workbook.native_checks import check_native
from pdpo_audit.signing.workbook.seals import seal_workbook

from .material import LATER, NOW, plain_workbook, seal_identity, sealed_workbook
from .readers import WORKBOOK_READERS, shown
from .test_workbook import Members, pack, unpack

GOLDEN = Path(__file__).parents[1] / "golden" / "0.1.0" / "audits.tar.xz"

BOOK, TYPES, ROOT = "xl/_rels/workbook.xml.rels", "[Content_Types].xml", "_rels/.rels"
WORKSHEET = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
FORGED = b'<Relationship Type="%s" Target="/xl/worksheets/sheet2.xml" Id="rId1"/>' % WORKSHEET


def put(member: str, before: bytes, content: bytes) -> Callable[[Members], None]:
    def change(members: Members) -> None:
        assert before in members[member]
        members[member] = members[member].replace(before, content + before, 1)

    return change


def nest(members: Members) -> None:
    """The forged relationship inside the true one: the transformation before the digest takes its attributes only."""
    text = members[BOOK]
    at = text.index(b"/>", text.index(b'Target="/xl/worksheets/sheet1.xml"'))
    members[BOOK] = text[:at] + b">" + FORGED + b"</Relationship>" + text[at + 2 :]


END = b"</Relationships>"
OVERRIDE = b'<x:Override xmlns:x="urn:x" PartName="/xl/workbook.xml" ContentType="text/plain"/>'
DETOURS: dict[str, Callable[[Members], None]] = {
    "one relationship inside another": nest,
    "one in an element of another kind": put(BOOK, END, b"<x>" + FORGED + b"</x>"),
    "one of another namespace": put(BOOK, END, b'<x:Relationship xmlns:x="u"' + FORGED.removeprefix(b"<Relationship")),
    "text": put(BOOK, END, b"approved"),
    "a remark": put(BOOK, END, b"<!-- approved -->"),
    "an instruction": put(BOOK, END, b"<?approved?>"),
    "characters as data": put(BOOK, END, b"<![CDATA[" + FORGED + b"]]>"),
    "an attribute more": put(BOOK, b" Id=", b' Name="x"'),
    "an attribute of another namespace": put(BOOK, b" Id=", b' xmlns:x="u" x:Target="/xl/worksheets/sheet2.xml"'),
    "a second list after the first": lambda members: members.update({BOOK: members[BOOK] + FORGED}),
    "a byte order mark": lambda members: members.update({BOOK: b"\xef\xbb\xbf" + members[BOOK]}),
    "another alphabet": lambda members: members.update({BOOK: members[BOOK].decode().encode("utf-16")}),
    "a letter as a number": lambda members: members.update({BOOK: members[BOOK].replace(b"sheet1", b"sheet&#49;")}),
    "in the first list": put(ROOT, END, b"<x/>"),
    "a content type of another namespace": put(TYPES, b"</Types>", OVERRIDE),
    "a content type inside another": put(TYPES, b"</Types>", b"<x>" + OVERRIDE + b"</x>"),
    "a content type for nothing": put(TYPES, b"</Types>", b'<Default Extension="bin" ContentType="x/y"/>'),
    "another content type of the properties": lambda members: members.update(
        {TYPES: members[TYPES].replace(b"core-properties+xml", b"core-propertiez+xml")}
    ),
}  # fmt: skip


def golden_workbook() -> bytes:
    with tarfile.open(GOLDEN) as archive:
        member = next(one for one in archive if one.name.endswith("workbook.xlsx"))
        stream = archive.extractfile(member)
        assert stream is not None
        return stream.read()


BOOKS = {"now": sealed_workbook().workbook, "0.1.0": golden_workbook()}


def fails(workbook: bytes) -> bool:
    return any(check.verdict is Verdict.FAILED for check in check_native("w.xlsx", workbook).checks)


@pytest.mark.parametrize("book", BOOKS)
@pytest.mark.parametrize("name", DETOURS)
def test_no_detour_in_a_list_is_accepted(name: str, book: str) -> None:
    members = unpack(BOOKS[book])
    before = dict(members)
    DETOURS[name](members)
    assert members != before
    assert not fails(pack(before))
    assert fails(pack(members))


@pytest.mark.filterwarnings("ignore:.*invalid dependency definitions")
def test_the_detours_show_another_sheet() -> None:
    """Otherwise the tests above prove nothing: two readers in wide use take the forged relationship."""
    for reader, name in (("calamine", "one relationship inside another"), ("openpyxl", "one of another namespace")):
        members = unpack(sealed_workbook().workbook)
        true = shown(WORKBOOK_READERS[reader], pack(members))
        DETOURS[name](members)
        forged = shown(WORKBOOK_READERS[reader], pack(members))
        assert "a3.jpg" in true and forged and "a3.jpg" not in forged, reader


@pytest.mark.parametrize("member", ["docProps/core.xml", "docProps/app.xml", TYPES, ROOT, BOOK])
def test_a_lone_workbook_proves_its_lists_and_properties_to_the_byte(member: str) -> None:
    members = unpack(sealed_workbook().workbook)
    members[member] = members[member].replace(b"?>", b"?> ", 1) if b"?>" in members[member] else members[member] + b" "
    assert fails(pack(members))


def test_the_seal_inside_names_organisation_and_audit(tmp_path: Path) -> None:
    book = seal_workbook(
        plain_workbook(), seal_identity(), signed_at=NOW, organisation="A & <B>\n", audit="2026-11-20-a1b2c3 (draft)"
    )
    reading = check_native("w.xlsx", book.workbook)
    assert reading.stated is not None
    assert (reading.stated.organisation, reading.stated.audit) == ("A & <B>", "2026-11-20-a1b2c3 (draft)")
    (tmp_path / "w.xlsx").write_bytes(book.workbook)
    assert verify_path(tmp_path / "w.xlsx", now=LATER).ok
    with pytest.raises(MachineError, match="cannot stand beside a seal"):
        seal_workbook(plain_workbook(), seal_identity(), signed_at=NOW, organisation="x", audit="a, b")


def test_what_a_comment_says_is_read_back() -> None:
    for organisation, audit in (("", ""), ("海港光影", "2026-11-20-a1b2c3"), ("x, audit y, set by pdpo-audit", "")):
        comment = write_comment(organisation=organisation, audit=audit, rest="0" * 64)
        assert read_comment(comment) == SealComment(organisation=organisation, audit=audit, rest="0" * 64)
    with pytest.raises(ValueError, match="does not write"):
        read_comment("Approved by everybody.")


def test_a_list_is_read_as_it_is_written() -> None:
    text = b'<Relationships xmlns="%s"><Relationship Id="a" Type="b" Target="c&amp;d"/></Relationships>'
    content = text % RELATIONSHIPS.namespace.encode()
    assert read_list(content, RELATIONSHIPS) == [("Relationship", {"Id": "a", "Type": "b", "Target": "c&d"})]
    for wrong in (content + b" ", content.replace(b"Id=", b"Name="), content.replace(b'Type="b"', b'Id="b"')):
        with pytest.raises(ValueError, match="list"):
            read_list(wrong, RELATIONSHIPS)
