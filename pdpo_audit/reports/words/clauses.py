"""Sentences that stages of a scan put together of clauses (reasons, notes, what was skipped) in another language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

#: Between two clauses, never within the quotes of a place.
_BETWEEN = re.compile(r'; (?=(?:[^"]*"[^"]*")*[^"]*$)')
#: What stands for anything in a clause, and for a number.
_ANY, _NUMBER = "{}", "{n}"
_DEEPEST = 4


def translate(text: str, clauses: Mapping[str, str], between: str) -> str:
    """``text`` with each clause that ``clauses`` knows in its words; what they do not know, as it is.

    ``{}`` in a clause stands for anything, which is translated in its turn; ``{n}`` for a number.
    """
    known = _compiled(tuple(clauses.items()))
    return between.join(_said(clause, known, _DEEPEST) for clause in _BETWEEN.split(text))


def _said(clause: str, known: tuple[tuple[re.Pattern[str], str], ...], deepest: int) -> str:
    for pattern, translated in known:
        if found := pattern.fullmatch(clause):
            parts = (_said(part, known, deepest - 1) if deepest else part for part in found.groups())
            return translated.format(*parts)
    return clause


@lru_cache(maxsize=8)
def _compiled(clauses: tuple[tuple[str, str], ...]) -> tuple[tuple[re.Pattern[str], str], ...]:
    """The patterns in the order of the labels: the first that fits counts."""
    made = []
    for known, translated in clauses:
        escaped = re.escape(known).replace(re.escape(_NUMBER), r"([\d.,]+)").replace(re.escape(_ANY), "(.+?)")
        made.append((re.compile(escaped, re.DOTALL), translated.replace(_NUMBER, _ANY)))
    return tuple(made)
