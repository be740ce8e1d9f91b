"""Rule packs from their folders: read whole, checked whole, or refused with everything that is wrong."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from pdpo_audit.errors import PolicyError
from pdpo_audit.model.findings import PackIdentity
from pdpo_audit.policy.judging.overriding import attach
from pdpo_audit.policy.packs.cases import read_case
from pdpo_audit.policy.packs.conditions import MAX_LEVELS, MAX_TESTS, read_group, too_large
from pdpo_audit.policy.packs.rules import read_exceptions, read_rule
from pdpo_audit.policy.terms import parsing
from pdpo_audit.policy.terms.authorities import LegalReview
from pdpo_audit.policy.terms.rules import Case, Group, Pack, Rule
from pdpo_audit.policy.terms.wording import Gloss
from pdpo_audit.policy.trees import (
    MAX_BYTES,
    MAX_MISTAKES,
    EnoughError,
    Entry,
    Mapping,
    Mistakes,
    Node,
    Place,
    read_tree,
)

FILE = "pack.yaml"
FORMAT = "pdpo-audit/v1"
MAX_LISTED = 500

__all__ = ["FILE", "FORMAT", "Pack", "describe_review", "load_pack", "load_packs"]

PACK_KEYS = ("id", "version", "title", "summary", "jurisdiction", "owner", "effective_from", "legal_review")
_PACK_ID = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*", re.ASCII)
_VERSION = re.compile(r"\d{1,4}\.\d{1,4}\.\d{1,4}", re.ASCII)


def load_pack(folder: Path) -> Pack:
    """The pack in ``folder`` (its file ``pack.yaml``, or the file itself).

    Raises ``PolicyError`` with every mistake of the file, one a line: ``file:line:column: message``.
    """
    file = folder / FILE if folder.is_dir() else folder
    return _parsed(file, _read(file))


@lru_cache(maxsize=32)
def _parsed(file: Path, raw: bytes) -> Pack:
    """The same bytes are the same pack: reading one takes half a second, and who acts reads it before each part."""
    mistakes = Mistakes()
    pack = None
    with suppress(EnoughError):
        tree = read_tree(raw, mistakes)
        pack = _read_pack(tree, file, raw, mistakes) if tree is not None else None
    if pack is None and not mistakes.found:
        mistakes.add(Place(1, 1), "the file is empty")
    if mistakes.found or pack is None:
        raise PolicyError(
            _listed(str(file), mistakes), advice="docs/rules.md explains the language; `policy schema` helps editors."
        )
    return pack


def load_packs(folders: Sequence[Path]) -> tuple[Pack, ...]:
    """All packs, or one ``PolicyError`` with the mistakes of all files; a pack name may stand once."""
    packs: list[Pack] = []
    wrong: list[str] = []
    for folder in folders:
        try:
            pack = load_pack(folder)
        except PolicyError as error:
            wrong.append(error.message)
            continue
        if any(pack.identity.name == other.identity.name for other in packs):
            wrong.append(f'{pack.file}:1:1: a pack called "{pack.identity.name}" is loaded already')
        packs.append(pack)
    wrong.extend(_clashes(packs))
    attached, mistaken = attach(packs) if not wrong else ((), ())
    wrong.extend(mistaken)
    if wrong:
        raise PolicyError("\n".join(wrong), advice="docs/rules.md explains the language.")
    return attached


def _clashes(packs: Sequence[Pack]) -> list[str]:
    """Rule ids that two packs share: a report could not tell them apart."""
    first: dict[str, str] = {}
    wrong = []
    for pack in packs:
        for rule in pack.rules:
            owner = first.setdefault(rule.rule_id, pack.identity.name)
            if owner != pack.identity.name:
                at = f"{pack.file}:{rule.place.line}:{rule.place.column}"
                wrong.append(f'{at}: rule id {rule.rule_id} is already used in the pack "{owner}"')
    return wrong


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise PolicyError(f"{file}:1:1: cannot be read: {reason}", advice="`policy list` names the packs.") from error


def _listed(file: str, mistakes: Mistakes) -> str:
    ordered = sorted(set(mistakes.found))
    lines = [f"{file}:{item.place.line}:{item.place.column}: {item.message}" for item in ordered[:MAX_LISTED]]
    if len(ordered) > MAX_LISTED:
        place = ordered[MAX_LISTED].place
        least = "at least " if len(mistakes.found) >= MAX_MISTAKES else ""
        lines.append(
            f"{file}:{place.line}:{place.column}: and {least}{len(ordered) - MAX_LISTED} more mistakes from here on"
        )
    return "\n".join(lines)


def _read_pack(tree: Node, file: Path, raw: bytes, mistakes: Mistakes) -> Pack | None:
    known = ("rulepack", "pack", "definitions", "rules", "exceptions", "tests")
    parts = parsing.fields(tree, "a rule pack", known, mistakes, required=("rulepack", "pack", "rules"))
    _check_format(parts.get("rulepack"), mistakes)
    head = parts["pack"].value if "pack" in parts else None
    heads = parsing.fields(head, '"pack"', PACK_KEYS, mistakes, required=PACK_KEYS[:4]) if head else {}
    definitions = _definitions(parts.get("definitions"), mistakes)
    rules = _rules(parts.get("rules"), definitions, mistakes, empty="exceptions" in parts)
    exceptions = read_exceptions(parts.get("exceptions"), definitions, mistakes, to_others=True)
    for item in exceptions:
        if too_large(item.when):
            mistakes.add(item.place, f"an exception has more than {MAX_TESTS} conditions or {MAX_LEVELS} levels")
    cases = _cases(parts.get("tests"), rules, mistakes)
    title = parsing.gloss(heads["title"].value, '"title"', mistakes) if "title" in heads else Gloss("", "")
    summary = parsing.gloss(heads["summary"].value, '"summary"', mistakes) if "summary" in heads else Gloss("", "")
    review = _legal_review(heads.get("legal_review"), mistakes)
    name = _word(heads.get("id"), "a pack id", _PACK_ID, "hk-hr", mistakes)
    version = _word(heads.get("version"), "a version", _VERSION, "1.0.0", mistakes)
    return Pack(
        identity=PackIdentity(
            name=name,
            version=version,
            sha256=sha256(raw).hexdigest(),
            title=title.as_labels(),
            legal_review=describe_review(review),
        ),
        file=str(file),
        title=title,
        summary=summary,
        jurisdiction=_text(heads.get("jurisdiction"), mistakes),
        owner=_text(heads.get("owner"), mistakes),
        effective_from=_day(heads.get("effective_from"), mistakes),
        legal_review=review,
        definitions=tuple(definitions.values()),
        rules=rules,
        cases=cases,
        exceptions=exceptions,
    )


def describe_review(review: LegalReview) -> str:
    """The words the report prints of a pack's legal review."""
    if not review.by or review.on is None:
        return "not legally reviewed"
    due = f", next due {review.next_due.isoformat()}" if review.next_due else ""
    firm = f" ({review.firm})" if review.firm else ""
    return f"reviewed by {review.by}{firm} on {review.on.isoformat()}{due}"


def _check_format(entry: Entry | None, mistakes: Mistakes) -> None:
    if entry is not None and parsing.text(entry.value, '"rulepack"', mistakes) != FORMAT:
        mistakes.add(entry.value.place, f'"rulepack" is "{FORMAT}", not {parsing.described(entry.value)}')


def _word(entry: Entry | None, what: str, pattern: re.Pattern[str], example: str, mistakes: Mistakes) -> str:
    return parsing.word(entry.value, what, pattern, example, mistakes) if entry else ""


def _text(entry: Entry | None, mistakes: Mistakes) -> str:
    return parsing.text(entry.value, f'"{entry.key}"', mistakes, empty=True) if entry else ""


def _day(entry: Entry | None, mistakes: Mistakes) -> date | None:
    if entry is None or (not isinstance(entry.value, Mapping) and getattr(entry.value, "text", None) == ""):
        return None
    return parsing.day(entry.value, f'"{entry.key}"', mistakes)


def _legal_review(entry: Entry | None, mistakes: Mistakes) -> LegalReview:
    if entry is None:
        return LegalReview()
    parts = parsing.fields(entry.value, '"legal_review"', ("by", "firm", "date", "next_due"), mistakes)
    return LegalReview(
        by=_text(parts.get("by"), mistakes),
        firm=_text(parts.get("firm"), mistakes),
        on=_day(parts.get("date"), mistakes),
        next_due=_day(parts.get("next_due"), mistakes),
    )


def _definitions(entry: Entry | None, mistakes: Mistakes) -> dict[str, Group]:
    """The pack's definitions in order; one may use those above it, so none can run in a circle."""
    found: dict[str, Group] = {}
    if entry is None:
        return found
    if not isinstance(entry.value, Mapping):
        mistakes.add(entry.value.place, '"definitions" is a mapping from a name to its meaning and conditions')
        return found
    for item in entry.value.entries:
        what = f"the definition {parsing.shown(item.key)}"
        parts = parsing.fields(item.value, what, ("meaning", "all", "any", "none"), mistakes, required=("meaning",))
        meaning = parsing.gloss(parts["meaning"].value, '"meaning"', mistakes) if "meaning" in parts else Gloss("", "")
        if not isinstance(item.value, Mapping):
            continue
        body = Mapping(item.value.place, tuple(part for key, part in parts.items() if key != "meaning"))
        group = read_group(body, what, found, mistakes)
        if group is not None and too_large(group):
            mistakes.add(item.place, f"{what} comes to more than {MAX_TESTS} conditions or {MAX_LEVELS} levels")
        elif group is not None:
            found[item.key] = Group(
                place=group.place,
                quantifier=group.quantifier,
                members=group.members,
                name=item.key,
                meaning=meaning,
            )
    return found


def _rules(entry: Entry | None, definitions: dict[str, Group], mistakes: Mistakes, *, empty: bool) -> tuple[Rule, ...]:
    if entry is None:
        return ()
    nodes = parsing.listing(entry.value, '"rules"', mistakes, empty=empty)
    rules = parsing.each(nodes, lambda node: read_rule(node, definitions, mistakes))
    used: dict[str, int] = {}
    for rule in rules:
        exceptions = [(item.exception_id, item.place) for item in rule.exceptions]
        for name, place in [(rule.rule_id, rule.place), *exceptions]:
            if name and name in used:
                mistakes.add(place, f"id {name} is already used on line {used[name]}")
            used.setdefault(name, place.line)
    return rules


def _cases(entry: Entry | None, rules: tuple[Rule, ...], mistakes: Mistakes) -> tuple[Case, ...]:
    if entry is None:
        return ()
    nodes = parsing.listing(entry.value, '"tests"', mistakes)
    return tuple(read_case(node, rules, mistakes) for node in nodes)
