"""The native seal of a workbook: nothing it covers can change, and nothing can be added beside it."""

from __future__ import annotations

import base64
import hashlib
import io
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook

from pdpo_audit.errors import MachineError
from pdpo_audit.signing.checks import Verdict
from pdpo_audit.signing.verification import verify_path
from pdpo_audit.signing.workbook.native_checks import check_native
from pdpo_audit.signing.workbook.package import EPOCH
from pdpo_audit.signing.workbook.seals import seal_workbook

from .material import LATER, NOW, picture, plain_workbook, seal_identity, sealed_workbook, write_audit

Members = dict[str, bytes]


def unpack(workbook: bytes) -> Members:
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def pack(members: Members, date: tuple[int, int, int, int, int, int] = EPOCH) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, date), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def failures(workbook: bytes) -> list[str]:
    return [check.subject for check in check_native("w.xlsx", workbook).checks if check.verdict is Verdict.FAILED]


def replace(member: str, old: bytes, new: bytes) -> Callable[[Members], object]:
    def change(members: Members) -> None:
        assert old in members[member]
        members[member] = members[member].replace(old, new, 1)

    return change


def add_relationship(members: Members, rels: str, kind: str, target: str) -> None:
    line = f'<Relationship Id="rIdX" Type="{kind}" Target="{target}"/></Relationships>'
    members[rels] = members[rels].replace(b"</Relationships>", line.encode())


def add_strings(members: Members) -> None:
    members["xl/sharedStrings2.xml"] = b"<sst/>"
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
    add_relationship(members, "xl/_rels/workbook.xml.rels", kind, "sharedStrings2.xml")
    kinds = b'<Override PartName="/xl/sharedStrings2.xml" ContentType="x/y"/></Types>'
    members["[Content_Types].xml"] = members["[Content_Types].xml"].replace(b"</Types>", kinds)


def add_document(members: Members) -> None:
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    add_relationship(members, "_rels/.rels", kind, "xl/worksheets/sheet1.xml")


def add_properties(members: Members) -> None:
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/extended-properties"
    add_relationship(members, "xl/_rels/workbook.xml.rels", kind, "../docProps/app.xml")


def take_off_the_seal(members: Members) -> None:
    for name in [name for name in members if name.startswith("_xmlsignatures/")]:
        del members[name]


def sign_as_another(members: Members) -> None:
    other = unpack(seal_workbook(plain_workbook(), seal_identity("Somebody else"), signed_at=NOW).workbook)
    certificate = re.search(rb"<X509Certificate>.*</X509Certificate>", other["_xmlsignatures/sig1.xml"])
    assert certificate is not None
    path = "_xmlsignatures/sig1.xml"
    members[path] = re.sub(rb"<X509Certificate>.*</X509Certificate>", certificate[0], members[path])


SHEET = "xl/worksheets/sheet1.xml"
ATTACKS: dict[str, tuple[Callable[[Members], object], str]] = {
    "a number changed": (
        replace("xl/worksheets/sheet2.xml", b"<v>42</v>", b"<v>43</v>"),
        "w.xlsx, xl/worksheets/sheet2",
    ),
    "a text changed": (replace(SHEET, b"a3.jpg", b"b3.jpg"), f"w.xlsx, {SHEET}"),
    "a picture changed": (
        lambda members: members.update({"xl/media/image1.png": picture(90).getvalue()}),
        "w.xlsx, xl/media/image1.png",
    ),
    "a hyperlink changed": (
        replace("xl/worksheets/_rels/sheet1.xml.rels", b"example.org", b"example.com"),
        "w.xlsx, xl/worksheets/_rels/sheet1.xml.rels",
    ),
    "a sheet renamed": (replace("xl/workbook.xml", b"Clusters", b"Klusters"), "w.xlsx, xl/workbook.xml"),
    "a style changed": (replace("xl/styles.xml", b"Calibri", b"Arial"), "w.xlsx, xl/styles.xml"),
    "a content type changed": (
        replace("[Content_Types].xml", b"spreadsheetml.styles+xml", b"spreadsheetml.stiles+xml"),
        "w.xlsx, xl/styles.xml",
    ),
    "a part added": (lambda members: members.update({"xl/extra.xml": b"<x/>"}), "w.xlsx, xl/extra.xml"),
    "a part and a relationship to it added": (add_strings, "w.xlsx, xl/_rels/workbook.xml.rels"),
    "a second document added": (add_document, "w.xlsx, _rels/.rels"),
    "an unsigned kind of relationship added": (add_properties, "w.xlsx, xl/_rels/workbook.xml.rels"),
    "a part removed": (lambda members: members.pop("xl/media/image1.png"), "w.xlsx"),
    "the seal taken off": (take_off_the_seal, "w.xlsx"),
    "the seal's comment changed": (replace("_xmlsignatures/sig1.xml", b"No person", b"One person"), "w.xlsx"),
    "the seal's time changed": (replace("_xmlsignatures/sig1.xml", b"2026-11-20", b"2026-11-19"), "w.xlsx"),
    "a remark put into the seal": (replace("_xmlsignatures/sig1.xml", b"<KeyInfo>", b"<!-- x --><KeyInfo>"), "w.xlsx"),
    "another certificate put into the seal": (sign_as_another, "w.xlsx"),
    "a second signature listed": (
        replace("_xmlsignatures/_rels/origin.sigs.rels", b"sig1.xml", b"sig2.xml"),
        "w.xlsx",
    ),
    "a document type declared": (replace("_rels/.rels", b"<Relationships", b"<!DOCTYPE x><Relationships"), "w.xlsx"),
}


def test_a_sealed_workbook_holds_and_still_opens() -> None:
    workbook = sealed_workbook().workbook
    assert failures(workbook) == []
    assert failures(pack(unpack(workbook))) == []  # packing alone changes nothing that is signed
    assert failures(pack(unpack(workbook), date=(2026, 11, 20, 9, 0, 0))) == ["w.xlsx"]
    book = load_workbook(io.BytesIO(workbook))
    assert book.sheetnames == ["Findings", "Clusters"]
    assert book["Findings"]["A5"].value == "a3.jpg"


def test_any_flipped_bit_of_a_header_fails() -> None:
    """Dates, versions and attributes of members are covered by no signature, and must be as they were written."""
    workbook = sealed_workbook().workbook
    archive = zipfile.ZipFile(io.BytesIO(workbook))
    (first, *_) = archive.infolist()
    local = [first.header_offset + place for place in range(30)]
    central = [archive.start_dir + place for place in range(46)]
    end = [len(workbook) - 1 - place for place in range(22)]
    for place in (*local, *central, *end):
        changed = bytearray(workbook)
        changed[place] ^= 1 << place % 8
        assert failures(bytes(changed)), place


def test_known_digests_seal_alike_and_wrong_ones_do_not_verify() -> None:
    part = "xl/worksheets/sheet1.xml"
    digest = base64.b64encode(hashlib.sha256(unpack(plain_workbook())[part]).digest()).decode()
    sealed = seal_workbook(plain_workbook(), seal_identity(), signed_at=NOW, digests={part: digest})
    assert sealed == sealed_workbook()
    wrong = seal_workbook(plain_workbook(), seal_identity(), signed_at=NOW, digests={part: "x" + digest[1:]})
    assert failures(wrong.workbook) == [f"w.xlsx, {part}"]


def test_members_with_long_sizes_are_sealed_and_checked_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sheets of more than 2 GiB carry further fields in their headers; played with a lower limit."""
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 1_000)
    workbook = seal_workbook(plain_workbook(), seal_identity(), signed_at=NOW).workbook
    assert failures(workbook) == []
    archive = zipfile.ZipFile(io.BytesIO(workbook))
    large = next(info for info in archive.infolist() if info.extra)
    header = 30 + len(large.filename) + 20
    entry = workbook.index(large.filename.encode(), archive.start_dir) - 46
    places = [large.header_offset + place for place in range(header)] + [entry + place for place in range(46)]
    for place in places:
        changed = bytearray(workbook)
        changed[place] ^= 1 << place % 8
        assert failures(bytes(changed)), place


def test_sealing_is_the_same_every_time_and_happens_once() -> None:
    again = seal_workbook(plain_workbook(), seal_identity(), signed_at=NOW)
    assert again == sealed_workbook()
    with pytest.raises(MachineError, match="already"):
        seal_workbook(again.workbook, seal_identity(), signed_at=NOW)
    with pytest.raises(MachineError, match="cannot be sealed"):
        seal_workbook(b"hello", seal_identity(), signed_at=NOW)


@pytest.mark.parametrize("attack", ATTACKS)
def test_every_attack_on_the_package_is_named(attack: str) -> None:
    change, named = ATTACKS[attack]
    members = unpack(sealed_workbook().workbook)
    before = dict(members)
    change(members)
    assert members != before
    assert any(subject.startswith(named) for subject in failures(pack(members)))


def test_every_single_cell_is_covered() -> None:
    members = unpack(sealed_workbook().workbook)
    cells = list(re.finditer(rb"<t>([^<]+)</t>", members[SHEET]))
    assert len(cells) == 18
    for cell in cells:
        changed = dict(members)
        changed[SHEET] = members[SHEET][: cell.start(1)] + b"7777" + members[SHEET][cell.end(1) :]
        assert failures(pack(changed)) == [f"w.xlsx, {SHEET}"]


@pytest.mark.parametrize("change", [b"before" + sealed_workbook().workbook, sealed_workbook().workbook + b"after"])
def test_bytes_around_the_package_are_refused(change: bytes) -> None:
    assert failures(change)


def test_a_name_used_twice_is_refused() -> None:
    out = io.BytesIO(sealed_workbook().workbook)
    with zipfile.ZipFile(out, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("xl/workbook.xml", b"<workbook/>")
    assert failures(out.getvalue())


def test_document_properties_are_covered_by_all_seals(tmp_path: Path) -> None:
    audit = write_audit(tmp_path / "audit")
    sealed = (audit / "workbook.xlsx").read_bytes()
    members = unpack(sealed)
    replace("docProps/core.xml", b"openpyxl", b"x")(members)
    changed = pack(members)
    assert len(changed) <= len(sealed), "a file that grew is refused before it is read"
    (audit / "workbook.xlsx").write_bytes(changed)
    assert failures(changed) == ["w.xlsx"]
    result = verify_path(audit, now=LATER)
    failed = [check.statement for check in result.checks if check.verdict is Verdict.FAILED]
    assert any("after the audit was sealed" in statement for statement in failed)
    assert any("content was changed" in statement for statement in failed)
    assert any("document properties were changed" in statement for statement in failed)


def test_a_workbook_without_its_native_seal_fails_in_its_audit(tmp_path: Path) -> None:
    audit = write_audit(tmp_path / "audit")
    (audit / "workbook.xlsx").write_bytes(plain_workbook())
    assert not verify_path(audit, now=LATER).ok
    shutil.copy(audit / "workbook.xlsx", tmp_path / "w.xlsx")
    assert not verify_path(tmp_path / "w.xlsx", now=LATER).ok


def test_a_signature_of_another_key_is_refused() -> None:
    members = unpack(sealed_workbook().workbook)
    value = b"<SignatureValue>" + b"A" * 8
    path = "_xmlsignatures/sig1.xml"
    start = members[path].index(b"<SignatureValue>")
    members[path] = members[path][:start] + value + members[path][start + len(value) :]
    assert "not made with the key" in check_native("w.xlsx", pack(members)).checks[0].statement
