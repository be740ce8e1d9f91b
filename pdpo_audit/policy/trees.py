"""YAML text as a tree that knows where everything stands; only what a rule pack may use.

The parser's events are walked directly: no tag, anchor, alias, merge key or second document gets as far as a value,
and no value is ever guessed (``no`` stays the word "no"). Size, depth and number of nodes are bounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

MAX_BYTES = 256 * 1024
MAX_DEPTH = 40
MAX_NODES = 20_000
MAX_REPAIRS = 10
MAX_MISTAKES = 1_000


class EnoughError(Exception):
    """More mistakes than anybody reads: the rest of the file is not looked at."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A position in the file, from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """What is wrong, and where."""

    place: Place
    message: str


@dataclass(slots=True)
class Mistakes:
    """Collects everything that is wrong with a file, so that it is told at once."""

    found: list[Mistake] = field(default_factory=list)
    refused: set[Place] = field(default_factory=set)

    def add(self, place: Place, message: str) -> None:
        """Note one mistake; what was refused for its form is not read for its meaning as well."""
        if len(self.found) >= MAX_MISTAKES:
            raise EnoughError
        if place not in self.refused:
            self.found.append(Mistake(place, message))

    def refuse(self, place: Place, message: str) -> None:
        """Note a mistake after which nothing more is to be said of this place."""
        self.add(place, message)
        self.refused.add(place)


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value as it is written; ``plain`` where it stands without quotes."""

    place: Place
    text: str
    plain: bool


@dataclass(frozen=True, slots=True)
class Listing:
    """A list."""

    place: Place
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A key with its value."""

    place: Place
    key: str
    value: Node


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys with values, in the file's order; a repeated key is a mistake and keeps its first value."""

    place: Place
    entries: tuple[Entry, ...]

    def get(self, key: str) -> Entry | None:
        """The entry of ``key``, if it is there."""
        return next((entry for entry in self.entries if entry.key == key), None)


Node = Scalar | Listing | Mapping


def read_tree(raw: bytes, mistakes: Mistakes) -> Node | None:
    """The tree of a YAML file, or None where nothing could be read; every mistake goes to ``mistakes``.

    Text that is no YAML is reported with its line, the line is set aside, and the rest is read, so that one slip does
    not hide the others.
    """
    text = _decode(raw, mistakes)
    if text is None:
        return None
    lines = _without_tabs(text, mistakes)
    for _ in range(max(1, min(MAX_REPAIRS, MAX_BYTES // max(1, len(raw))))):
        attempt, broken = Mistakes(), _Broken()
        try:
            tree = _build("\n".join(lines) + "\n", attempt, broken)
        finally:
            if broken.line is None:
                mistakes.found.extend(attempt.found)
                mistakes.refused |= attempt.refused
        if broken.line is None:
            return tree
        mistakes.add(Place(broken.line + 1, broken.column + 1), broken.message)
        if broken.hopeless or not _set_aside(lines, broken.line):
            return None
    return None


@dataclass(slots=True)
class _Broken:
    line: int | None = None
    column: int = 0
    message: str = ""
    hopeless: bool = False


def _set_aside(lines: list[str], at: int) -> bool:
    """Blank the line of a syntax error, or the last line with text above it; False where nothing is left."""
    for index in range(min(at, len(lines) - 1), -1, -1):
        if lines[index].strip():
            lines[index] = ""
            return True
    return False


def _decode(raw: bytes, mistakes: Mistakes) -> str | None:
    if len(raw) > MAX_BYTES:
        mistakes.add(Place(1, 1), f"the file is larger than {MAX_BYTES // 1024} KiB; split it into several packs")
        return None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        column = error.start - (raw.rfind(b"\n", 0, error.start) + 1) + 1
        mistakes.add(Place(line, column), "not UTF-8 text; save the file as UTF-8")
        return None


_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff\u2028-\u202e\u2066-\u2069\x85]"
)


def _without_tabs(text: str, mistakes: Mistakes) -> list[str]:
    """The lines with every tab and control character reported and replaced."""
    lines = re.split(r"\r\n|\n|\r", text)
    for number, line in enumerate(lines, 1):
        if "\t" in line:
            mistakes.add(Place(number, line.index("\t") + 1), "a tab character; indent with spaces")
            following = lines[number] if number < len(lines) else ""
            line = _untabbed(line, following, lines[number - 2] if number > 1 else "")
        control = _CONTROL.search(line)
        if control:
            code = f"U+{ord(control.group()):04X}"
            mistakes.add(Place(number, control.start() + 1), f"the character {code} cannot stand in a rule pack")
            line = _CONTROL.sub(" ", line)
        lines[number - 1] = line
    return lines


def _untabbed(line: str, following: str, previous: str) -> str:
    """The line as it was most likely meant: indented like its neighbour of the same kind."""
    content = line.lstrip()
    if "\t" not in line[: len(line) - len(content)]:
        return line.replace("\t", "  ")
    content = content.replace("\t", "  ")
    for other in (following, previous):
        bare = other.lstrip()
        if bare and "\t" not in other and bare.startswith("- ") == content.startswith("- "):
            return " " * (len(other) - len(bare)) + content
    deeper = 2 if previous.rstrip().endswith(":") else 0
    return " " * (len(previous) - len(previous.lstrip()) + deeper) + content


def _build(text: str, mistakes: Mistakes, broken: _Broken) -> Node | None:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    reader = YAML(typ="safe", pure=True)
    builder = _Builder(mistakes)
    try:
        return builder.build(reader.parse(text))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        broken.line, broken.column = (mark.line, mark.column) if mark else (0, 0)
        began = error.context_mark
        opened = f" (inside what begins on line {began.line + 1})" if began and mark and began.line < mark.line else ""
        broken.message = _say(error.problem or error.context or "") + opened
    except _LimitError:
        broken.line, broken.column = builder.last.line - 1, builder.last.column - 1
        broken.message, broken.hopeless = f"nested deeper than {MAX_DEPTH} or more than {MAX_NODES} values", True
    except (YAMLError, ValueError, IndexError, AttributeError, AssertionError, TypeError) as error:
        # The parser fails in undeclared ways on hostile text; the events read so far say where.
        broken.line, broken.column = builder.last.line - 1, 0
        broken.message = f"this is not readable YAML ({type(error).__name__})"
    return None


def _say(problem: str) -> str:
    first = " ".join(problem.split())[:160]
    return f"this is not readable YAML: {first}" if first else "this is not readable YAML"


class _LimitError(ValueError):
    """The tree is deeper or larger than any rule pack."""


class _Builder:
    """Walks the parser's events once and keeps the place of each."""

    def __init__(self, mistakes: Mistakes) -> None:
        self.mistakes = mistakes
        self.last = Place(1, 1)
        self.nodes = 0

    def build(self, events: Iterator[Any]) -> Node | None:
        """The first document as a tree; a second one is a mistake."""
        root: Node | None = None
        documents = 0
        for event in events:
            name = type(event).__name__
            self._note(event)
            if name == "DocumentStartEvent":
                documents += 1
                if event.version or event.tags:
                    self.mistakes.add(self.last, "directives (%...) cannot stand in a rule pack")
                if documents > 1:
                    self.mistakes.add(self.last, "a second document in one file; a rule pack is one document")
            elif name in ("ScalarEvent", "SequenceStartEvent", "MappingStartEvent", "AliasEvent"):
                node = self._node(event, events, 0)
                root = node if documents == 1 else root
        return root

    def _note(self, event: Any) -> None:
        self.last = Place(event.start_mark.line + 1, event.start_mark.column + 1)

    def _node(self, event: Any, events: Iterator[Any], depth: int) -> Node:
        self._note(event)
        place = self.last
        self.nodes += 1
        if depth > MAX_DEPTH or self.nodes > MAX_NODES:
            raise _LimitError
        name = type(event).__name__
        if name == "AliasEvent":
            self.mistakes.refuse(place, f'"*{event.anchor}" is an alias; write the value out')
            return Scalar(place, "", plain=False)
        self._refuse_extras(event, place)
        if name == "ScalarEvent":
            return Scalar(place, str(event.value), plain=event.style is None)
        if name == "SequenceStartEvent":
            return Listing(place, tuple(self._items(events, depth)))
        return Mapping(place, tuple(self._entries(events, depth)))

    def _refuse_extras(self, event: Any, place: Place) -> None:
        if event.anchor:
            self.mistakes.add(place, f'"&{event.anchor}" is an anchor; rule packs have none')
        if tag := getattr(event, "tag", None):
            self.mistakes.add(place, f'"{str(tag)[:60]}" is a tag; rule packs have none')

    def _items(self, events: Iterator[Any], depth: int) -> Iterator[Node]:
        for event in events:
            if type(event).__name__ == "SequenceEndEvent":
                return
            yield self._node(event, events, depth + 1)

    def _entries(self, events: Iterator[Any], depth: int) -> Iterator[Entry]:
        seen: dict[str, Place] = {}
        for event in events:
            if type(event).__name__ == "MappingEndEvent":
                return
            key = self._node(event, events, depth + 1)
            value = self._node(next(events), events, depth + 1)
            if not isinstance(key, Scalar):
                self.mistakes.add(key.place, "a key must be a word, not a list or a mapping")
            elif key.text == "<<" and key.plain:
                self.mistakes.add(key.place, '"<<" is a merge key; write the values out')
            elif key.text in seen:
                self.mistakes.add(key.place, f'"{key.text[:80]}" stands here already on line {seen[key.text].line}')
            else:
                seen[key.text] = key.place
                yield Entry(key.place, key.text, value)
