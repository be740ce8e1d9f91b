"""From nodes to values: one function for each kind of value, each telling its own mistakes with a place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date
from enum import StrEnum
from typing import TypeVar

from pdpo_audit.policy.terms.facts import REGISTRY, Fact, nearest
from pdpo_audit.policy.terms.periods import Period, parse_period
from pdpo_audit.policy.terms.wording import Gloss
from pdpo_audit.policy.trees import Entry, Listing, Mapping, Mistakes, Node, Place, Scalar

MAX_TEXT = 2_000

_E = TypeVar("_E", bound=StrEnum)
_V = TypeVar("_V")


def shown(text: str) -> str:
    """A user's words as a message repeats them: quoted, on one line, not too long."""
    flat = "".join(char if char.isprintable() else "�" for char in text[:80])
    return f'"{flat}…"' if len(text) > 80 else f'"{flat}"'


def described(node: Node) -> str:
    """What stands there, for a message."""
    if isinstance(node, Scalar):
        return shown(node.text) if node.text else "nothing"
    return "a list" if isinstance(node, Listing) else "a mapping"


def fields(
    node: Node, what: str, known: Iterable[str], mistakes: Mistakes, *, required: Iterable[str] = ()
) -> dict[str, Entry]:
    """The entries of a mapping by key; unknown and missing keys are mistakes."""
    if not isinstance(node, Mapping):
        mistakes.add(node.place, f"{what} is a mapping of keys and values, not {described(node)}")
        return {}
    names = tuple(known)
    found: dict[str, Entry] = {}
    meant = ""
    for entry in node.entries:
        if entry.key in names:
            found[entry.key] = entry
        else:
            close = nearest(entry.key, names)
            meant += close
            mistakes.add(entry.place, f"{shown(entry.key)} is not a part of {what}{close}")
    for name in required:
        if name not in found and f'"{name}"' not in meant:
            mistakes.add(node.place, f'{what} has no "{name}"')
    return found


def text(node: Node, what: str, mistakes: Mistakes, *, empty: bool = False) -> str:
    """A piece of text."""
    if not isinstance(node, Scalar):
        mistakes.add(node.place, f"{what} is text, not {described(node)}")
        return ""
    if not node.text.strip() and not empty:
        mistakes.add(node.place, f"{what} is empty")
    if len(node.text) > MAX_TEXT:
        mistakes.add(node.place, f"{what} is longer than {MAX_TEXT} characters")
        return node.text[:MAX_TEXT]
    return " ".join(node.text.split())


def word(node: Node, what: str, pattern: re.Pattern[str], example: str, mistakes: Mistakes) -> str:
    """A text of a given shape, such as an id."""
    value = text(node, what, mistakes)
    if value and not pattern.fullmatch(value):
        mistakes.add(node.place, f"{described(node)} is not {what}; write it like {example}")
    return value


def choice(node: Node, what: str, enum: type[_E], mistakes: Mistakes) -> _E | None:
    """One word of a closed list."""
    words = tuple(str(member.value) for member in enum)
    if isinstance(node, Scalar) and node.text in words:
        return enum(node.text)
    close = nearest(node.text, words) if isinstance(node, Scalar) else ""
    listed = "" if close else f"; it is one of {', '.join(words)}"
    mistakes.add(node.place, f"{described(node)} is not {what}{close}{listed}")
    return None


def yes_no(node: Node, what: str, mistakes: Mistakes) -> bool | None:
    """``true`` or ``false``, and nothing that merely looks like it."""
    if isinstance(node, Scalar) and node.plain and node.text in ("true", "false"):
        return node.text == "true"
    mistakes.add(node.place, f"{what} is true or false, not {described(node)}")
    return None


def day(node: Node, what: str, mistakes: Mistakes) -> date | None:
    """An ISO date."""
    if isinstance(node, Scalar) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", node.text, re.ASCII):
        try:
            return date.fromisoformat(node.text)
        except ValueError:
            mistakes.add(node.place, f"{shown(node.text)} is no day of the calendar ({what})")
            return None
    mistakes.add(node.place, f"{what} is a date such as 2026-11-20, not {described(node)}")
    return None


def whole_number(node: Node, what: str, mistakes: Mistakes) -> int | None:
    """A whole number that is not negative."""
    if isinstance(node, Scalar) and node.plain and re.fullmatch(r"\d{1,15}", node.text, re.ASCII):
        return int(node.text)
    mistakes.add(node.place, f"{what} is a whole number, not {described(node)}")
    return None


def period(node: Node, what: str, mistakes: Mistakes) -> Period | None:
    """An ISO 8601 period of at most 200 years."""
    found = parse_period(node.text) if isinstance(node, Scalar) else None
    if found is None:
        mistakes.add(node.place, f"{described(node)} is not a period ({what}); write P2Y, P6M, P2W or P31D")
    elif found.months > 200 * 12 or found.days > 200 * 366:
        mistakes.add(node.place, f"{described(node)} is longer than 200 years ({what})")
        return None
    return found


def gloss(node: Node, what: str, mistakes: Mistakes) -> Gloss:
    """Words in English and Traditional Chinese; both are needed."""
    parts = fields(node, what, ("en", "zh-Hant"), mistakes, required=("en", "zh-Hant"))
    words = {key: text(entry.value, f"{what} ({key})", mistakes) for key, entry in parts.items()}
    return Gloss(en=words.get("en", ""), zh=words.get("zh-Hant", ""))


def listing(node: Node, what: str, mistakes: Mistakes, *, empty: bool = False) -> tuple[Node, ...]:
    """The items of a list that has at least one."""
    if not isinstance(node, Listing):
        mistakes.add(node.place, f"{what} is a list (each line begins with a dash), not {described(node)}")
        return ()
    if not node.items and not empty:
        mistakes.add(node.place, f"{what} is an empty list")
    return node.items


def one_or_more(node: Node) -> tuple[Node, ...]:
    """The items of a list, or the single value itself."""
    return node.items if isinstance(node, Listing) else (node,)


def each(nodes: Iterable[Node], read: Callable[[Node], _V | None]) -> tuple[_V, ...]:
    """Every value that could be read."""
    return tuple(value for value in map(read, nodes) if value is not None)


def fact(name: str, place: Place, mistakes: Mistakes) -> Fact | None:
    """The registered fact of this name."""
    found = REGISTRY.get(name)
    if found is None:
        mistakes.add(place, f"no fact called {shown(name)}{nearest(name, tuple(REGISTRY))}")
    return found


def fact_of(node: Node, what: str, mistakes: Mistakes) -> Fact | None:
    """The registered fact that a value names."""
    if not isinstance(node, Scalar):
        mistakes.add(node.place, f"{what} is the name of a fact, not {described(node)}")
        return None
    return fact(node.text, node.place, mistakes)


def period_in(parts: dict[str, Entry], key: str, mistakes: Mistakes) -> Period | None:
    return period(parts[key].value, key, mistakes) if key in parts else None


def flag_in(parts: dict[str, Entry], key: str, mistakes: Mistakes) -> bool:
    return bool(yes_no(parts[key].value, f'"{key}"', mistakes)) if key in parts else False


def choice_in(parts: dict[str, Entry], key: str, enum: type[_E], mistakes: Mistakes) -> _E | None:
    return choice(parts[key].value, f'a word for "{key}"', enum, mistakes) if key in parts else None
