"""Conditions as they are written: `record.class is: cctv_recording`, under `all`, `any` or `none`."""

from __future__ import annotations

from pdpo_audit.policy.terms import parsing
from pdpo_audit.policy.terms.facts import REGISTRY, Fact, FactType, nearest
from pdpo_audit.policy.terms.periods import parse_period
from pdpo_audit.policy.terms.rules import Condition, Group, Operator, Quantifier, Test
from pdpo_audit.policy.terms.values import read_value
from pdpo_audit.policy.trees import Entry, Mapping, Mistakes, Node, Scalar

_O = Operator

OPERATORS: dict[FactType, tuple[Operator, ...]] = {
    FactType.TEXT: (_O.IS, _O.IS_NOT, _O.ONE_OF, _O.NOT_ONE_OF),
    FactType.CHOICE: (_O.IS, _O.IS_NOT, _O.ONE_OF, _O.NOT_ONE_OF),
    FactType.LEVEL: (_O.IS, _O.IS_NOT, _O.ONE_OF, _O.NOT_ONE_OF, _O.AT_LEAST, _O.AT_MOST),
    FactType.COUNT: (_O.IS, _O.IS_NOT, _O.AT_LEAST, _O.AT_MOST, _O.MORE_THAN, _O.LESS_THAN),
    FactType.YES_NO: (_O.IS,),
    FactType.DATE: (_O.IS, _O.BEFORE, _O.AFTER, _O.ON_OR_BEFORE, _O.ON_OR_AFTER),
    FactType.FLAGS: (_O.IS, _O.INCLUDES, _O.INCLUDES_ANY, _O.INCLUDES_NONE),
}

#: Operators that compare with a whole list.
LISTS = (_O.ONE_OF, _O.NOT_ONE_OF, _O.INCLUDES_ANY, _O.INCLUDES_NONE)

_PRESENCE = {"recorded": _O.RECORDED, "not recorded": _O.NOT_RECORDED}
_QUANTIFIERS = tuple(str(quantifier.value) for quantifier in Quantifier)

#: Types whose values may be compared with another fact's.
_COMPARABLE = (FactType.COUNT, FactType.DATE, FactType.TEXT, FactType.CHOICE)


#: More than this in one definition, with all that it names, nobody can read; it also bounds every walk over conditions.
MAX_TESTS = 400
MAX_LEVELS = 30


def too_large(condition: Condition) -> bool:
    """Whether a condition, the definitions it names written out, is past what anybody can read."""
    return _extent(condition) > MAX_TESTS or _depth(condition) > MAX_LEVELS


def _extent(condition: Condition) -> int:
    total = 1
    for member in condition.members if isinstance(condition, Group) else ():
        total += _extent(member)
        if total > MAX_TESTS:
            break
    return total


def _depth(condition: Condition) -> int:
    members = condition.members if isinstance(condition, Group) else ()
    return 1 + max(map(_depth, members), default=0)


def read_group(node: Node, what: str, definitions: dict[str, Group], mistakes: Mistakes) -> Group | None:
    """A mapping with exactly one of ``all``, ``any`` and ``none``."""
    parts = parsing.fields(node, what, _QUANTIFIERS, mistakes)
    if isinstance(node, Mapping) and len(parts) != 1 and len(parts) == len(node.entries):
        mistakes.add(node.place, f"{what} has exactly one of {', '.join(_QUANTIFIERS)}")
    if not parts:
        return None
    key, entry = next(iter(parts.items()))
    items = parsing.listing(entry.value, f'"{key}"', mistakes)
    read = (read_condition(item, definitions, mistakes) for item in items)
    members = tuple(member for member in read if member is not None)
    return Group(place=entry.place, quantifier=Quantifier(key), members=members)


def read_condition(node: Node, definitions: dict[str, Group], mistakes: Mistakes) -> Condition | None:
    """One item of a group: a comparison, a definition, or a group again."""
    if not isinstance(node, Mapping) or len(node.entries) != 1:
        mistakes.add(node.place, "a condition is one key and its value, such as `record.class is: cctv_recording`")
        return None
    entry = node.entries[0]
    if entry.key in _QUANTIFIERS:
        return read_group(node, "a condition", definitions, mistakes)
    if entry.key == "definition":
        return _named(entry, definitions, mistakes)
    return _test(entry, mistakes)


def _named(entry: Entry, definitions: dict[str, Group], mistakes: Mistakes) -> Group | None:
    name = parsing.text(entry.value, "definition", mistakes)
    found = definitions.get(name)
    if found is None and name:
        close = nearest(name, tuple(definitions))
        mistakes.add(entry.value.place, f"no definition called {parsing.shown(name)}{close}")
    return found


def _test(entry: Entry, mistakes: Mistakes) -> Test | None:
    name, _, wording = entry.key.partition(" ")
    fact = parsing.fact(name, entry.place, mistakes) if "." in name or name in REGISTRY else None
    if fact is None:
        if "." not in name:
            known = ("definition", *_QUANTIFIERS, *REGISTRY)
            mistakes.add(entry.place, f"{parsing.shown(entry.key)} is not a condition{nearest(entry.key, known)}")
        return None
    operator = _operator(wording.strip(), fact, entry, mistakes)
    return None if operator is None else _compare(fact, operator, entry, mistakes)


def _operator(wording: str, fact: Fact, entry: Entry, mistakes: Mistakes) -> Operator | None:
    allowed = tuple(str(operator.value) for operator in OPERATORS[fact.type])
    if wording in allowed:
        return Operator(wording)
    close = nearest(wording, allowed)
    listed = "" if close else f"; it is one of {', '.join(allowed)}"
    said = parsing.shown(wording) if wording else "nothing"
    mistakes.add(entry.place, f"{fact.name} ({fact.type.value}) is compared with {said}{close}{listed}")
    return None


def _compare(fact: Fact, operator: Operator, entry: Entry, mistakes: Mistakes) -> Test | None:
    node = entry.value
    if isinstance(node, Scalar) and operator is _O.IS and node.text in _PRESENCE:
        return Test(place=entry.place, fact=fact, operator=_PRESENCE[node.text])
    if operator in LISTS:
        items = parsing.listing(node, f'"{entry.key}"', mistakes)
        read = (read_value(item, fact, mistakes) for item in items)
        values = tuple(value for value in read if value is not None)
        return Test(place=entry.place, fact=fact, operator=operator, values=values)
    if isinstance(node, Mapping) and fact.type in _COMPARABLE:
        return _compare_facts(fact, operator, entry, mistakes)
    if isinstance(node, Scalar) and fact.type is FactType.DATE and node.text.startswith("today"):
        return _compare_today(fact, operator, entry, node, mistakes)
    if fact.type is FactType.FLAGS and operator is _O.IS:
        mistakes.add(node.place, f'{fact.name} "is" only recorded or not recorded; write `includes` for a flag')
        return None
    value = read_value(node, fact, mistakes)
    return None if value is None else Test(place=entry.place, fact=fact, operator=operator, values=(value,))


def _compare_today(fact: Fact, operator: Operator, entry: Entry, node: Scalar, mistakes: Mistakes) -> Test | None:
    """``today``, or so long before it: ``today - P90D``."""
    _, minus, written = node.text.partition("-")
    ago = parse_period(written.strip())
    if node.text != "today" and not (minus and ago and node.text == f"today - {ago.text}"):
        mistakes.add(
            node.place, f"{parsing.shown(node.text)} is no day; write today, or today - P90D for 90 days before"
        )
        return None
    return Test(place=entry.place, fact=fact, operator=operator, today=True, ago=ago)


def _compare_facts(fact: Fact, operator: Operator, entry: Entry, mistakes: Mistakes) -> Test | None:
    parts = parsing.fields(entry.value, "a comparison with another fact", ("fact",), mistakes, required=("fact",))
    other = parsing.fact_of(parts["fact"].value, "fact", mistakes) if "fact" in parts else None
    if other is None:
        return None
    texts = (FactType.TEXT, FactType.CHOICE)
    if other.type is not fact.type and not (other.type in texts and fact.type in texts):
        mistakes.add(
            parts["fact"].value.place,
            f"{fact.name} ({fact.type.value}) cannot be compared with {other.name} ({other.type.value})",
        )
        return None
    return Test(place=entry.place, fact=fact, operator=operator, other=other)
