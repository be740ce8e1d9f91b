"""Which files can be opened for what lies inside, and how a chain of members is followed to its bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from pdpo_audit.model.locations.holdings import ImageProblem, SkipReason
from pdpo_audit.sources.containers import compound, thumbnails
from pdpo_audit.sources.containers.archives import rars, sevenzips, tars, zips
from pdpo_audit.sources.containers.documents import pdf
from pdpo_audit.sources.containers.mail import messages, winmail
from pdpo_audit.sources.containers.members import Budget, Member, Unread

#: ZIP files that hold what somebody put there; everything else that is a ZIP is one document of many parts.
_ARCHIVES = frozenset({"ZIP", "CBZ"})
_OFFICE = {"PPTX", "PPTM", "POTX", "PPSX", "DOCX", "DOCM", "DOTX", "XLSX", "XLSM", "ODT", "ODP", "ODS"}
_DOCUMENTS = frozenset(_OFFICE | {"EPUB", "KEY", "PAGES", "NUMBERS", "APK", "JAR"})
_PACKED = frozenset({"TAR", "TGZ", "TBZ2", "TXZ", "GZIP", "BZIP2", "XZ"})
#: OLE compound files: office documents of before 2007, Outlook messages, what has no such name (``Thumbs.db``).
_COMPOUND = frozenset({"DOC", "PPT", "PPS", "XLS", "MSG", "OLE"})
_OPENERS: Mapping[str, Callable[[bytes, Budget], Iterator[Member | Unread]]] = {
    "EML": messages.members,
    "MBOX": messages.mailbox,
    "PDF": pdf.members,
    "TNEF": winmail.members,
    "THUMBCACHE": thumbnails.members,
    "7Z": sevenzips.members,
    "RAR": rars.members,
    **dict.fromkeys(_COMPOUND, compound.members),
}


def opens(format: str) -> bool:
    """Whether files of a format (as ``imaging.formats`` names it) can be opened for what lies inside."""
    return format in _ARCHIVES | _DOCUMENTS | _PACKED | _OPENERS.keys()


def members(format: str, data: bytes, name: bytes, budget: Budget) -> Iterator[Member | Unread]:
    """What lies in a file of a format that ``opens``; ``name`` is its own.

    Raises ``ImageProblem``, also after some members: what comes behind them cannot be had.
    """
    if data.startswith(compound.MAGIC):  # whatever its name says: an encrypted DOCX is one, too
        yield from compound.members(data, budget)
    elif format in _PACKED:
        yield from tars.members(data, budget, _packing(data), name)
    elif format in _OPENERS:
        yield from _OPENERS[format](data, budget)
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
