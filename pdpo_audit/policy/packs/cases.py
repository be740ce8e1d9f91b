"""A pack's own tests as they are written."""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum

from pdpo_audit.model.findings import Act, AuthorityRank, Outcome
from pdpo_audit.policy.terms import parsing
from pdpo_audit.policy.terms.facts import FactType, nearest
from pdpo_audit.policy.terms.periods import add_period, parse_period
from pdpo_audit.policy.terms.rules import Case, Rule, Value
from pdpo_audit.policy.terms.values import read_value
from pdpo_audit.policy.trees import Entry, Mapping, Mistakes, Node, Scalar

EXPECT_KEYS = ("fires", "silent", "exceptions", "outcome", "act", "due_on", "due_rule", "due_rank", "missing")
_ABSENT = ("unknown", "not recorded")


class HoldKind(StrEnum):
    """Why nothing of a holding may be erased for now."""

    LEGAL_HOLD = "legal_hold"
    ACCESS_REQUEST = "access_request"
    CORRECTION_REQUEST = "correction_request"
    COMPLAINT = "complaint"
    INVESTIGATION = "investigation"


def read_case(node: Node, rules: tuple[Rule, ...], mistakes: Mistakes) -> Case:
    """One test: facts on a day, and what is expected of them."""
    known = ("name", "on", "given", "holds", "adopted", "expect")
    parts = parsing.fields(node, "a test", known, mistakes, required=("name", "on", "given", "expect"))
    on = parsing.day(parts["on"].value, '"on"', mistakes) if "on" in parts else None
    expect = parsing.fields(parts["expect"].value, '"expect"', EXPECT_KEYS, mistakes) if "expect" in parts else {}
    if not expect and "expect" in parts:
        mistakes.add(parts["expect"].place, "the test expects nothing")
    ids = tuple(rule.rule_id for rule in rules)
    exceptions = tuple(item.exception_id for rule in rules for item in rule.exceptions)
    return Case(
        place=node.place,
        name=parsing.text(parts["name"].value, '"name"', mistakes) if "name" in parts else "",
        on=on or date.min,
        given=_given(parts.get("given"), mistakes),
        hold_kinds=_holds(parts.get("holds"), mistakes),
        adopted=_ids(parts.get("adopted"), ids, mistakes),
        fires=_ids(expect.get("fires"), ids, mistakes),
        silent=_ids(expect.get("silent"), ids, mistakes),
        exceptions=_ids(expect.get("exceptions"), exceptions, mistakes),
        outcome=_word(expect.get("outcome"), "an outcome", Outcome, mistakes),
        act=_word(expect.get("act"), "an act", Act, mistakes),
        due_on=_due(expect.get("due_on"), mistakes),
        due_rule=next(iter(_ids(expect.get("due_rule"), (*ids, *exceptions), mistakes)), ""),
        due_rank=_word(expect.get("due_rank"), "a rank", AuthorityRank, mistakes),
        missing=_missing(expect.get("missing"), mistakes),
    )


def _given(entry: Entry | None, mistakes: Mistakes) -> dict[str, Value | tuple[str, ...]]:
    found: dict[str, Value | tuple[str, ...]] = {}
    if entry is None:
        return found
    if not isinstance(entry.value, Mapping):
        mistakes.add(entry.value.place, '"given" is a mapping from facts to values')
        return found
    for item in entry.value.entries:
        fact = parsing.fact(item.key, item.place, mistakes)
        if fact is None or (isinstance(item.value, Scalar) and item.value.text in _ABSENT):
            continue
        if fact.type is FactType.FLAGS:
            flags = parsing.listing(item.value, item.key, mistakes, empty=True)
            values = [read_value(node, fact, mistakes) for node in flags]
            found[fact.name] = tuple(str(value) for value in values if value is not None)
            continue
        value = read_value(item.value, fact, mistakes)
        if value is not None:
            found[fact.name] = value
    return found


def _holds(entry: Entry | None, mistakes: Mistakes) -> tuple[str, ...]:
    if entry is None:
        return ()
    nodes = parsing.listing(entry.value, '"holds"', mistakes)
    return parsing.each(nodes, lambda node: parsing.choice(node, "a kind of hold", HoldKind, mistakes))


def _ids(entry: Entry | None, known: tuple[str, ...], mistakes: Mistakes) -> tuple[str, ...]:
    if entry is None:
        return ()
    names = []
    nodes = (
        (entry.value,)
        if isinstance(entry.value, Scalar)
        else parsing.listing(entry.value, f'"{entry.key}"', mistakes, empty=True)
    )
    for node in nodes:
        name = parsing.text(node, f'"{entry.key}"', mistakes)
        if name and name not in known:
            mistakes.add(node.place, f"no rule or exception called {parsing.shown(name)}{nearest(name, known)}")
        names.append(name)
    return tuple(names)


def _word(entry: Entry | None, what: str, words: type[StrEnum], mistakes: Mistakes) -> str:
    found = parsing.choice(entry.value, what, words, mistakes) if entry else None
    return str(found.value) if found else ""


def _due(entry: Entry | None, mistakes: Mistakes) -> date | None:
    """A date, or a date with a period: ``2024-10-01+P2Y``."""
    if entry is None:
        return None
    if isinstance(entry.value, Scalar):
        match = re.fullmatch(r"(\d{4}-\d{2}-\d{2})\+(\S+)", entry.value.text, re.ASCII)
        if match:
            place = entry.value.place
            start = parsing.day(Scalar(place, match.group(1), plain=True), '"due_on"', mistakes)
            period = parse_period(match.group(2))
            if period is None:
                mistakes.add(place, f"{parsing.shown(match.group(2))} is not a period; write P2Y, P6M, P2W or P31D")
            return add_period(start, period) if start and period else None
    return parsing.day(entry.value, '"due_on"', mistakes)


def _missing(entry: Entry | None, mistakes: Mistakes) -> tuple[str, ...] | None:
    if entry is None:
        return None
    nodes = parsing.listing(entry.value, '"missing"', mistakes, empty=True)
    return tuple(fact.name for fact in parsing.each(nodes, lambda node: parsing.fact_of(node, '"missing"', mistakes)))
