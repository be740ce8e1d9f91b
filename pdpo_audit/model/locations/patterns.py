"""The one language of path patterns: settings, registers, holds, answers, whatever else names part of a library.

A pattern speaks of printed places (``model.locations.printed``) and is compared with a whole place:

* ``*`` stands for anything within one name, ``**`` for anything at all, ``**/`` for any folders, or none;
* ``?`` stands for one character within a name, a byte that is not UTF-8 being one;
* ``[abc]``, ``[a-z]``, ``[!abc]`` stand for one character of the set, and for the brackets as they are written;
* ``%XX`` stands for a byte: ``%2A`` is a literal ``*``; a ``%`` before anything else is itself, ``%25`` always;
* ``/`` at the end stands for everything below the folder, ``/`` or ``./`` at the start for nothing;
* what matches a file matches everything inside the file.

Letters are compared exactly.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import translate
from functools import lru_cache

from pdpo_audit.model.locations.printed import INSIDE, former, printed

#: The version of the language, kept with what was written in it; nothing stands for the time of several dialects.
LANGUAGE = "1"

_BYTE = "%[0-9A-F]{2}"
_WITHIN_A_NAME = f"[^/%]*(?:{_BYTE}[^/%]*)*"
_ANYTHING = f"[^%]*(?:{_BYTE}[^%]*)*"
_WILD = re.compile(r"\*\*/|\*\*|\*|\?|\[(!?)(\][^\]/]*|[^\]/]+)\]")
#: Pages that are tried where only a page of a file may match; a pattern that names a later one is tried with it.
_FIRST_PAGES = 300
_DIGITS = re.compile(r"\d{1,6}")
_SPANS = re.compile(".-.|.", re.DOTALL)
_LITERAL = re.compile("%[0-9A-Fa-f]{2}|.", re.DOTALL)


class Patterns:
    """Some patterns, of which a place has to match one."""

    def __init__(self, patterns: Iterable[str]) -> None:
        self.patterns = tuple(patterns)
        one_of = "|".join(f"(?:{''.join(_expressions(one))})" for one in self.patterns if one)
        whole = f"(?:{one_of})(?:{INSIDE}.*)?" if one_of else "(?!)"
        self._whole = re.compile(whole, re.DOTALL)
        # Nearly all places hold no escape; without them a third of the time is enough.
        plain = whole.replace(_WITHIN_A_NAME, "[^/]*").replace(_ANYTHING, ".*")
        self._plain = re.compile(plain, re.DOTALL)

    def matches(self, place: str) -> bool:
        """Whether a printed place matches."""
        return (self._whole if "%" in place else self._plain).fullmatch(place) is not None

    def may_match_page(self, place: str) -> bool:
        """Whether a page of the file at ``place`` may match: one of the first, or one that a pattern numbers."""
        return any(self.matches(f"{place}{INSIDE}page/{number}") for number in self._numbers())

    def _numbers(self) -> Iterator[int]:
        yield from range(1, _FIRST_PAGES + 1)
        yield from (int(digits) for digits in _DIGITS.findall(" ".join(self.patterns)) if int(digits) > _FIRST_PAGES)


@lru_cache(maxsize=4096)
def compiled(*patterns: str) -> Patterns:
    """These patterns, ready for many places."""
    return Patterns(patterns)


def matches(pattern: str, place: str) -> bool:
    """Whether a printed place matches one pattern."""
    return compiled(pattern).matches(place)


def literal(text: str) -> str:
    """The pattern that a printed place, or a part of one, matches and nothing else."""
    return text.replace("*", "%2A").replace("?", "%3F").replace("[", "%5B")


def fixed_start(pattern: str) -> str:
    """What every place that matches starts with; the whole pattern, as a place, where it has no wildcard."""
    pattern = _anchored(pattern)
    wild = _WILD.search(pattern)
    return _printed(pattern[: wild.start()]).removesuffix("!") if wild else _printed(pattern)


def matched_before(pattern: str, place: str) -> bool:
    """Whether a place matched when each use of patterns had a dialect: ``fnmatch`` on the path as it was printed."""
    return _fnmatch(pattern).match(former(place)) is not None


@lru_cache(maxsize=4096)
def _fnmatch(pattern: str) -> re.Pattern[str]:
    return re.compile(translate(pattern))


def _anchored(pattern: str) -> str:
    pattern = pattern.removeprefix(".").lstrip("/") if pattern.startswith(("/", "./")) else pattern
    return f"{pattern}**" if pattern.endswith("/") else pattern


def _expressions(pattern: str) -> Iterator[str]:
    """The pattern as a regular expression over printed places, piece by piece."""
    pattern = _anchored(pattern)
    place = 0
    for wild in _WILD.finditer(pattern):
        yield _exactly(pattern[place : wild.start()])
        begins_a_name = wild.start() == 0 or pattern[wild.start() - 1] == "/"
        yield _wildcard(wild, begins_a_name=begins_a_name)
        place = wild.end()
    yield re.escape(_printed(pattern[place:]))


def _exactly(text: str) -> str:
    """Literal text before a wildcard; a ``!`` at its end may end a name there."""
    shown = _printed(text)
    return f"{re.escape(shown[:-1])}(?:!|%21)" if shown.endswith("!") else re.escape(shown)


def _wildcard(wild: re.Match[str], *, begins_a_name: bool) -> str:
    match wild.group():
        case "**/":
            return f"(?:{_ANYTHING}/)?" if begins_a_name else f"{_ANYTHING}/"
        case "**":
            return _ANYTHING
        case "*":
            return _WITHIN_A_NAME
        case "?":
            return f"(?:{_BYTE}|[^/%])"
        case brackets:
            return f"(?:{_one_of(wild[2], negated=bool(wild[1]))}|{re.escape(_printed(brackets))})"


def _one_of(members: str, *, negated: bool) -> str:
    """One character of a set; the signs that are escaped in print stand there with their escapes."""
    inside = "".join(
        f"{re.escape(one[0])}-{re.escape(one[-1])}" for one in _SPANS.findall(members) if one[0] <= one[-1]
    )
    escapes = "|".join(f"%{ord(sign):02X}" for sign in "%!" if inside and re.match(f"[{inside}]", sign))
    if negated:
        return f"{f'(?!{escapes})' if escapes else ''}{_BYTE}|[^/%{inside}]"
    return "|".join(filter(None, (f"[{inside}]" if inside else "(?!)", escapes)))


def _printed(text: str) -> str:
    """Literal text of a pattern as places are printed."""
    return INSIDE.join(printed(b"".join(map(_byte, _LITERAL.findall(part)))) for part in text.split(INSIDE))


def _byte(sign: str) -> bytes:
    return bytes.fromhex(sign[1:]) if len(sign) == 3 else sign.encode("utf-8", "surrogateescape")


def is_at(wanted: Sequence[str], source: str, path: str) -> bool:
    """Whether any of some places, as commands name them (``SOURCE:PATH``, a path, a pattern of paths), is this one."""
    return any(_is_place(one, source, path) for one in wanted)


def _is_place(wanted: str, source: str, path: str) -> bool:
    named, colon, pattern = wanted.partition(":")
    if colon and named == source:
        return path == pattern or matches(pattern, path)
    return path == wanted or matches(wanted, path)
