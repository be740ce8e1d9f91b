"""ZIP, and what is one by another name: office documents, OpenDocument, books, comics."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from functools import partial

from pdpo_audit.model.locations.holdings import ImageProblem, SkipReason
from pdpo_audit.sources.containers.members import Budget, Member, Unread, numbered

_HEAD = 4096
_ENCRYPTED, _UTF8 = 0x1, 0x800
#: What reading a member may raise: a damaged stream, an unknown or unsupported method, a wrong checksum or header.
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError)


def members(data: bytes, budget: Budget, *, document: bool) -> Iterator[Member | Unread]:
    """The files in a ZIP, in the order of its directory; those of a ``document`` are parts of it.

    Raises ``ImageProblem`` where the directory cannot be read.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except _BROKEN as error:
        raise ImageProblem(SkipReason.DAMAGED, f"ZIP: {error}") from error
    taken: dict[bytes, int] = {}
    read_to = 0
    with archive:
        for info in sorted(archive.infolist(), key=lambda one: one.header_offset):
            if info.is_dir():
                continue
            budget.count()
            name = numbered(_raw_name(info), taken)
            if info.header_offset < read_to:
                yield Unread(name=name, problem=ImageProblem(SkipReason.DAMAGED, "overlaps another file in the ZIP"))
                continue
            read_to = info.header_offset + 30 + info.compress_size
            yield _member(archive, info, name, budget, document)


def _raw_name(info: zipfile.ZipInfo) -> bytes:
    """The bytes of the name: without the flag for UTF-8 they were read as the code page of DOS."""
    if info.flag_bits & _UTF8:
        return info.filename.encode("utf-8", "surrogateescape")
    try:
        return info.filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename.encode("utf-8", "surrogateescape")


def _member(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: bytes, budget: Budget, document: bool
) -> Member | Unread:
    if info.flag_bits & _ENCRYPTED:
        return Unread(name=name, problem=ImageProblem(SkipReason.CONTAINER_NOT_OPENED, "encrypted"))
    try:
        with archive.open(info) as stream:
            head = stream.read(_HEAD)
    except _BROKEN as error:
        return Unread(name=name, problem=_problem(error))
    return Member(name=name, head=head, read=partial(_whole, archive, info, budget), part=document)


def _whole(archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: Budget) -> bytes:
    try:
        with archive.open(info) as stream:
            return budget.drain(stream, packed=info.compress_size)
    except _BROKEN as error:
        raise _problem(error) from error


def _problem(error: Exception) -> ImageProblem:
    if isinstance(error, NotImplementedError):
        return ImageProblem(SkipReason.CONTAINER_NOT_OPENED, f"packed by a method that is not read here: {error}")
    return ImageProblem(SkipReason.DAMAGED, f"in the ZIP: {error}")
