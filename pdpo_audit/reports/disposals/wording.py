"""What plans and results say in English, in the language of a reader; what people wrote and places stay as they are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from pdpo_audit.reports.words.labels import Wording

#: Between sentences of one result, and between conditions of one selection.
_APART = "; "


def spoken(text: str, t: Wording) -> str:
    """Words on a result: each sentence that the language knows, with what stands before it (``source:path: words``)."""
    known = t.labels.get("phrases", {})
    phrases = {str(one): str(said) for one, said in known.items()} if isinstance(known, Mapping) else {}
    return _APART.join(_sentence(part, phrases) for part in text.split(_APART)) if phrases else text


def selected(text: str, t: Wording) -> str:
    """What a plan takes in (``Wanted.words``): ``rule CORE-08; owner Human Resources``."""
    return _APART.join(_condition(part, t) for part in text.split(_APART))


def _sentence(text: str, phrases: Mapping[str, str]) -> str:
    for known, said in phrases.items():
        if found := _pattern(known).fullmatch(text):
            return said.format(*found.groups())
    before, colon, rest = text.rpartition(": ")
    return f"{before}{colon}{_sentence(rest, phrases)}" if colon else text


@lru_cache(maxsize=512)
def _pattern(known: str) -> re.Pattern[str]:
    return re.compile("(.+?)".join(re.escape(part) for part in known.split("{}")), re.DOTALL)


def _condition(text: str, t: Wording) -> str:
    name, space, value = text.partition(" ")
    names = t.labels.get("selected", {})
    if not isinstance(names, Mapping):
        return text
    if text in names:
        return str(names[text])
    if name not in names or not space:
        return text
    return f"{names[name]}{space}{t.name('acts', value) if name == 'act' else value}"
