"""The packs that ship: every rule fires once and stays silent once, in two languages, on a stated authority."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from pdpo_audit.policy.packs.folders import load_pack, load_packs
from pdpo_audit.policy.telling.sentences import rule_texts
from pdpo_audit.policy.terms.authorities import Confidence
from pdpo_audit.policy.terms.rules import Pack, Status
from pdpo_audit.policy.trying.cases import run_cases

POLICIES = Path(__file__).parents[2] / "policies"
FOLDERS = sorted(folder for folder in POLICIES.iterdir() if folder.is_dir())
REQUIRED = {
    "hk-core-pdpo", "hk-holds", "hk-hr", "hk-campaign-portraits", "hk-stock-licence", "hk-cctv-security",
    "hk-identity-documents", "hk-property-listings", "hk-children-schools", "hk-cross-boundary", "org-overrides",
}  # fmt: skip


@pytest.fixture(scope="module", params=FOLDERS, ids=lambda folder: folder.name)
def pack(request: pytest.FixtureRequest) -> Pack:
    return load_pack(request.param)


def test_all_packs_are_there_and_load_together() -> None:
    packs = load_packs(FOLDERS)
    assert {found.identity.name for found in packs} == {folder.name for folder in FOLDERS} >= REQUIRED


def test_its_own_tests_pass(pack: Pack) -> None:
    failed = {result.name: result.failures for result in run_cases(pack) if not result.passed}
    assert not failed


def test_every_rule_fires_and_stays_silent(pack: Pack) -> None:
    results = run_cases(pack)
    ids = {rule.rule_id for rule in pack.rules}
    assert {name for result in results for name in result.fired} == ids
    assert {name for result in results for name in result.silent} == ids
    exceptions = {item.exception_id for rule in pack.rules for item in rule.exceptions}
    assert {name for result in results for name in result.exceptions} == exceptions


def test_every_rule_speaks_both_languages_and_names_its_authority(pack: Pack) -> None:
    for text in rule_texts([pack], on=date(2026, 11, 20), drafts=True):
        assert re.search(r"[\u4e00-\u9fff]", text.title["zh-Hant"]) and re.search(r"[A-Za-z]", text.title["en"])
        assert len(re.findall(r"[\u4e00-\u9fff]", text.sentence["zh-Hant"])) > 20
        assert not re.search(r"[\u4e00-\u9fff]", text.sentence["en"])
        assert text.authority and text.authority_rank and text.confidence


def test_what_is_known_by_general_knowledge_only_is_a_draft(pack: Pack) -> None:
    for rule in pack.rules:
        if any(item.confidence is Confidence.GENERAL_KNOWLEDGE for item in rule.authorities):
            assert rule.status is Status.DRAFT, rule.rule_id


def test_no_careless_words(pack: Pack) -> None:
    text = Path(pack.file).read_text(encoding="utf-8").lower()
    careless = ["surplus", "redundant", "personal data found", "illegal", "must be deleted", "gdpr", "data controller"]
    assert not [word for word in careless if word in text]


def test_the_readme_names_every_rule(pack: Pack) -> None:
    readme = (Path(pack.file).parent / "README.md").read_text(encoding="utf-8")
    assert all(rule.rule_id in readme for rule in pack.rules)
    assert pack.identity.name in (POLICIES / "README.md").read_text(encoding="utf-8")
