"""Where pictures lie: a reference to one stored copy, and why one was not examined."""

from __future__ import annotations

import hashlib
import marshal
from dataclasses import dataclass
from enum import StrEnum

from pdpo_audit.model.locations.printed import INSIDE, is_part, printed_members, printed_place, read_members

_PAGE = "page/"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class ImageRef:
    """One place that holds a picture.

    ``locator`` is the exact path inside the source as bytes with ``/`` between folders; ``member`` names the place
    inside a file as it is printed (``page/3``, ``deck.pptx!/ppt/media/a.jpg``, ``model.locations.printed``), empty for
    the file itself.
    """

    source: str
    locator: bytes
    member: str = ""

    @property
    def path(self) -> str:
        """The place as it is printed: ``scan.tif!/page/3``."""
        return printed_place(self.locator, self.member)

    @property
    def file(self) -> ImageRef:
        """The file that it lies in."""
        return ImageRef(source=self.source, locator=self.locator)

    @property
    def page(self) -> int:
        """The page inside the file, counted from 0 as decoders do; 0 where there is only one."""
        return int(self.part.removeprefix(_PAGE)) - 1 if self.part.startswith(_PAGE) else 0

    @property
    def part(self) -> str:
        """The page as it is printed (``page/3``; ``pages/3-9`` were left out), empty where a whole file is meant."""
        last = self.member.rpartition(INSIDE)[2]
        return last if is_part(last) else ""

    @property
    def inside(self) -> str:
        """The printed chain of the files that the picture lies in, inside the outermost one; without its page."""
        return self.member.removesuffix(self.part).removesuffix(INSIDE) if self.part else self.member

    @property
    def whole(self) -> ImageRef:
        """The file or member that it is a page of; itself where it is no page."""
        return ImageRef(source=self.source, locator=self.locator, member=self.inside)

    @property
    def members(self) -> tuple[bytes, ...]:
        """The names that lead to the picture from the outermost file to the innermost one."""
        return read_members(self.inside)

    def within(self, name: bytes) -> ImageRef:
        """The file of that name inside this one."""
        return self.below(printed_members((name,)))

    def at_page(self, number: int) -> ImageRef:
        """A page of this file, counted from 1."""
        return self.below(f"{_PAGE}{number}")

    def below(self, printed_name: str) -> ImageRef:
        """A page or file inside this one by its printed name; itself where that is empty."""
        if not printed_name:
            return self
        member = f"{self.member}{INSIDE}{printed_name}" if self.member else printed_name
        return ImageRef(source=self.source, locator=self.locator, member=member)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileStat:
    """What a stat tells: the state of a file that decides whether it must be read again."""

    size: int
    modified_ns: int
    inode: int = 0


def storable(number: int) -> int:
    """A number of the system's within what a database holds (64 bits with a sign).

    Some network shares number files beyond that, and some files claim to be of the year 2300.
    """
    return number if -(2**63) <= number < 2**63 else (number & 2**63 - 1)


#: One regular file of a folder: name, size in bytes, modification time in ns, inode. A plain tuple, because a re-scan
#: makes one for every file of the library and must cost little more than the stat itself.
Entry = tuple[bytes, int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderListing:
    """One folder of a source, relative to it (``b""`` is the source itself), with its files sorted by name."""

    source: str
    folder: bytes
    entries: list[Entry]

    def digest(self) -> bytes:
        """Changes whenever a file came, went, or changed its size, time or inode.

        Marshal's version 2 knows no references: equal entries give equal bytes, five times as fast as their text does.
        """
        return hashlib.sha256(marshal.dumps(self.entries, 2)).digest()


def locate(folder: bytes, name: bytes) -> bytes:
    """The locator of ``name`` in ``folder``."""
    return folder + b"/" + name if folder else name


class SkipReason(StrEnum):
    """Why something was seen and not examined (closed list; also the column ``skipped_reason``)."""

    EMPTY = "empty"
    NOT_AN_IMAGE = "not_an_image"
    TRUNCATED = "truncated"
    DAMAGED = "damaged"
    FORMAT_NOT_DECODED = "format_not_decoded"
    CONTAINER_NOT_OPENED = "container_not_opened"
    OTHER_FILE = "other_file"
    SIDECAR = "sidecar"  # says something of pictures beside it; what it says counts for them
    TOO_LARGE = "too_large"
    NO_PERMISSION = "no_permission"
    READ_ERROR = "read_error"
    VANISHED = "vanished"
    CHANGED_WHILE_READ = "changed_while_read"
    SPECIAL_FILE = "special_file"
    SYMBOLIC_LINK = "symbolic_link"
    OLDER_VERSIONS = "older_versions"  # a store keeps former bytes of a file, which nobody sees and no deletion ends
    DECODER_CRASHED = "decoder_crashed"
    TIMED_OUT = "timed_out"
    FACE_PASS_FAILED = "face_pass_failed"
    TEXT_PASS_FAILED = "text_pass_failed"
    NOT_REACHED = "not_reached"  # a whole source, or a part of one
    CHANGED_SINCE = "changed_since"  # no place holds the bytes any more that were examined
    PROGRAM_ERROR = "program_error"

    @property
    def fault(self) -> Fault:
        """Whose fault it is that this was not examined."""
        return _FAULTS.get(self, Fault.PROGRAM)


class Fault(StrEnum):
    """Who is to be asked about something that was not examined."""

    FILE = "file"  # its bytes are no sound picture
    PLACE = "place"  # it could not be read where it lies
    LIMIT = "limit"  # it costs more than the settings allow
    PROGRAM = "program"  # this program cannot do it, or made a mistake


_FAULTS = {
    **dict.fromkeys(
        (SkipReason.EMPTY, SkipReason.NOT_AN_IMAGE, SkipReason.TRUNCATED, SkipReason.DAMAGED), Fault.FILE
    ),
    **dict.fromkeys(
        (
            SkipReason.NO_PERMISSION, SkipReason.READ_ERROR, SkipReason.VANISHED, SkipReason.CHANGED_WHILE_READ,
            SkipReason.CHANGED_SINCE, SkipReason.SPECIAL_FILE, SkipReason.SYMBOLIC_LINK,
            SkipReason.NOT_REACHED, SkipReason.OLDER_VERSIONS,
        ),
        Fault.PLACE,
    ),
    **dict.fromkeys((SkipReason.TOO_LARGE, SkipReason.TIMED_OUT), Fault.LIMIT),
}  # fmt: skip


class ImageProblem(Exception):  # noqa: N818  # a problem of the input, told apart from errors of the program
    """Why a picture cannot be had: a reason from the closed list, and more words on it (a decoder's own)."""

    def __init__(self, reason: SkipReason, detail: str = "") -> None:
        super().__init__(reason, detail)  # both, so that it can be pickled
        self.reason = reason
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.reason}: {self.detail}" if self.detail else str(self.reason)

    def at(self, ref: ImageRef) -> Skipped:
        """The same as a result, of the picture at ``ref``."""
        return Skipped(ref=ref, reason=self.reason, detail=self.detail)


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """Seen and not examined, with the reason: a result like any other, never dropped."""

    ref: ImageRef
    reason: SkipReason
    detail: str = ""
