"""One planted mistake in the template pack at a time: each is told with its line, in one run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pdpo_audit.errors import PolicyError
from pdpo_audit.policy.packs.folders import load_pack

TEMPLATE = (Path(__file__).parents[2] / "policies" / "org-overrides" / "pack.yaml").read_text("utf-8").splitlines()

#: What the mistake is, the line that it replaces, what stands there instead, a word of the message.
PLANTED = [
    ("misspelt fact", "- record.class is: event_photo", "      - record.clas is: event_photo", "record.class"),
    ("misspelt op", "- people.level is at least", "      - people.level is at leest: recognisable person", "at least"),
    (
        "wrong level word",
        "- people.level is at least",
        "      - people.level is at least: recognizable person",
        "recognisable",
    ),
    ("level number", "- people.level is at least", "      - people.level is at least: 2", ""),
    ("bad period", "keep_no_longer_than: P24M", "      keep_no_longer_than: 24 months", "period"),
    ("bad period2", "keep_no_longer_than: P24M", "      keep_no_longer_than: P2.5Y", "period"),
    ("neg period", "keep_no_longer_than: P24M", "      keep_no_longer_than: -P2Y", "period"),
    ("period number", "keep_no_longer_than: P24M", "      keep_no_longer_than: 24", ""),
    ("counted from non-date", "counted_from: event.held_on", "      counted_from: record.class", "date"),
    ("counted from unknown", "counted_from: event.held_on", "      counted_from: event.heldon", "event.held_on"),
    ("if unknown", "if_date_unknown: ask", "      if_date_unknown: guess", ""),
    ("wrong key", "    propose: erase_all_copies", "    proposes: erase_all_copies", "propose"),
    ("bad proposal", "    propose: erase_all_copies", "    propose: delete_all_copies", "erase_all_copies"),
    ("status", "    status: draft", "    status: live", "active"),
    ("severity", "    severity: minor", "    severity: low", ""),
    (
        "definition unknown",
        "- definition: event picture",
        "        - definition: event pictures of a recognisable person",
        "did you mean",
    ),
    ("tab", "    status: draft", "\tstatus: draft", "tab"),
    ("dup key", "    severity: minor", "    severity: minor\n    severity: major", "severity"),
    ("alias", "    status: draft", "    status: *x", ""),
    ("anchor", "    status: draft", "    status: &x draft", ""),
    ("tag", "    status: draft", "    status: !!str draft", ""),
    ("yes/no", "suspend: true", "        suspend: yes", "true"),
    ("bad date", "valid_until: 2027-12-31", "        valid_until: 2027-13-31", "calendar"),
    ("date slash", "valid_until: 2027-12-31", "        valid_until: 31/12/2027", "date"),
    ("no approver", 'approved_by: "Data', "", "approved_by"),
    ("missing zh", '    title: {en: "Event photographs"', '    title: {en: "Event photographs"}', "zh-Hant"),
    (
        "rank",
        "kind: house_policy, rank",
        '      - {kind: house_policy, rank: policy, cite: "x", confidence: judgement, supports: period}',
        "organisation_policy",
    ),
    (
        "confidence",
        "kind: house_policy, rank",
        '      - {kind: house_policy, rank: organisation_policy, cite: "x", confidence: sure, supports: period}',
        "confidence",
    ),
    (
        "no cite",
        "kind: house_policy, rank",
        "      - {kind: house_policy, rank: organisation_policy, confidence: judgement, supports: period}",
        "cite",
    ),
    (
        "empty cite",
        "kind: house_policy, rank",
        '      - {kind: house_policy, rank: organisation_policy, cite: "", confidence: judgement, supports: period}',
        "cite",
    ),
    ("version", "  version: 1.1.0", "  version: one", ""),
    ("format", "rulepack: pdpo-audit/v1", "rulepack: pdpo-audit/v2", ""),
    ("merge key", "    status: draft", "    <<: {status: draft}", ""),
    ("null when", "        - definition: event picture", "        - ~", ""),
    ("scalar list", '    criteria: ["DPP2(2)"', "    criteria: DPP2(2)", ""),
    (
        "given unknown",
        "given: {record.class: event_photo, people.level: P2, event.held_on: 2023-11-01}",
        "    given: {record.class: event_photo, people.levle: P2}",
        "people.level",
    ),
    (
        "expect unknown",
        "expect: {fires: [ORG-01], outcome: due",
        "    expect: {fires: [ORG-02], outcome: due, due_on: 2025-11-01}",
        "ORG-01",
    ),
    ("expect outcome", "expect: {fires: [ORG-01], outcome: due", "    expect: {fires: [ORG-01], outcome: overdue}", ""),
    ("sign-off", "- {role: communications", "      - {role: communications, within: soon}", ""),
    ("unicode quote", "    status: draft", "    status: “draft”", ""),
    ("indent", "    severity: minor", "     severity: minor", ""),
    ("comparison type", "- record.class is: event_photo", "      - record.class is at least: event_photo", ""),
    ("number for text", "- record.class is: event_photo", "      - record.class is: 5", ""),
    ("list for is", "- record.class is: event_photo", "      - record.class is: [event_photo]", ""),
    ("bool fact", "- record.class is: event_photo", '      - location.external_facing is: "yes"', "true"),
    ("count text", "- record.class is: event_photo", "      - duplicate.copies is at least: two", ""),
    ("no op", "- record.class is: event_photo", "      - record.class: event_photo", ""),
    ("control char", "    status: draft", "    status: dra\x07ft", ""),
]

#: Mistakes that are told where the thing begins from which something is missing.
MISSING = {"no approver": "- id: ORG-01-X1", "merge key": "<<: {status: draft}", "indent": "severity: minor"}


def test_the_template_itself_has_no_mistake(tmp_path: Path) -> None:
    (tmp_path / "pack.yaml").write_text("\n".join(TEMPLATE), "utf-8")
    assert load_pack(tmp_path).rules


@pytest.mark.parametrize(("name", "line", "instead", "word"), PLANTED, ids=[planted[0] for planted in PLANTED])
def test_planted(tmp_path: Path, name: str, line: str, instead: str, word: str) -> None:
    at = next(number for number, text in enumerate(TEMPLATE) if line in text)
    planted = [*TEMPLATE[:at], *instead.split("\n"), *TEMPLATE[at + 1 :]]
    (tmp_path / "pack.yaml").write_text("\n".join(planted), "utf-8")
    with pytest.raises(PolicyError) as caught:
        load_pack(tmp_path)
    told = caught.value.message
    sought = MISSING.get(name, instead.split("\n")[-1] or line)
    place = next(number for number, text in enumerate(planted, 1) if sought.strip() in text)
    assert place in [int(found) for found in re.findall(r"pack\.yaml:(\d+):", told)]
    assert word in told
