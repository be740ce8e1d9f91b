"""On whose word the shipped rules stand, and whether their pages and docs/rules.md say so."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pdpo_audit.model.findings import AuthorityRank
from pdpo_audit.policy.judging.effects import rank_of_day
from pdpo_audit.policy.judging.evaluation import evaluate
from pdpo_audit.policy.packs.folders import load_pack, load_packs
from pdpo_audit.policy.telling.sentences import LANGUAGES, sentence
from pdpo_audit.policy.terms.authorities import Adoption, Confidence, Supports
from pdpo_audit.policy.terms.facts import IDENTITY_COLUMNS, REGISTRY, FactType
from pdpo_audit.policy.terms.periods import parse_period
from pdpo_audit.policy.terms.rules import Pack, Status
from pdpo_audit.policy.terms.vocabulary import RECORD_CLASSES
from pdpo_audit.policy.words.authorities import authority_gloss
from tests.policy.pack_readmes import facts_needed, overview, pack_folders, rule_row
from tests.policy.test_hand_worked import LIBRARIES

ROOT = Path(__file__).parents[2]
UNREAD = {Confidence.SECONDARY, Confidence.GENERAL_KNOWLEDGE}


@pytest.fixture(scope="module", params=pack_folders(), ids=lambda folder: folder.name)
def pack(request: pytest.FixtureRequest) -> Pack:
    return load_pack(request.param)


def test_no_rule_that_decides_rests_on_unread_sources_alone(pack: Pack) -> None:
    for rule in pack.rules:
        if rule.status is Status.ACTIVE:
            assert any(item.confidence not in UNREAD for item in rule.authorities), rule.rule_id


def test_a_period_that_decides_rests_on_something_read(pack: Pack) -> None:
    for rule in pack.rules:
        carrying = [item for item in rule.authorities if item.supports is Supports.PERIOD]
        if rule.status is Status.ACTIVE and carrying:
            assert any(item.confidence not in UNREAD for item in carrying), rule.rule_id


def test_no_day_of_a_retention_rule_is_the_days_of_the_ordinance(pack: Pack) -> None:
    """Only the forty days for answering a request stand in Cap. 486; no retention period and no event does."""
    for rule in pack.rules:
        dated = rule.retention is not None and (rule.retention.counts or rule.retention.ends_with)
        ranks = [item.cite for item in rule.carrying if item.rank is AuthorityRank.ORDINANCE]
        ours = dated and any("486" in str(cite) or "Privacy" in str(cite) for cite in ranks)
        if ours and rule.rule_id != "KEEP-05":
            assert rank_of_day(rule, date(2026, 11, 30)) is not AuthorityRank.ORDINANCE, rule.rule_id


def test_figures_of_a_pack_are_called_suggested(pack: Pack) -> None:
    for rule in pack.rules:
        for item in rule.authorities:
            if pack.identity.name != "org-overrides":
                assert item.rank is not AuthorityRank.ORGANISATION_POLICY, rule.rule_id


def test_its_page_says_what_the_pack_says(pack: Pack) -> None:
    page = (Path(pack.file).parent / "README.md").read_text(encoding="utf-8")
    assert [row for row in map(rule_row, pack.rules) if row not in page] == []
    assert facts_needed(pack) in page
    assert all(f"## {part}" in page for part in ("For whom", "What a lawyer must check", "Could not be read"))


def test_the_page_of_all_packs_counts_them() -> None:
    page = (ROOT / "policies" / "README.md").read_text(encoding="utf-8")
    assert overview(load_packs(pack_folders())) in page


def test_the_docs_tell_what_became_of_every_line_of_the_review() -> None:
    text = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    table = text[text.index("## What the law review changed") :]
    lines = {found[1]: found[0] for found in re.finditer(r"^\| ([A-Z]+-?\d+) \|.*$", table, re.MULTILINE)}
    reviewed = {name for library in LIBRARIES for name in library["covers"] if re.fullmatch(r"[XM]\d+", name)}
    assert reviewed <= set(lines)
    assert len([name for name in lines if "-" in name]) == 51
    active = {rule.rule_id for folder in pack_folders() for rule in load_pack(folder).rules}
    gone = {name for name in lines if "-" in name} - active
    assert gone == {"CORE-09"}
    known = {rule.rule_id for folder in pack_folders() for rule in load_pack(folder).rules}
    named = set(
        re.findall(r"\b(?:CORE|CAMP|CCTV|CHILD|HR|ID|PROP|STOCK|XB|KEEP|NEWS|EVENT|USE|MED|BR|ORG)-\d\d\b", table)
    )
    assert named - known == {"CORE-09"}


def grid() -> pd.DataFrame:
    """Holdings of every class, single, master and copy, with everything ended that can end and consent withdrawn."""
    events: dict[str, Any] = {name: date(2020, 1, 1) for name, fact in REGISTRY.items() if fact.type is FactType.DATE}
    events |= {"consent.withdrawn_on": date(2025, 1, 1), "people.determined_on": None, "request.answered_on": None}
    known = {**events, "people.level": "P2", "employment.status": "left", "record.purpose": "x", "record.owner": "x"}
    known |= {"record.purpose_end_confirmed_by": "x", "consent.given_by": "parental_responsibility", "sensitivity": ()}
    rows = [
        {**dict.fromkeys(IDENTITY_COLUMNS, ""), "source": "s", "path": f"{name}-{faces}-{copies}-{master}.jpg", **known,
         "record.class": name, "people.faces": faces, "duplicate.copies": copies, "duplicate.is_master": master}
        for name in RECORD_CLASSES for faces in (1, 5) for copies, master in ((1, True), (3, True), (3, False))
    ]  # fmt: skip
    return pd.DataFrame({name: pd.Series([row.get(name) for row in rows], dtype=object) for name in rows[0]})


def adopted(packs: Sequence[Pack]) -> list[Pack]:
    """Every suggested period as if it had been adopted."""
    adoption = Adoption(by="Board", on=date(2020, 1, 1))
    return [
        replace(pack, rules=tuple(replace(rule, adoption=adoption if rule.suggested else None) for rule in pack.rules))
        for pack in packs
    ]


def test_with_every_pack_on_no_copy_is_due_by_ordinance_and_no_last_copy_goes_on_withdrawal() -> None:
    for packs in (load_packs(pack_folders()), adopted(load_packs(pack_folders()))):
        frame = grid()
        found = evaluate(packs, frame, [], on=date(2026, 11, 30)).dispositions
        due = found[found["outcome"] == "due"]
        assert len(due) > 20 and set(due["act"]) >= {"erase", "restrict", "mask"}
        assert "ordinance" not in set(found["due_rank"])
        last = frame["duplicate.is_master"].astype(bool) & frame["record.class"].isin(
            ["campaign_portrait", "school_photo"]
        )
        assert not (found["act"][last] == "erase").any()
        by_withdrawal = due["due_on"] == "2025-01-01"
        assert not (due["act"][by_withdrawal & frame["duplicate.is_master"].astype(bool)] == "erase").any()


def test_a_period_says_in_both_languages_whether_it_is_adopted() -> None:
    rules = load_pack(ROOT / "policies" / "hk-campaign-portraits").rules
    (rule,) = [rule for rule in rules if rule.rule_id == "CAMP-01"]
    on = date(2026, 11, 30)
    ended = Adoption(by="Chan Tai Man", on=date(2025, 1, 2), until=date(2026, 1, 31), reference="IRS 4.2")
    for language in LANGUAGES:
        never, now, before = (
            sentence(replace(rule, adoption=adoption), language, on)
            for adoption in (None, replace(ended, until=None), ended)
        )
        assert len({never, now, before}) == 3
        assert "Chan Tai Man" in now and "2025-01-02" in now and "IRS 4.2" in now
        assert "2026-01-31" in before and "Chan Tai Man" not in never


def test_the_period_that_was_adopted_is_the_one_that_is_printed() -> None:
    rules = load_pack(ROOT / "policies" / "hk-campaign-portraits").rules
    (rule,) = [rule for rule in rules if rule.rule_id == "CAMP-01"]
    on = date(2026, 11, 30)
    other = Adoption(by="Chan Tai Man", on=date(2025, 1, 2), until=date(2026, 11, 30), period=parse_period("P2M"))
    for language, adopted_one, suggested in (
        ("en", ("keep no longer than 2 months", "The period of 2 months (suggested: 90 days) is"), "than 90 days"),
        ("zh-Hant", ("保留不得超過2個月", "此期限（2個月；建議為90日）為本機構自訂的政策"), "保留不得超過90日"),
    ):
        now = sentence(replace(rule, adoption=other), language, on)  # type: ignore[arg-type]
        assert all(words in now for words in adopted_one) and suggested not in now, now
        after = sentence(replace(rule, adoption=other), language, date(2026, 12, 1))  # type: ignore[arg-type]
        assert suggested in after and adopted_one[0] not in after
        authority = authority_gloss(replace(rule, adoption=other), on).in_language(language)
        assert "Chan Tai Man" in authority and "not adopted" not in authority and "尚未採納" not in authority
        ended = authority_gloss(replace(rule, adoption=other), date(2026, 12, 1)).in_language(language)
        assert "Chan Tai Man" not in ended and ("not adopted" in ended or "尚未採納" in ended)
        same = sentence(replace(rule, adoption=replace(other, period=parse_period("P90D"))), language, on)  # type: ignore[arg-type]
        assert suggested in same and ("suggested: " not in same and "建議為" not in same)
