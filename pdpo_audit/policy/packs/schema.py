"""The JSON-Schema of rule packs, for completion in editors: made from the same registry that loading uses.

Loading keeps its own checks, because a schema can tell a path and not a line.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from pdpo_audit.model.findings import Act, AuthorityRank, Outcome, Severity
from pdpo_audit.policy.packs.cases import EXPECT_KEYS, HoldKind
from pdpo_audit.policy.packs.conditions import LISTS, OPERATORS
from pdpo_audit.policy.packs.folders import FORMAT
from pdpo_audit.policy.packs.retentions import Holiday
from pdpo_audit.policy.packs.rules import RULE_REQUIRED
from pdpo_audit.policy.terms.authorities import AuthorityKind, Confidence, Supports
from pdpo_audit.policy.terms.facts import REGISTRY, Fact, FactType
from pdpo_audit.policy.terms.proposals import Proposal
from pdpo_audit.policy.terms.rules import Choice, IfUnknown, Operator, Quantifier, Scope, Status
from pdpo_audit.policy.terms.vocabulary import LEVEL_WORDS

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string", "minLength": 1}
_DAY: Schema = {"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
_PERIOD: Schema = {"type": "string", "pattern": r"^P(?=\d)(\d{1,3}Y)?(\d{1,4}M)?(\d{1,4}W)?(\d{1,5}D)?$"}
_GLOSS: Schema = {"$ref": "#/$defs/gloss"}
_WHEN: Schema = {"$ref": "#/$defs/group"}


def json_schema() -> Schema:
    """The schema of ``pack.yaml`` (JSON-Schema 2020-12)."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "pdpo-audit rule pack",
        **_object(
            {
                "rulepack": {"const": FORMAT},
                "pack": _pack(),
                "definitions": {"type": "object", "additionalProperties": {"$ref": "#/$defs/definition"}},
                "rules": {"type": "array", "items": {"$ref": "#/$defs/rule"}},
                "exceptions": _list(_exception(to_others=True)),
                "tests": _list(_case()),
            },
            required=("rulepack", "pack", "rules"),
        ),
        "$defs": _definitions(),
    }


def _definitions() -> Schema:
    groups = {quantifier.value: _list({"$ref": "#/$defs/condition"}) for quantifier in Quantifier}
    one = {"minProperties": 1, "maxProperties": 1}
    return {
        "gloss": _object({"en": _TEXT, "zh-Hant": _TEXT}, required=("en", "zh-Hant")),
        "group": {**_object(groups), **one},
        "definition": _object({"meaning": _GLOSS, **groups}, required=("meaning",)),
        "other_fact": _object({"fact": {"enum": list(REGISTRY)}}, required=("fact",)),
        "day": _DAY,
        "condition": {**_object({"definition": _TEXT, **groups, **_tests()}), **one},
        "retention": _retention(),
        "rule": _rule(),
    }


def _tests() -> Schema:
    """Every comparison that the registry allows, as a key of its own."""
    found = {}
    for fact in REGISTRY.values():
        for operator in OPERATORS[fact.type]:
            found[f"{fact.name} {operator.value}"] = {
                **_compared(fact, operator),
                "description": f"{fact.gloss.en} / {fact.gloss.zh}",
            }
    return found


def _compared(fact: Fact, operator: Operator) -> Schema:
    value = value_schema(fact)
    if operator in LISTS:
        return _list(value)
    options = [value]
    if operator is Operator.IS:
        options = [{"enum": ["recorded", "not recorded"]}, *([] if fact.type is FactType.FLAGS else [value])]
    if fact.type is FactType.DATE:
        options.append({"const": "today"})
        options.append({"type": "string", "pattern": "^today - P[0-9]+[YMWD]"})
    if fact.type in (FactType.COUNT, FactType.DATE, FactType.TEXT, FactType.CHOICE):
        options.append({"$ref": "#/$defs/other_fact"})
    return {"anyOf": options} if len(options) > 1 else options[0]


def value_schema(fact: Fact) -> Schema:
    """What one value of a fact looks like; an open list of words is offered, not enforced."""
    match fact.type:
        case FactType.YES_NO:
            return {"type": "boolean"}
        case FactType.COUNT:
            return {"type": "integer", "minimum": 0}
        case FactType.DATE:
            return {"$ref": "#/$defs/day"}
        case FactType.TEXT:
            return _TEXT
        case FactType.LEVEL:
            return {"enum": [*fact.values, *LEVEL_WORDS]}
        case FactType.CHOICE | FactType.FLAGS:
            words: Schema = {"enum": list(fact.values)}
            return words if fact.closed else {"anyOf": [words, _TEXT]}


def _pack() -> Schema:
    empty: Schema = {"anyOf": [_DAY, {"const": ""}]}
    review = _object({"by": {"type": "string"}, "firm": {"type": "string"}, "date": empty, "next_due": empty})
    return _object(
        {
            "id": {"type": "string", "pattern": "^[a-z][a-z0-9]*(-[a-z0-9]+)*$"},
            "version": {"type": "string", "pattern": r"^\d{1,4}\.\d{1,4}\.\d{1,4}$"},
            "title": _GLOSS,
            "summary": _GLOSS,
            "jurisdiction": {"type": "string"},
            "owner": {"type": "string"},
            "effective_from": empty,
            "legal_review": review,
        },
        required=("id", "version", "title", "summary"),
    )


def _rule() -> Schema:
    return _object(
        {
            "id": {"type": "string", "pattern": "^[A-Z][A-Z0-9]*(-[A-Z0-9]+)+$"},
            "title": _GLOSS,
            "reason": _GLOSS,
            "status": _enum(Status),
            "severity": _enum(Severity),
            "criteria": _list(_TEXT),
            "scope": _enum(Scope),
            "when": _WHEN,
            "retention": {"$ref": "#/$defs/retention"},
            "propose": _enum(Proposal),
            "act": _enum(Act),
            "authority": _list(_authority()),
            "adopted": _adopted(),
            "exceptions": _list(_exception()),
            "sign_off": _list(_sign_off()),
            "gives_way_to": _list({"type": "string", "pattern": "^[A-Z][A-Z0-9]*(-[A-Z0-9]+)+$"}),
        },
        required=RULE_REQUIRED,
    )


def _retention() -> Schema:
    dates: Schema = {"enum": [fact.name for fact in REGISTRY.values() if fact.type is FactType.DATE]}
    either: Schema = {"anyOf": [dates, _list(dates)]}
    facts: Schema = {"enum": list(REGISTRY)}
    picked = {**_object({choice.value: either for choice in Choice}), "minProperties": 1, "maxProperties": 1}
    return _object(
        {
            "keep_no_longer_than": _PERIOD,
            "keep_at_least": _PERIOD,
            "counted_from": {"anyOf": [dates, _list(dates), picked]},
            "if_date_unknown": _enum(IfUnknown),
            "must_keep": {"type": "boolean"},
            "conflict": {"type": "boolean"},
            "ends_with": either,
            "undecided_without": {"anyOf": [facts, _list(facts)]},
            "review_after": _PERIOD,
            "purpose": _TEXT,
            "if_due_on_holiday": _enum(Holiday),
        }
    )


def _authority() -> Schema:
    return _object(
        {
            "kind": _enum(AuthorityKind),
            "rank": _enum(AuthorityRank),
            "cite": {"anyOf": [_TEXT, _GLOSS]},
            "confidence": _enum(Confidence),
            "supports": _enum(Supports),
            "url": _TEXT,
        },
        required=("kind", "rank", "cite", "confidence"),
    )


def _adopted() -> Schema:
    return _object({"by": _TEXT, "on": _DAY, "reference": _TEXT, "until": _DAY}, required=("by", "on", "reference"))


def _exception(*, to_others: bool = False) -> Schema:
    name = {"type": "string", "pattern": "^[A-Z][A-Z0-9]*(-[A-Z0-9]+)+$"}
    return _object(
        {
            **({"to": name} if to_others else {}),
            "id": name,
            "when": _WHEN,
            "suspend": {"type": "boolean"},
            "retention": {"$ref": "#/$defs/retention"},
            "reason": _GLOSS,
            "approved_by": _TEXT,
            "valid_until": _DAY,
        },
        required=(*(("to",) if to_others else ()), "id", "when", "reason", "approved_by", "valid_until"),
    )


def _sign_off() -> Schema:
    return _object({"role": _TEXT, "within": _PERIOD, "must_differ_from": _list(_TEXT)}, required=("role",))


def _case() -> Schema:
    given = {fact.name: _given(fact) for fact in REGISTRY.values()}
    expect = {key: _list(_TEXT, empty=True) for key in EXPECT_KEYS}
    expect |= {"outcome": _enum(Outcome), "act": _enum(Act), "due_on": _TEXT, "due_rule": _TEXT}
    expect |= {"due_rank": _enum(AuthorityRank)}
    return _object(
        {
            "name": _TEXT,
            "on": _DAY,
            "given": _object(given),
            "holds": _list(_enum(HoldKind)),
            "adopted": _list(_TEXT),
            "expect": {**_object(expect), "minProperties": 1},
        },
        required=("name", "on", "given", "expect"),
    )


def _given(fact: Fact) -> Schema:
    absent: Schema = {"enum": ["unknown", "not recorded"]}
    value = _list(value_schema(fact), empty=True) if fact.type is FactType.FLAGS else value_schema(fact)
    return {"anyOf": [value, absent]}


def _object(properties: Schema, *, required: tuple[str, ...] = ()) -> Schema:
    found: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return found | ({"required": list(required)} if required else {})


def _list(items: Schema, *, empty: bool = False) -> Schema:
    return {"type": "array", "items": items} | ({} if empty else {"minItems": 1})


def _enum(enum: type[StrEnum]) -> Schema:
    return {"enum": [str(member.value) for member in enum]}
