"""What becomes of a file's bytes: new bytes with what is told of them, or a refusal with its cause."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Cause(StrEnum):
    """Why no new bytes were made."""

    NOTHING_THERE = "nothing_there"  # nobody to cover, or no name to remove
    UNREADABLE = "unreadable"
    TOO_LARGE = "too_large"
    NOT_WRITTEN = "not_written"  # a format that nothing here writes without losing more than the act is for
    NOT_INSTALLED = "not_installed"  # the library that would write it is missing on this machine
    SEVERAL_PAGES = "several_pages"  # a page is never cut out of its file
    FACES_LEFT = "faces_left"
    NAMES_LEFT = "names_left"
    NOT_FAITHFUL = "not_faithful"  # what was to stay came out otherwise


#: One sentence for people; its detail follows.
WORDS = {
    Cause.NOTHING_THERE: "there is nothing to remove",
    Cause.UNREADABLE: "the file cannot be read",
    Cause.TOO_LARGE: "the file is too large for it",
    Cause.NOT_WRITTEN: "files of this kind cannot be written without losing more than is meant",
    Cause.NOT_INSTALLED: "what writes files of this kind is not installed",
    Cause.SEVERAL_PAGES: "the file holds several pages, and each is a holding of its own",
    Cause.FACES_LEFT: "faces were found again in the result",
    Cause.NAMES_LEFT: "a text that names people was found again in the result",
    Cause.NOT_FAITHFUL: "the result differs where it must not",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """No new bytes, why, and what exactly was in the way."""

    cause: Cause
    detail: str = ""

    def said(self) -> str:
        """The cause in words."""
        return f"{WORDS[self.cause]}: {self.detail}" if self.detail else WORDS[self.cause]


@dataclass(frozen=True, slots=True, kw_only=True)
class Altered:
    """The new bytes, read back.

    ``format`` is that of the new file; ``covered`` counts the faces that were covered; ``furthest`` is the largest
    difference in levels (0 to 255, any channel) outside the filled fields; ``notes`` what a reader of the plan and the
    certificate has to know: what was left out, what was not looked through, that the format changed.
    """

    data: bytes
    format: str
    covered: int = 0
    furthest: int = 0
    notes: tuple[str, ...] = ()


class Stopped(Exception):  # noqa: N818 - ends one act on one file, told apart from errors of the program
    """Raised inside this room only: the act comes to a refusal."""

    def __init__(self, cause: Cause, detail: str = "") -> None:
        super().__init__(f"{cause.value}: {detail}")
        self.refused = Refused(cause=cause, detail=detail)
