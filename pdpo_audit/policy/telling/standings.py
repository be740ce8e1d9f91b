"""How rules stand in one organisation: periods adopted in writing, and lawyers' reviews, laid over packs as shipped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from hashlib import sha256

from pdpo_audit.policy.judging.conditions import tests_in
from pdpo_audit.policy.telling.sentences import sentence
from pdpo_audit.policy.terms.authorities import Adoption, LegalReview
from pdpo_audit.policy.terms.periods import parse_period
from pdpo_audit.policy.terms.rules import Operator, Pack, Rule
from pdpo_audit.policy.words.authorities import authority_gloss


class StandingKind(StrEnum):
    """What somebody said of a rule."""

    ADOPTED = "adopted"
    REVIEWED = "reviewed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a named person said of a rule: its period adopted (``until``, ``reference``, ``period`` as ISO 8601), or a
    lawyer's review (``firm``). ``wording`` is the digest of the rule's text that was said of."""

    kind: StandingKind
    rule: str
    by: str
    on: date
    until: date | None = None
    reference: str = ""
    period: str = ""
    firm: str = ""
    wording: str = ""


def with_standings(packs: Sequence[Pack], standings: Iterable[Standing]) -> tuple[Pack, ...]:
    """The packs with what was said of their rules, the last of each kind.

    An adoption counts only for a suggested period, and for the wording that was adopted; of another one it is told. A
    review counts for the wording that was reviewed; of another one it is not told.
    """
    said = {(one.kind, one.rule): one for one in standings}
    return tuple(replace(pack, rules=tuple(_standing(rule, said) for rule in pack.rules)) for pack in packs)


def _standing(rule: Rule, said: Mapping[tuple[StandingKind, str], Standing]) -> Rule:
    adopted = said.get((StandingKind.ADOPTED, rule.rule_id))
    if adopted and rule.suggested:
        earlier = adopted.wording not in ("", wording_of(rule))
        rule = replace(rule, adoption=replace(adoption_from(adopted), of_earlier_text=earlier))
    reviewed = said.get((StandingKind.REVIEWED, rule.rule_id))
    if reviewed and reviewed.wording in ("", wording_of(rule)):
        due = _a_year_after(reviewed.on)
        rule = replace(rule, review=LegalReview(by=reviewed.by, firm=reviewed.firm, on=reviewed.on, next_due=due))
    return rule


def adoption_from(said: Standing) -> Adoption:
    """What was said, as a rule's adoption."""
    period = parse_period(said.period) if said.period else None
    return Adoption(by=said.by, on=said.on, reference=said.reference, until=said.until, period=period)


def _a_year_after(day: date) -> date:
    """Clamped to the month's end."""
    return day.replace(year=day.year + 1, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=day.year + 1)


def wording_of(rule: Rule) -> str:
    """The digest of what a lawyer signs: the rule in both languages with its authorities, whoever adopted it."""
    bare = replace(rule, adoption=None, review=None, exceptions=())
    named = (rule.rule_id, rule.title.en, rule.title.zh, rule.reason.en, rule.reason.zh)
    texts = (*named, sentence(bare, "en", date.min), sentence(bare, "zh-Hant", date.min), authority_gloss(rule).en)
    return sha256("\0".join((*texts, rule.status.value, rule.act.value)).encode("utf-8", "surrogatepass")).hexdigest()


def suggested_rules(packs: Sequence[Pack]) -> tuple[tuple[Pack, Rule], ...]:
    """The rules in use whose period is a suggestion, in the order of the packs."""
    return tuple((pack, rule) for pack in packs for rule in pack.active_rules if rule.suggested)


def adopted_before(packs: Sequence[Pack]) -> tuple[str, ...]:
    """A sentence for each rule whose text changed after its period was adopted."""
    return tuple(
        f"{rule.rule_id}: the rule reads otherwise than when {rule.adoption.by} adopted its period on "
        f"{rule.adoption.on.isoformat()}; the adoption does not count until it is made again (pdpo-audit policy adopt)"
        for _, rule in suggested_rules(packs)
        if rule.adoption and rule.adoption.of_earlier_text
    )


def adopted_policies(packs: Sequence[Pack], on: date) -> dict[str, str]:
    """The record classes that a period adopted in writing covers, and the reference of that policy."""
    found: dict[str, str] = {}
    for _, rule in suggested_rules(packs):
        adoption = rule.adoption
        if adoption is None or rule.waits(on):
            continue
        for name in classes_of(rule):
            found.setdefault(name, adoption.reference or f"{rule.rule_id}, adopted by {adoption.by}")
    return found


def classes_of(rule: Rule) -> tuple[str, ...]:
    """The record classes that a rule names as its own."""
    named = (Operator.IS, Operator.ONE_OF)
    found = [
        str(value)
        for test in tests_in(rule.when)
        if test.fact.name == "record.class" and test.operator in named
        for value in test.values
    ]
    return tuple(dict.fromkeys(found))
