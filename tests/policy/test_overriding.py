"""An organisation's own exceptions to the rules of another pack."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pdpo_audit.errors import PolicyError
from pdpo_audit.policy.judging.evaluation import evaluate
from pdpo_audit.policy.packs.folders import load_pack, load_packs
from pdpo_audit.policy.telling.explanations import explain
from pdpo_audit.policy.telling.sentences import rule_texts
from pdpo_audit.workspace.rules.packs import check_packs
from tests.policy.packs_of_ours import HEAD, write_pack

POLICIES = Path(__file__).parents[2] / "policies"
OURS = HEAD.replace("test-pack", "our-pack")
EXCEPTION = """exceptions:
  - id: OUR-X1
    to: CAMP-03
    when: {all: [{consent.reference is: recorded}]}
    suspend: true
    reason: {en: unlimited releases on file, zh-Hant: 已取得不限用途的授權}
    approved_by: General Counsel
    valid_until: 2026-12-31
"""
COPY: dict[str, Any] = {
    "source": "nas", "path": "a.jpg", "sha256": "", "cluster_id": "", "people.level": "P2",
    "record.class": "campaign_portrait", "duplicate.copies": 2, "duplicate.is_master": False,
    "people.faces": 1, "campaign.ended_on": date(2020, 1, 1), "consent.expires_on": date(2020, 1, 1),
    "rights.model_release": "limited", "consent.reference": "form 1", "consent.evidence_apart": True,
}  # fmt: skip


def ours(folder: Path, exceptions: str = EXCEPTION, head: str = OURS) -> Path:
    written = write_pack(folder, head=head)
    file = written / "pack.yaml"
    file.write_text(head + "rules: []\n" + exceptions, "utf-8")
    return written


def outcome(folder: Path, on: date, **facts: Any) -> tuple[str, list[str]]:
    packs = load_packs([POLICIES / "hk-campaign-portraits", folder])
    found = evaluate(packs, pd.DataFrame([{**COPY, **facts}], dtype=object), [], on=on)
    return str(found.dispositions["outcome"].iloc[0]), list(found.findings["rule"])


def test_it_works_until_its_last_day_and_is_then_a_finding(tmp_path: Path) -> None:
    folder = ours(tmp_path)
    assert outcome(folder, date(2026, 12, 31)) == ("not_yet_due", ["CAMP-01"])
    assert outcome(folder, date(2027, 1, 1)) == ("due", ["CAMP-01", "CAMP-03", "OUR-X1"])
    assert outcome(folder, date(2026, 12, 31), **{"consent.reference": None})[0] == "due"


def test_its_finding_names_the_pack_that_made_it(tmp_path: Path) -> None:
    packs = load_packs([POLICIES / "hk-campaign-portraits", ours(tmp_path)])
    findings = evaluate(packs, pd.DataFrame([COPY], dtype=object), [], on=date(2027, 1, 1)).findings
    assert dict(zip(findings["rule"], findings["pack"], strict=True))["OUR-X1"] == "our-pack"


def test_it_waits_until_its_pack_takes_effect(tmp_path: Path) -> None:
    folder = ours(tmp_path, head=OURS.rstrip() + "\n  effective_from: 2026-12-01\n")
    assert outcome(folder, date(2026, 11, 30))[0] == "due"
    assert outcome(folder, date(2026, 12, 1))[0] == "not_yet_due"


def test_it_is_explained_and_read_aloud(tmp_path: Path) -> None:
    folder = ours(tmp_path)
    packs = load_packs([POLICIES / "hk-campaign-portraits", folder])
    frame = pd.DataFrame([COPY], dtype=object)
    told = explain(packs, frame, [], on=date(2026, 11, 20), source="nas", path="a.jpg")
    (rule,) = [trace for trace in told.rules if trace.rule == "CAMP-03"]
    assert [name for name, _, _ in rule.exceptions] == ["OUR-X1 (our-pack)"]
    (text,) = rule_texts([load_pack(folder)], on=date(2026, 11, 20))
    assert "approved by General Counsel" in text.sentence["en"] and "General Counsel批准" in text.sentence["zh-Hant"]


@pytest.mark.parametrize(
    ("exceptions", "words"),
    [
        (EXCEPTION.replace("CAMP-03", "CAMP-19"), ':10:9: there is no rule "CAMP-19" in these packs; did you mean'),
        (EXCEPTION.replace("    to: CAMP-03\n", ""), ':9:5: an exception has no "to"'),
        (EXCEPTION.replace("OUR-X1", "CAMP-02"), "id CAMP-02 is already used"),
        (EXCEPTION.replace("CAMP-03", "KEEP-01"), "KEEP-01 keeps what a law keeps; no exception lifts it"),
        (EXCEPTION.replace("approved_by: General Counsel\n", ""), 'an exception has no "approved_by"'),
    ],
)
def test_what_is_no_exception(tmp_path: Path, exceptions: str, words: str) -> None:
    folders = [POLICIES / "hk-campaign-portraits", POLICIES / "hk-holds", ours(tmp_path, exceptions)]
    with pytest.raises(PolicyError) as caught:
        load_packs(folders)
    assert words in caught.value.message


def test_a_pack_of_exceptions_is_checked_alone(tmp_path: Path) -> None:
    assert [remark.message for remark in check_packs([ours(tmp_path)], date(2026, 11, 20))] == [
        "not legally reviewed; reports say so"
    ]
    late = check_packs([ours(tmp_path)], date(2027, 1, 1))
    assert "the exception OUR-X1 expired on 2026-12-31" in [remark.message for remark in late]
    with pytest.raises(PolicyError, match="there is no rule"):
        check_packs([ours(tmp_path, EXCEPTION.replace("CAMP-03", "CAMP-77"))], date(2026, 11, 20))
