"""What one pack does to the rules of another: exceptions to them, and narrower rules that they give way to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pdpo_audit.policy.judging.effects import is_statutory
from pdpo_audit.policy.terms.facts import nearest
from pdpo_audit.policy.terms.rules import Group, Pack, Quantifier, Rule, RuleException
from pdpo_audit.policy.terms.wording import Gloss


def attach(packs: Sequence[Pack]) -> tuple[tuple[Pack, ...], tuple[str, ...]]:
    """The packs with every exception at the rule that it names, and what is wrong, as ``file:line:column: message``."""
    rules = {rule.rule_id: (pack, rule) for pack in packs for rule in pack.rules}
    wrong = tuple(_wrong(packs, rules))
    if wrong:
        return tuple(packs), wrong
    made: dict[str, list[RuleException]] = {}
    for pack in packs:
        for item in pack.exceptions:
            from_here = replace(item, pack=pack.identity, valid_from=pack.effective_from)
            made.setdefault(item.to, []).append(from_here)
    return tuple(_with(pack, made) for pack in packs), ()


def _with(pack: Pack, made: dict[str, list[RuleException]]) -> Pack:
    if not any(rule.rule_id in made for rule in pack.rules):
        return pack
    rules = [replace(rule, exceptions=(*rule.exceptions, *made.get(rule.rule_id, ()))) for rule in pack.rules]
    return replace(pack, rules=tuple(rules))


def giving_way(pairs: Sequence[tuple[Pack, Rule]]) -> list[tuple[Pack, Rule]]:
    """The rules in force, each silent where a rule in force that it gives way to speaks."""
    in_force = {rule.rule_id: rule for _, rule in pairs}
    return [
        (pack, _behind(rule, [in_force[name] for name in rule.gives_way_to if name in in_force]))
        for pack, rule in pairs
    ]


def _behind(rule: Rule, others: Sequence[Rule]) -> Rule:
    if not others:
        return rule
    names = ", ".join(other.rule_id for other in others)
    told = Group(
        place=rule.place, quantifier=Quantifier.NONE, members=tuple(other.when for other in others),
        name=f"not told by {names}", meaning=Gloss(en=f"not told by {names}", zh=f"{names}沒有指出"),
    )  # fmt: skip
    when = Group(place=rule.when.place, quantifier=Quantifier.ALL, members=(rule.when, told))
    return replace(rule, when=when)


def _wrong(packs: Sequence[Pack], rules: dict[str, tuple[Pack, Rule]]) -> Iterator[str]:
    used = {item.exception_id: pack for pack in packs for rule in pack.rules for item in rule.exceptions}
    for pack in packs:
        for item in pack.exceptions:
            at = f"{pack.file}:{item.place.line}:{item.place.column}"
            to = item.to_place or item.place
            named = f"{pack.file}:{to.line}:{to.column}"
            if item.exception_id in used or item.exception_id in rules:
                yield f"{at}: id {item.exception_id} is already used"
            used[item.exception_id] = pack
            if item.to not in rules:
                yield f'{named}: there is no rule "{item.to[:80]}" in these packs{nearest(item.to, tuple(rules))}'
                continue
            target, rule = rules[item.to]
            if target is pack:
                yield f"{named}: {item.to} stands in this pack; write the exception into the rule"
            elif _keeps(rule):
                yield f"{named}: {item.to} keeps what a law keeps; no exception lifts it"


def _keeps(rule: Rule) -> bool:
    retention = rule.retention
    return retention is not None and bool(retention.must_keep or (retention.at_least and is_statutory(rule)))
