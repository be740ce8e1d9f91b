"""ZIP, and what is one by another name: office documents, OpenDocument, books, comics."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial

from pdpo_audit.imaging.formats import HEAD_BYTES
from pdpo_audit.model.locations.holdings import ImageProblem, SkipReason
from pdpo_audit.sources.containers.documents import office
from pdpo_audit.sources.containers.members import Budget, Member, Readable, Unread, numbered

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
        notes = cache(partial(office.notes_of, archive))
        for info in sorted(archive.infolist(), key=lambda one: one.header_offset):
            if info.is_dir():
                continue
            budget.count()
            name = numbered(_raw_name(info), taken)
            if info.header_offset < read_to:
                yield Unread(name=name, problem=ImageProblem(SkipReason.DAMAGED, "overlaps another file in the ZIP"))
                continue
            read_to = info.header_offset + 30 + info.compress_size
            yield _member(
                archive,
                info,
                name,
                budget,
                partial(_noted, notes, info.filename) if document else str,
                document=document,
            )


def _noted(notes: Callable[[], Mapping[str, str]], name: str) -> str:
    return notes().get(name, "")


def _raw_name(info: zipfile.ZipInfo) -> bytes:
    """The bytes of the name: without the flag for UTF-8 they were read as the code page of DOS."""
    if info.flag_bits & _UTF8:
        return info.filename.encode("utf-8", "surrogateescape")
    try:
        return info.filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename.encode("utf-8", "surrogateescape")


def _member(
    archive: zipfile.ZipFile,
    info: zipfile.ZipInfo,
    name: bytes,
    budget: Budget,
    note: Callable[[], str],
    *,
    document: bool,
) -> Member | Unread:
    if info.flag_bits & _ENCRYPTED:
        return Unread(name=name, problem=ImageProblem(SkipReason.CONTAINER_NOT_OPENED, "encrypted"))
    return Member(
        name=name,
        head=partial(_read, archive, info, lambda stream: stream.read(HEAD_BYTES)),
        read=partial(_read, archive, info, lambda stream: budget.drain(stream, packed=info.compress_size)),
        part=document,
        note=note,
    )


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo, how: Callable[[Readable], bytes]) -> bytes:
    try:
        with archive.open(info) as stream:
            return how(stream)
    except _BROKEN as error:
        raise _problem(error) from error


def _problem(error: Exception) -> ImageProblem:
    if isinstance(error, NotImplementedError):
        return ImageProblem(SkipReason.CONTAINER_NOT_OPENED, f"packed by a method that is not read here: {error}")
    return ImageProblem(SkipReason.DAMAGED, f"in the ZIP: {error}")
