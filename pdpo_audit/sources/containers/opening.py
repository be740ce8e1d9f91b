"""Which files can be opened for what lies inside, and how a chain of members is followed to its bytes."""

from __future__ import annotations

from collections.abc import Iterator

from pdpo_audit.model.locations.holdings import ImageProblem, SkipReason
from pdpo_audit.sources.containers import documents, mails, tars, zips
from pdpo_audit.sources.containers.members import Budget, Member, Unread

#: ZIP files that hold what somebody put there; everything else that is a ZIP is one document of many parts.
_ARCHIVES = frozenset({"ZIP", "CBZ"})
_OFFICE = {"PPTX", "PPTM", "POTX", "PPSX", "DOCX", "DOCM", "DOTX", "XLSX", "XLSM", "ODT", "ODP", "ODS"}
_DOCUMENTS = frozenset(_OFFICE | {"EPUB", "KEY", "PAGES", "NUMBERS", "APK", "JAR"})
_PACKED = frozenset({"TAR", "TGZ", "TBZ2", "TXZ", "GZIP", "BZIP2", "XZ"})


def opens(format: str) -> bool:
    """Whether files of a format (as ``imaging.formats`` names it) can be opened for what lies inside."""
    return format in _ARCHIVES | _DOCUMENTS | _PACKED | {"EML", "MBOX", "PDF"}


def members(format: str, data: bytes, name: bytes, budget: Budget) -> Iterator[Member | Unread]:
    """What lies in a file of a format that ``opens``; ``name`` is its own.

    Raises ``ImageProblem``, also after some members: what comes behind them cannot be had.
    """
    if format in _PACKED:
        yield from tars.members(data, budget, _packing(data), name)
    elif format == "EML":
        yield from mails.members(data, budget)
    elif format == "MBOX":
        yield from mails.messages(data, budget)
    elif format == "PDF":
        yield from documents.members(data, budget)
    else:
        yield from zips.members(data, budget, document=format in _DOCUMENTS)


def _packing(data: bytes) -> str:
    for signature, format in ((b"\x1f\x8b", "GZIP"), (b"BZh", "BZIP2"), (b"\xfd7zXZ", "XZ")):
        if data.startswith(signature):
            return format
    return "TAR"


def read_member(format: str, data: bytes, outer: bytes, name: bytes) -> bytes:
    """The bytes of the member called ``name``. Raises ``ImageProblem``: it is not there any more, or cannot be read."""
    for one in members(format, data, outer, Budget()):
        if one.name == name:
            if isinstance(one, Unread):
                raise one.problem
            return one.read()
    raise ImageProblem(SkipReason.VANISHED, "the file holds nothing of that name any more")
