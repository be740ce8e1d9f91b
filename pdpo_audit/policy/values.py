"""Values of facts: as a rule writes them, and whether they fit the fact's type."""

from __future__ import annotations

from pdpo_audit.policy import parsing
from pdpo_audit.policy.facts import LEVEL_WORDS, Fact, FactType, nearest
from pdpo_audit.policy.reading import Mistakes, Node, Scalar
from pdpo_audit.policy.rules import Value


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
            return parsing.text(node, fact.name, mistakes) or None
        case FactType.CHOICE | FactType.LEVEL | FactType.FLAGS:
            return _word(node, fact, mistakes)


def _word(node: Node, fact: Fact, mistakes: Mistakes) -> str | None:
    if not isinstance(node, Scalar):
        mistakes.add(node.place, f"{fact.name} is one word, not {parsing.described(node)}")
        return None
    value = LEVEL_WORDS.get(node.text, node.text) if fact.type is FactType.LEVEL else node.text
    if value in fact.values or (value.strip() and not fact.closed):
        return value
    known = (*fact.values, *(LEVEL_WORDS if fact.type is FactType.LEVEL else ()))
    close = nearest(value, known)
    listed = "" if close else f"; it is one of {', '.join(known)}"
    mistakes.add(node.place, f"{parsing.described(node)} is not a value of {fact.name}{close}{listed}")
    return None
