"""Values of facts: as a rule writes them, and whether they fit the fact's type."""

from __future__ import annotations

import re

from pdpo_audit.policy.terms import parsing
from pdpo_audit.policy.terms.facts import Fact, FactType, nearest
from pdpo_audit.policy.terms.rules import Value
from pdpo_audit.policy.terms.vocabulary import LEVEL_WORDS
from pdpo_audit.policy.trees import Mistakes, Node, Scalar


def read_value(node: Node, fact: Fact, mistakes: Mistakes) -> Value | None:
    """The value that ``node`` gives for ``fact``, checked against the fact's type and words."""
    match fact.type:
        case FactType.YES_NO:
            return parsing.yes_no(node, fact.name, mistakes)
        case FactType.COUNT:
            return parsing.whole_number(node, fact.name, mistakes)
        case FactType.DATE:
            return parsing.day(node, fact.name, mistakes)
        case FactType.TEXT:
            return None if _no_word(node, fact, mistakes) else parsing.text(node, fact.name, mistakes) or None
        case FactType.CHOICE | FactType.LEVEL | FactType.FLAGS:
            return _word(node, fact, mistakes)


#: What YAML 1.2 reads as something else than text where it stands without quotes.
_NO_WORD = re.compile(r"true|false|null|~|[-+]?\.?\d[\d_.]*([eE][-+]?\d+)?|\d{4}-\d{2}-\d{2}", re.ASCII)


def _no_word(node: Node, fact: Fact, mistakes: Mistakes) -> bool:
    """Whether a number, a date, or a yes or no stands where a text is due."""
    if not (isinstance(node, Scalar) and node.plain and _NO_WORD.fullmatch(node.text)):
        return False
    mistakes.add(node.place, f"{fact.name} is a text, not {node.text[:40]}; write it in quotes if it is a name")
    return True


def _word(node: Node, fact: Fact, mistakes: Mistakes) -> str | None:
    if not isinstance(node, Scalar):
        mistakes.add(node.place, f"{fact.name} is one word, not {parsing.described(node)}")
        return None
    if not fact.closed and _no_word(node, fact, mistakes):
        return None
    value = LEVEL_WORDS.get(node.text, node.text) if fact.type is FactType.LEVEL else node.text
    if value in fact.values or (value.strip() and not fact.closed):
        return value
    known = (*fact.values, *(LEVEL_WORDS if fact.type is FactType.LEVEL else ()))
    close = nearest(value, known)
    listed = "" if close else f"; it is one of {', '.join(known)}"
    mistakes.add(node.place, f"{parsing.described(node)} is not a value of {fact.name}{close}{listed}")
    return None
