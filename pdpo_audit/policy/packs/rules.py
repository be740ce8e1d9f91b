"""Rules as they are written: retention, authorities, exceptions, sign-offs."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from enum import StrEnum
from typing import TypeVar

from pdpo_audit.model.findings import Act, AuthorityRank, Severity
from pdpo_audit.policy.packs.conditions import MAX_LEVELS, MAX_TESTS, read_group, too_large
from pdpo_audit.policy.packs.retentions import read_retention
from pdpo_audit.policy.terms import parsing
from pdpo_audit.policy.terms.authorities import Adoption, Authority, AuthorityKind, Confidence, Supports
from pdpo_audit.policy.terms.parsing import choice_in, flag_in, period_in
from pdpo_audit.policy.terms.proposals import ACTS, Proposal
from pdpo_audit.policy.terms.rules import (
    Group,
    IfUnknown,
    Quantifier,
    Retention,
    Rule,
    RuleException,
    Scope,
    SignOff,
    Status,
)
from pdpo_audit.policy.terms.wording import Gloss
from pdpo_audit.policy.trees import Entry, Mapping, Mistakes, Node, Place, Scalar

RULE_ID = re.compile(r"[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)+", re.ASCII)

RULE_KEYS = (
    "id", "title", "reason", "status", "severity", "criteria", "scope", "when", "retention", "propose", "act",
    "authority", "adopted", "exceptions", "sign_off", "gives_way_to",
)  # fmt: skip
RULE_REQUIRED = ("id", "title", "reason", "severity", "when", "propose", "authority")
EXCEPTION_KEYS = ("id", "when", "suspend", "retention", "reason", "approved_by", "valid_until")
ADOPTED_KEYS = ("by", "on", "reference", "until")
AUTHORITY_KEYS = ("kind", "rank", "cite", "confidence", "supports", "url")

#: What each kind of authority may rank as.
RANKS: dict[AuthorityKind, tuple[AuthorityRank, ...]] = {
    AuthorityKind.LAW: (AuthorityRank.ORDINANCE, AuthorityRank.SUBSIDIARY_LEGISLATION),
    AuthorityKind.DECISION: (AuthorityRank.COURT, AuthorityRank.AAB),
    AuthorityKind.CODE: (AuthorityRank.CODE_OF_PRACTICE, AuthorityRank.SECTOR_REGULATOR),
    AuthorityKind.GUIDANCE: (AuthorityRank.PCPD_GUIDANCE, AuthorityRank.SECTOR_REGULATOR),
    AuthorityKind.GOVERNMENT: (AuthorityRank.GOVERNMENT_ADMINISTRATIVE,),
    AuthorityKind.CONTRACT: (AuthorityRank.CONTRACT,),
    AuthorityKind.HOUSE_POLICY: (AuthorityRank.ORGANISATION_POLICY,),
    AuthorityKind.SUGGESTION: (AuthorityRank.SUGGESTED_DEFAULT,),
    AuthorityKind.PRACTICE: (AuthorityRank.CUSTOM,),
}

#: Ranks whose periods are counted from the event that they name and from nothing else.
EVENT_ONLY = (
    AuthorityRank.ORDINANCE,
    AuthorityRank.SUBSIDIARY_LEGISLATION,
    AuthorityRank.COURT,
    AuthorityRank.AAB,
    AuthorityRank.CODE_OF_PRACTICE,
    AuthorityRank.SECTOR_REGULATOR,
)

#: The Ordinance fixes no day until which something is kept: whoever cites it for a period has read something that does
#: not stand there.
_NO_DAY = re.compile(r"\bCap\.? ?486\b(?!\w)|\bPDPO\b|\bDPP ?\d", re.ASCII)

_NOWHERE = Gloss(en="", zh="")
_E = TypeVar("_E", bound=StrEnum)


def read_rule(node: Node, definitions: dict[str, Group], mistakes: Mistakes) -> Rule | None:
    """A rule, or None where so much is missing that nothing can be said of it."""
    parts = parsing.fields(node, "a rule", RULE_KEYS, mistakes, required=RULE_REQUIRED)
    if not parts:
        return None
    when = read_group(parts["when"].value, '"when"', definitions, mistakes) if "when" in parts else None
    retention = read_retention(parts["retention"], mistakes) if "retention" in parts else None
    proposal = choice_in(parts, "propose", Proposal, mistakes) or Proposal.REVIEW
    rule = Rule(
        place=_place_of(parts, "id", node.place),
        rule_id=_identifier(parts, "a rule id", mistakes),
        title=_gloss(parts, "title", mistakes),
        reason=_gloss(parts, "reason", mistakes),
        status=choice_in(parts, "status", Status, mistakes) or Status.DRAFT,
        severity=choice_in(parts, "severity", Severity, mistakes) or Severity.OBSERVATION,
        criteria=_texts(parts.get("criteria"), mistakes),
        scope=choice_in(parts, "scope", Scope, mistakes) or Scope.HOLDING,
        when=when or _never(),
        retention=retention,
        proposal=proposal,
        act=choice_in(parts, "act", Act, mistakes) or ACTS.get(proposal, Act.REVIEW),
        authorities=_authorities(parts.get("authority"), mistakes),
        exceptions=read_exceptions(parts.get("exceptions"), definitions, mistakes),
        sign_offs=_sign_offs(parts.get("sign_off"), mistakes),
        gives_way_to=_rule_ids(parts.get("gives_way_to"), mistakes),
        adoption=_adoption(parts.get("adopted"), mistakes),
    )
    if too_large(rule.when) or any(too_large(item.when) for item in rule.exceptions):
        mistakes.add(rule.when.place, f'"when" comes to more than {MAX_TESTS} conditions or {MAX_LEVELS} levels')
    _check_proposal(rule, parts, mistakes)
    _check_period_authority(rule, parts, mistakes)
    return _counted_from_its_event(rule, parts, mistakes)


def _never() -> Group:
    return Group(place=Place(1, 1), quantifier=Quantifier.ANY, members=())


def _place_of(parts: dict[str, Entry], key: str, otherwise: Place) -> Place:
    return parts[key].place if key in parts else otherwise


def _identifier(parts: dict[str, Entry], what: str, mistakes: Mistakes) -> str:
    return parsing.word(parts["id"].value, what, RULE_ID, "HR-02", mistakes) if "id" in parts else ""


def _gloss(parts: dict[str, Entry], key: str, mistakes: Mistakes) -> Gloss:
    return parsing.gloss(parts[key].value, f'"{key}"', mistakes) if key in parts else _NOWHERE


def _texts(entry: Entry | None, mistakes: Mistakes) -> tuple[str, ...]:
    if entry is None:
        return ()
    items = parsing.listing(entry.value, f'"{entry.key}"', mistakes)
    return tuple(parsing.text(item, f'"{entry.key}"', mistakes) for item in items)


def _rule_ids(entry: Entry | None, mistakes: Mistakes) -> tuple[str, ...]:
    nodes = parsing.listing(entry.value, f'"{entry.key}"', mistakes) if entry else ()
    return tuple(parsing.word(node, "a rule id", RULE_ID, "HR-02", mistakes) for node in nodes)


def _check_proposal(rule: Rule, parts: dict[str, Entry], mistakes: Mistakes) -> None:
    reserved = (Proposal.KEEP_ON_HOLD, Proposal.DECIDE)
    if rule.proposal in reserved and "propose" in parts:
        mistakes.add(parts["propose"].value.place, f'"{rule.proposal}" is said by the ladder, not by a rule')
    keeps = rule.retention is not None and (rule.retention.must_keep or rule.retention.at_least is not None)
    erases = rule.proposal.value.startswith("erase")
    if keeps and erases and rule.retention and rule.retention.no_longer_than is None and "propose" in parts:
        mistakes.add(parts["propose"].value.place, "a rule that only keeps cannot propose erasure")

    if "act" in parts and "propose" in parts and erases is not (rule.act is Act.ERASE):
        mistakes.add(parts["act"].value.place, f'"{rule.proposal}" and the act "{rule.act}" say different things')


def _adoption(entry: Entry | None, mistakes: Mistakes) -> Adoption | None:
    if entry is None:
        return None
    parts = parsing.fields(entry.value, '"adopted"', ADOPTED_KEYS, mistakes, required=("by", "on", "reference"))
    days = {key: parsing.day(parts[key].value, f'"{key}"', mistakes) for key in ("on", "until") if key in parts}
    said = {key: parsing.text(parts[key].value, f'"{key}"', mistakes) for key in ("by", "reference") if key in parts}
    on = days.get("on")
    if on is None:
        return None
    return Adoption(by=said.get("by", ""), on=on, reference=said.get("reference", ""), until=days.get("until"))


def _counted_from_its_event(rule: Rule, parts: dict[str, Entry], mistakes: Mistakes) -> Rule:
    """The rule and its exceptions without a fall-back that its authority does not allow."""
    ranks = [item.rank for item in rule.carrying if item.rank in EVENT_ONLY]
    if not ranks:
        return rule
    node = parts["retention"].value if "retention" in parts else None
    for item in node.entries if isinstance(node, Mapping) else ():
        if item.key == "if_date_unknown" and isinstance(item.value, Scalar) and item.value.text == IfUnknown.FALL_BACK:
            mistakes.add(item.place, f"a period by {ranks[0]} is counted from its event only; write `ask`")
    exceptions = tuple(replace(item, retention=_asking(item.retention)) for item in rule.exceptions)
    return replace(rule, retention=_asking(rule.retention), exceptions=exceptions)


def _asking(retention: Retention | None) -> Retention | None:
    if retention is None or retention.start is None:
        return retention
    return replace(retention, start=replace(retention.start, if_unknown=IfUnknown.ASK))


def _check_period_authority(rule: Rule, parts: dict[str, Entry], mistakes: Mistakes) -> None:
    counts = rule.retention and (
        rule.retention.no_longer_than or rule.retention.at_least or rule.retention.review_after
    )
    if counts and rule.authorities and not any(item.supports is Supports.PERIOD for item in rule.authorities):
        mistakes.add(parts["authority"].place, "no authority carries the period; mark one with `supports: period`")
    periods = [item.rank for item in rule.authorities if item.supports is Supports.PERIOD]
    house = bool(periods) and all(rank is AuthorityRank.ORGANISATION_POLICY for rank in periods)
    if rule.retention and house and rule.adoption is None and "authority" in parts:
        mistakes.add(
            parts["authority"].place,
            "a policy of the organisation says who adopted it: `adopted: {by, on, reference}`; "
            "a figure that nobody adopted is `kind: suggestion`",
        )
    keeps = rule.retention and (rule.retention.no_longer_than or rule.retention.at_least or rule.retention.ends_with)
    for item in rule.authorities if keeps else ():
        if item.supports is Supports.PERIOD and item.kind is AuthorityKind.LAW and _NO_DAY.search(item.cite):
            mistakes.add(item.place, "Cap. 486 fixes no day of retention: it carries the duty, `supports: duty`")


def _authorities(entry: Entry | None, mistakes: Mistakes) -> tuple[Authority, ...]:
    if entry is None:
        return ()
    nodes = parsing.listing(entry.value, '"authority"', mistakes)
    return parsing.each(nodes, lambda node: _authority(node, mistakes))


def _authority(node: Node, mistakes: Mistakes) -> Authority | None:
    parts = parsing.fields(
        node, "an authority", AUTHORITY_KEYS, mistakes, required=("kind", "rank", "cite", "confidence")
    )
    kind = choice_in(parts, "kind", AuthorityKind, mistakes)
    rank = choice_in(parts, "rank", AuthorityRank, mistakes)
    confidence = choice_in(parts, "confidence", Confidence, mistakes)
    cite = _cite(parts["cite"].value, mistakes) if "cite" in parts else _NOWHERE
    if kind and rank and rank not in RANKS[kind]:
        allowed = " or ".join(RANKS[kind])
        mistakes.add(parts["rank"].value.place, f'"{kind}" does not rank as "{rank}" but as {allowed}')
    if kind is None or rank is None or confidence is None:
        return None
    supports = choice_in(parts, "supports", Supports, mistakes) or Supports.DUTY
    return Authority(
        place=node.place,
        kind=kind,
        rank=rank,
        cite=cite.en,
        cite_zh=cite.zh,
        confidence=confidence,
        supports=supports,
    )


def _cite(node: Node, mistakes: Mistakes) -> Gloss:
    """A citation in both languages, or one text for both."""
    if isinstance(node, Mapping):
        return parsing.gloss(node, '"cite"', mistakes)
    return Gloss(en=parsing.text(node, '"cite"', mistakes), zh="")


def read_exceptions(
    entry: Entry | None, definitions: dict[str, Group], mistakes: Mistakes, *, to_others: bool = False
) -> tuple[RuleException, ...]:
    """The exceptions of a rule; with ``to_others`` those of a pack, each naming the rule that it is to."""
    if entry is None:
        return ()
    nodes = parsing.listing(entry.value, '"exceptions"', mistakes)
    return parsing.each(nodes, lambda node: _exception(node, definitions, mistakes, to_others))


def _exception(node: Node, definitions: dict[str, Group], mistakes: Mistakes, to_others: bool) -> RuleException | None:
    needed: tuple[str, ...] = ("id", "when", "reason", "approved_by", "valid_until")
    known: tuple[str, ...] = EXCEPTION_KEYS
    if to_others:
        needed, known = ("to", *needed), ("to", *known)
    parts = parsing.fields(node, "an exception", known, mistakes, required=needed)
    if not parts:
        return None
    if ("suspend" in parts) == ("retention" in parts):
        mistakes.add(node.place, "an exception either suspends the rule or gives another retention")
    when = read_group(parts["when"].value, '"when"', definitions, mistakes) if "when" in parts else None
    until = parsing.day(parts["valid_until"].value, '"valid_until"', mistakes) if "valid_until" in parts else None
    return RuleException(
        place=_place_of(parts, "id", node.place),
        exception_id=_identifier(parts, "an exception id", mistakes),
        when=when or _never(),
        reason=_gloss(parts, "reason", mistakes),
        approved_by=parsing.text(parts["approved_by"].value, '"approved_by"', mistakes)
        if "approved_by" in parts
        else "",
        valid_until=until or date.min,
        suspend=flag_in(parts, "suspend", mistakes),
        retention=read_retention(parts["retention"], mistakes) if "retention" in parts else None,
        to=parsing.word(parts["to"].value, "a rule id", RULE_ID, "HR-02", mistakes) if "to" in parts else "",
        to_place=parts["to"].value.place if "to" in parts else None,
    )


def _sign_offs(entry: Entry | None, mistakes: Mistakes) -> tuple[SignOff, ...]:
    if entry is None:
        return ()
    nodes = parsing.listing(entry.value, '"sign_off"', mistakes)
    found = parsing.each(nodes, lambda node: _sign_off(node, mistakes))
    roles = {item.role for item in found}
    for node, item in zip(nodes, found, strict=False):
        for other in item.must_differ_from:
            if other not in roles:
                mistakes.add(node.place, f'"must_differ_from" names {parsing.shown(other)}, who does not sign here')
    return found


def _sign_off(node: Node, mistakes: Mistakes) -> SignOff | None:
    known = ("role", "within", "must_differ_from")
    parts = parsing.fields(node, "a sign-off", known, mistakes, required=("role",))
    if "role" not in parts:
        return None
    return SignOff(
        role=parsing.text(parts["role"].value, '"role"', mistakes),
        within=period_in(parts, "within", mistakes),
        must_differ_from=_texts(parts.get("must_differ_from"), mistakes),
    )
