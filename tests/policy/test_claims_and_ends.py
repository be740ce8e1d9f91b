"""What is claimed needs its ground, what is said to last needs its end, and the same thing is told once."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pdpo_audit.errors import PolicyError
from pdpo_audit.policy.judging.conditions import Verdict
from pdpo_audit.policy.judging.constellations import constellate
from pdpo_audit.policy.judging.evaluation import evaluate
from pdpo_audit.policy.packs.folders import load_pack, load_packs
from pdpo_audit.policy.stating.holds import select
from pdpo_audit.policy.telling.sentences import sentence
from pdpo_audit.policy.terms.facts import IDENTITY_COLUMNS, REGISTRY, Absence, FactType
from pdpo_audit.policy.terms.proposals import Proposal
from pdpo_audit.policy.terms.rules import Pack, Rule, Status
from pdpo_audit.policy.terms.vocabulary import RECORD_CLASSES
from pdpo_audit.policy.trying.linting import lint
from tests.policy.pack_readmes import pack_folders
from tests.policy.packs_of_ours import SUGGESTED, rule, write_pack
from tests.policy.test_hand_worked import spoken

ROOT = Path(__file__).parents[2]
ON = date(2026, 11, 20)
CLAIM = {"exemption.claimed": "s.60B", "exemption.claimed_by": "Wong Lai", "exemption.ground": "defending a claim"}
STANDING = ("DPP2", "DPP4", "s.26")


def fired(packs: list[Pack], facts: dict[str, Any], on: date) -> set[str]:
    """The rules that fire on one holding."""
    row = {**dict.fromkeys(IDENTITY_COLUMNS, ""), "source": "s", "path": "a.jpg", **facts}
    frame = pd.DataFrame({name: pd.Series([value], dtype=object) for name, value in row.items()})
    return set(spoken(constellate(packs, frame, select([], frame, on), on), 0, Verdict.YES))


def rests_on_dpp3(found: Rule) -> bool:
    """Whether a rule stops, restricts or changes something on DPP3 alone."""
    dpp3 = bool(found.criteria) and all(one.startswith("DPP3") for one in found.criteria)
    return dpp3 and found.status is Status.ACTIVE and found.proposal is not Proposal.REVIEW


def under_dpp3() -> list[tuple[str, str]]:
    """Every such rule with its pack."""
    return [(folder.name, one.rule_id) for folder in pack_folders() for one in load_pack(folder).rules
            if rests_on_dpp3(one)]  # fmt: skip


def test_the_rules_under_dpp3_are_those_that_we_know() -> None:
    assert {name for _, name in under_dpp3()} == {
        "CORE-19", "USE-01", "NEWS-02", "CAMP-02", "CAMP-08", "CHILD-03", "CHILD-06", "CHILD-08", "CHILD-10",
        "EVENT-02",
    }  # fmt: skip


@pytest.mark.parametrize(("folder", "rule_id"), under_dpp3(), ids=lambda value: str(value))
def test_a_whole_claim_makes_it_a_question_and_a_bare_one_does_nothing(folder: str, rule_id: str) -> None:
    pack = load_pack(ROOT / "policies" / folder)
    of = {one.rule_id: one for one in pack.rules}
    cases = [case for case in pack.cases if rule_id in case.fires and not set(CLAIM) <= set(case.given)]
    assert cases
    for case in cases:
        facts = {name: value for name, value in case.given.items() if name not in CLAIM}
        before = fired([pack], facts, case.on)
        for part in CLAIM:
            without = {name: value for name, value in CLAIM.items() if name != part}
            assert fired([pack], facts | without, case.on) == before, (case.name, part)
        assert fired([pack], facts | CLAIM | {"exemption.review_on": date(2020, 1, 1)}, case.on) == before
        after = fired([pack], facts | CLAIM, case.on)
        assert rule_id not in after
        new = after - before
        assert new and all(of[name].proposal is Proposal.REVIEW for name in new), case.name
        kept = {name for name in before if any(one.startswith(STANDING) for one in of[name].criteria)}
        assert kept <= after, case.name


def test_what_has_to_stand_beside_a_reason_is_a_fact() -> None:
    named = {fact.name: fact.beside for fact in REGISTRY.values() if fact.beside}
    assert set(named) >= {
        "exemption.claimed", "record.continuing_purpose", "incident.reference", "employment.subsisting_reason",
        "record.erasure_forbidden_by", "people.legal_determination", "training.purpose", "campaign.copies_needed_for",
    }  # fmt: skip
    assert {other for names in named.values() for other in names} <= set(REGISTRY)


def test_the_latest_of_dates_leaves_out_what_silence_says_there_is_none_of(tmp_path: Path) -> None:
    period = (
        "{keep_no_longer_than: P90D, "
        "counted_from: {latest of: [campaign.ended_on, campaign.copies_needed_until]}, if_date_unknown: ask}"
    )
    pack = load_pack(write_pack(tmp_path, rule("T-01", "{record.class is: campaign_portrait}", period)))
    assert REGISTRY["campaign.copies_needed_until"].absence is Absence.NONE_RECORDED
    ended, needed = date(2026, 1, 31), date(2026, 10, 31)
    for facts, outcome, due, missing in (
        ({"campaign.ended_on": ended}, "due", "2026-05-01", ""),
        ({"campaign.ended_on": ended, "campaign.copies_needed_until": needed}, "not_yet_due", "2027-01-29", ""),
        ({"campaign.copies_needed_until": needed}, "cannot_decide", "", "campaign.ended_on"),
        ({}, "cannot_decide", "", "campaign.ended_on"),
    ):
        row = dict.fromkeys(IDENTITY_COLUMNS, "") | {"record.class": "campaign_portrait", "image.captured_on": None}
        frame = pd.DataFrame({name: pd.Series([value], dtype=object) for name, value in (row | facts).items()})
        found = evaluate([pack], frame, [], on=ON).dispositions.iloc[0]
        assert (found["outcome"], found["due_on"], found["missing_facts"]) == (outcome, due, missing), facts


NARROW = rule("T-02", "{record.class is: school_photo}, {people.level is: P2}")


def two_packs(folder: Path, narrow: str, *, effective: str = "") -> list[Pack]:
    wide = rule("T-01", "{record.owner is: not recorded}", more="    gives_way_to: [T-02]\n")
    head = "rulepack: pdpo-audit/v1\npack:\n  id: other-pack\n  version: 1.0.0\n" + effective
    head += "  title: {en: Other, zh-Hant: 其他}\n  summary: {en: Other, zh-Hant: 其他}\n"
    write_pack(folder / "a", wide)
    write_pack(folder / "b", narrow, head=head)
    return list(load_packs([folder / "a", folder / "b"]))


def test_a_rule_is_silent_where_a_narrower_one_speaks(tmp_path: Path) -> None:
    both = two_packs(tmp_path, NARROW)
    school = {"record.class": "school_photo", "people.level": "P2"}
    assert fired(both, school, ON) == {"T-02"}
    assert fired(both, school | {"people.level": "P0"}, ON) == {"T-01"}
    assert fired(both[:1], school, ON) == {"T-01"}
    draft = two_packs(tmp_path / "c", NARROW.replace("status: active", "status: draft"))
    assert fired(draft, school, ON) == {"T-01"}
    later = two_packs(tmp_path / "d", NARROW, effective="  effective_from: 2026-11-21\n")
    assert fired(later, school, ON) == {"T-01"} and fired(later, school, date(2026, 11, 21)) == {"T-02"}


def test_a_rule_that_gives_way_says_so_in_both_languages(tmp_path: Path) -> None:
    (found,) = two_packs(tmp_path, NARROW)[0].rules
    assert "Silent where T-02, if in use, tells it." in sentence(found, "en", ON)
    assert "如T-02適用並已指出，則不重複指出。" in sentence(found, "zh-Hant", ON)
    assert "T-02" not in sentence(replace(found, gives_way_to=()), "en", ON)
    with pytest.raises(PolicyError, match="T-2x"):
        load_pack(write_pack(tmp_path / "x", rule("T-01", "{people.level is: P2}", more="    gives_way_to: [T-2x]\n")))


def test_shipped_rules_give_way_to_shipped_rules() -> None:
    rules = {one.rule_id: one for folder in pack_folders() for one in load_pack(folder).rules}
    giving = {name: one.gives_way_to for name, one in rules.items() if one.gives_way_to}
    assert giving and {other for names in giving.values() for other in names} <= set(rules)


def test_the_pages_of_the_packs_name_facts_that_there_are() -> None:
    families = {name.split(".")[0] for name in REGISTRY}
    for folder in pack_folders():
        page = (folder / "README.md").read_text(encoding="utf-8")
        named = {name for name in re.findall(r"`([a-z_]+\.[a-z_0-9]+)`", page) if name.split(".")[0] in families}
        assert named - set(REGISTRY) == set(), folder.name


def test_a_screenshot_is_called_one() -> None:
    labels = tomllib.loads((ROOT / "report_templates" / "audit" / "labels" / "en.toml").read_text("utf-8"))
    texts = [*(gloss.en for gloss in RECORD_CLASSES.values()), str(labels)]
    texts += [file.read_text("utf-8") for file in sorted((ROOT / "policies").glob("*/*"))]
    texts += [(ROOT / "docs" / "rules.md").read_text("utf-8").partition("## What the law review changed")[0]]
    found = [
        hit for text in texts for hit in re.findall(r"\b(?:an? (?:\w+ )?|incident )still\b|\bstills\b", text, re.I)
    ]
    assert found == [] and RECORD_CLASSES["cctv_incident"].en == "CCTV screenshot of an incident"


def test_every_day_beside_a_reason_is_the_last_on_which_it_counts() -> None:
    for fact in REGISTRY.values():
        for other in fact.beside:
            if other.endswith("_until"):
                beside = REGISTRY[other]
                assert beside.type is FactType.DATE and beside.gloss.en.startswith("the last day")


def test_a_suggested_period_may_count_from_the_latest(tmp_path: Path) -> None:
    period = "{keep_no_longer_than: P90D, counted_from: {latest of: [campaign.ended_on, campaign.copies_needed_until]}}"
    (found,) = load_pack(write_pack(tmp_path, rule("T-01", "{people.level is: P2}", period, authority=SUGGESTED))).rules
    assert "the latest of the day the campaign ended, the last day on which the additional copies are needed" in (
        sentence(found, "en", ON)
    )


def test_a_fact_that_is_compared_with_nothing_is_not_missed(tmp_path: Path) -> None:
    said = "{use.used_for is not: {fact: use.collected_for}}"
    packs = load_packs([write_pack(tmp_path, rule("T-01", said))])
    missed = "T-01 asks use.collected_for, which no source supplies"
    assert missed not in " ".join(map(str, lint(packs, on=ON, supplied=())))
    assert missed in " ".join(map(str, lint(packs, on=ON, supplied=("use.used_for",))))
