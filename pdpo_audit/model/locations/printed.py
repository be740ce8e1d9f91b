"""The printed form of places: text that says exactly one place, can be read back, and does nothing where it is shown.

A place is a path of bytes, and inside a file the chain of members. In print every byte that is not UTF-8 is ``%XX``,
and a sign that means something is escaped where it is part of a name: ``%`` is ``%25``, ``!`` before ``/`` is ``%21``.
``!/`` leads from a file to what lies in it: ``scan.tif!/page/3``, ``old.zip!/deck.pptx!/ppt/media/image3.jpg``.

Versions before 2 escaped neither sign, so that two places could share one name; ``former`` says what they wrote.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

#: The form that is written now; an audit's methods say with which form it was written (none: the one before 2).
VERSION = "2"
#: The name under which an audit's methods say so.
PLACES = "places"
#: Leads from a file to what lies in it.
INSIDE = "!/"

#: Pages of a TIFF are told so; they have no names of their own.
_PART = re.compile(r"pages?/\d+(-\d+)?")
_ESCAPE = re.compile(rb"%([0-9A-Fa-f]{2})")
_SIGNS = re.compile("%|!(?=/)|[\udc80-\udcff]")
#: What versions before 2 printed in two ways of reading it.
_AMBIGUOUS = re.compile("%25[89A-F][0-9A-F]|%21/")

#: Controls, line and paragraph separators, and the marks that reverse or hide text on a screen. The zero-width joiners
#: stay out of it: Indic and Persian names and composed emoji are spelled with them.
ACTING = (
    "\x00-\x1f\x7f-\x9f\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164"
    "\ufeff\uffa0\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f\ud800-\udfff"
)
#: A text that looks like an escape; its bracket is escaped, so that every escape was made by ``spelled``.
ESCAPE_SIGN = r"\[(?=U\+[0-9A-F]{4,6}\])"
_ACTING = re.compile(f"[{ACTING}]|{ESCAPE_SIGN}")
_SPELLED = re.compile(r"\[U\+([0-9A-F]{4,6})\]")


def printed(raw: bytes) -> str:
    """A path, or a member's name, in print."""
    text = raw.decode("utf-8", "surrogateescape")
    if text.isascii() and "%" not in text and "!" not in text:
        return text
    return _SIGNS.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    return f"%{ord(match.group()) & 0xFF:02X}"


def printed_place(locator: bytes, member: str = "") -> str:
    """A place in print; ``member`` is the printed chain of members, empty for the file itself."""
    return f"{printed(locator)}{INSIDE}{member}" if member else printed(locator)


def printed_members(names: tuple[bytes, ...]) -> str:
    """A chain of members in print, the outermost first; a member that is named like a page is escaped."""
    return INSIDE.join(f"%70{name[1:]}" if is_part(name) else name for name in map(printed, names))


def is_part(name: str) -> bool:
    """Whether a printed name is that of a page, or of several, and not of a member."""
    return _PART.fullmatch(name) is not None


def read_printed(text: str) -> bytes:
    """The bytes that ``printed`` wrote; a ``%`` that no two hexadecimal digits follow stands for itself."""
    return _ESCAPE.sub(lambda match: bytes.fromhex(match[1].decode()), text.encode("utf-8", "surrogateescape"))


def read_place(text: str) -> tuple[bytes, str]:
    """The locator of a printed place, and the printed chain of members in it."""
    outer, _, member = text.partition(INSIDE)
    return read_printed(outer), member


def read_members(member: str) -> tuple[bytes, ...]:
    """The names in a printed chain of members, the outermost first."""
    return tuple(map(read_printed, member.split(INSIDE))) if member else ()


def former(text: str) -> str:
    """What versions before 2 wrote for a printed place; other places may have had the same name then."""
    return text.replace("%21/", "!/").replace("%25", "%") if "%" in text else text


def lasting(text: str) -> str:
    """A printed place as names that last are made of it: as versions before 2 wrote it, where that was unmistakable.

    Never equal for two places, so that what was decided by such a name is found again after the change of form.
    """
    return f"\0{text}" if _AMBIGUOUS.search(text) else former(text)


def spelled(text: str) -> str:
    """``text`` with every acting or invisible character written out as ``[U+202E]``, and what looks like it escaped.

    To be used once, where the text is shown: done twice, it escapes its own escapes.
    """
    return _ACTING.sub(lambda match: f"[U+{ord(match.group()):04X}]", text)


def read_spelled(text: str) -> str:
    """The text that ``spelled`` wrote out."""
    return _SPELLED.sub(lambda match: chr(int(match[1], 16)), text)


def amount(number: int, one: str, other: str = "") -> str:
    """A number with its word, in English: ``1 picture``, ``1,200 pictures``."""
    return f"{number:,} {one if number == 1 else other or f'{one}s'}"


def declared_names(names: Iterable[str], most: int = 12) -> str:
    """The declared sources for an advice; the first of them where they are many."""
    known = sorted(names)
    if not known:
        return "no source is declared; pdpo-audit source add FOLDER"
    more = f" and {len(known) - most} more (pdpo-audit source list)" if len(known) > most else ""
    return f"declared: {', '.join(known[:most])}{more}"
