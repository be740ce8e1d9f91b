"""A workbook as an OPC package (ECMA-376 part 2): its parts, their content types, their relationships.

Only what sealing and checking need, and strict: what another program might read differently is refused.
"""

from __future__ import annotations

import base64
import hashlib
import posixpath
import struct
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import IO
from urllib.parse import unquote

from lxml import etree

from pdpo_audit.signing.workbook.unpacking import expect_dense, unpack

CONTENT_TYPES = "[Content_Types].xml"
TYPES_NAMESPACE = "http://schemas.openxmlformats.org/package/2006/content-types"
RELATIONSHIPS_NAMESPACE = "http://schemas.openxmlformats.org/package/2006/relationships"
RELATIONSHIPS_TYPE = "application/vnd.openxmlformats-package.relationships+xml"

ROOT_RELS = "_rels/.rels"

#: Where the native signature lives (the names that Office uses).
SIGNATURES = "_xmlsignatures/"

#: The first relationship types of a package that a native signature leaves out, as Office and LibreOffice do.
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
ORIGIN_TYPE = RELATIONSHIPS_NAMESPACE + "/digital-signature/origin"
UNSIGNED_TYPES = {
    RELATIONSHIPS_NAMESPACE + "/metadata/core-properties": "docProps/core.xml",
    OFFICE + "extended-properties": "docProps/app.xml",
    ORIGIN_TYPE: SIGNATURES + "origin.sigs",
}

#: The document properties: author and dates, and the program.
PROPERTIES = ("docProps/app.xml", "docProps/core.xml")

#: Bytes of XML that are parsed at most (relationships, content types, signatures: kilobytes in practice).
LARGEST_XML = 16 << 20

#: Bytes that a package may unpack to: ten times a workbook of a million rows.
LARGEST_PACKAGE = 8 << 30

#: The time of every member: the earliest that a ZIP file can state, the same every time.
EPOCH = (1980, 1, 1, 0, 0, 0)
#: The same as a header has it.
FIRST_DAY = 1 << 5 | 1
#: What a header says where a number is too long for it.
MANY = 0xFFFFFFFF
#: The attributes that Python gives to a member: a file that its owner may read and write.
OWNER_ONLY = 0o600 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Relationship:
    """One line of a ``.rels`` part; ``target`` is as written, ``part`` the member it leads to (empty: external)."""

    identity: str
    type: str
    target: str
    external: bool
    part: str


class Package:
    """An opened workbook. Raises ``ValueError`` (or ``zipfile.BadZipFile``) for anything ambiguous."""

    def __init__(self, file: IO[bytes], known: Mapping[str, str] | None = None) -> None:
        """``known`` gives digests of members that need not be read for it."""
        self.archive = zipfile.ZipFile(file)
        self._known = known or {}
        infos = self.archive.infolist()
        self.members = {info.filename: info for info in infos}
        if len({name.lower() for name in self.members}) != len(infos):
            raise ValueError("two members have the same name")
        if sum(info.file_size for info in infos) > LARGEST_PACKAGE:
            raise ValueError("it unpacks to more than a workbook can hold")
        expect_dense(self.archive)
        self._defaults, self._overrides = _read_types(self.read_xml(CONTENT_TYPES))
        if dangling := [name for name in self._overrides if name not in self.members]:
            raise ValueError(f"a content type is given for {dangling[0]}, which is not there")

    def read(self, member: str) -> bytes:
        """The bytes of a small member."""
        if self.members[member].file_size > LARGEST_XML:
            raise ValueError(f"{member} is too large")
        return b"".join(unpack(self.archive, self.members[member]))

    def read_xml(self, member: str) -> etree._Element:
        """A small member parsed, without entities, network or document types."""
        return parse_xml(self.read(member))

    def digest(self, member: str) -> str:
        """The SHA-256 of a member as Base64, read in blocks."""
        if member in self._known:
            return self._known[member]
        sha = hashlib.sha256()
        for block in unpack(self.archive, self.members[member]):
            sha.update(block)
        return base64.b64encode(sha.digest()).decode()

    def content_type(self, member: str) -> str:
        """The content type of a member; ``ValueError`` when none is given."""
        extension = member.rsplit("/", 1)[-1].rsplit(".", 1)[-1].lower()
        found = self._overrides.get(member) or self._defaults.get(extension)
        if found is None:
            raise ValueError(f"{member} has no content type")
        return found

    def extensions(self) -> set[str]:
        """The extensions that a content type is given for."""
        return set(self._defaults)

    def relationship_parts(self) -> list[str]:
        """Every ``.rels`` member but those of the signatures, sorted."""
        return sorted(name for name in self.members if name.endswith(".rels") and not name.startswith(SIGNATURES))

    def relationships(self, member: str) -> list[Relationship]:
        """The relationships in a ``.rels`` member, in the order of their identities."""
        root = self.read_xml(member)
        if root.tag != f"{{{RELATIONSHIPS_NAMESPACE}}}Relationships":
            raise ValueError(f"{member} holds no relationships")
        found = [_read_relationship(member, element) for element in root]
        if len({one.identity for one in found}) != len(found):
            raise ValueError(f"{member} uses an identity twice")
        return sorted(found, key=lambda one: one.identity)


def parse_xml(content: bytes) -> etree._Element:
    """XML from an untrusted package; ``ValueError`` for anything but plain elements."""
    if b"<!DOCTYPE" in content:
        raise ValueError("XML with a document type")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(f"not XML: {error}") from error


def expect_no_gaps(archive: zipfile.ZipFile, size: int) -> None:
    """Raise ``ValueError`` unless the file consists of its members and their directory alone, end to end.

    Bytes before, between or after them belong to no member, and other programs might find another package there.
    """
    assert archive.fp is not None
    end = 0
    for info in sorted(archive.infolist(), key=lambda one: one.header_offset):
        archive.fp.seek(info.header_offset)
        header = archive.fp.read(30)
        name_length, extra_length = struct.unpack("<HH", header[26:30])
        if info.header_offset != end or info.flag_bits & 0x08:
            raise ValueError(f"there is something before {info.filename}")
        end += 30 + name_length + extra_length + info.compress_size
    length = sum(46 + len(one.filename.encode()) + len(one.extra) + len(one.comment) for one in archive.infolist())
    if archive.start_dir != end or size != end + length + len(_end_record(archive, length)):
        raise ValueError("there is something around its members")


def expect_usual_headers(archive: zipfile.ZipFile) -> None:
    """Raise ``ValueError`` unless every header and the directory are, to the byte, as this program writes them.

    No signature covers sizes, dates, versions, attributes and comments of members, so none may be free to be changed.
    """
    assert archive.fp is not None
    for info in archive.infolist():
        header = _written_anew(info).FileHeader()
        archive.fp.seek(info.header_offset)
        if archive.fp.read(len(header)) != header:
            raise ValueError(f"the header of {info.filename} is not as it was written")
    directory = b"".join(map(_entry, archive.infolist()))
    archive.fp.seek(archive.start_dir)
    if archive.fp.read() != directory + _end_record(archive, len(directory)):
        raise ValueError("its directory is not as it was written")


def _written_anew(info: zipfile.ZipInfo) -> zipfile.ZipInfo:
    fresh = zipfile.ZipInfo(info.filename, EPOCH)
    fresh.compress_type, fresh.CRC = info.compress_type, info.CRC
    fresh.compress_size, fresh.file_size = info.compress_size, info.file_size
    return fresh


def _entry(info: zipfile.ZipInfo) -> bytes:
    """A member's entry in the directory, as Python writes it: long sizes and offsets stand behind the name."""
    sizes = [info.file_size, info.compress_size]
    long = sizes if max(sizes) > zipfile.ZIP64_LIMIT else []
    shown = [MANY, MANY] if long else [info.compress_size, info.file_size]
    start = MANY if info.header_offset > zipfile.ZIP64_LIMIT else info.header_offset
    long = [*long, info.header_offset] if start == MANY else long
    extra = struct.pack(f"<2H{len(long)}Q", 1, 8 * len(long), *long) if long else b""
    name = info.filename.encode()
    version, flags = 45 if long else 20, 0 if info.filename.isascii() else 0x800
    head = (version, 3, version, 0, flags, info.compress_type, 0, FIRST_DAY, info.CRC, *shown)
    tail = (len(name), len(extra), 0, 0, 0, OWNER_ONLY, start)
    return struct.pack("<4s4B4H3L5H2L", b"PK\1\2", *head, *tail) + name + extra


def _end_record(archive: zipfile.ZipFile, length: int) -> bytes:
    """What follows a directory of ``length`` bytes; with long numbers where it lies beyond 2 GiB."""
    members, start = len(archive.infolist()), archive.start_dir
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, members, members, length, min(start, MANY), 0)
    if start <= zipfile.ZIP64_LIMIT:
        return end
    long = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, members, members, length, start)
    return long + struct.pack("<4sLQL", b"PK\6\7", 0, start + length, 1) + end


def is_signed(relationship: Relationship) -> bool:
    """Whether a native signature covers this relationship: all but those to the properties and the signature itself."""
    return relationship.type not in UNSIGNED_TYPES


def reached_parts(package: Package) -> Iterator[str]:
    """Every member that a signed relationship leads to, sorted; ``ValueError`` when one is missing."""
    reached: set[str] = set()
    for rels in package.relationship_parts():
        for relationship in package.relationships(rels):
            if is_signed(relationship) and not relationship.external:
                reached.add(relationship.part)
    for part in sorted(reached):
        if part not in package.members:
            raise ValueError(f"a relationship leads to {part}, which is not there")
        yield part


def _read_types(root: etree._Element) -> tuple[dict[str, str], dict[str, str]]:
    defaults: dict[str, str] = {}
    overrides: dict[str, str] = {}
    for element in root:
        kind = element.get("ContentType")
        if not kind:
            raise ValueError("a content type is empty")
        if element.tag == f"{{{TYPES_NAMESPACE}}}Default":
            named, table = (element.get("Extension") or "").lower(), defaults
        elif element.tag == f"{{{TYPES_NAMESPACE}}}Override":
            named, table = (element.get("PartName") or "").removeprefix("/"), overrides
        else:
            raise ValueError("the content types hold something else")
        if not named or named in table:
            raise ValueError(f"the content type of {named!r} is given twice")
        table[named] = kind
    return defaults, overrides


def _read_relationship(member: str, element: etree._Element) -> Relationship:
    identity, kind, target = element.get("Id"), element.get("Type"), element.get("Target")
    mode = element.get("TargetMode", "Internal")
    if not (identity and kind and target) or mode not in ("Internal", "External"):
        raise ValueError(f"{member} holds an unclear relationship")
    external = mode == "External"
    part = "" if external else _resolve(member, target)
    return Relationship(identity=identity, type=kind, target=target, external=external, part=part)


def _resolve(member: str, target: str) -> str:
    """The member that ``target`` names, seen from the part whose relationships ``member`` holds."""
    folder = posixpath.dirname(posixpath.dirname(member))
    path = posixpath.normpath(posixpath.join("/", folder, unquote(target.partition("#")[0])))
    return path.lstrip("/")
