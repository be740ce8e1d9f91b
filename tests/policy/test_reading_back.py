"""What people read of rules: explanations, differences, coverage, remarks, the editors' schema."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from ruamel.yaml import YAML

from pdpo_audit.errors import CallError
from pdpo_audit.model.findings import Hold, Outcome
from pdpo_audit.policy.judging.conditions import Verdict
from pdpo_audit.policy.judging.evaluation import evaluate
from pdpo_audit.policy.judging.ladder import Says, Word, rungs
from pdpo_audit.policy.packs.folders import load_pack, load_packs
from pdpo_audit.policy.packs.schema import json_schema
from pdpo_audit.policy.telling.explanations import explain
from pdpo_audit.policy.telling.trace_texts import OUTCOMES, REASONS, SAYS, explained_lines
from pdpo_audit.policy.trying.coverage import cover
from pdpo_audit.policy.trying.differences import diff
from pdpo_audit.policy.trying.linting import lint
from tests.policy.packs_of_ours import HEAD, rule, write_pack

POLICIES = Path(__file__).parents[2] / "policies"
FOLDERS = sorted(folder for folder in POLICIES.iterdir() if folder.is_dir())
ON = date(2026, 11, 20)


def library() -> pd.DataFrame:
    rows: list[dict[str, Any]] = [
        {"path": "master.jpg", "duplicate.is_master": True, "duplicate.relation": "master", "people.level": "P2"},
        {"path": "copy.jpg", "duplicate.is_master": False, "duplicate.relation": "resized", "people.level": "P2"},
        {"path": "alone.jpg", "cluster_id": "", "duplicate.copies": 1},
        {"path": "left.jpg", "cluster_id": "", "duplicate.copies": 1, "record.class": "employee_photo",
         "people.faces": 1, "employment.status": "left", "employment.ended_on": date(2018, 6, 30)},
    ]  # fmt: skip
    common = {"source": "nas", "sha256": "aa", "cluster_id": "c1", "duplicate.copies": 2}
    return pd.DataFrame([{**common, **row} for row in rows], dtype=object)


def test_the_explanation_ends_where_the_assessment_ended() -> None:
    packs = load_packs(FOLDERS)
    found = evaluate(packs, library(), [], on=ON).dispositions
    for row in found.itertuples():
        told = explain(packs, library(), [], on=ON, source="nas", path=str(row.path))
        assert (told.outcome, told.due_on, told.missing_facts) == (row.outcome, row.due_on, row.missing_facts)
        assert {trace.rule for trace in told.rules if trace.decided} == set(filter(None, str(row.rules).split(", ")))
        assert any(rung.holds and rung.outcome == row.outcome for rung in told.ladder)


def test_every_condition_is_told_with_line_value_and_verdict() -> None:
    told = explain(load_packs(FOLDERS), library(), [], on=ON, source="nas", path="left.jpg")
    trace = next(item for item in told.rules if item.rule == "HR-02")
    assert trace.verdict is Verdict.YES and trace.dates["no longer than"] == date(2025, 6, 30)
    status = trace.when.members[1]
    assert status.value == "left" and status.verdict is Verdict.YES
    line = Path(trace.file).read_text(encoding="utf-8").splitlines()[status.line - 1]
    assert "employment.status is: left" in line
    text = "\n".join(explained_lines(told))
    assert "[yes] HR-02 Former employee: the ceiling (hk-hr" in text and "says: ceiling has run out" in text


def test_the_trace_is_told_in_chinese_too() -> None:
    packs = load_packs(FOLDERS)
    for row in library().itertuples():
        told = explain(packs, library(), [], on=ON, source="nas", path=str(row.path), language="zh-Hant")
        lines = list(explained_lines(told, language="zh-Hant", everything=True))
        assert OUTCOMES[Outcome(told.outcome)] in lines[1]
        assert all(re.search("[\u4e00-\u9fff]", line) for line in lines[1:]), lines
    told = explain(packs, library(), [], on=ON, source="nas", path="left.jpg", language="zh-Hant")
    text = "\n".join(explained_lines(told, language="zh-Hant"))
    assert "[是] HR-02 前僱員" in text and "結論: 最長期限已屆滿" in text and "（實為" not in text


def test_every_word_of_the_ladder_has_its_chinese() -> None:
    said = [Word(kind) for kind in Says]
    assert {rung.why for rung in rungs(said, held=False, other_purpose=False)} == set(REASONS)
    assert set(SAYS) == set(Says) and set(OUTCOMES) == set(Outcome)


def test_nobody_explains_a_holding_that_is_not_there() -> None:
    with pytest.raises(CallError, match="no holding"):
        explain(load_packs(FOLDERS[:1]), library(), [], on=ON, source="nas", path="nowhere.jpg")


def test_a_difference_in_numbers_and_lists(tmp_path: Path) -> None:
    text = rule("T-01", "{employment.status is: left}", "{keep_no_longer_than: P7Y, counted_from: employment.ended_on}")
    old = load_pack(write_pack(tmp_path / "old", text))
    new = load_pack(write_pack(tmp_path / "new", text.replace("P7Y", "P9Y")))
    found = diff([old], [new], library(), [], on=ON)
    assert list(found.holdings["path"]) == ["left.jpg"]
    change = found.holdings.iloc[0]
    assert (change["outcome_before"], change["outcome_after"]) == ("due", "not_yet_due")
    assert (change["due_on_before"], change["due_on_after"]) == ("2025-06-30", "2027-06-30")
    assert found.outcomes["holdings"].sum() == 4 and list(found.gone["rule"]) == ["T-01"] and found.appeared.empty
    assert diff([old], [old], library(), [], on=ON).holdings.empty


def test_remarks_name_what_nobody_should_rely_on(tmp_path: Path) -> None:
    head = HEAD + "  legal_review: {by: A Solicitor, date: 2025-01-01, next_due: 2026-01-01}\n"
    never = rule("T-01", "{people.level is: P1}, {people.level is: P2}")
    known = rule("T-02", "{record.class is: campain_portrait}").replace(
        "confidence: found", "confidence: general_knowledge"
    )
    remarks = "\n".join(map(str, lint([load_pack(write_pack(tmp_path, never, known, head=head))], on=ON, supplied=[])))
    for words in (
        "the legal review was due on 2026-01-01",
        "T-01 cannot fire",
        "T-02 has no test in which it fires",
        'did you mean "campaign_portrait"?',
        "T-02 is active on general knowledge only",
        "T-01 asks people.level, which no source supplies",
    ):
        assert words in remarks
    assert "T-02 cannot fire" not in remarks


def test_our_own_packs_leave_only_the_remark_that_no_lawyer_has_read_them() -> None:
    remarks = lint(load_packs(FOLDERS), on=ON)
    assert {remark.message for remark in remarks} == {"not legally reviewed; reports say so"}


def test_coverage_counts_conditions_that_no_case_turned_both_ways(tmp_path: Path) -> None:
    tests = (
        "tests:\n  - {name: a, on: 2026-11-20, given: {people.level: P2, record.owner: x}, expect: {fires: [T-01]}}\n"
    )
    folder = write_pack(tmp_path, rule("T-01", "{people.level is: P2}, {record.owner is: recorded}"), tests)
    found = cover(load_pack(folder))
    assert found.conditions == 2 and found.one_sided == (13,) and found.never_silent == ("T-01",)


def test_the_schema_accepts_our_packs_and_refuses_a_misspelt_key() -> None:
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is a tool of development only")
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    for folder in FOLDERS:
        raw = YAML(typ="safe", pure=True).load((folder / "pack.yaml").read_text(encoding="utf-8"))
        document = json.loads(json.dumps(raw, default=str))
        assert not [error.message for error in validator.iter_errors(document)], folder.name
    document["rules"][0]["when"] = {"all": [{"people.levle is": "P2"}]}
    assert list(validator.iter_errors(document))


def test_every_explanation_is_told_in_both_languages() -> None:
    """The same days and rules in each; the Chinese has no English sentence left, and no criterion by its letters."""
    packs = load_packs(FOLDERS)
    holds = [Hold(hold_id="H-1", kind="legal_hold", matter="M", issued_by="Lee", issuer_role="legal", starts_on=ON)]
    for held in ([], holds):
        found = evaluate(packs, library(), held, on=ON)
        rows = pd.concat([found.findings, found.dispositions])[["explanation", "explanation_zh"]].drop_duplicates()
        assert len(rows) > 4
        for english, chinese in rows.itertuples(index=False, name=None):
            named = re.compile(r"\d{4}-\d\d-\d\d|[A-Z]+-\d\d")
            assert sorted(named.findall(chinese)) == sorted(named.findall(english)), (english, chinese)
            assert chinese.endswith("。") and not re.search(r"[a-z]{3}.*[a-z]{3} [a-z]{2}|DPP|\bs\.", chinese), chinese
