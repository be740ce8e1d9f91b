"""Periods adopted in writing and rules reviewed by a lawyer: said by a named person, logged, never overwritten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pdpo_audit.catalogue.sayings.standings import record_standing
from pdpo_audit.errors import CallError
from pdpo_audit.model.events import Details
from pdpo_audit.policy.asking.adoption_sheets import read_adoptions, write_adoptions
from pdpo_audit.policy.packs.folders import load_packs
from pdpo_audit.policy.telling.standings import (
    Standing,
    StandingKind,
    adoption_from,
    classes_of,
    suggested_rules,
    wording_of,
)
from pdpo_audit.policy.terms.facts import nearest
from pdpo_audit.policy.terms.periods import parse_period
from pdpo_audit.policy.terms.rules import Pack, Rule
from pdpo_audit.policy.words.standing import adoption_of, suggestion_of
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.rules.assessing import project_facts, project_packs
from pdpo_audit.workspace.rules.classes import stated_classes
from pdpo_audit.workspace.rules.packs import TEMPLATE, names_in_force, shipped_packs
from pdpo_audit.workspace.setup.persons import check_speaker


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodLine:
    """A suggested period and how it stands today; ``titles``, ``suggestions`` and ``standing`` in both languages."""

    rule: str
    pack: str
    title: str
    suggests: str
    adopted_by: str
    adopted_on: str
    until: str
    in_force: bool
    standing: dict[str, str]
    titles: dict[str, str]
    suggestions: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestedPack:
    """A pack that is not in use although the library holds what it speaks of."""

    pack: str
    title: str
    classes: tuple[str, ...]
    sources: tuple[str, ...]


def periods(project: Project) -> list[PeriodLine]:
    """Every suggested period of the packs in use."""
    today = project.clock().date()
    return [_line(pack, rule, today) for pack, rule in suggested_rules(project_packs(project))]


def _line(pack: Pack, rule: Rule, today: date) -> PeriodLine:
    adoption = rule.adoption
    return PeriodLine(
        rule=rule.rule_id,
        pack=pack.identity.name,
        title=rule.title.en,
        suggests=suggestion_of(rule).en,
        adopted_by=adoption.by if adoption else "",
        adopted_on=adoption.on.isoformat() if adoption else "",
        until=adoption.until.isoformat() if adoption and adoption.until else "",
        in_force=not rule.waits(today),
        standing=adoption_of(rule, today).as_labels(),
        titles=rule.title.as_labels(),
        suggestions=suggestion_of(rule).as_labels(),
    )


def adopt_period(
    project: Project,
    rule_id: str,
    *,
    by: str,
    on: date,
    reference: str = "",
    until: date | None = None,
    period: str = "",
) -> Standing:
    """``by`` has adopted the suggested period of a rule in writing on ``on``; ``until`` ends the adoption again.

    :raises CallError: there is no such rule in use, its period needs no adoption, what is said is incomplete or comes
        from nobody whom the settings know, or exactly this adoption stands already.
    """
    check_speaker(project, by)
    rule = _rule(project, rule_id)
    mistakes = tuple(_mistakes(project, rule, by, on, until, period))
    if mistakes:
        raise CallError("\n".join(mistakes), advice="pdpo-audit policy adopt lists the periods that can be adopted")
    said = Standing(
        kind=StandingKind.ADOPTED, rule=rule_id, by=by.strip(), on=on, reference=reference.strip(), until=until,
        period=period, wording=wording_of(rule),
    )  # fmt: skip
    if _stands(rule, said):
        raise CallError(
            f"{rule_id} is recorded as adopted by {said.by} on {on.isoformat()} already: nothing was recorded twice",
            advice="--until ends an adoption; another --on, --reference or --period replaces it",
        )
    _record(project, said, "period adopted")
    return said


def _stands(rule: Rule, said: Standing) -> bool:
    """Whether exactly this adoption is recorded already, of the rule's present text."""
    known = rule.adoption
    return known is not None and known == adoption_from(said)


def _mistakes(project: Project, rule: Rule, by: str, on: date, until: date | None, period: str) -> list[str]:
    wrong = []
    if rule.retention is None:
        wrong.append(f"{rule.rule_id} has no period: there is nothing to adopt")
    elif not rule.suggested:
        wrong.append(f"the period of {rule.rule_id} is no suggestion: it stands by its own authority")
    if not by.strip():
        wrong.append("nobody is named who adopted it")
    if on > project.clock().date():
        wrong.append(f"{on.isoformat()} is not over: an adoption is recorded once it was made")
    if until is not None and until < on:
        wrong.append(f"it cannot end on {until.isoformat()}, before it was made")
    if period and parse_period(period) is None:
        wrong.append(f'"{period[:40]}" is not a period; write P2Y, P6M, P2W or P31D')
    elif period and rule.retention is not None and rule.retention.length is None:
        wrong.append(f"{rule.rule_id} ends with an event and has no length of time that {period[:40]} could replace")
    return wrong


def review_rule(project: Project, rule_id: str, *, by: str, firm: str, on: date) -> Standing:
    """A lawyer has reviewed the rule as it reads now; due again after a year, or when its wording changes.

    :raises CallError: there is no such rule in use, or nobody, no firm or a day to come is named.
    """
    rule = _rule(project, rule_id)
    if not by.strip() or not firm.strip():
        raise CallError("a review needs the solicitor and the firm", advice="--by NAME --firm FIRM")
    if on > project.clock().date():
        raise CallError(f"{on.isoformat()} is not over", advice="a review is recorded once it was made")
    said = Standing(
        kind=StandingKind.REVIEWED, rule=rule_id, by=by.strip(), firm=firm.strip(), on=on, wording=wording_of(rule)
    )
    _record(project, said, "rule reviewed")
    return said


def _rule(project: Project, rule_id: str) -> Rule:
    rules = {rule.rule_id: rule for pack in project_packs(project) for rule in pack.rules}
    if rule_id not in rules:
        raise CallError(
            f'there is no rule "{rule_id[:40]}" in the packs in use{nearest(rule_id, list(rules))}',
            advice="pdpo-audit policy render reads them aloud",
        )
    return rules[rule_id]


def _record(project: Project, said: Standing, event: str) -> None:
    row = {
        "kind": said.kind.value, "rule": said.rule, "by": said.by, "on": said.on.isoformat(),
        "until": said.until.isoformat() if said.until else "", "reference": said.reference, "period": said.period,
        "firm": said.firm, "wording": said.wording,
    }  # fmt: skip
    details: Details = {name: value for name, value in row.items() if value}
    with project.store.transaction() as transaction:
        record_standing(transaction, row)
        transaction.append_event(event, details, at=project.clock(), actor=project.actor)


def export_periods(project: Project, file: Path) -> int:
    """Write the suggested periods as a spreadsheet to fill in; gives how many."""
    found = suggested_rules(project_packs(project))
    write_adoptions([rule for _, rule in found], file)
    return len(found)


def import_periods(project: Project, file: Path) -> int:
    """Take every row of the spreadsheet in which somebody adopted a period; gives how many said something new.

    :raises CallError: a row is wrong; then none is taken.
    """
    made = read_adoptions(file)
    wrong = []
    for number, said in made:
        try:
            check_speaker(project, said.by)
            rule = _rule(project, said.rule)
        except CallError as error:
            wrong.append(f"{file}:{number}: {error.message}")
            continue
        found = _mistakes(project, rule, said.by, said.on, said.until, said.period)
        wrong.extend(f"{file}:{number}: {mistake}" for mistake in found)
    if wrong:
        raise CallError("\n".join(wrong), advice="Nothing was taken over; correct these rows and import again.")
    new = [said for _, said in made if not _stands(_rule(project, said.rule), said)]
    for said in new:
        adopt_period(
            project, said.rule, by=said.by, on=said.on, reference=said.reference, until=said.until, period=said.period
        )
    return len(new)


def suggest_packs(project: Project) -> list[SuggestedPack]:
    """The shipped packs whose record classes this library has, scanned or only declared, and that are not in use."""
    facts = project_facts(project)
    seen = set(stated_classes(project))
    if "record.class" in facts.columns:
        here = facts[["source", "record.class"]].dropna().drop_duplicates()
        seen |= set(here.itertuples(index=False, name=None))
    used = {Path(name).name for name in names_in_force(project.settings.policy.packs)}
    found = []
    for pack in load_packs([folder for folder in shipped_packs() if folder.name not in {*used, TEMPLATE}]):
        classes = {name for rule in pack.rules for name in classes_of(rule)}
        met = [(source, name) for source, name in seen if name in classes]
        if met:
            found.append(
                SuggestedPack(
                    pack=pack.identity.name,
                    title=pack.identity.title["en"],
                    classes=tuple(sorted({name for _, name in met})),
                    sources=tuple(sorted({source for source, _ in met})),
                )
            )
    return found
